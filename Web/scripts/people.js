// Inside [data-people], a field that finds users and writes the chosen names into the text area, one a line.

for (const frame of document.querySelectorAll("[data-people]")) {
  const area = frame.querySelector("textarea");
  if (!area) continue;
  const list = document.createElement("datalist");
  list.id = `${area.id}-people`;
  const field = document.createElement("input");
  field.className = "input";
  field.setAttribute("list", list.id);
  field.setAttribute("aria-label", area.labels[0]?.textContent.trim() ?? "");
  field.placeholder = "@";
  field.autocomplete = "off";
  area.before(list, field);

  let known = [];
  let timer;
  const add = (name) => {
    const names = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (!names.includes(name)) names.push(name);
    area.value = names.join("\n");
    field.value = "";
    list.replaceChildren();
  };
  field.addEventListener("input", () => {
    const chosen = known.find((person) => person.name === field.value);
    if (chosen) return add(chosen.name);
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const text = field.value.trim();
      if (!text) return;
      const answer = await fetch(`/api/v1/people?limit=8&q=${encodeURIComponent(text)}`).catch(() => null);
      if (!answer?.ok) return;
      known = (await answer.json()).items;
      list.replaceChildren(...known.map((person) => {
        const option = document.createElement("option");
        option.value = person.name;
        option.label = `${person.nickname} · ${person.id}`;
        return option;
      }));
    }, 150);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (field.value.trim()) add(field.value.trim());
  });
}
