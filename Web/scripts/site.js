// What every page has: menus that close, times in the reader's zone, hotkeys, and the behaviours it asks for.

document.documentElement.dataset.scripts = "";

const behaviours = {
  "[data-copy], [data-copy-from]": "./copy.js",
  "dialog, [data-confirm], [data-must-equal]": "./dialog.js",
};
for (const [selector, file] of Object.entries(behaviours)) {
  if (document.querySelector(selector)) import(file);
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) {
    time.title = moment.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  }
}

// Where a row of links is wider than the screen, the current one is in sight.
for (const link of document.querySelectorAll(":is(.tabs, .side-menu, .topbar-nav) > [aria-current]")) {
  const row = link.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
}

for (const field of document.querySelectorAll("select[data-submit]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of openMenus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (isTyping || event.metaKey || event.ctrlKey || event.altKey) return;
  const field = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (field) {
    event.preventDefault();
    field.focus();
    field.select?.();
  }
});
