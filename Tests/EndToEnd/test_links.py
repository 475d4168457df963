"""Nothing leads nowhere: every link, form and file of every page answers, whoever looks; and no page is heavy."""

from __future__ import annotations

import concurrent.futures
import html.parser
import json
import re
import urllib.parse

import pytest

from browser import PASSWORD
from pages import PAGES

ROLES = [None, "iris", "eve", "ada", "grace", "root"]
LIMIT = 150_000
# Signs out, or has nothing to show on purpose.
SKIPPED = ("/logout", "/api/v1/events")
# Looked at by the visitor only.
SAME_FOR_ALL = ("/docs/", "/design", "/clients", "/static/", "/avatars/")
# Long by nature; test_pages.py weighs them without their styles.
LISTINGS = ("/docs/api/",)
LISTS = ("/search", "/models", "/datasets", "/algorithms", "/notebooks")


class Links(html.parser.HTMLParser):
    """What a page points to: where one can go, what it loads, and where its forms are sent."""

    def __init__(self, text: str):
        super().__init__()
        self.places: set[str] = set()
        self.parts: set[str] = set()
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            self.places.add(values["href"])
        elif tag == "form" and values.get("method", "get").lower() == "get":
            self.places.add(values.get("action") or "")
        elif tag == "form":
            self.targets.add(values.get("action") or "")
        elif tag == "link" and values.get("rel") == "stylesheet" or tag == "script" and values.get("src"):
            self.parts.add(values.get("href") or values["src"])
        elif tag == "img":
            self.places.add(values["src"])
        if values.get("formaction"):
            self.targets.add(values["formaction"])


class Walk:
    """Everything that one person reaches from the pages that are known."""

    def __init__(self, gallery, role: str | None):
        self.gallery = gallery
        self.role = role
        self.headers = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        if role:
            answer = gallery.post("/api/v1/session", body={"name": role, "password": PASSWORD})
            self.headers["Cookie"] = answer.headers["set-cookie"].split(";")[0]
        self.faults: list[str] = []
        self.weights: dict[str, int] = {}
        self.seen: set = set()
        self.targets: dict[str, str] = {}

    def start(self) -> Walk:
        waiting = [("/", "the start")] + [(page.path, "the list of pages") for page in PAGES if page.viewer == self.role]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            while waiting:
                fresh = [(path, origin) for path, origin in waiting if self.is_new(path)]
                waiting = [found for several in pool.map(self.open, fresh) for found in several]
        # Without the token of a form nothing happens, but there is somebody who says so.
        for target, origin in sorted(self.targets.items()):
            answer = self.gallery.post(target, headers=self.headers)
            if origin != "/design" and (answer.status in (404, 405) or answer.status >= 500):
                self.faults.append(f"POST {answer.status} {target} from {origin}")
        return self

    def is_new(self, path: str) -> bool:
        """One of each address; what differs in the values of its query alone is the same page."""
        parts = urllib.parse.urlsplit(path)
        key = re.sub(r"[0-9a-f]{40}", "OID", parts.path), tuple(sorted(name for name, _ in urllib.parse.parse_qsl(parts.query)))
        # Narrowed by several facets at once, lists have thousands of addresses.
        is_deep = parts.path in LISTS and len(key[1]) > 1
        is_for_all = parts.path.startswith(SAME_FOR_ALL) and self.role
        if key in self.seen or is_deep or is_for_all or parts.path.startswith(SKIPPED):
            return False
        self.seen.add(key)
        return True

    def open(self, visit: tuple[str, str]) -> list[tuple[str, str]]:
        path, origin = visit
        answer = self.gallery.get(urllib.parse.quote(path, safe="/?&=%:@+~.,;!$'()*-_"), headers=self.headers)
        is_known = origin == "the list of pages"
        # What is given on request says so in its place, with the way to it.
        is_locked = answer.status == 403 and b'class="tabs"' in answer.body
        if answer.status >= (500 if is_known else 400) and not is_locked:
            self.faults.append(f"{answer.status} {path} from {origin}")
        if 300 <= answer.status < 400:
            return self.inside(path, [answer.headers["location"]])
        if answer.status >= 400 or not answer.headers.get("content-type", "").startswith("text/html"):
            return []
        links = Links(answer.body.decode())
        self.weights[path] = len(answer.body) + sum(self.weight(part) for part in links.parts if "/vendor/" not in part)
        self.targets |= {target: source for target, source in self.inside(path, sorted(links.targets))}
        return self.inside(path, sorted(links.places))

    # Formulas bring a library, which is kept by the browser.
    def weight(self, part: str) -> int:
        if part not in self.weights:
            answer = self.gallery.get(part)
            assert answer.status == 200, part
            self.weights[part] = len(answer.body)
        return self.weights[part]

    def inside(self, path: str, links: list[str]) -> list[tuple[str, str]]:
        """The links that stay in this gallery, whole and without fragment."""
        found = []
        for link in links:
            whole = urllib.parse.urlsplit(urllib.parse.urljoin(self.gallery.url + path, link))
            if f"{whole.scheme}://{whole.netloc}" == self.gallery.url:
                found.append((urllib.parse.urlunsplit(("", "", whole.path, whole.query, "")) or "/", path))
        return found


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "visitor")
def test_no_link_leads_nowhere_and_no_page_is_heavy(furnished, role):
    walk = Walk(furnished, role).start()
    assert not walk.faults, "\n".join(sorted(walk.faults))
    heavy = {path: weight for path, weight in walk.weights.items() if weight > LIMIT and not path.startswith(LISTINGS)}
    assert not heavy, json.dumps(heavy, indent=1)
    assert len(walk.weights) > 50 and walk.targets
