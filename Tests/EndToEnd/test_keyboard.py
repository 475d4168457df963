"""The main ways through the gallery with the keyboard alone: Tab shows where it is, Enter goes there, Escape comes back."""

import pytest
from huggingface_hub import HfApi

from gallery import Gallery

SHOWS = """() => {
  const style = (element) => getComputedStyle(element);
  const focused = document.activeElement;
  return [focused, focused.closest("label")].filter(Boolean)
    .some((element) => style(element).outlineStyle !== "none" && parseFloat(style(element).outlineWidth) > 0);
}"""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("keyboard") / "data", settings={"GALLERY_PUBLISHING_POLICY": "review"}) as house:
        for name, role in [("ada", "user"), ("bob", "user"), ("rita", "reviewer"), ("root", "admin")]:
            house.create_user(name, role)
        token, reviewer = house.create_token("ada"), house.create_token("rita")
        api = HfApi(endpoint=house.url, token=token)
        for name in ["tiny", "gated", "waiting"]:
            api.create_repo(f"ada/{name}", private=True)
            api.upload_file(path_or_fileobj=f"# {name}\n".encode(), path_in_repo="README.md", repo_id=f"ada/{name}")
            api.upload_file(path_or_fileobj=b"Notes\n", path_in_repo="notes.txt", repo_id=f"ada/{name}")
            asset = f"/api/v1/assets/models/ada/{name}/publishing"
            form = {"description": "A small one", "licence": "mit", "isGated": name == "gated"}
            body = {"form": form, "accept": ["publishing", "service", "data"]}
            assert house.post(asset, token, body).status == 200
            if name != "waiting":
                assert house.post(f"{asset}/approval", reviewer).status == 200
        house.post("/api/v1/assets/model/ada/tiny/comments", token, {"text": "How is it?"})
        yield house


class Keys:
    """Somebody without a mouse."""

    def __init__(self, visit):
        self.page = visit.page
        self.press = visit.page.keyboard.press
        self.type = visit.page.keyboard.type

    def reach(self, selector: str, limit: int = 120) -> None:
        """Presses Tab until the element has the focus, and sees that this shows."""
        for _ in range(limit):
            self.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                assert self.page.evaluate(SHOWS), f"the focus on {selector} does not show"
                box = self.page.evaluate("""() => {
                  const box = document.activeElement.getBoundingClientRect();
                  return box.bottom > 0 && box.top < innerHeight && box.width > 0;
                }""")
                assert box, f"{selector} has the focus out of sight"
                return
        raise AssertionError(f"{selector} is not reached on {self.page.url}")

    def go(self, selector: str, to: str) -> None:
        self.reach(selector)
        with self.page.expect_navigation(url=to):
            self.press("Enter")

    def holds(self, selector: str) -> bool:
        return self.page.evaluate("s => document.activeElement.matches(s)", selector)


def test_found_subscribed_applied_answered(house, visit_as):
    keys = Keys(visit_as("bob", house))
    page = keys.page
    page.goto("/")
    keys.press("Tab")
    assert keys.holds(".skip-link")
    keys.press("Enter")
    assert keys.holds("main")
    keys.press("/")
    keys.type("tiny")
    with page.expect_navigation(url="**/search?q=tiny*"):
        keys.press("Enter")
    keys.go("a[href='/ada/tiny']", "**/ada/tiny")
    keys.go("a[href$='/subscribe']", "**/ada/tiny/subscribe")
    for kind in ["service", "data"]:
        keys.reach(f"input[name=accept][value={kind}]")
        keys.press("Space")
    keys.reach("form.form button.primary")
    keys.press("Enter")
    page.get_by_role("link", name="Subscribed").wait_for()

    page.goto("/ada/tiny/comments")
    keys.reach(".comment-details > summary")
    keys.press("Enter")
    keys.reach(".comment-details[open] textarea")
    keys.type("Very good, @ad")
    page.locator(".mentions").wait_for()
    keys.press("Enter")
    assert page.locator(".mentions").count() == 0
    keys.press("Control+Enter")
    page.locator(".comment-text", has_text="Very good, @ada").wait_for()
    keys.reach("[data-comment-like] button")
    keys.press("Enter")
    page.locator("[data-comment-like] button[aria-pressed=true]").wait_for()

    page.goto("/ada/gated/tree/main")
    keys.go("main a[href$='/apply']", "**/ada/gated/apply")
    keys.reach("textarea[name=reason]")
    keys.type("For my thesis")
    for box in page.locator("input[name=accept]").all():
        if not box.is_checked():
            keys.reach(f"input[name=accept][value={box.get_attribute('value')}]")
            keys.press("Space")
    keys.reach("form.form button.primary")
    keys.press("Enter")
    page.get_by_text("waits for the owner").first.wait_for()


def test_decided_edited_disabled(house, visit_as):
    rita = Keys(visit_as("rita", house))
    rita.page.goto("/review")
    rita.go(".rows a.row-title", "**/review/**")
    rita.reach("textarea[name=reason]")
    rita.type("More words, please")
    rita.reach("button.danger")
    rita.press("Enter")
    rita.page.wait_for_url("**/review")

    ada = Keys(visit_as("ada", house))
    ada.page.goto("/ada/tiny/blob/main/notes.txt")
    ada.go("a[href='/ada/tiny/edit/main/notes.txt']", "**/edit/main/notes.txt")
    ada.reach("textarea.editor")
    ada.press("Control+End")
    ada.type("Shorter now.")
    ada.go("form button.primary", "**/blob/main/notes.txt")
    assert ada.page.get_by_text("Shorter now.").is_visible()

    root = Keys(visit_as("root", house))
    page = root.page
    page.goto("/")
    root.reach("summary.avatar-button")
    root.press("Enter")
    root.reach("a[href='/console']", 20)
    root.press("Escape")
    assert root.holds("summary.avatar-button"), "the focus is lost with the menu"
    assert not page.locator("a[href='/console']").is_visible()
    root.press("Enter")
    root.go("a[href='/console']", "**/console")
    root.go("a[href='/console/marks']", "**/console/marks")
    root.reach("main input[name=q]")
    root.type("tiny")
    with page.expect_navigation(url="**/console/marks?q=tiny*"):
        root.press("Enter")
    root.reach("main .row button")
    root.press("Enter")
    page.locator("main .row button[aria-pressed=true]").wait_for()
    page.goto("/console/people/bob")
    page.on("dialog", lambda dialog: dialog.accept())
    root.reach("button[name=disabled]")
    root.press("Enter")
    page.locator(".badge", has_text="Disabled").wait_for()


def test_a_dialog_holds_the_focus_and_gives_it_back(house, visit_as):
    keys = Keys(visit_as(None, house))
    keys.page.goto("/design")
    keys.reach("button[data-dialog]")
    keys.press("Enter")
    for _ in range(8):
        keys.press("Tab")
        assert keys.holds("dialog *, dialog, body"), "the focus leaves the dialog"
    keys.press("Escape")
    assert keys.holds("button[data-dialog]"), "the focus is not given back"
