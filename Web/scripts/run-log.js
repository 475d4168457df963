// The log of a run: what comes is added below, and stays in sight for whoever has not scrolled up.

class RunLog extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("pre");
    this.next = Number(this.dataset.next);
    this.text.scrollTop = this.text.scrollHeight;
    if (this.hasAttribute("data-open")) this.timer = setTimeout(() => this.read(), 1500);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  async read() {
    let again = 2000;
    try {
      const response = await fetch(`/api/v1/runs/${this.dataset.run}/log?from=${this.next}`, { headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(response.status);
      const piece = await response.json();
      if (piece.text) this.add(piece.text);
      this.next = piece.next;
      if (piece.next < piece.size) again = 0;
      else if (!piece.isOpen) return;
    } catch {
      again = 10_000;
    }
    this.timer = setTimeout(() => this.read(), again);
  }

  add(text) {
    const isAtEnd = this.text.scrollHeight - this.text.scrollTop - this.text.clientHeight < 40;
    this.text.append(text);
    this.querySelector("[data-empty]")?.remove();
    if (isAtEnd) this.text.scrollTop = this.text.scrollHeight;
  }
}

customElements.define("run-log", RunLog);
