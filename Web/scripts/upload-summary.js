// What is true of all files together: how many, how far, how fast, and whether they can be committed.
import { bytes } from "./upload-row.js";

const WINDOW = 8000;

function clock(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

export class Summary {
  constructor(page, queue) {
    this.page = page;
    this.queue = queue;
    this.part = (name) => page.querySelector(`[data-part=${name}]`);
    this.isCommitting = false;
    this.samples = [];
    this.timer = null;
  }

  // At most ten times a second, however many files move.
  soon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.show();
    }, 100);
  }

  show() {
    const { part, page } = this;
    const count = { all: 0, ready: 0, failed: 0, refused: 0, missing: 0, moving: 0, paused: 0 };
    const sum = { sent: 0, size: 0, moved: 0 };
    for (const transfer of this.queue.all) {
      count.all += 1;
      if (transfer.isActive || transfer.state === "waiting") count.moving += 1;
      if (transfer.state in count) count[transfer.state] += 1;
      if (transfer.mayResume) count.paused += 1;
      sum.sent += transfer.sent;
      sum.size += transfer.size;
      sum.moved += transfer.moved;
    }
    part("list").hidden = count.all === 0;
    part("count").textContent = `${count.ready} / ${count.all}`;
    part("bytes").textContent = `${bytes(sum.sent)} / ${bytes(sum.size)}`;
    part("speed").textContent = count.moving ? this.speed(sum) : "";
    part("total").max = Math.max(sum.size, 1);
    part("total").value = sum.sent;
    part("again").hidden = count.missing === 0;
    part("pause").hidden = count.moving === 0;
    part("resume").hidden = count.paused === 0;
    part("clear").hidden = count.all < 2;
    part("commit").disabled = this.isCommitting || count.ready === 0 || count.ready < count.all;
    const { waitHint, failedHint, readyHint } = page.dataset;
    part("hint").textContent = count.failed || count.refused || count.missing ? failedHint : count.ready === count.all ? readyHint : waitHint;
  }

  speed(sum) {
    const now = performance.now();
    this.samples.push([now, sum.moved]);
    while (this.samples.length > 2 && now - this.samples[0][0] > WINDOW) this.samples.shift();
    const [then, moved] = this.samples[0];
    if (now - then < 1000 || sum.moved <= moved) return "";
    const rate = ((sum.moved - moved) * 1000) / (now - then);
    const left = this.page.dataset.remaining.replace("%", clock((sum.size - sum.sent) / rate));
    return `${bytes(rate)}/s · ${left}`;
  }
}
