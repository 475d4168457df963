// Writes a model's Markdown into an element: paragraphs, headings, lists, quotes, code, emphasis and links. Everything becomes
// text nodes of elements that are made here, so that nothing a model says is ever read as HTML.

const LINK = /^https?:\/\//i;
const INLINE = /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)|\*\*([^*\n]+)\*\*|__([^_\n]+)__|\*([^*\n]+)\*|\[([^\]\n]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"])/g;

const make = (tag, ...inside) => {
  const element = document.createElement(tag);
  element.append(...inside);
  return element;
};

function link(address, text) {
  if (!LINK.test(address)) return text;
  return Object.assign(make("a", text), { href: address, rel: "noopener noreferrer nofollow ugc", target: "_blank" });
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, , code, strong, strong2, em, label, address, bare] = match;
    nodes.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (code !== undefined) nodes.push(make("code", code));
    else if (strong ?? strong2) nodes.push(make("strong", ...inline(strong ?? strong2)));
    else if (em) nodes.push(make("em", ...inline(em)));
    else if (label) nodes.push(link(address, label));
    else nodes.push(link(bare, bare));
  }
  nodes.push(text.slice(end));
  return nodes.filter((node) => node !== "");
}

const lined = (lines) => lines.flatMap((line, index) => (index ? [document.createElement("br"), ...inline(line)] : inline(line)));

const KINDS = [
  { is: /^\s{0,3}[-*+]\s+(.*)$/, tag: "ul" },
  { is: /^\s{0,3}\d{1,9}[.)]\s+(.*)$/, tag: "ol" },
];

function blocks(text) {
  const found = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) found.push(make("p", ...lined(paragraph)));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const fence = line.match(/^\s{0,3}(```+|~~~+)/);
    const heading = line.match(/^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/);
    const kind = KINDS.find(({ is }) => is.test(line));
    if (fence) {
      flush();
      const code = [];
      while (++at < lines.length && !lines[at].trim().startsWith(fence[1])) code.push(lines[at]);
      const pre = make("pre", make("code", code.join("\n")));
      pre.className = "code";
      found.push(pre);
    } else if (heading) {
      flush();
      // Below the headings of the page.
      found.push(make(`h${Math.min(6, heading[1].length + 2)}`, ...inline(heading[2])));
    } else if (kind) {
      flush();
      const list = make(kind.tag);
      for (; at < lines.length && lines[at].trim(); at += 1) {
        const item = lines[at].match(kind.is);
        if (item) list.append(make("li", ...inline(item[1])));
        else if (KINDS.some(({ is }) => is.test(lines[at]))) break;
        else list.lastChild.append(" ", ...inline(lines[at].trim()));
      }
      at -= 1;
      found.push(list);
    } else if (/^\s{0,3}>/.test(line)) {
      flush();
      const quoted = [];
      for (; at < lines.length && /^\s{0,3}>/.test(lines[at]); at += 1) quoted.push(lines[at].replace(/^\s{0,3}>\s?/, ""));
      at -= 1;
      found.push(make("blockquote", make("p", ...lined(quoted))));
    } else if (!line.trim()) flush();
    else paragraph.push(line);
  }
  flush();
  return found;
}

export function write(element, text) {
  element.replaceChildren(...blocks(text));
}
