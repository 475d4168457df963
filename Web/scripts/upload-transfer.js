// One file on its way. The server says which parts it has; the others are sent, two at once, each until it has arrived.
import { ask, askPatiently } from "./upload-server.js";
import { fingerprint } from "./upload-files.js";

const PARTS_AT_ONCE = 2;

export class Transfer {
  // States: waiting, sending, finishing, ready, paused, failed, refused (will never be taken), missing (its file has to be chosen
  // again).
  constructor(path, size, state, changed) {
    Object.assign(this, { path, size, state, changed, id: null, file: null, mark: null, error: "", replaces: false });
    // Bytes that are there for good, those of the parts on their way, and all that has left this page, for the speed.
    Object.assign(this, { arrived: 0, underWay: new Map(), moved: 0, isChecked: true });
  }

  static known(upload, changed) {
    const transfer = new Transfer(upload.path, upload.size, upload.sha256 ? "ready" : "missing", changed);
    transfer.id = upload.id;
    transfer.mark = upload.fingerprint;
    transfer.arrived = sizeOf(upload);
    return transfer;
  }

  get isActive() {
    return this.state === "sending" || this.state === "finishing";
  }

  get mayResume() {
    return this.file && ["paused", "failed"].includes(this.state);
  }

  get sent() {
    return Math.min([...this.underWay.values()].reduce((sum, bytes) => sum + bytes, this.arrived), this.size);
  }

  set(state) {
    this.state = state;
    this.changed(this);
  }

  fail(sentence, isFinal) {
    this.error = sentence;
    this.set(isFinal ? "refused" : "failed");
  }

  wait(file) {
    if (file) [this.file, this.size] = [file, file.size];
    this.error = "";
    this.set("waiting");
  }

  pause() {
    if (this.state !== "waiting" && !this.isActive) return;
    this.stop("paused");
  }

  stop(state) {
    this.abort?.abort();
    this.underWay.clear();
    this.set(state);
  }

  async remove() {
    this.abort?.abort();
    this.state = "removed";
    if (this.id) await ask("DELETE", `uploads/${this.id}`).catch(() => {});
  }

  // True where the person must sign in again before it goes on.
  async run(place) {
    const { signal } = (this.abort = new AbortController());
    this.set("sending");
    try {
      const wish = { ...place, path: this.path, size: this.size, fingerprint: await fingerprint(this.file) };
      const upload = await askPatiently("POST", "uploads", wish, signal);
      this.id = upload.id;
      this.arrived = sizeOf(upload);
      this.changed(this);
      if (!upload.sha256) await this.send(upload, signal);
      if (signal.aborted) return false;
      this.arrived = this.size;
      this.set("ready");
      return false;
    } catch (error) {
      if (signal.aborted) return false;
      this.error = error.isSignedOut ? "" : error.message || String(error);
      this.stop(error.isSignedOut ? "paused" : error.isFinal ? "refused" : "failed");
      return Boolean(error.isSignedOut);
    }
  }

  async send(upload, signal) {
    const arrived = new Set(upload.arrived);
    const missing = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((number) => !arrived.has(number));
    const worker = async () => {
      while (missing.length && !signal.aborted) await this.sendPart(upload, missing.shift(), signal);
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, worker));
    if (signal.aborted) return;
    this.set("finishing");
    await askPatiently("POST", `uploads/${upload.id}/completion`, null, signal);
  }

  async sendPart(upload, number, signal) {
    const start = (number - 1) * upload.partSize;
    const part = this.file.slice(start, start + upload.partSize);
    await askPatiently("PUT", `uploads/${upload.id}/parts/${number}`, part, signal, (loaded) => {
      if (signal.aborted) return;
      const bytes = Math.min(loaded, part.size);
      this.moved += Math.max(0, bytes - (this.underWay.get(number) ?? 0));
      this.underWay.set(number, bytes);
      this.changed(this);
    });
    this.underWay.delete(number);
    this.arrived += part.size;
    this.changed(this);
  }
}

function sizeOf(upload) {
  if (upload.sha256) return upload.size;
  return upload.arrived.reduce((sum, number) => sum + Math.min(upload.partSize, upload.size - (number - 1) * upload.partSize), 0);
}
