"""Introductions: settings and metadata that agree, drafts, conflicts; and the whole way of a new asset by keyboard alone."""

import os

import pytest

from gallery import Gallery, eventually

CARD = "---\nlicense: mit\ntags: [kept]\n---\n\n# Tiny\n\nText.\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("introductions") / "data") as gallery:
        for name in ["ada", "eve"]:
            gallery.create_user(name)
        gallery.tokens = {name: gallery.create_token(name) for name in ["ada", "eve"]}
        yield gallery


def call(house, method, path, body=None, who="ada", expect=200):
    answer = house.ask(method, f"/api/v1/{path}", house.tokens[who], body)
    assert answer.status == expect, (method, path, answer.status, answer.body)
    return answer.json if answer.body else None


def make(house, name):
    call(house, "POST", "assets", {"kind": "models", "name": name, "isPublic": True}, expect=201)
    path = f"assets/models/ada/{name}/introduction"
    written = call(house, "PUT", path, {"text": CARD})
    assert written["settings"]["licence"] == "mit"
    return path, written["base"]


def test_introductions_are_written_over_the_api(house):
    path, base = make(house, "api")
    settings = {"licence": "apache-2.0", "task": "文本生成", "languages": ["zh"]}
    changed = call(house, "PUT", path, {"text": CARD, "settings": settings, "base": base, "message": "Say more"})
    assert "license: apache-2.0" in changed["text"] and "tags: [kept]" in changed["text"]
    assert changed["settings"]["task"] == "text-generation"
    refused = call(house, "PUT", path, {"text": "# Mine", "base": base}, expect=409)
    assert refused["base"] == changed["base"] and "+# Mine" in refused["patch"]
    call(house, "PUT", path, {"text": "---\na: [\n---\n", "base": changed["base"]}, expect=422)
    call(house, "PUT", path, {"text": CARD, "settings": {"licence": "{x}"}, "base": changed["base"]}, expect=422)
    assert "<h2" in call(house, "POST", f"{path}/preview", {"text": "# Shown"})["html"]
    call(house, "GET", f"{path}/draft", expect=404)
    call(house, "PUT", f"{path}/draft", {"text": "later", "base": changed["base"]}, expect=204)
    assert call(house, "GET", f"{path}/draft")["text"] == "later"
    call(house, "GET", f"{path}/draft", who="eve", expect=403)
    call(house, "PUT", f"{path}/draft", {"text": "x"}, who="eve", expect=403)
    call(house, "POST", f"{path}/preview", {"text": "x"}, who="eve", expect=403)
    call(house, "PUT", path, {"text": "x", "base": changed["base"]}, who="eve", expect=403)
    assert call(house, "GET", path, who="eve")["text"] == changed["text"]
    call(house, "DELETE", f"{path}/draft", expect=204)


def test_settings_and_metadata_change_each_other(house, visit_as):
    make(house, "steps")
    page = visit_as("ada", house).page
    page.goto("/ada/steps/introduction")
    page.get_by_text("Metadata (YAML)").first.click()
    metadata = page.locator("#introduction-metadata")
    page.get_by_label("Licence").fill("apache-2.0")
    page.locator("[data-draft-state]", has_text="Draft kept").wait_for()
    eventually(lambda: "license: apache-2.0" in metadata.input_value())
    metadata.fill(metadata.input_value() + "\npipeline_tag: translation")
    page.get_by_label("Languages").fill("zh, en")
    eventually(lambda: page.wait_for_timeout(50) or page.get_by_label("Task").input_value() == "translation")
    assert "- zh" in metadata.input_value() and "tags: [kept]" in metadata.input_value()
    assert page.locator("datalist#tasks option[value='text-generation']").text_content() == "Text generation"
    metadata.fill("license: [")
    page.get_by_role("button", name="Save the introduction").click()
    assert page.get_by_text("no valid YAML").is_visible()
    assert page.locator("#introduction-metadata").is_visible()


def test_both_are_kept_without_scripts(house, visit_as):
    make(house, "plain")
    page = visit_as("ada", house, scripts=False).page
    page.goto("/ada/plain/introduction")
    page.get_by_text("Metadata (YAML)").first.click()
    page.locator("#introduction-metadata").fill("license: mit\npipeline_tag: translation")
    page.get_by_label("Languages").fill("zh")
    page.get_by_role("button", name="Save the introduction").click()
    text = house.get("/ada/plain/resolve/main/README.md").body.decode()
    assert "pipeline_tag: translation" in text and "- zh" in text and "license: mit" in text


def test_nobody_loses_words_to_another(house, visit_as):
    path, base = make(house, "shared")
    page = visit_as("ada", house).page
    page.goto("/ada/shared/introduction")
    call(house, "PUT", path, {"text": CARD.replace("Text.", "Their text."), "base": base})
    page.get_by_label("Introduction", exact=True).fill("# Tiny\n\nMy text.\n")
    page.locator("[data-draft-state]", has_text="Somebody changed the introduction meanwhile").wait_for()
    # A draft that was begun before shows the difference as soon as it is opened.
    page.goto("/ada/shared/introduction")
    assert page.get_by_text("This is your draft").is_visible()
    assert page.locator(".diff").get_by_text("Their text.").is_visible()
    page.get_by_role("button", name="Save mine over theirs").click()
    assert page.locator(".prose").get_by_text("My text.").is_visible()


def test_a_new_asset_comes_in_by_keyboard_alone(house, visit_as, tmp_path):
    (tmp_path / "weights.bin").write_bytes(os.urandom(1000))
    page = visit_as("ada", house).page
    keys = page.keyboard
    # Choosers are caught from now on, not only once one is expected.
    page.on("filechooser", lambda _: None)

    def reach(selector, limit=150):
        """Presses Tab until the element has the focus, and sees that it shows."""
        for _ in range(limit):
            keys.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                style = "e => getComputedStyle(document.activeElement.closest('label') ?? document.activeElement).outlineStyle"
                assert page.evaluate(style) != "none" or "input" in selector or "textarea" in selector
                return
        raise AssertionError(f"{selector} is not reached on {page.url}")

    page.goto("/models")
    reach("summary[aria-label=Create]")
    keys.press("Enter")
    reach("a[href='/new?kind=model']")
    keys.press("Enter")
    page.wait_for_url("**/new?kind=model")
    reach("#new-name")
    keys.type("by-keyboard")
    keys.press("Enter")
    page.wait_for_url("**/ada/by-keyboard/upload/main")
    reach("input[data-part=files]")
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(tmp_path / "weights.bin")
    page.get_by_text("1 / 1").wait_for()
    reach("input[data-part=message]")
    keys.type("Weights")
    keys.press("Enter")
    page.wait_for_url("**/ada/by-keyboard")
    reach(".journey a.button")
    keys.press("Enter")
    page.wait_for_url("**/ada/by-keyboard/introduction")
    reach("#introduction-body")
    keys.type("Written without a mouse.")
    reach("#set-licence")
    keys.type("mit")
    reach("button[value=save]")
    keys.press("Enter")
    page.wait_for_url("**/ada/by-keyboard")
    assert page.locator(".prose").get_by_text("Written without a mouse.").is_visible()
    assert page.locator(".journey a.button").inner_text() == "Next: Publish"
    page.goto("/ada/by-keyboard/tree/main")
    reach("a[aria-label='Delete weights.bin']")
    keys.press("Enter")
    page.wait_for_url("**/delete/main/weights.bin")
    reach("form button.danger")
    keys.press("Enter")
    page.wait_for_url("**/tree/main")
    assert page.get_by_text("weights.bin was deleted.").is_visible()
    page.goto("/ada/by-keyboard/settings")
    reach("input[name=confirm]", 300)
    keys.type("ada/by-keyboar")
    assert page.locator("[data-needs-name]").is_disabled()
    keys.type("d")
    keys.press("Enter")
    page.wait_for_url(lambda url: "by-keyboard" not in url)
    assert house.get("/ada/by-keyboard", house.tokens["ada"], headers={"Accept": "text/html"}).status == 404
