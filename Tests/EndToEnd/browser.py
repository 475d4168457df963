"""Chromium as people use it, and what every page must stand up to."""

from __future__ import annotations

import contextlib
import os

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, sync_playwright

PROGRAM = os.environ.get("GALLERY_TEST_BROWSER", "/usr/bin/chromium")
PASSWORD = "correct horse battery"
LOCALES = {"en": "en-US", "zh": "zh-CN"}
PHONE, WIDE = 390, 1280
# What the content security policy has to be told twice is a fault; what a test provokes on purpose is not.
ANSWERS = "Failed to load resource: the server responded with a status of"


@contextlib.contextmanager
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


def launch(kind: BrowserType) -> Browser:
    """A process of its own."""
    return kind.launch(
        executable_path=PROGRAM, args=["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"])


class Visit:
    """A browser of one person, which remembers all that went wrong in it."""

    def __init__(self, browser: Browser, url: str, user: str | None = None, language: str = "en", theme: str = "light",
                 width: int = WIDE, scripts: bool = True):
        self.faults: list[str] = []
        height = 844 if width <= 480 else 800
        self.context: BrowserContext = browser.new_context(
            base_url=url, viewport={"width": width, "height": height}, color_scheme=theme, locale=LOCALES[language],
            java_script_enabled=scripts, reduced_motion="reduce", is_mobile=width <= 480, has_touch=width <= 480)
        self.context.set_default_timeout(10_000)
        self.context.on("weberror", lambda error: self.faults.append(f"error: {error.error}"))
        self.context.on("console", self._hear)
        self.context.on("requestfailed", self._miss)
        if user:
            answer = self.context.request.post("/api/v1/session", data={"name": user, "password": PASSWORD})
            assert answer.status == 201, answer.text()
        self.page: Page = self.context.new_page()

    def _hear(self, message):
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERS):
            self.faults.append(f"{message.type}: {message.text}")

    def _miss(self, request):
        # A page that is left takes its requests with it.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def close(self):
        self.context.close()
        assert not self.faults, "the browser complained:\n" + "\n".join(self.faults)


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A and AA that axe can find."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    " + "\n    ".join(
            f"{node['target'][0]}: {' '.join(node.get('failureSummary', '').split())}" for node in violation["nodes"][:5])
        for violation in found]
    assert not lines, f"{page.url} is not accessible:\n" + "\n".join(lines)


OVERFLOW = """() => {
  const root = document.documentElement, faults = [];
  const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + [...e.classList].map((c) => "." + c).join("");
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...document.body.querySelectorAll("*")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && box.right > root.clientWidth + 1 && !e.closest("[popover]:not(:popover-open)");
    });
    faults.push(`the page is ${root.scrollWidth} px wide in ${root.clientWidth}: ` + wide.slice(-3).map(name).join(", "));
  }
  for (const e of document.body.querySelectorAll("button, a, h1, h2, h3, p, dd, dt, th, td, label, .badge")) {
    const style = getComputedStyle(e);
    if (!e.clientWidth || style.overflowX === "auto" || style.overflowX === "scroll") continue;
    const cut = e.scrollWidth > e.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
    if (cut && !e.closest(".visually-hidden")) faults.push(`cut: ${name(e)} “${e.textContent.trim().slice(0, 40)}”`);
  }
  return faults;
}"""


def faults_of_layout(page: Page) -> list[str]:
    """What is wider than the page, and what is cut off without a sign."""
    return page.evaluate(OVERFLOW)


def assert_fits(page: Page) -> None:
    found = faults_of_layout(page)
    assert not found, f"{page.url} at {page.viewport_size['width']} px:\n" + "\n".join(found)
