"""The guide's own way in a browser: publish, review, subscribe, delist; apply and be granted."""

import sqlite3

import pytest
from huggingface_hub import HfApi
from playwright.sync_api import expect

from browser import PHONE, assert_accessible, assert_fits
from gallery import Gallery


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    server = Gallery(tmp_path_factory.mktemp("pages-reviewed") / "data", settings={"GALLERY_PUBLISHING_POLICY": "review"})
    with server:
        for name, role in [("ada", "user"), ("bob", "user"), ("eve", "user"), ("rita", "reviewer")]:
            server.create_user(name, role)
        api = HfApi(endpoint=server.url, token=server.create_token("ada"))
        for name in ["way", "gated"]:
            api.create_repo(f"ada/{name}", private=True)
            api.upload_file(path_or_fileobj=b"# Card\n", path_in_repo="README.md", repo_id=f"ada/{name}")
        yield server


def agree(page):
    for box in page.locator("input[name=accept]").all():
        box.check()


def publish(reviewed, visit_as, path, gated=False):
    page = visit_as("ada", reviewed).page
    page.goto(path)
    page.get_by_role("link", name="Publish").first.click()
    page.get_by_label("Description", exact=True).fill("A model for everybody")
    page.get_by_label("Licence", exact=True).fill("mit")
    if gated:
        page.get_by_label("Users apply before they use it").check()
    agree(page)
    page.get_by_role("button", name="Send for review").click()
    page.get_by_text("In review", exact=True).first.wait_for()
    page = visit_as("rita", reviewed).page
    page.goto("/review")
    page.get_by_role("link", name=f"Review {path[1:]}").click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved.").wait_for()


def test_publish_review_subscribe_delist(reviewed, visit_as):
    ada = visit_as("ada", reviewed, width=PHONE).page
    ada.goto("/ada/way/publish")
    ada.get_by_label("Description", exact=True).fill("x")
    ada.get_by_label("Licence", exact=True).fill("not a licence")
    agree(ada)
    ada.get_by_role("button", name="Send for review").click()
    ada.get_by_text("Choose a licence of the list.").wait_for()
    assert ada.get_by_label("Description", exact=True).input_value() == "x"
    assert_fits(ada)
    ada.get_by_label("Licence", exact=True).fill("mit")
    agree(ada)
    ada.get_by_role("button", name="Send for review").click()
    assert visit_as("bob", reviewed).page.goto("/ada/way").status == 404

    rita = visit_as("rita", reviewed).page
    rita.goto("/review")
    assert_accessible(rita)
    rita.get_by_role("link", name="Review ada/way").click()
    assert_accessible(rita)
    rita.get_by_label("Reason").fill("More words, please")
    rita.get_by_role("button", name="Reject").click()
    ada.goto("/ada/way")
    ada.get_by_text("More words, please").wait_for()
    ada.get_by_role("link", name="Send again").click()
    ada.get_by_label("Description", exact=True).fill("More words")
    # The agreements are ticked each time.
    agree(ada)
    ada.get_by_role("button", name="Send for review").click()
    rita.goto("/review")
    rita.get_by_role("link", name="Review ada/way").click()
    ada.goto("/ada/way/publish")
    ada.get_by_label("Description", exact=True).fill("Other words")
    ada.get_by_role("button", name="Save").click()
    ada.get_by_text("Saved").first.wait_for()
    rita.get_by_role("button", name="Approve").click()
    rita.get_by_text("This has changed since you looked at it.").wait_for()
    rita.get_by_text("Other words").first.wait_for()
    rita.get_by_role("button", name="Approve").click()

    bob = visit_as("bob", reviewed).page
    bob.goto("/ada/way")
    bob.get_by_role("link", name="Subscribe").click()
    assert_accessible(bob)
    agree(bob)
    bob.get_by_role("button", name="Continue and subscribe").click()
    bob.get_by_role("link", name="Subscribed").wait_for()

    ada = visit_as("ada", reviewed).page
    ada.goto("/ada/way/settings")
    ada.on("dialog", lambda dialog: dialog.accept())
    ada.get_by_role("button", name="Delist").click()
    ada.get_by_text("Delisted", exact=True).first.wait_for()
    assert bob.goto("/ada/way").status == 200
    assert visit_as("eve", reviewed).page.goto("/ada/way").status == 404
    bob.goto("/my/subscriptions")
    bob.on("dialog", lambda dialog: dialog.accept())
    bob.get_by_role("button", name="Unsubscribe").click()
    bob.get_by_role("button", name="Recover").click()
    bob.get_by_text("You are subscribed again.").wait_for()
    ada.goto("/ada/way")
    ada.get_by_role("button", name="List again").click()
    assert visit_as("eve", reviewed).page.goto("/ada/way").status == 200


def test_apply_reject_grant_without_scripts(reviewed, visit_as):
    publish(reviewed, visit_as, "/ada/gated", gated=True)
    eve = visit_as("eve", reviewed, scripts=False).page
    eve.goto("/ada/gated")
    eve.get_by_role("link", name="Apply for use").click()
    eve.get_by_label("Reason").fill("For my thesis")
    agree(eve)
    eve.get_by_role("button", name="Send application").click()
    ada = visit_as("ada", reviewed, scripts=False).page
    ada.goto("/ada/gated/settings/access")
    ada.get_by_text("For my thesis").wait_for()
    ada.locator("summary", has_text="Reject").click()
    ada.get_by_label("Reason").fill("Which thesis?")
    ada.locator("form button[value=rejected]").click()
    eve.goto("/ada/gated/apply")
    eve.get_by_text("Which thesis?").wait_for()
    eve.get_by_label("Reason").fill("On tiny models")
    agree(eve)
    eve.get_by_role("button", name="Send application").click()
    ada.goto("/ada/gated/settings/access")
    ada.get_by_role("button", name="Grant eve").click()
    eve.goto("/ada/gated")
    eve.get_by_text("You may use this asset.").wait_for()
    eve.get_by_role("heading", name="Card").wait_for()
    ada.goto("/ada/gated/settings/access?state=accepted")
    ada.get_by_role("button", name="Revoke eve").click()
    eve.goto("/ada/gated")
    assert not eve.get_by_role("heading", name="Card").is_visible()


def stands(gallery, name: str, state: str) -> None:
    """Puts an account where arrears would lead it in weeks."""
    with sqlite3.connect(gallery.data / "gallery.sqlite", timeout=30) as database:
        database.execute("INSERT INTO billing_standings (account, state, since) SELECT id, ?, 0 FROM accounts WHERE name = ?"
                         " ON CONFLICT (account) DO UPDATE SET state = excluded.state", (state, name))


def test_a_frozen_account_is_told_so_by_the_form_and_loses_nothing_that_it_typed(reviewed, visit_as):
    reviewed.create_user("ida")
    api = HfApi(endpoint=reviewed.url, token=reviewed.create_token("ida"))
    api.create_repo("ida/frozen", private=True)
    api.upload_file(path_or_fileobj=b"# Card\n", path_in_repo="README.md", repo_id="ida/frozen")
    stands(reviewed, "ida", "retention")
    for language, sentence in [("zh", "因欠费，付费资源已冻结"), ("en", "What is paid is frozen because of a debt")]:
        page = visit_as("ida", reviewed, language=language).page
        page.goto("/ida/frozen/publish")
        page.locator("[name=description]").fill("Words for everybody")
        page.locator("[name=licence]").fill("mit")
        agree(page)
        page.locator("main form .button.primary").click()
        expect(page.get_by_role("alert").first).to_contain_text(sentence)
        expect(page.locator("[name=description]")).to_have_value("Words for everybody")
        assert_accessible(page)
    assert b"mit" not in reviewed.get("/ida/frozen/resolve/main/README.md", reviewed.create_token("ida")).body
    stands(reviewed, "ida", "clear")
    agree(page)
    page.locator("main form .button.primary").click()
    page.get_by_text("In review", exact=True).first.wait_for()
