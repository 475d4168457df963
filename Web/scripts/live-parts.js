// Parts of a page marked data-part follow what happens: while one of them says data-live, the page is fetched again every few
// seconds and they take the places of the old ones. Seconds are the value of data-live.

let failures = 0;

const parts = (root) => [...root.querySelectorAll("[data-part]")];
const pace = () => Math.min(...parts(document).filter((part) => part.dataset.live).map((part) => Number(part.dataset.live)));

async function follow() {
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of parts(document)) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      // What somebody types in, or has open, stays.
      if (!fresh || part.outerHTML === fresh.outerHTML || part.contains(document.activeElement)) continue;
      if (part.querySelector("dialog[open], details[open]")) continue;
      part.replaceWith(fresh);
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  wait();
}

function wait() {
  const seconds = pace();
  if (Number.isFinite(seconds)) setTimeout(() => (document.hidden ? wait() : follow()), seconds * 1000 * Math.min(8, 2 ** failures));
}

wait();
