// The upload page: what is chosen or dropped goes into the queue; each file has its line, and all together one commit.
import { renew } from "./upload-server.js";
import { dropped, picked, wanted } from "./upload-files.js";
import { Queue } from "./upload-queue.js";
import { Row } from "./upload-row.js";
import { Summary } from "./upload-summary.js";

const page = document.querySelector("[data-upload]");
const part = (name) => page.querySelector(`[data-part=${name}]`);
const { kind, owner, name, branch } = page.dataset;
const rows = new Map();
const queue = new Queue({ kind, owner, name, branch }, { added, changed, signedOut });
const summary = new Summary(page, queue);

function added(transfer) {
  const row = new Row(part("row"), transfer, act);
  rows.set(transfer, row);
  part("rows").append(row.element);
}

function changed(transfer) {
  rows.get(transfer)?.show(transfer);
  summary.soon();
}

function signedOut() {
  part("signed-out").hidden = false;
  queue.pause();
}

function add(found) {
  const { kept, leftOut } = wanted(found);
  part("left-out").hidden = leftOut === 0;
  return queue.add(kept, part("folder").value.split("/").filter(Boolean).join("/"));
}

function act(what, transfer) {
  if (what === "pause") transfer.pause();
  if (what === "resume" || what === "retry") transfer.file ? transfer.wait() : part("files").click();
  if (what === "choose") part("files").click();
  if (what === "remove") remove(transfer);
}

function remove(transfer) {
  const { element } = rows.get(transfer);
  const next = element.nextElementSibling?.querySelector("[data-do=remove]") ?? part("files");
  element.remove();
  rows.delete(transfer);
  next.focus();
  queue.remove(transfer);
  summary.soon();
}

async function commit(event) {
  event.preventDefault();
  summary.isCommitting = true;
  summary.show();
  part("refusal").textContent = "";
  try {
    await queue.commit(part("message").value.trim());
    location.assign(page.dataset.done);
  } catch (error) {
    part("refusal").textContent = error.message;
    part("signed-out").hidden = !error.isSignedOut;
    summary.isCommitting = false;
    summary.show();
  }
}

for (const input of [part("files"), part("folders")]) input.addEventListener("change", () => add(picked(input)));
part("pause").addEventListener("click", () => queue.pause());
part("resume").addEventListener("click", () => queue.resume());
part("clear").addEventListener("click", () => confirm(page.dataset.clear) && queue.all.forEach(remove));
part("form").addEventListener("submit", commit);
// Wherever on the page files are dropped: elsewhere the browser would open them instead.
for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(type, async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    part("drop").toggleAttribute("data-over", type === "dragenter" || type === "dragover");
    if (type === "drop") await add(await dropped(event.dataTransfer));
  });
}
window.addEventListener("beforeunload", (event) => {
  if (queue.all.some((transfer) => transfer.isActive || transfer.state === "waiting")) event.preventDefault();
});
// Back from signing in on another page.
window.addEventListener("focus", async () => {
  if (part("signed-out").hidden || !(await renew())) return;
  part("signed-out").hidden = true;
  queue.resume();
});

await queue.load();
summary.show();
document.querySelector("[data-plain-upload]").hidden = true;
page.hidden = false;
