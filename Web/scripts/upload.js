// The upload page: a queue of files of which three are sent at once, what was left from earlier, and the commit.
import { ask } from "./upload-server.js";
import { dropped, fingerprint, picked } from "./upload-files.js";
import { Row, bytes } from "./upload-row.js";
import { Transfer } from "./upload-transfer.js";

const AT_ONCE = 3;
const page = document.querySelector("[data-upload]");
const part = (name) => page.querySelector(`[data-part=${name}]`);
const { kind, owner, name, branch, limit } = page.dataset;
const place = { kind, owner, name, branch };
const transfers = new Map();
const rows = new Map();
const mayResume = (transfer) => transfer.file && ["paused", "failed"].includes(transfer.state);

function changed(transfer) {
  rows.get(transfer)?.show(transfer);
  summarise();
  pump();
}

function keep(transfer) {
  transfers.set(transfer.path, transfer);
  rows.set(transfer, new Row(part("row"), transfer, act));
  part("rows").append(rows.get(transfer).element);
}

async function add(files) {
  const folder = part("folder").value.split("/").filter(Boolean).join("/");
  for (const { file, path } of files) {
    const whole = folder ? `${folder}/${path}` : path;
    let transfer = transfers.get(whole);
    if (!transfer) {
      const left = [...transfers.values()].filter((known) => known.state === "missing" && known.size === file.size);
      const mark = left.length ? await fingerprint(file) : null;
      transfer = left.find((known) => known.mark === mark);
    }
    if (transfer?.isActive) continue;
    if (!transfer) keep((transfer = new Transfer(whole, file.size, "waiting", changed)));
    if (file.size > Number(limit)) {
      transfer.error = page.dataset.tooLarge;
      transfer.set("failed");
    } else {
      transfer.wait(file);
    }
  }
  summarise();
}

function pump() {
  const all = [...transfers.values()];
  let free = AT_ONCE - all.filter((transfer) => transfer.isActive).length;
  for (const transfer of all) {
    if (free <= 0) return;
    if (transfer.state !== "waiting") continue;
    free -= 1;
    transfer.run(place);
  }
}

async function act(what, transfer) {
  if (what === "pause") transfer.pause();
  if (what === "resume" || what === "retry") transfer.file ? transfer.wait() : part("files").click();
  if (what === "choose") part("files").click();
  if (what !== "remove") return;
  transfers.delete(transfer.path);
  rows.get(transfer).element.remove();
  rows.delete(transfer);
  await transfer.remove();
  summarise();
  pump();
}

function summarise() {
  const all = [...transfers.values()];
  const ready = all.filter((transfer) => transfer.state === "ready");
  const sum = (key) => all.reduce((total, transfer) => total + transfer[key], 0);
  part("list").hidden = all.length === 0;
  part("count").textContent = `${ready.length} / ${all.length}`;
  part("bytes").textContent = `${bytes(sum("sent"))} / ${bytes(sum("size"))}`;
  part("total").max = Math.max(sum("size"), 1);
  part("total").value = sum("sent");
  part("again").hidden = !all.some((transfer) => transfer.state === "missing");
  part("pause").hidden = !all.some((transfer) => transfer.isActive || transfer.state === "waiting");
  part("resume").hidden = !all.some(mayResume);
  part("commit").disabled = ready.length === 0 || ready.length < all.length;
}

async function commit(event) {
  event.preventDefault();
  part("commit").disabled = true;
  part("refusal").textContent = "";
  const uploads = [...transfers.values()].map((transfer) => transfer.id);
  const path = ["assets", kind, owner, name, "commits"].map(encodeURIComponent).join("/");
  try {
    await ask("POST", path, { branch, uploads, message: part("message").value.trim() });
    location.assign(page.dataset.done);
  } catch (error) {
    part("refusal").textContent = error.message;
    summarise();
  }
}

for (const input of [part("files"), part("folders")]) input.addEventListener("change", () => add(picked(input)));
part("pause").addEventListener("click", () => transfers.forEach((transfer) => transfer.pause()));
part("resume").addEventListener("click", () => [...transfers.values()].filter(mayResume).forEach((transfer) => transfer.wait()));
part("form").addEventListener("submit", commit);
const drop = part("drop");
for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
  drop.addEventListener(type, async (event) => {
    event.preventDefault();
    drop.toggleAttribute("data-over", type === "dragenter" || type === "dragover");
    if (type === "drop") await add(await dropped(event.dataTransfer));
  });
}

const left = await ask("GET", `uploads?${new URLSearchParams(place)}`).catch(() => ({ items: [] }));
for (const upload of left.items) keep(Transfer.known(upload, changed));
summarise();
document.querySelector("[data-plain-upload]").hidden = true;
page.hidden = false;
