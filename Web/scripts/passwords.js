// Lets people see the password they type.
const words = { en: ["Show", "Hide"], zh: ["显示", "隐藏"] };

for (const input of document.querySelectorAll("[data-password]")) {
  const [show, hide] = words[document.documentElement.lang.slice(0, 2)] ?? words.en;
  const row = document.createElement("div");
  row.className = "input-row";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.setAttribute("aria-controls", input.id);
  const update = () => {
    const hidden = input.type === "password";
    button.textContent = hidden ? show : hide;
    button.setAttribute("aria-pressed", String(!hidden));
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    update();
  });
  // A password must not be sent as a text that browsers remember.
  input.form?.addEventListener("submit", () => { input.type = "password"; });
  input.replaceWith(row);
  input.classList.add("grow");
  row.append(input, button);
  update();
}
