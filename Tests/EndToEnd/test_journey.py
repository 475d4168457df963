"""The life of an asset in the browser, as its people live it: in both languages, on a desk and on a telephone."""

import json
import re

import pytest

from browser import PHONE, WIDE, assert_accessible, assert_fits
from gallery import ROOT, Gallery, eventually

PASSWORD = "a long new password"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    server = Gallery(tmp_path_factory.mktemp("journey") / "data", settings={"GALLERY_PUBLISHING_POLICY": "review"})
    with server:
        server.create_user("rita", "reviewer")
        yield server


@pytest.fixture(scope="module")
def texts():
    """What the pages say, by key: the journey is one, whatever its language."""
    known = {}
    for file in (ROOT / "Web/text").glob("*.json"):
        known |= json.loads(file.read_text())
    return known


@pytest.mark.parametrize("language, width, theme", [("en", WIDE, "light"), ("zh", PHONE, "dark")])
def test_from_signing_up_to_a_download_after_delisting(reviewed, visit_as, texts, tmp_path, language, width, theme):
    def say(key):
        return texts[key][language]

    def named(key):
        return re.compile(re.escape(say(key)))

    def open_as(user):
        return visit_as(user, reviewed, language=language, width=width, theme=theme).page

    def join(name):
        page = open_as(None)
        page.goto("/")
        page.get_by_role("link", name=say("layout.signUp")).first.click()
        page.get_by_label(say("signIn.name")).fill(name)
        page.get_by_label(say("account.password"), exact=True).fill(PASSWORD)
        page.get_by_role("button", name=say("join.do")).click()
        page.wait_for_url("**/my")
        return page

    def looks_right(page):
        assert_fits(page)
        assert_accessible(page)

    def agree(page):
        for box in page.locator("input[name=accept]").all():
            box.check()

    owner, user, stranger = f"owner-{language}", f"user-{language}", f"stranger-{language}"
    asset = f"{owner}/little-model"

    # The owner signs up, creates a model, uploads a file, writes the card and asks for publication.
    page = join(owner)
    page.goto("/new?kind=model")
    page.get_by_label(say("creation.name")).fill("little-model")
    page.get_by_label(say("creation.licence")).select_option("mit")
    looks_right(page)
    page.locator("form[action='/new'] button").click()
    page.wait_for_url("**/upload/main")
    weights = tmp_path / "weights.bin"
    weights.write_bytes(bytes(range(256)) * 40_000)
    page.locator("[data-part=files]").set_input_files([weights])
    page.get_by_text("1 / 1").wait_for()
    looks_right(page)
    page.get_by_role("button", name=say("uploads.commit")).click()
    page.wait_for_url(f"**/{asset}")
    page.goto(f"/{asset}/introduction")
    page.locator("#introduction-body").fill("# Little\n\nA model of the journey. 旅程中的模型。\n")
    page.get_by_role("button", name=say("asset.introduction.save")).click()
    page.wait_for_url(f"**/{asset}")
    page.get_by_text("A model of the journey.").wait_for()
    page.goto(f"/{asset}/publish")
    page.get_by_label(say("publishing.field.description"), exact=True).fill("For the journey")
    page.get_by_label(named("publishing.field.gated")).check()
    agree(page)
    looks_right(page)
    page.get_by_role("button", name=say("publishing.send"), exact=True).click()
    page.get_by_text(say("state.inReview"), exact=True).first.wait_for()

    # Nobody else sees it yet: neither on pages nor through the hub.
    visitor = open_as(None)
    assert visitor.goto(f"/{asset}").status == 404
    assert reviewed.get(f"/api/models/{asset}").status == 401

    # A reviewer finds it in the queue, looks, and approves.
    rita = open_as("rita")
    rita.goto("/review")
    rita.get_by_role("link", name=asset, exact=True).click()
    looks_right(rita)
    rita.get_by_role("button", name=say("review.approve"), exact=True).click()
    rita.get_by_text(say("review.approved")).wait_for()
    assert reviewed.get(f"/api/models/{asset}").status == 200

    # Somebody searches, keeps it, and applies.
    page.close()
    applicant = join(user)
    applicant.goto("/")

    def finds():
        applicant.goto("/search?q=little")
        return applicant.locator(f"a[href='/{asset}']").count()

    eventually(finds)
    looks_right(applicant)
    applicant.locator(f"a[href='/{asset}']").first.click()
    star = applicant.locator("form[data-favourite] button")
    star.click()
    eventually(lambda: star.get_attribute("aria-pressed") == "true")
    applicant.get_by_role("link", name=say("access.title")).first.click()
    applicant.get_by_label(say("access.field.reason")).fill("For the journey's sake")
    agree(applicant)
    looks_right(applicant)
    applicant.get_by_role("button", name=say("access.send"), exact=True).click()
    assert reviewed.get(f"/{asset}/resolve/main/weights.bin").status in (401, 403)

    # The owner is told, signs in again, and grants.
    page = open_as(None)
    page.goto("/notifications")
    page.get_by_label(say("signIn.name")).fill(owner)
    page.get_by_label(say("account.password"), exact=True).fill(PASSWORD)
    page.locator("form.form button.primary").click()
    page.wait_for_url("**/notifications")
    page.locator("main").get_by_text("little-model").first.wait_for()
    looks_right(page)
    page.goto(f"/{asset}/settings/access")
    page.get_by_text("For the journey's sake").wait_for()
    page.get_by_role("button", name=named("access.grant")).first.click()

    # Who was granted subscribes and downloads.
    applicant.goto(f"/{asset}")
    applicant.get_by_role("link", name=named("subscriptions.subscribe")).first.click()
    agree(applicant)
    applicant.get_by_role("button", name=say("subscriptions.continue")).click()
    applicant.get_by_role("link", name=named("subscriptions.subscribed")).wait_for()

    def download():
        applicant.goto(f"/{asset}/blob/main/weights.bin")
        with applicant.expect_download() as taken:
            applicant.locator("a[href*='/resolve/'][href*='weights.bin']").last.click()
        assert taken.value.path().read_bytes() == weights.read_bytes()

    download()

    # The owner takes it off view: the subscriber keeps it, a stranger sees nothing.
    page.goto(f"/{asset}/settings")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name=say("publishing.do.delist"), exact=True).click()
    page.get_by_text(say("state.delisted"), exact=True).first.wait_for()
    download()
    assert join(stranger).goto(f"/{asset}").status == 404
    visitor.goto("/search?q=little")
    assert visitor.locator(f"a[href='/{asset}']").count() == 0
    assert reviewed.get(f"/api/models/{asset}").status == 401
