// Whether a flavor has enough memory follows what is typed: the form is asked for anew, and only what it says of flavors is
// taken from the answer. What cannot be asked for stands as it is; the next step looks at everything again.

const form = document.querySelector("form[data-flavor-fit]");
let timer = null;
let asked = null;

const said = (input) => input?.closest(".flavor-row").querySelector(".flavor-what");

async function renew() {
  asked?.abort();
  asked = new AbortController();
  const body = new URLSearchParams(new FormData(form));
  body.set("step", "settings");
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: asked.signal });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const input of form.querySelectorAll(".flavor-row input")) {
      const [old, fresh] = [input, page.querySelector(`.flavor-row input[value="${CSS.escape(input.value)}"]`)].map(said);
      if (fresh && fresh.innerHTML !== old.innerHTML) old.replaceWith(fresh);
    }
  } catch {
    // The gallery was away, or more was typed meanwhile.
  }
}

form.addEventListener("input", (event) => {
  if (!event.target.name?.startsWith("p.")) return;
  clearTimeout(timer);
  timer = setTimeout(renew, 400);
});
