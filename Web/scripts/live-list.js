// Lists that follow as one types or chooses: the same page is fetched, and its parts take the places of the old ones.

const list = document.querySelector("[data-list]");
let waiting = null;
let running = null;

async function show(address, { push = true, keep = null } = {}) {
  running?.abort();
  running = new AbortController();
  list.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
    if (!response.ok) return location.assign(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-list]");
    if (!fresh) return location.assign(address);
    for (const part of [".list-kinds", ".list-columns"]) replace(list.querySelector(part), fresh.querySelector(part));
    const fields = (root) => root.querySelectorAll(".list-search input[type=hidden]");
    const form = list.querySelector(".list-search");
    for (const field of fields(list)) field.remove();
    for (const field of fields(fresh)) form.append(field);
    document.title = page.title;
    if (push) history.pushState({}, "", address); else history.replaceState({}, "", address);
    if (keep) [...list.querySelectorAll("a")].find((link) => link.dataset.key === keep || key(link) === keep)?.focus();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  } finally {
    list.removeAttribute("aria-busy");
  }
}

function replace(old, fresh) {
  if (!old || !fresh) return;
  const sheet = old.querySelector(".facets:popover-open");
  const open = [...old.querySelectorAll(".facet details[open]")].map((details) => title(details));
  const scrolled = sheet?.scrollTop ?? 0;
  old.replaceWith(fresh);
  for (const details of fresh.querySelectorAll(".facet details")) details.open = open.includes(title(details));
  const next = fresh.querySelector(".facets");
  if (sheet && next) {
    next.showPopover();
    next.scrollTop = scrolled;
  }
}

const title = (details) => details.closest(".facet").querySelector("h2").textContent;
const key = (link) => (link.matches(".facet-choice") ? `${title(link)} ${link.querySelector(".facet-name").textContent}` : null);

list.addEventListener("click", (event) => {
  const link = event.target.closest(".facet-choice, .list-kinds a, .chip, .chip-clear, .list-tools .menu-item");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  show(link.href, { keep: key(link) });
});

list.addEventListener("input", (event) => {
  const form = event.target.closest(".list-search");
  if (!form || event.isComposing) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    const fields = [...new FormData(form)].filter(([, value]) => value.trim());
    const query = new URLSearchParams(fields).toString();
    show(form.action + (query ? `?${query}` : ""), { push: false });
  }, 250);
});
list.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));

addEventListener("popstate", () => location.reload());
