"""Looks at every page as people will: each language, theme and width into shots/, with what does not fit named."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from browser import PHONE, WIDE, Visit, chromium, faults_of_layout
from gallery import ROOT, Gallery
from pages import PAGES, Shown, furnish


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pages by name; all when none is given")
    parser.add_argument("--url", help="a gallery that runs already, instead of one made for this")
    parser.add_argument("--path", action="append", default=[], help="any other address, as VIEWER:/path or /path")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "shots")
    parser.add_argument("--widths", default=f"{PHONE},{WIDE}")
    parser.add_argument("--languages", default="zh,en")
    parser.add_argument("--themes", default="light,dark")
    choice = parser.parse_args()
    pages = [page for page in PAGES if page.name in choice.names or not (choice.names or choice.path)]
    for path in choice.path:
        viewer, _, rest = path.partition(":")
        pages.append(Shown("-".join(filter(None, [viewer if rest else "", *(rest or path).strip("/").replace("?", "/").split("/")])) or "home", rest or path, viewer if rest else None))
    with tempfile.TemporaryDirectory(prefix="gallery-shots-") as folder:
        if choice.url:
            return look(pages, choice, choice.url)
        with Gallery(pathlib.Path(folder) / "data") as gallery:
            furnish(gallery)
            return look(pages, choice, gallery.url)


def look(pages: list[Shown], choice, url: str) -> int:
    choice.out.mkdir(parents=True, exist_ok=True)
    faults = 0
    with chromium() as browser:
        for language in choice.languages.split(","):
            for theme in choice.themes.split(","):
                for width in map(int, choice.widths.split(",")):
                    for shown in pages:
                        faults += shoot(browser, url, shown, language, theme, width, choice.out)
    print(f"{len(list(choice.out.glob('*.png')))} pictures in {choice.out}, {faults} faults")
    return min(faults, 1)


def shoot(browser, url: str, shown: Shown, language: str, theme: str, width: int, out: pathlib.Path) -> int:
    visit = Visit(browser, url, shown.viewer, language, theme, width)
    name = f"{shown.name}-{language}-{theme}-{width}"
    answer = visit.page.goto(shown.path)
    faults = faults_of_layout(visit.page) + visit.faults
    if answer.status != shown.status:
        faults.append(f"status {answer.status}")
    visit.page.screenshot(path=out / f"{name}.png", full_page=True)
    visit.context.close()
    for fault in faults:
        print(f"{name}: {fault}", file=sys.stderr)
    return len(faults)


if __name__ == "__main__":
    sys.exit(main())
