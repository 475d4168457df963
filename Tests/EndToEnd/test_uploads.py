"""Creating assets and bringing their files in: through /api/v1, over a crash, and in a browser that is closed half-way."""

import hashlib
import os

import pytest

from gallery import Gallery

PART = 8 << 20


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("uploads") / "data") as gallery:
        for name in ["ada", "eve"]:
            gallery.create_user(name)
        gallery.tokens = {name: gallery.create_token(name) for name in ["ada", "eve"]}
        yield gallery


def call(house, method, path, body=None, who="ada", expect=200, **rest):
    answer = house.ask(method, f"/api/v1/{path}", house.tokens.get(who), body, **rest)
    assert answer.status == expect, (method, path, answer.status, answer.body)
    return answer.json if answer.body else None


def make(house, name):
    call(house, "POST", "assets", {"kind": "models", "name": name, "licence": "mit"}, expect=201)
    return f"ada/{name}"


def digest_of(house, repo, path):
    answer = house.get(f"/{repo}/resolve/main/{path}", house.tokens["ada"])
    assert answer.status == 200, (path, answer.status)
    return hashlib.sha256(answer.body).hexdigest()


def test_parts_survive_a_crash_and_become_a_commit(house):
    repo = make(house, "crash")
    content = os.urandom(2 * PART + 11)
    place = {"kind": "models", "owner": "ada", "name": "crash"}
    wish = place | {"path": "weights.bin", "size": len(content), "fingerprint": "weights"}
    begun = call(house, "POST", "uploads", wish, expect=201)
    parts = f"uploads/{begun['id']}/parts"
    call(house, "PUT", f"{parts}/3", content[2 * PART:], expect=204)
    call(house, "PUT", f"{parts}/1", content[:PART], expect=204)
    call(house, "PUT", f"{parts}/2", b"short", expect=422)
    call(house, "PUT", f"{parts}/4", b"more", expect=400)
    call(house, "PUT", f"{parts}/2", b"theirs", who="eve", expect=404)
    house.kill()
    house.start()
    again = call(house, "POST", "uploads", wish, expect=201)
    assert again["id"] == begun["id"] and again["arrived"] == [1, 3]
    call(house, "POST", f"uploads/{begun['id']}/completion", expect=422)
    call(house, "PUT", f"{parts}/2", content[PART:2 * PART], expect=204)
    done = call(house, "POST", f"uploads/{begun['id']}/completion")
    assert done["sha256"] == hashlib.sha256(content).hexdigest()
    assert call(house, "POST", f"uploads/{begun['id']}/completion") == done
    commits = f"assets/models/{repo}/commits"
    body = {"uploads": [begun["id"]], "message": "Weights"}
    call(house, "POST", commits, body | {"parent": "0000000000"}, expect=409)
    assert call(house, "POST", commits, body, expect=201)["title"] == "Weights"
    assert digest_of(house, repo, "weights.bin") == done["sha256"]
    assert call(house, "GET", "uploads?kind=models&owner=ada&name=crash")["items"] == []


def test_an_asset_is_created_on_its_page(house, visit_as):
    page = visit_as("ada", house).page
    page.goto("/")
    page.get_by_label("Create", exact=True).click()
    page.get_by_role("link", name="New asset").click()
    page.locator(".tabs").get_by_role("link", name="Dataset").click()
    page.get_by_label("English name").fill("pictures")
    page.get_by_label("Chinese name").fill("图片")
    page.get_by_label("Licence").select_option("cc-by-4.0")
    page.get_by_label("Description").fill("x" * 91)
    page.locator("form[action='/new'] button").click()
    assert page.get_by_text("at most 90 characters").is_visible()
    assert page.get_by_label("Chinese name").input_value() == "图片"
    page.get_by_label("Description").fill("Pictures")
    page.locator("form[action='/new'] button").click()
    assert page.url.endswith("/datasets/ada/pictures/upload/main")
    assert page.get_by_text("ada/pictures was created").is_visible()
    page.goto("/new?kind=dataset")
    page.get_by_label("English name").fill("Pictures")
    page.locator("form[action='/new'] button").click()
    assert page.get_by_text("There is a repository of that name already").is_visible()


def test_uploads_go_on_after_the_page_was_closed(house, visit_as, tmp_path):
    repo = make(house, "closed")
    files = {"big.bin": os.urandom(3 * PART + 7), "note.txt": "一 note".encode(), "empty": b""}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    visit = visit_as("ada", house)
    page = visit.page
    page.goto(f"/{repo}/upload/main")
    # The third part never arrives while this page is open.
    page.route("**/parts/3", lambda route: None)
    page.locator("[data-part=files]").set_input_files([tmp_path / name for name in files])
    page.get_by_text("2 / 3").wait_for()
    page.wait_for_function("document.querySelector('[data-part=total]').value > 16000000")
    page.close()
    page = visit.context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.goto(f"/{repo}/upload/main")
    page.get_by_text("Choose this file again to go on").wait_for()
    assert page.get_by_role("button", name="Commit").is_disabled()
    page.locator("[data-part=files]").set_input_files([tmp_path / "big.bin"])
    page.get_by_text("3 / 3").wait_for()
    assert sorted(url.rsplit("/", 1)[1] for url in sent) == ["3", "4"]
    page.locator("[data-part=message]").fill("Bring them")
    page.get_by_role("button", name="Commit").click()
    page.wait_for_url(f"**/{repo}/tree/main")
    for name, content in files.items():
        assert digest_of(house, repo, name) == hashlib.sha256(content).hexdigest()


def test_small_files_are_uploaded_without_scripts(house, visit_as, tmp_path):
    repo = make(house, "plain")
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.bin").write_bytes(bytes(range(256)))
    page = visit_as("ada", house, scripts=False).page
    page.goto(f"/{repo}/upload/main/data")
    page.get_by_label("Files", exact=True).set_input_files([tmp_path / "a.txt", tmp_path / "b.bin"])
    page.get_by_role("button", name="Commit").click()
    assert page.get_by_text("2 files committed").is_visible()
    assert digest_of(house, repo, "data/b.bin") == hashlib.sha256(bytes(range(256))).hexdigest()


def test_strangers_upload_nothing(house, visit_as):
    repo = make(house, "mine")
    assert visit_as("eve", house).page.goto(f"/{repo}/upload/main").status == 404
    answer = house.get(f"/{repo}/upload/main", headers={"Accept": "text/html"})
    assert answer.status in (303, 401)
