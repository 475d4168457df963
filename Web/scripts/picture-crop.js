// Shows the chosen picture with a square to place; the form then says which part is meant.
const words = {
  en: ["Part that is used: drag the square, or move it with the arrow keys", "Size"],
  zh: ["裁剪区域：拖动方框，或用方向键移动", "大小"],
};

class PictureCrop {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.fields = ["x", "y", "side"].map((name) => this.field(name));
    this.input.addEventListener("change", () => this.open());
  }

  field(name) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, disabled: true });
    this.form.append(field);
    return field;
  }

  async open() {
    this.stage?.remove();
    for (const field of this.fields) field.disabled = true;
    const file = this.input.files[0];
    if (!file) return;
    // Bitmaps instead of addresses: the policy of the page allows no pictures from memory.
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    if (!bitmap) return;
    this.draw(bitmap);
  }

  draw(bitmap) {
    const [label, sizeLabel] = words[document.documentElement.lang.slice(0, 2)] ?? words.en;
    const shown = Math.min(320, this.form.clientWidth || 320);
    this.scale = Math.min(shown / bitmap.width, shown / bitmap.height);
    this.size = [bitmap.width, bitmap.height];
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * this.scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * this.scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    this.frame = document.createElement("div");
    this.frame.className = "crop-frame";
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "group");
    this.frame.setAttribute("aria-label", label);
    const picture = document.createElement("div");
    picture.className = "crop-picture";
    picture.append(canvas, this.frame);
    const range = Object.assign(document.createElement("input"), { type: "range", min: 10, max: 100, value: 100 });
    range.setAttribute("aria-label", sizeLabel);
    range.addEventListener("input", () => this.resize(Number(range.value)));
    this.stage = document.createElement("div");
    this.stage.className = "crop";
    this.stage.append(picture, range);
    this.input.after(this.stage);
    this.frame.addEventListener("pointerdown", (event) => this.drag(event));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    const side = Math.min(...this.size);
    this.place((this.size[0] - side) / 2, (this.size[1] - side) / 2, side);
  }

  resize(percent) {
    const side = (Math.min(...this.size) * percent) / 100;
    const grown = (this.side - side) / 2;
    this.place(this.x + grown, this.y + grown, side);
  }

  place(x, y, side) {
    const [width, height] = this.size;
    this.side = Math.max(1, Math.min(side, width, height));
    this.x = Math.max(0, Math.min(x, width - this.side));
    this.y = Math.max(0, Math.min(y, height - this.side));
    const style = this.frame.style;
    style.left = `${this.x * this.scale}px`;
    style.top = `${this.y * this.scale}px`;
    style.width = style.height = `${this.side * this.scale}px`;
    [this.x, this.y, this.side].forEach((value, index) => {
      this.fields[index].value = Math.floor(value);
      this.fields[index].disabled = false;
    });
  }

  drag(event) {
    event.preventDefault();
    this.frame.focus();
    this.frame.setPointerCapture(event.pointerId);
    const start = [event.clientX - this.x * this.scale, event.clientY - this.y * this.scale];
    const move = (next) => this.place((next.clientX - start[0]) / this.scale, (next.clientY - start[1]) / this.scale, this.side);
    this.frame.addEventListener("pointermove", move);
    this.frame.addEventListener("pointerup", () => this.frame.removeEventListener("pointermove", move), { once: true });
  }

  key(event) {
    const step = (event.shiftKey ? 20 : 4) / this.scale;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way) return;
    event.preventDefault();
    this.place(this.x + way[0] * step, this.y + way[1] * step, this.side);
  }
}

for (const form of document.querySelectorAll("[data-picture-crop]")) new PictureCrop(form);
