"""Pages of assets: who sees and changes what, and what strangers' files do in a browser: nothing."""

import json

import pytest
from huggingface_hub import CommitOperationAdd, HfApi

from browser import assert_accessible
from gallery import Gallery

HOSTILE = """# Mine <script>window.broken = 1</script>

<img src=x onerror="window.broken = 2"> <a href="javascript:window.broken=3">press</a>
<svg onload="window.broken=4"></svg> <iframe srcdoc="<script>top.broken=5</script>"></iframe>
<p style="position:fixed;inset:0" onclick="window.broken=6" id="main" class="topbar">text</p></main></body>

![far](https://evil.example/x.png) ![near](p.svg)

$\\href{javascript:window.broken=7}{x}$ and $x^2$

```html
<script>window.broken = 8</script>
```
"""
NOTEBOOK = {"nbformat": 4, "metadata": {}, "cells": [
    {"cell_type": "markdown", "source": HOSTILE},
    {"cell_type": "code", "source": "1", "outputs": [
        {"output_type": "display_data", "data": {"text/html": "<script>window.broken = 9</script><b>bold</b>"}},
        {"output_type": "display_data", "data": {"application/javascript": "window.broken = 10"}},
        {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='window.broken=11'/>"}}]}]}
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" onload="window.broken=12"><script>window.broken=13</script></svg>"""
NAME = "<img src=x onerror=window.broken=14>.txt"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("assets") / "data") as gallery:
        for name, role in [("ada", "user"), ("eve", "user"), ("root", "admin")]:
            gallery.create_user(name, role)
        api = HfApi(endpoint=gallery.url, token=gallery.create_token("ada"))
        for name in ["open", "hidden", "gated", "edited"]:
            api.create_repo(f"ada/{name}", private=name == "hidden")
            api.create_commit(f"ada/{name}", commit_message="Add", operations=[
                CommitOperationAdd("README.md", HOSTILE.encode()), CommitOperationAdd("a.txt", b"one\ntwo\n"),
                CommitOperationAdd("n.ipynb", json.dumps(NOTEBOOK).encode()), CommitOperationAdd("p.svg", SVG),
                CommitOperationAdd(NAME, b"x"), CommitOperationAdd("src/x.py", b"x = 1\n")])
        api.update_repo_settings("ada/gated", gated="manual")
        gallery.api = api
        yield gallery


# What each of them is answered: visitor, stranger, owner, administrator.
TABLE = [
    ("/ada/open", 200, 200, 200, 200), ("/ada/open/tree/main", 200, 200, 200, 200),
    ("/ada/open/blob/main/a.txt", 200, 200, 200, 200), ("/ada/open/commits/main", 200, 200, 200, 200),
    ("/ada/open/compare/main..main", 200, 200, 200, 200), ("/ada/open/edit/main/a.txt", 401, 403, 200, 200),
    ("/ada/open/new/main", 401, 403, 200, 200), ("/ada/open/delete/main/a.txt", 401, 403, 200, 200),
    ("/ada/open/introduction", 401, 403, 200, 200), ("/ada/open/discussions", 200, 200, 200, 200),
    ("/ada/open/discussions/new", 401, 200, 200, 200), ("/ada/hidden", 404, 404, 200, 200),
    ("/ada/hidden/tree/main", 404, 404, 200, 200), ("/ada/hidden/edit/main/a.txt", 404, 404, 200, 200),
    ("/ada/gated", 200, 200, 200, 200), ("/ada/gated/tree/main", 403, 403, 200, 200),
    ("/ada/gated/blob/main/a.txt", 403, 403, 200, 200), ("/ada/none", 404, 404, 404, 404),
    ("/ada/open/tree/none", 404, 404, 404, 404), ("/ada/open/blob/main/none", 404, 404, 404, 404),
    ("/ada/open/compare/main", 400, 400, 400, 400), ("/datasets/ada/open", 404, 404, 404, 404),
    ("/ada/open/commit/0000000", 404, 404, 404, 404), ("/ada/open/tree/main/a.txt", 200, 200, 200, 200),
]


@pytest.mark.parametrize("place, viewer", enumerate([None, "eve", "ada", "root"]))
def test_who_is_shown_what(house, visit_as, place, viewer):
    context = visit_as(viewer, house).context
    for path, *expected in TABLE:
        answer = context.request.get(path, headers={"Accept": "text/html"})
        # Visitors are sent to sign in where there is a page for it.
        status = 401 if "/login" in answer.url else answer.status
        assert status == expected[place], f"{viewer} {path}: {answer.status}"
        assert "window.broken = 1<" not in answer.text().replace("&lt;", "<") or answer.status == 200


@pytest.mark.parametrize("path", [
    "/ada/open", "/ada/open/blob/main/README.md", "/ada/open/blob/main/n.ipynb", "/ada/open/blob/main/p.svg",
    "/ada/open/tree/main", "/ada/open/commit/main", "/ada/open/blob/main/README.md?view=source"])
def test_hostile_files_do_nothing(house, visit_as, path):
    visit = visit_as("ada", house)
    far = []
    visit.page.on("request", lambda request: far.append(request.url) if not request.url.startswith(house.url) else None)
    visit.page.goto(path)
    visit.page.wait_for_load_state("networkidle")
    for link in visit.page.locator(".prose a:not([href])").all():
        link.click()
    assert visit.page.evaluate("window.broken") is None
    assert not [url for url in far if not url.startswith("data:")]
    assert visit.page.locator("main").count() == 1 and visit.page.locator("[onclick], [style], iframe").count() == 0


def test_a_card_of_metadata_alone_is_no_introduction_to_anybody(house, visit_as):
    house.api.create_repo("ada/bare-card")
    house.api.upload_file(path_or_fileobj=b"---\nlicense: mit\n---\n", path_in_repo="README.md", repo_id="ada/bare-card")
    for viewer in ["ada", "eve", None]:
        page = visit_as(viewer, house).page
        page.goto("/ada/bare-card")
        assert page.get_by_role("heading", name="No introduction yet").is_visible()


def test_formulas_are_drawn_and_code_is_coloured(house, visit_as):
    page = visit_as(None, house).page
    page.goto("/ada/open")
    assert page.locator(".md-math math").count() >= 1
    assert page.locator(".prose pre .hl-k").count() >= 1


def test_a_text_is_edited_and_a_conflict_is_shown(house, visit_as):
    page = visit_as("ada", house).page
    page.goto("/ada/edited/blob/main/a.txt")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Text").fill("one\nthree\n")
    house.api.upload_file(path_or_fileobj=b"one\nfour\n", path_in_repo="a.txt", repo_id="ada/edited")
    page.get_by_role("button", name="Save as a commit").click()
    assert page.get_by_role("alert").is_visible()
    assert page.locator(".diff-removed").inner_text().endswith("four")
    assert_accessible(page)
    page.get_by_role("button", name="Save mine over theirs").click()
    assert page.locator(".code-lines").inner_text().split() == ["one", "three"]


def test_files_are_made_and_deleted(house, visit_as):
    page = visit_as("ada", house).page
    page.goto("/ada/edited/tree/main")
    page.get_by_role("link", name="New file").click()
    page.get_by_label("Path of the new file").fill("notes/new.md")
    page.get_by_label("Text").fill("# New")
    page.get_by_role("button", name="Save as a commit").click()
    assert page.url.endswith("/blob/main/notes/new.md")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    assert page.url.endswith("/tree/main")
    assert page.get_by_text("notes/new.md was deleted.").is_visible()


def test_settings_and_metadata_stay_in_step(house, visit_as):
    page = visit_as("ada", house).page
    page.goto("/ada/edited/introduction")
    page.get_by_label("Licence").fill("mit")
    page.get_by_label("Hardware").fill("GPU, Ascend")
    page.get_by_label("Introduction", exact=True).fill("# Edited\n\nText $x$.")
    page.get_by_role("button", name="Preview").click()
    page.locator("[data-preview-body] h2", has_text="Edited").wait_for()
    page.locator("[data-draft-state]", has_text="Draft kept").wait_for()
    page.goto("/ada/edited")
    assert page.get_by_role("heading", name="Mine").is_visible()
    page.goto("/ada/edited/introduction")
    assert page.get_by_text("This is your draft").is_visible()
    assert page.get_by_label("Licence").input_value() == "mit"
    page.get_by_role("button", name="Save the introduction").click()
    assert page.get_by_role("heading", name="Edited", exact=True).is_visible()
    card = house.api.model_info("ada/edited").card_data.to_dict()
    assert card["license"] == "mit" and card["hardware"] == ["GPU", "Ascend"]
    house.api.upload_file(path_or_fileobj=b"---\nlicense: apache-2.0\n---\n# Pushed", path_in_repo="README.md",
                          repo_id="ada/edited")
    page.goto("/ada/edited/introduction")
    assert page.get_by_label("Licence").input_value() == "apache-2.0"


def test_what_the_clients_print_leads_to_pages(house, visit_as):
    context = visit_as("ada", house).context
    commit = house.api.upload_file(path_or_fileobj=b"y", path_in_repo="dir/y.txt", repo_id="ada/edited")
    proposed = house.api.upload_file(path_or_fileobj=b"z", path_in_repo="z.txt", repo_id="ada/edited", create_pr=True)
    for url in [commit.commit_url, str(commit), proposed.pr_url, proposed.commit_url]:
        answer = context.request.get(url, headers={"Accept": "text/html"})
        assert answer.status == 200 and "text/html" in answer.headers["content-type"], url
    number = proposed.pr_num
    page = visit_as("ada", house).page
    page.goto(f"/ada/edited/discussions/{number}")
    page.get_by_role("button", name="Merge").click()
    assert page.get_by_text("The changes are in.").is_visible()
    assert house.api.file_exists("ada/edited", "z.txt")


def test_a_discussion_is_held(house, visit_as):
    page = visit_as("eve", house).page
    page.goto("/ada/open/discussions")
    page.get_by_role("link", name="New discussion").click()
    page.get_by_label("Title").fill("Does it <b>run</b>?")
    page.get_by_label("Text").fill("On **CPU**? <script>window.broken = 1</script>")
    page.get_by_role("button", name="Start the discussion").click()
    page.get_by_label("Comment").fill("It does.")
    page.get_by_role("button", name="Comment", exact=True).click()
    assert page.get_by_text("It does.").is_visible()
    assert page.evaluate("window.broken") is None
    assert_accessible(page)
    page.get_by_role("button", name="Close", exact=True).click()
    assert page.get_by_text("closed it").is_visible()


def test_a_renamed_asset_is_found_and_numbers_are_light(house, visit_as):
    house.api.create_repo("ada/before")
    house.api.move_repo("ada/before", "ada/after")
    page = visit_as(None, house).page
    page.goto("/ada/before/tree/main")
    assert page.url.endswith("/ada/after/tree/main")
