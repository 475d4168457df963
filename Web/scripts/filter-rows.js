// A field with data-filter="#list" leaves of that list only the rows that hold all its words; works on what is there.

for (const field of document.querySelectorAll("input[data-filter]")) {
  const list = document.querySelector(field.dataset.filter);
  const count = document.querySelector("[data-filter-count]");
  const empty = document.querySelector("[data-filter-empty]");
  const rows = [...list.querySelectorAll("[data-filter-row]")].map((row) => [row, row.textContent.toLowerCase()]);
  const groups = [...list.querySelectorAll("[data-filter-group]")];

  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const group of groups) group.hidden = false;
    for (const [row, text] of rows) {
      const title = row.closest("[data-filter-group]")?.querySelector("h3")?.textContent.toLowerCase() ?? "";
      row.hidden = !words.every((word) => text.includes(word) || title.includes(word));
    }
    for (const group of groups) group.hidden = !group.querySelector("[data-filter-row]:not([hidden])");
    const left = rows.filter(([row]) => !row.hidden).length;
    if (count) count.textContent = left;
    if (empty) empty.hidden = left > 0;
  };

  field.hidden = false;
  field.addEventListener("input", show);
  if (field.value) show();
}
