// Talking with an app: what was said stays in this browser, answers come word by word and can be stopped.
import { answerOf } from "./answer-stream.js";
import { write } from "./answer-text.js";
import { History } from "./talk-history.js";

class AppTalk extends HTMLElement {
  connectedCallback() {
    this.log = this.querySelector(".talk-turns");
    this.form = this.querySelector("form");
    this.kept = new History(`app-talk ${this.dataset.app}`, this.form);
    for (const turn of this.kept.turns) this.show(turn);
    this.refresh();
    this.form.addEventListener("submit", (event) => (event.preventDefault(), this.send()));
    this.form.addEventListener("change", () => this.keep());
    this.form.elements.message.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.button("stop").addEventListener("click", () => this.running?.abort());
    this.button("again").addEventListener("click", () => this.again());
    this.button("clear").addEventListener("click", (event) => {
      if (!window.confirm(event.currentTarget.dataset.sure)) return;
      this.kept.turns = [];
      this.log.querySelectorAll(".talk-turn").forEach((turn) => turn.remove());
      this.keep();
    });
  }

  disconnectedCallback() {
    this.running?.abort();
  }

  button(name) {
    return this.querySelector(`[data-do="${name}"]`);
  }

  keep() {
    this.kept.save();
    this.refresh();
  }

  refresh() {
    const has = this.kept.turns.length > 0;
    this.querySelector(".talk-empty").hidden = has;
    this.button("clear").hidden = !has || Boolean(this.running);
    this.button("again").hidden = !has || Boolean(this.running);
    this.button("send").hidden = Boolean(this.running);
    this.button("stop").hidden = !this.running;
  }

  show({ role, content }) {
    const turn = Object.assign(document.createElement("div"), { className: "talk-turn" });
    turn.dataset.role = role;
    const who = Object.assign(document.createElement("p"), { className: "talk-who" });
    who.textContent = role === "user" ? this.dataset.you : this.dataset.name;
    const text = Object.assign(document.createElement("div"), { className: role === "user" ? "talk-text" : "talk-text prose" });
    if (role === "user") text.textContent = content;
    else write(text, content);
    turn.append(who, text);
    this.log.append(turn);
    this.log.scrollTop = this.log.scrollHeight;
    return text;
  }

  send() {
    const field = this.form.elements.message;
    const content = field.value.trim();
    if (!content || this.running) return;
    field.value = "";
    this.kept.turns.push({ role: "user", content });
    this.show(this.kept.turns.at(-1));
    this.answer();
  }

  again() {
    while (this.kept.turns.at(-1)?.role === "assistant") {
      this.kept.turns.pop();
      this.log.querySelector(".talk-turn:last-child")?.remove();
    }
    if (this.kept.turns.length) this.answer();
  }

  request() {
    const value = (name) => this.form.elements[name]?.value ?? "";
    const isAboutText = this.dataset.kind === "question-answering";
    const turns = isAboutText ? this.kept.turns.slice(-1) : this.kept.turns.slice(-40);
    const system = value("system").trim();
    const body = { messages: [...(system ? [{ role: "system", content: system }] : []), ...turns] };
    if (isAboutText) body.text = value("text");
    if (value("temperature")) body.temperature = Number(value("temperature"));
    if (value("tokens")) body.maxTokens = Number(value("tokens"));
    return JSON.stringify(body);
  }

  pieces() {
    const { app, csrf, failed } = this.dataset;
    return answerOf(`/api/v1/apps/${app}/answers`, { body: this.request(), csrf, failed, signal: this.running.signal });
  }

  async answer() {
    this.running = new AbortController();
    this.keep();
    const turn = { role: "assistant", content: "" };
    const place = this.show(turn);
    place.dataset.waits = "";
    place.textContent = this.dataset.thinking;
    let fault = "";
    try {
      for await (const piece of this.pieces()) {
        delete place.dataset.waits;
        turn.content += piece;
        const isAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
        write(place, turn.content);
        if (isAtEnd) this.log.scrollTop = this.log.scrollHeight;
      }
    } catch (error) {
      fault = error.name === "AbortError" ? this.dataset.stopped : error.message || this.dataset.failed;
    }
    this.running = null;
    delete place.dataset.waits;
    if (turn.content) this.kept.turns.push(turn);
    else place.replaceChildren();
    if (fault) place.append(Object.assign(document.createElement("p"), { className: "talk-fault", textContent: fault }));
    this.keep();
  }
}

customElements.define("app-talk", AppTalk);
