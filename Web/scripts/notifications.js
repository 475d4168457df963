// Keeps the bell up to date. One tab of a browser listens and tells the others, so that many tabs hold one connection.

import { toast } from "./toast.js";

const bell = document.querySelector("[data-bell]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("gallery-notifications") : null;

function show({ unread, text, path }) {
  const dot = bell.querySelector(".count-dot");
  const shown = unread > 99 ? "99+" : String(unread);
  dot.textContent = unread > 0 ? shown : "";
  dot.hidden = unread === 0;
  bell.setAttribute("aria-label", unread > 0 ? `${bell.dataset.bell} (${shown})` : bell.dataset.bell);
  if (text && document.visibilityState === "visible") tell(text, path);
}

function tell(text, path) {
  const link = Object.assign(document.createElement("a"), { textContent: text, href: path });
  toast(text).replaceChildren(link);
}

function listen() {
  return new Promise((done) => {
    const source = new EventSource("/notifications/live");
    source.addEventListener("unread", (event) => {
      const news = JSON.parse(event.data);
      show(news);
      channel?.postMessage(news);
    });
    // A refusal closes the source for good; a lost connection is taken up again by the browser.
    source.addEventListener("error", () => {
      if (source.readyState === EventSource.CLOSED) done();
    });
    addEventListener("pagehide", () => {
      source.close();
      done();
    });
  });
}

function start() {
  if (navigator.locks) navigator.locks.request("gallery-notifications", listen);
  else listen();
}

if (bell) {
  channel?.addEventListener("message", (event) => show(event.data));
  // Who only passes through needs no connection: the page came with the number of the moment.
  setTimeout(start, 3000);
}
