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

  const keep = async () => {
    const now = new URLSearchParams(new FormData(form)).toString();
    if (now === kept) return;
    state.textContent = state.dataset.saving;
    try {
      const answer = await send(form.dataset.draft);
      if (!answer.ok) throw new Error(answer.status);
      kept = now;
      state.textContent = state.dataset.saved;
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
    await import("./math.js?" + Date.now()).catch(() => {});
    place.scrollIntoView({ block: "nearest" });
  });
}
