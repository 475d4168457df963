"""Creating assets and bringing their files in: through /api/v1, over a crash, and in a browser that is closed half-way."""

import hashlib
import os
import shutil

import pytest

from browser import Visit, assert_accessible, assert_fits, launch
from gallery import Gallery, eventually

PART = 8 << 20


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("uploads") / "data") as gallery:
        for name in ["ada", "eve"]:
            gallery.create_user(name)
        gallery.create_user("root", "admin")
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
    page.goto("/models")
    page.get_by_label("Create", exact=True).click()
    page.get_by_role("link", name="New dataset").click()
    assert page.locator(".tabs").get_by_role("link", name="Dataset").get_attribute("aria-current")
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
    until(page, "document.querySelector('[data-part=total]').value > 16000000")
    page.close()
    page = visit.context.new_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page.goto(f"/{repo}/upload/main")
    page.get_by_text("Choose this file again to go on").wait_for()
    assert page.get_by_role("button", name="Commit").is_disabled()
    page.locator("[data-part=files]").set_input_files([tmp_path / "big.bin"])
    page.get_by_text("3 / 3").wait_for()
    # A browser that closes may still let the held part go.
    assert {url.rsplit("/", 1)[1] for url in sent} <= {"3"}
    page.locator("[data-part=message]").fill("Bring them")
    page.get_by_role("button", name="Commit").click()
    page.wait_for_url(f"**/{repo}")
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
    assert answer.status == 404


def until(page, expression, within=15):
    """Waits in Python: the pages' own policy keeps the browser from evaluating text."""
    eventually(lambda: page.wait_for_timeout(50) or page.evaluate(expression), within)


def forgive(visit):
    """A server that is away on purpose is no fault of the page."""
    visit.faults = [fault for fault in visit.faults if "net::ERR_" not in fault]


def begin(visit, repo, paths):
    """Opens the upload page of a repository and chooses files."""
    page = visit.page
    page.goto(f"/{repo}/upload/main")
    page.locator("[data-part=files]").set_input_files(paths)
    return page


def test_an_upload_goes_on_after_the_server_was_killed_and_in_another_browser(house, visit_as, browser, tmp_path):
    repo = make(house, "killed")
    size = int(os.environ.get("GALLERY_TEST_UPLOAD_MB", "160")) << 20
    big = tmp_path / "big.bin"
    with open(big, "wb") as file:
        for start in range(0, size, PART):
            file.write(hashlib.sha256(str(start).encode()).digest() * (PART // 32))
    visit = visit_as("ada", house)
    page = begin(visit, repo, [big])
    arrived = "document.querySelector('[data-part=total]').value"
    until(page, f"{arrived} > {size // 4}")
    house.kill()
    page.wait_for_timeout(500)
    house.start()
    # The page asks again until the server is back, and nobody has to press anything.
    until(page, f"{arrived} > {size // 2}", within=60)
    forgive(visit)
    visit.context.close()
    with launch(browser.browser_type) as other:
        visit = Visit(other, house.url, "ada")
        sent = []
        visit.page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
        page = begin(visit, repo, [big])
        page.get_by_text("1 / 1").wait_for(timeout=120_000)
        assert 0 < len(sent) < 0.6 * size / PART
        page.get_by_role("button", name="Commit").click()
        page.wait_for_url(f"**/{repo}")
        visit.close()
    with open(big, "rb") as file:
        expected = hashlib.file_digest(file, "sha256").hexdigest()
    entry = house.post(f"/api/models/{repo}/paths-info/main", house.tokens["ada"], {"paths": ["big.bin"]}).json[0]
    assert (entry["size"], entry["lfs"]["oid"]) == (size, expected)


def test_files_chosen_before_the_page_knows_what_was_left_go_on_with_it(house, visit_as, tmp_path):
    repo = make(house, "hasty")
    (tmp_path / "big.bin").write_bytes(os.urandom(2 * PART))
    visit = visit_as("ada", house)
    visit.page.route("**/parts/2", lambda route: None)
    page = begin(visit, repo, [tmp_path / "big.bin"])
    until(page, f"document.querySelector('[data-part=total]').value >= {PART}")
    visit.context.close()
    visit = visit_as("ada", house)
    held = []
    visit.page.route("**/api/v1/uploads?*", lambda route: held.append(route))
    page = begin(visit, repo, [tmp_path / "big.bin"])
    eventually(lambda: page.wait_for_timeout(200) or held)
    held.pop().continue_()
    page.get_by_text("1 / 1").wait_for()
    assert page.locator(".upload-row").count() == 1


def test_folders_are_dropped_with_all_they_hold(house, visit_as, tmp_path):
    repo = make(house, "dropped")
    folder = tmp_path / "data"
    for path in ["a.txt", "deep/er/b.txt", "deep/.DS_Store", ".git/config", "深/文 件.txt"]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    page = visit_as("ada", house).page
    page.goto(f"/{repo}/upload/main")
    page.locator("[data-part=folder]").fill("set/")
    (tmp_path / "loose.txt").write_text("loose")
    # As the mouse does it, from the file manager onto any place of the page.
    mouse = page.context.new_cdp_session(page)
    for step in ["dragEnter", "dragOver", "drop"]:
        files = {"items": [], "files": [str(folder), str(tmp_path / "loose.txt")], "dragOperationsMask": 1}
        mouse.send("Input.dispatchDragEvent", {"type": step, "x": 30, "y": 300, "data": files})
    page.get_by_text("4 / 4").wait_for()
    assert page.get_by_text("were left out").is_visible()
    (tmp_path / "chosen").mkdir()
    (tmp_path / "chosen/c.txt").write_text("c")
    page.locator("[data-part=folders]").set_input_files(tmp_path / "chosen")
    page.get_by_text("5 / 5").wait_for()
    page.get_by_role("button", name="Commit").click()
    page.wait_for_url(f"**/{repo}")
    tree = house.get(f"/api/models/{repo}/tree/main?recursive=true", house.tokens["ada"]).json
    paths = {entry["path"] for entry in tree if entry["type"] == "file"} - {".gitattributes", "README.md"}
    assert paths == {"set/data/a.txt", "set/data/deep/er/b.txt", "set/data/深/文 件.txt", "set/loose.txt", "set/chosen/c.txt"}


def test_refusals_and_replacements_are_told_before_anything_is_sent(house, visit_as, tmp_path):
    repo = make(house, "limits")
    (tmp_path / "README.md").write_text("# Better\n\nIt says more.")
    (tmp_path / "huge.bin").touch()
    os.truncate(tmp_path / "huge.bin", 6 * 10**9)
    visit = visit_as("ada", house, language="zh")
    sent = []
    visit.page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)
    page = begin(visit, repo, [tmp_path / "README.md", tmp_path / "huge.bin"])
    page.get_by_text("1 / 2").wait_for()
    row = page.locator(".upload-row").filter(has_text="huge.bin")
    # Nothing can make it fit, so nobody is invited to try again.
    assert "无法上传" in row.inner_text() and "文件超出允许的大小。" in row.inner_text()
    assert row.locator("button:visible").count() == 1
    assert "5 GB" in page.locator(".upload-limits").inner_text()
    assert page.locator(".upload-row").filter(has_text="README.md").get_by_text("将替换同名文件").is_visible()
    assert page.get_by_role("button", name="确认提交").is_disabled()
    # Our own scripts show problems to people, so they come in the reader's language.
    wish = {"kind": "models", "owner": "ada", "name": "limits", "path": "h", "size": 6 * 10**9, "fingerprint": "h"}
    token = page.locator("input[name=csrf_token]").first.input_value()
    headers = {"X-CSRF-Token": token, "Accept-Language": "zh-CN"}
    answer = visit.context.request.post("/api/v1/uploads", data=wish, headers=headers)
    assert answer.json()["detail"] == "文件超出允许的大小。"
    assert house.ask("POST", "/api/v1/uploads", house.tokens["ada"], wish).json["detail"].isascii()
    row.get_by_role("button", name="移除").click()
    page.locator("[data-part=message]").fill("替换介绍")
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url(f"**/{repo}")
    assert not any("huge" in url for url in sent) and len(sent) == 1
    assert page.locator(".prose").get_by_text("It says more.").is_visible()
    body = {"files": [{"path": "../a", "size": 1}, {"path": "b", "size": 4 * 10**9}, {"path": "c", "size": 10**9}]}
    answer = call(house, "POST", f"assets/models/{repo}/upload-checks", body)
    assert [file.get("code") is None for file in answer["files"]] == [False, True, True]
    call(house, "POST", f"assets/models/{repo}/upload-checks", body, who="eve", expect=404)


def test_files_are_paused_resumed_and_removed(house, visit_as, tmp_path):
    repo = make(house, "paused")
    names = [f"{number}.bin" for number in range(5)]
    for name in names:
        (tmp_path / name).write_bytes(os.urandom(PART + 3))
    visit = visit_as("ada", house)
    visit.page.route("**/parts/2", lambda route: None)
    page = begin(visit, repo, [tmp_path / name for name in names])
    until(page, "document.querySelectorAll('[data-state=sending]').length === 3")
    page.get_by_role("button", name="Pause all").click()
    until(page, "document.querySelectorAll('[data-state=paused]').length === 5")
    page.unroute("**/parts/2")
    page.get_by_role("button", name="Remove: 4.bin").click()
    page.get_by_role("button", name="Resume: 0.bin").click()
    page.get_by_text("1 / 4").wait_for()
    page.get_by_role("button", name="Resume all").click()
    page.get_by_text("4 / 4").wait_for()
    page.reload()
    page.get_by_text("4 / 4").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove all").click()
    until(page, "document.querySelectorAll('.upload-row').length === 0")
    listed = "uploads?kind=models&owner=ada&name=paused"
    eventually(lambda: call(house, "GET", listed)["items"] == [])


def test_somebody_who_was_signed_out_signs_in_and_it_goes_on(house, visit_as, tmp_path):
    repo = make(house, "away")
    (tmp_path / "big.bin").write_bytes(os.urandom(2 * PART))
    visit = visit_as("ada", house)
    held = []
    visit.page.route("**/parts/2", lambda route: held.append(route))
    page = begin(visit, repo, [tmp_path / "big.bin"])
    eventually(lambda: page.wait_for_timeout(50) or held)
    session = {"name": "ada", "password": "correct horse battery"}
    token = page.locator("input[name=csrf_token]").first.input_value()
    assert visit.context.request.delete("/api/v1/session", headers={"X-CSRF-Token": token}).status == 204
    held.pop().continue_()
    page.unroute("**/parts/2")
    page.get_by_text("You were signed out").wait_for()
    assert page.get_by_role("link", name="Sign in").last.get_attribute("target") == "_blank"
    assert visit.context.request.post("/api/v1/session", data=session).status == 201
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_text("1 / 1").wait_for()
    page.get_by_role("button", name="Commit").click()
    page.wait_for_url(f"**/{repo}")


def test_two_people_upload_to_one_branch(house, visit_as, tmp_path):
    house.run("admin", "create-organization", "twins", "--owner", "ada")
    admin = house.create_token("ada", "admin")
    answer = house.ask("PUT", "/api/v1/organizations/twins/members/eve", admin, {"role": "write"})
    assert answer.status < 300, answer.body
    call(house, "POST", "assets", {"kind": "models", "owner": "twins", "name": "both"}, expect=201)
    pages = {}
    for person in ["ada", "eve"]:
        (tmp_path / f"{person}.txt").write_text(person)
        (tmp_path / person).mkdir()
        (tmp_path / person / "same.txt").write_text(person)
        pages[person] = begin(visit_as(person, house), "twins/both",
                              [tmp_path / f"{person}.txt", tmp_path / person / "same.txt"])
        pages[person].get_by_text("2 / 2").wait_for()
    for person in ["ada", "eve"]:
        pages[person].get_by_role("button", name="Commit").click()
        pages[person].wait_for_url("**/twins/both")
    texts = {name: house.get(f"/twins/both/resolve/main/{name}", house.tokens["ada"]).body.decode()
             for name in ["ada.txt", "eve.txt", "same.txt"]}
    assert texts == {"ada.txt": "ada", "eve.txt": "eve", "same.txt": "eve"}
    commits = house.get("/api/models/twins/both/commits/main", house.tokens["ada"]).json
    assert [commit["authors"][0]["user"] for commit in commits[:2]] == ["eve", "ada"]


@pytest.mark.skipif(shutil.disk_usage("/tmp").free > 0.89 * shutil.disk_usage("/tmp").total, reason="the disk is too empty to count as full")
def test_a_full_disk_and_a_full_repository_are_said_plainly(house, visit_as, tmp_path):
    repo = make(house, "full")
    (tmp_path / "big.bin").write_bytes(os.urandom(PART))
    house.stop()
    house.environment["GALLERY_STORAGE_MINIMUM_FREE_PERCENT"] = "90"
    house.start()
    visit = visit_as("ada", house)
    page = begin(visit, repo, [tmp_path / "big.bin"])
    page.get_by_text("The storage of this gallery is full").wait_for()
    assert page.get_by_role("button", name="Commit").is_disabled()
    del house.environment["GALLERY_STORAGE_MINIMUM_FREE_PERCENT"]
    house.stop()
    house.start()
    page.get_by_role("button", name="Try again: big.bin").click()
    page.get_by_text("1 / 1").wait_for()
    page.get_by_role("button", name="Commit").click()
    page.wait_for_url(f"**/{repo}")
    house.stop()
    house.environment["GALLERY_LIMITS_REPOSITORY_BYTES"] = str(10 * 10**6)
    house.start()
    (tmp_path / "more.bin").write_bytes(os.urandom(PART))
    page = begin(visit, repo, [tmp_path / "more.bin"])
    page.get_by_text("does not fit into what is left").wait_for()
    for theme in ["light", "dark"]:
        page.emulate_media(color_scheme=theme)
        assert_accessible(page)
    assert_fits(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert_fits(page)
    page.close()
    del house.environment["GALLERY_LIMITS_REPOSITORY_BYTES"]
    house.stop()
    house.start()
    forgive(visit)
