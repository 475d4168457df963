// What was said and set in a conversation, kept in this browser alone.

const MOST_TURNS = 100;
const FIELDS = ["system", "temperature", "tokens", "text"];

export class History {
  constructor(key, form) {
    this.key = key;
    this.form = form;
    const { turns = [], fields = {} } = this.#read();
    this.turns = turns;
    for (const name of FIELDS) if (form.elements[name] && fields[name] !== undefined) form.elements[name].value = fields[name];
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }

  save() {
    const fields = {};
    for (const name of FIELDS) if (this.form.elements[name]) fields[name] = this.form.elements[name].value;
    this.turns = this.turns.slice(-MOST_TURNS);
    try {
      localStorage.setItem(this.key, JSON.stringify({ turns: this.turns, fields }));
    } catch {
      // A full or closed store costs the history alone.
    }
  }
}
