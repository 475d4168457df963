// For scripts that have something to say in passing: import { toast } from "./toast.js".

/** Shows a sentence for some seconds; an action stays until it is taken. `tone` is positive or danger. */
export function toast(text, { tone, action } = {}) {
  let stack = document.querySelector(".toasts");
  if (!stack) {
    stack = document.createElement("div");
    stack.className = "toasts";
    stack.setAttribute("role", "status");
    document.body.append(stack);
  }
  const line = document.createElement("div");
  line.className = "toast";
  if (tone) line.dataset.tone = tone;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (action) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: action.text });
    button.addEventListener("click", () => {
      line.remove();
      action.run();
    });
    line.append(button);
  }
  stack.append(line);
  if (!action) setTimeout(() => line.remove(), 5000);
  return line;
}
