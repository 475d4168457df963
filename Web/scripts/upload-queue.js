// All files of the page by their paths: checked before they are sent, then sent, several at once.
import { ask, NEVER_TAKEN } from "./upload-server.js";
import { fingerprint } from "./upload-files.js";
import { Transfer } from "./upload-transfer.js";

// Browsers keep six connections to a server; large files use two each.
const LINES = 6;
const LARGE = 8 << 20;
const cost = (transfer) => (transfer.size > LARGE ? 2 : 1);
const CHECKED_AT_ONCE = 2000;

export class Queue {
  // `told` hears `added`, `changed` and `signedOut`.
  constructor(place, told) {
    const { kind, owner, name } = place;
    this.asset = ["assets", kind, owner, name].map(encodeURIComponent).join("/");
    Object.assign(this, { place, told, transfers: new Map(), turn: Promise.resolve(), changed: (transfer) => this.change(transfer) });
  }

  get all() {
    return [...this.transfers.values()];
  }

  change(transfer) {
    this.told.changed(transfer);
    if (!transfer.isActive) this.pump();
  }

  keep(transfer) {
    this.transfers.set(transfer.path, transfer);
    this.told.added(transfer);
  }

  // One after the other: what is added has to know all that is there already, and that may still be asked for.
  inTurn(work) {
    const done = this.turn.then(work);
    this.turn = done.catch(() => {});
    return done;
  }

  // What was left from earlier.
  load() {
    return this.inTurn(() => this.takeLeft());
  }

  add(files, folder) {
    return this.inTurn(() => this.take(files, folder));
  }

  async takeLeft() {
    const left = await ask("GET", `uploads?${new URLSearchParams(this.place)}`).catch(() => ({ items: [] }));
    for (const upload of left.items) this.keep(Transfer.known(upload, this.changed));
    await this.check(this.all);
  }

  async take(files, folder) {
    const fresh = [];
    for (const { file, path } of files) {
      const whole = folder ? `${folder}/${path}` : path;
      const transfer = this.transfers.get(whole) ?? (await this.leftAs(file)) ?? new Transfer(whole, file.size, "waiting", this.changed);
      if (transfer.isActive) continue;
      if (!this.transfers.has(transfer.path)) this.keep(transfer);
      transfer.isChecked = false;
      transfer.wait(file);
      fresh.push(transfer);
    }
    await this.check(fresh);
  }

  // The same file, which may have been chosen from within its folder now.
  async leftAs(file) {
    const left = this.all.filter((known) => known.state === "missing" && known.size === file.size);
    if (left.length === 0) return undefined;
    const mark = await fingerprint(file);
    return left.find((known) => known.mark === mark);
  }

  // Asks which would be refused or replace a file, before anything is sent. Where that fails, sending tells.
  async check(all) {
    for (let start = 0; start < all.length; start += CHECKED_AT_ONCE) {
      const some = all.slice(start, start + CHECKED_AT_ONCE);
      const files = some.map(({ path, size }) => ({ path, size }));
      const answer = await ask("POST", `${this.asset}/upload-checks`, { branch: this.place.branch, files }).catch(() => null);
      some.forEach((transfer, index) => {
        const told = answer?.files[index];
        transfer.isChecked = true;
        transfer.replaces = told?.replaces ?? false;
        if (told?.detail && transfer.state === "waiting") transfer.fail(told.detail, NEVER_TAKEN.includes(told.code));
        else this.change(transfer);
      });
    }
  }

  async pump() {
    let free = this.all.reduce((left, transfer) => (transfer.isActive ? left - cost(transfer) : left), LINES);
    for (const transfer of this.transfers.values()) {
      if (free <= 0) return;
      if (transfer.state !== "waiting" || !transfer.isChecked || cost(transfer) > free) continue;
      free -= cost(transfer);
      transfer.run(this.place).then((isSignedOut) => isSignedOut && this.told.signedOut());
    }
  }

  pause() {
    for (const transfer of this.all) transfer.pause();
  }

  resume() {
    for (const transfer of this.all) if (transfer.mayResume) transfer.wait();
  }

  async remove(transfer) {
    this.transfers.delete(transfer.path);
    await transfer.remove();
    this.pump();
  }

  commit(message) {
    const uploads = this.all.map((transfer) => transfer.id);
    return ask("POST", `${this.asset}/commits`, { branch: this.place.branch, uploads, message });
  }
}
