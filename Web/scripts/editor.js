// Editors: drafts saved by themselves, a preview without leaving the page, a warning before work is lost.

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const before = JSON.stringify([...new FormData(form)]);
  let isSent = false;
  form.addEventListener("submit", () => (isSent = true));
  window.addEventListener("beforeunload", (event) => {
    if (!isSent && JSON.stringify([...new FormData(form)]) !== before) event.preventDefault();
  });
}

// Tab indents as long as Escape was not pressed last, so that the keyboard gets out.
for (const field of document.querySelectorAll("textarea.editor.mono")) {
  let leaves = false;
  field.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !leaves && !event.shiftKey && field.selectionStart !== field.selectionEnd) {
      event.preventDefault();
      field.setRangeText("    ", field.selectionStart, field.selectionStart, "preserve");
    }
    leaves = event.key === "Escape";
  });
}

// The library of formulas is large, so it comes with the first formula.
const drawFormulas = async (library) => {
  if (!globalThis.katex) {
    const script = Object.assign(document.createElement("script"), { src: library });
    const isThere = new Promise((done) => (script.onload = script.onerror = done));
    document.head.append(script);
    await isThere;
  }
  await import("./math.js?" + Date.now()).catch(() => {});
};

for (const form of document.querySelectorAll("form[data-draft]")) {
  const state = form.querySelector("[data-draft-state]");
  const send = (path) =>
    fetch(path, {
      method: "POST",
      headers: { "X-CSRF-Token": form.dataset.csrf, Accept: "text/html" },
      body: new URLSearchParams(new FormData(form)),
    });
  let timer;
  let kept = new URLSearchParams(new FormData(form)).toString();

  // Settings and metadata say the same; what was typed since the draft left stays.
  const adopt = ({ texts, boxes }, sent) => {
    const plain = (text) => text.replaceAll("\r\n", "\n");
    for (const [name, text] of Object.entries(texts)) {
      const field = form.elements[name];
      if (field && plain(field.value) === plain(sent.get(name) ?? "") && field !== document.activeElement) field.value = text;
    }
    for (const [name, isOn] of Object.entries(boxes)) {
      const field = form.elements[name];
      if (field && field.checked === sent.has(name)) field.checked = isOn;
    }
  };

  const keep = async () => {
    const now = new URLSearchParams(new FormData(form)).toString();
    if (now === kept) return;
    state.textContent = state.dataset.saving;
    try {
      const answer = await send(form.dataset.draft);
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      adopt(told, new URLSearchParams(now));
      kept = now;
      state.textContent = told.isStale ? state.dataset.stale : state.dataset.saved;
    } catch {
      state.textContent = state.dataset.failed;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1500);
  });
  form.addEventListener("submit", () => clearTimeout(timer));

  const place = form.querySelector("[data-preview-place]");
  form.querySelector("[data-preview-button]").addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await send(form.dataset.preview);
    if (!answer.ok) return form.submit();
    const body = form.querySelector("[data-preview-body]");
    body.innerHTML = await answer.text();
    place.hidden = false;
    if (body.querySelector("[data-math]")) await drawFormulas(form.dataset.formulas);
    place.scrollIntoView({ block: "nearest" });
  });
}
