// Comments: likes without a new page, names completed after "@", Ctrl+Enter posts.

const token = (form) => form.querySelector("[name=csrf_token]").value;

for (const form of document.querySelectorAll("[data-comment-like]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const isLiked = button.getAttribute("aria-pressed") === "true";
    const answer = await fetch(`/api/v1/comments/${encodeURIComponent(form.dataset.commentLike)}/like`, {
      method: isLiked ? "DELETE" : "PUT",
      headers: { "X-CSRF-Token": token(form) },
    }).catch(() => null);
    if (!answer?.ok) return form.submit();
    const comment = await answer.json();
    button.setAttribute("aria-pressed", String(comment.isLiked));
    form.action = form.action.replace(/[^/]+$/, comment.isLiked ? "unlike" : "like");
    form.querySelector("[data-count]").textContent = comment.likes || "";
  });
}

class Mentions {
  constructor(field) {
    this.field = field;
    this.people = [];
    this.chosen = 0;
    this.list = null;
    field.addEventListener("input", () => this.look());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  // The beginning of a name before the cursor.
  get typed() {
    return /(?:^|[^\w.\-@/`])@([\w.\-]{1,64})$/.exec(this.field.value.slice(0, this.field.selectionStart))?.[1];
  }

  async look() {
    const typed = this.typed;
    if (!typed) return this.close();
    const answer = await fetch(`/api/v1/mentions?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok || typed !== this.typed) return;
    this.people = (await answer.json()).items;
    this.chosen = 0;
    if (this.people.length > 0) this.show();
    else this.close();
  }

  show() {
    this.close(false);
    this.list = document.createElement("div");
    this.list.className = "mentions";
    this.list.id = `${this.field.id}-people`;
    this.list.setAttribute("role", "listbox");
    this.people.forEach((person, index) => {
      const option = document.createElement("div");
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", String(index === this.chosen));
      const picture = document.createElement("img");
      picture.src = person.avatarUrl;
      picture.alt = "";
      option.append(picture, person.name === person.nickname ? person.name : `${person.name} · ${person.nickname}`);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.take(index);
      });
      this.list.append(option);
    });
    this.field.after(this.list);
    this.list.style.top = `${this.field.offsetTop + this.field.offsetHeight}px`;
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
  }

  close(forgets = true) {
    this.list?.remove();
    this.list = null;
    this.field.removeAttribute("aria-activedescendant");
    if (forgets) this.people = [];
  }

  take(index) {
    const end = this.field.selectionStart;
    this.field.setRangeText(`${this.people[index].name} `, end - this.typed.length, end, "end");
    this.close();
    this.field.focus();
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.field.form.requestSubmit();
    if (!this.list) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      this.chosen = (this.chosen + steps[event.key] + this.people.length) % this.people.length;
      this.show();
    } else if (event.key === "Enter" || event.key === "Tab") this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
}

for (const field of document.querySelectorAll("[data-comment-form] textarea")) new Mentions(field);
