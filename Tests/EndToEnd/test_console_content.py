"""Administrators keep agreements, word lists, jobs and storage in the console."""

import pytest

from browser import PASSWORD
from gallery import Gallery, eventually


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A gallery of its own: what is listed or agreed to here is meant for everybody in it."""
    with Gallery(tmp_path_factory.mktemp("console") / "data") as gallery:
        for name, role in [("root", "admin"), ("eve", "user"), ("grace", "reviewer")]:
            gallery.create_user(name, role)
        yield gallery


@pytest.mark.parametrize("path", ["agreements", "agreements/data", "words", "words/export", "jobs", "storage"])
def test_the_console_is_for_administrators(house, visit_as, path):
    for who, status in [("root", 200), ("eve", 403), ("grace", 403)]:
        visit = visit_as(who, house)
        assert visit.context.request.get(f"/console/{path}").status == status, who
    assert house.get(f"/console/{path}", headers={"Accept": "text/html"}).status == 303


def test_a_new_version_of_an_agreement_is_asked_of_everybody(house, visit_as):
    eve = house.create_token("eve")
    assert house.ask("PUT", "/api/v1/agreements/service/acceptance", eve).status == 204
    page = visit_as("root", house).page
    page.goto("/console/agreements")
    page.get_by_role("link", name="AI Gallery Service Agreement").click()
    page.get_by_text("Publish a new version").click()
    page.get_by_label("Text English").fill("By using this gallery you agree to:\n\n1. Be kind.")
    page.get_by_label("Text 中文").fill("使用本平台即表示您同意：\n\n1. 友善待人。")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Put in force").click()
    page.get_by_text("Version 2 is in force.").wait_for()
    assert page.get_by_text("1 must accept again").is_visible()
    page.locator("a[href*='version=1#']").click()
    assert page.get_by_role("link", name="eve").is_visible()
    page.goto("/agreements/service")
    assert page.get_by_text("Be kind.").is_visible()
    page.goto("/agreements/service?version=1")
    assert page.get_by_text("Be kind.").count() == 0


def test_word_lists_are_filled_tried_exported_and_emptied(house, visit_as):
    visit = visit_as("root", house)
    page = visit.page
    page.goto("/console/words")
    page.get_by_label("List", exact=True).select_option("contraband")
    page.get_by_label("Words", exact=True).fill("违禁词\n# a remark\nbadword\n")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("2 words added.").wait_for()
    page.get_by_label("Text", exact=True).fill("一个 ｂａｄ－ｗｏｒｄ 和违 禁*词")
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("would be refused for").wait_for()
    found = page.locator("main .rows").first.inner_text()
    assert "badword" in found and "违禁词" in found and "违 禁*词" in found
    page.get_by_label("Text", exact=True).fill("a friendly text")
    page.get_by_role("button", name="Try", exact=True).click()
    page.get_by_text("Nothing is found").wait_for()
    page.goto("/console/words?list=contraband")
    assert visit.context.request.get("/console/words/export?list=contraband").text() == "badword\n违禁词\n"
    page.get_by_label("badword").check()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Remove the chosen words").click()
    page.get_by_text("1 word removed.").wait_for()
    assert page.get_by_label("badword").count() == 0 and page.get_by_label("违禁词").is_visible()
    page.get_by_text("Add words").click()
    page.get_by_label("Words", exact=True).fill("x")
    page.get_by_role("button", name="Add", exact=True).click()
    assert page.locator("#words-error").is_visible()
    assert page.get_by_label("Words", exact=True).input_value() == "x"


def test_a_collection_and_a_verification_run_on_demand(house, visit_as):
    page = visit_as("root", house).page
    for button, told in [("Collect now", "packs deleted"), ("Verify now", "0 damaged")]:
        page.goto("/console/storage")
        page.get_by_role("button", name=button).click()
        page.get_by_text("begins shortly").wait_for()

        def is_done():
            page.goto("/console/storage")
            return page.get_by_text(told).count() > 0

        eventually(is_done, within=30, every=0.5)
    page.goto("/console/jobs")
    assert page.get_by_role("heading", name="Recurring").is_visible()


def test_what_the_interface_says_the_pages_say(house):
    session = house.post("/api/v1/session", body={"name": "root", "password": PASSWORD})
    assert session.status == 201
    token = house.create_token("root", "admin")
    storage = house.get("/api/v1/console/storage", token).json
    assert {"kinds", "owners", "repositories", "packs", "runs"} <= storage.keys()
    assert house.get("/api/v1/console/jobs?state=waiting", token).status == 200
    assert house.get("/api/v1/agreements/service/versions", token).json["items"]
    assert house.get("/api/v1/console/jobs", house.create_token("eve", "admin")).status == 403


def test_the_reference_is_filtered_and_whole_without_scripts(house, visit_as):
    page = visit_as(None, house).page
    page.goto("/docs/api")
    rows = page.locator("[data-filter-row]")
    everything = rows.count()
    page.get_by_label("Filter operations").fill("comments like")
    assert 0 < page.locator("[data-filter-row]:visible").count() < 5 < everything
    page.get_by_label("Filter operations").fill("nothing-has-this")
    assert page.get_by_text("No operation has these words.").is_visible()
    plain = visit_as(None, house, scripts=False).page
    plain.goto("/docs/api")
    assert plain.locator("[data-filter-row]:visible").count() == everything
    plain.locator("[data-filter-row] a").first.click()
    assert "/docs/api/" in plain.url and plain.get_by_text("curl").first.is_visible()
    document = house.get("/api/v1/openapi.json").json
    assert everything == sum(len(methods) for methods in document["paths"].values())
