// Keeps an asset without leaving the page.

for (const form of document.querySelectorAll("[data-favourite]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    // A disabled button's choice would not be sent.
    const body = new URLSearchParams(new FormData(form, button));
    button.disabled = true;
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      button.value = answer.isOn ? "0" : "1";
      button.setAttribute("aria-pressed", String(answer.isOn));
      button.querySelector("[data-label]").textContent = answer.label;
      button.querySelector("[data-count]").textContent = answer.count;
    } catch {
      // What the page cannot do, the server says.
      button.disabled = false;
      HTMLFormElement.prototype.submit.call(withChoice(form, button));
    }
    button.disabled = false;
    button.focus();
  });
}

function withChoice(form, button) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: button.name, value: button.value });
  form.append(field);
  return form;
}
