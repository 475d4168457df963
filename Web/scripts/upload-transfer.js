// One file on its way. The server says which parts it has; the others are sent, in order, each until it has arrived.
import { ask, askPatiently } from "./upload-server.js";
import { fingerprint } from "./upload-files.js";

export class Transfer {
  // States: waiting, sending, finishing, ready, paused, failed, missing (its file has to be chosen again).
  constructor(path, size, state, changed) {
    Object.assign(this, { path, size, state, changed, sent: 0, id: null, file: null, mark: null, error: "" });
  }

  static known(upload, changed) {
    const transfer = new Transfer(upload.path, upload.size, upload.sha256 ? "ready" : "missing", changed);
    transfer.id = upload.id;
    transfer.mark = upload.fingerprint;
    transfer.sent = sizeOf(upload);
    return transfer;
  }

  get isActive() {
    return this.state === "sending" || this.state === "finishing";
  }

  set(state) {
    this.state = state;
    this.changed(this);
  }

  wait(file) {
    if (file) [this.file, this.size] = [file, file.size];
    this.error = "";
    this.set("waiting");
  }

  pause() {
    if (this.state !== "waiting" && !this.isActive) return;
    this.abort?.abort();
    this.set("paused");
  }

  async remove() {
    this.abort?.abort();
    this.state = "removed";
    if (this.id) await ask("DELETE", `uploads/${this.id}`).catch(() => {});
  }

  async run(place) {
    const abort = (this.abort = new AbortController());
    const { signal } = abort;
    this.set("sending");
    try {
      const wish = { ...place, path: this.path, size: this.size, fingerprint: await fingerprint(this.file) };
      const upload = await askPatiently("POST", "uploads", wish, signal);
      this.id = upload.id;
      this.sent = sizeOf(upload);
      this.changed(this);
      if (!upload.sha256) await this.send(upload, signal);
      if (signal.aborted) return;
      this.sent = this.size;
      this.set("ready");
    } catch (error) {
      if (signal.aborted) return;
      this.error = error.message;
      this.set("failed");
    }
  }

  async send(upload, signal) {
    const arrived = new Set(upload.arrived);
    for (let number = 1; number <= upload.parts; number += 1) {
      if (arrived.has(number)) continue;
      const start = (number - 1) * upload.partSize;
      const part = this.file.slice(start, start + upload.partSize);
      await askPatiently("PUT", `uploads/${upload.id}/parts/${number}`, part, signal);
      this.sent += part.size;
      this.changed(this);
    }
    this.set("finishing");
    await askPatiently("POST", `uploads/${upload.id}/completion`, null, signal);
  }
}

function sizeOf(upload) {
  if (upload.sha256) return upload.size;
  return upload.arrived.reduce((sum, number) => sum + Math.min(upload.partSize, upload.size - (number - 1) * upload.partSize), 0);
}
