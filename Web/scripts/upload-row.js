// The line of one file: its state in a word, its progress, and what can be done with it.

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function bytes(value) {
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

const ACTIONS = {
  waiting: ["pause"], sending: ["pause"], finishing: [], ready: [], paused: ["resume"], failed: ["retry"], refused: [], missing: ["choose"],
};

export class Row {
  constructor(template, transfer, act) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.part = (name) => this.element.querySelector(`[data-part=${name}]`);
    this.buttons = [...this.element.querySelectorAll("[data-do]")];
    this.part("path").textContent = transfer.path;
    this.part("progress").setAttribute("aria-label", transfer.path);
    for (const button of this.buttons) {
      button.setAttribute("aria-label", `${button.title}: ${transfer.path}`);
      button.addEventListener("click", () => act(button.dataset.do, transfer));
    }
    this.show(transfer);
  }

  show(transfer) {
    const { state, sent, size } = transfer;
    this.element.dataset.state = state;
    this.part("state").textContent = this.part("state").dataset[state] ?? "";
    this.part("size").textContent = state === "ready" ? bytes(size) : `${bytes(sent)} / ${bytes(size)}`;
    this.part("error").textContent = transfer.error;
    this.part("replaces").hidden = !transfer.replaces;
    const progress = this.part("progress");
    progress.hidden = state === "ready";
    progress.max = Math.max(size, 1);
    progress.value = sent;
    for (const button of this.buttons) {
      button.hidden = button.dataset.do !== "remove" && !ACTIONS[state]?.includes(button.dataset.do);
    }
  }
}
