"""The operations console in a browser: the first start, and what administrators do with people, marks, the log and settings."""

import re

import pytest
from huggingface_hub import HfApi
from playwright.sync_api import expect

from browser import PHONE, WIDE, assert_accessible, assert_fits
from gallery import Gallery

PAGES = ["/console", "/console/people", "/console/people/ada", "/console/new-person", "/console/marks", "/console/audit",
         "/console/settings", "/console/outbox"]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("console") / "data") as gallery:
        for name, role in [("root", "admin"), ("boss", "admin"), ("rita", "reviewer"), ("ada", "user"), ("eve", "user"),
                           ("nora", "user")]:
            gallery.create_user(name, role)
        api = HfApi(endpoint=gallery.url, token=gallery.create_token("ada"))
        api.create_repo("ada/tiny")
        yield gallery


def test_the_console_is_for_administrators(house, visit_as):
    for who in ["eve", "rita"]:
        page = visit_as(who, house).page
        assert [page.goto(path).status for path in PAGES] == [403] * len(PAGES)
        page.goto("/")
        page.get_by_label("Your account", exact=True).click()
        assert page.get_by_role("link", name="Console").count() == 0
        assert page.get_by_role("link", name="Reviews").count() == (1 if who == "rita" else 0)
    page = visit_as(None, house).page
    for path in PAGES:
        page.goto(path)
        assert "/login?next=" in page.url
    root = visit_as("root", house).page
    root.goto("/")
    root.get_by_label("Your account", exact=True).click()
    root.get_by_role("link", name="Console").click()
    root.wait_for_url("**/console")
    menu = root.locator(".side-menu a")
    for path in [link.get_attribute("href") for link in menu.all()]:
        assert root.goto(path).status == 200


def test_a_person_is_found_promoted_barred_and_given_a_password(house, visit_as):
    root = visit_as("root", house).page
    root.goto("/console/people")
    root.get_by_role("searchbox", name="Name, nickname").fill("nora@")
    root.keyboard.press("Enter")
    expect(root.locator(".row")).to_have_count(1)
    root.get_by_role("link", name="nora").click()
    root.get_by_role("combobox", name="Role").select_option("reviewer")
    root.get_by_role("button", name="Set role").click()
    expect(root.locator(".badge", has_text="Reviewer")).to_be_visible()
    root.on("dialog", lambda dialog: dialog.accept())
    root.get_by_role("button", name="New password").click()
    confirm(root)
    root.locator("#new-password").wait_for()
    assert root.url.endswith("/console/people/nora")
    password = root.locator("#new-password").inner_text()
    # Loading the page again neither shows it again nor makes another one.
    root.reload()
    expect(root.locator("#new-password")).to_have_count(0)
    assert re.fullmatch(r"(\w{5}-){3}\w{5}", password)
    nora = visit_as(None, house).page
    nora.goto("/login")
    nora.get_by_label("Account name").fill("nora")
    nora.get_by_label("Password", exact=True).fill(password)
    nora.get_by_role("button", name="Sign in").click()
    nora.wait_for_url("**/my")
    root.goto("/console/people/nora")
    root.get_by_role("button", name="Disable").click()
    confirm(root)
    expect(root.locator(".badge", has_text="Disabled")).to_be_visible()
    nora.goto("/my")
    assert "/login" in nora.url
    root.get_by_role("button", name="Enable").click()
    root.get_by_label("Largest file").fill("much")
    root.get_by_role("button", name="Set quota").click()
    expect(root.get_by_text("Write a size as in 20 GB")).to_be_visible()
    root.get_by_label("Largest file").fill("20 GB")
    root.get_by_role("button", name="Set quota").click()
    assert root.get_by_label("Largest file").input_value() == "20 GB"
    root.goto("/console/audit?subject=nora&action=account.set-limits")
    expect(root.locator(".audit-row")).to_have_count(1)
    expect(root.locator(".audit-row")).to_contain_text("127.0.0.1")


def confirm(page):
    dialog = page.get_by_role("dialog")
    if dialog.count():
        dialog.get_by_role("button").last.click()


def test_the_last_administrator_stays(tmp_path, visit_as):
    with Gallery(tmp_path / "data") as gallery:
        gallery.create_user("root", "admin")
        page = visit_as("root", gallery).page
        page.goto("/console/people/root")
        page.get_by_role("combobox", name="Role").select_option("user")
        page.get_by_role("button", name="Set role").click()
        expect(page.get_by_role("alert")).to_contain_text("administrator")


def test_marks_show_on_the_asset(house, visit_as):
    root = visit_as("root", house, scripts=False).page
    root.goto("/console/marks?q=tiny")
    root.get_by_role("button", name="Official ada/tiny").click()
    assert root.get_by_role("button", name="Official ada/tiny").get_attribute("aria-pressed") == "true"
    visitor = visit_as(None, house).page
    visitor.goto("/ada/tiny")
    expect(visitor.get_by_text("Official", exact=True).first).to_be_visible()
    root.get_by_role("button", name="Official ada/tiny").click()
    visitor.reload()
    assert visitor.get_by_text("Official", exact=True).count() == 0


def test_the_log_is_filtered_and_exported(house, visit_as):
    root = visit_as("root", house, width=PHONE).page
    root.goto("/console/audit")
    root.get_by_label("What", exact=True).select_option("asset.create")
    root.get_by_label("Who", exact=True).fill("ada")
    root.get_by_role("button", name="Filter").click()
    expect(root.locator(".audit-row")).to_have_count(1)
    assert_fits(root)
    with root.expect_download() as download:
        root.get_by_role("link", name="Export CSV").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 2 and "ada/tiny" in lines[1] and "asset.create" in lines[1]
    assert root.goto("/console/audit?from=yesterday").status == 400
    expect(root.get_by_role("alert")).to_contain_text("2026-11-22")


def test_settings_hold_at_once(house, visit_as):
    root = visit_as("boss", house).page
    root.goto("/console/settings")
    root.get_by_label("Name", exact=True).fill("Lab 模型库")
    root.get_by_label("Administrators create the accounts").check()
    root.get_by_role("button", name="Save").click()
    expect(root.locator(".topbar-brand")).to_have_text("Lab 模型库")
    visitor = visit_as(None, house).page
    visitor.goto("/models")
    assert visitor.get_by_role("link", name="Sign up").count() == 0
    for page in [root, visitor]:
        page.goto("about:blank")
    house.stop()
    house.start()
    visitor.goto("/models")
    assert visitor.title().endswith("· Lab 模型库")
    root.goto("/console/settings")
    root.get_by_label("Name", exact=True).fill("AI Gallery")
    root.get_by_label("Everybody may create an account").check()
    root.get_by_role("button", name="Save").click()


@pytest.fixture(scope="module")
def unset(tmp_path_factory):
    """A gallery that nobody has set up."""
    with Gallery(tmp_path_factory.mktemp("unset") / "data") as gallery:
        yield gallery


def test_the_first_start_leads_to_a_set_up_gallery(tmp_path, visit_as):
    settings = {"GALLERY_PUBLISHING_POLICY": "review"}
    with Gallery(tmp_path / "data", settings=settings) as gallery:
        token = re.search(r"with the token (\S+)", gallery.tail()).group(1)
        page = visit_as(None, gallery).page
        page.goto("/")
        assert page.url.endswith("/setup")
        assert_accessible(page)
        expect(page.get_by_text("Set by an environment variable")).to_be_visible()
        assert page.get_by_label("A reviewer decides on each asset first").is_disabled()
        page.get_by_label("Set-up token").fill("guess")
        page.get_by_label("Account name").fill("chief")
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_label("Name", exact=True).fill("Our models")
        page.get_by_role("button", name="Finish").click()
        expect(page.locator("#token-error")).to_be_visible()
        assert page.get_by_label("Account name").input_value() == "chief"
        page.get_by_label("Set-up token").fill(token)
        page.get_by_label("Password", exact=True).fill("correct horse battery")
        page.get_by_role("button", name="Finish").click()
        page.wait_for_url("**/console")
        expect(page.locator(".topbar-brand")).to_have_text("Our models")
        assert page.get_by_role("heading", name="Set up your gallery").count() == 0
        assert page.goto("/setup").status == 404
        assert gallery.post("/api/v1/setup", body={"token": token, "name": "thief", "password": "x" * 12}).status == 404
        page.goto("about:blank")
        gallery.stop()
        gallery.start()
        assert "token" not in gallery.tail(2)


@pytest.mark.parametrize("language, theme, width", [
    ("en", "light", WIDE), ("en", "dark", PHONE), ("zh", "dark", WIDE), ("zh", "light", PHONE)])
def test_the_set_up_page_fits_and_is_accessible(unset, visit_as, language, theme, width):
    page = visit_as(None, unset, language=language, theme=theme, width=width).page
    page.goto("/setup")
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[language]
    assert_fits(page)
    assert_accessible(page)
    page.locator("#token").fill("guess")
    page.locator("#name").fill("chief")
    page.locator("#password").fill("correct horse battery")
    page.locator("form.form button.primary").click()
    expect(page.locator("#token-error")).to_be_visible()
    assert_fits(page)
    assert_accessible(page)


def test_an_administrator_made_elsewhere_is_led_through_it_once(house, visit_as):
    page = visit_as("boss", house).page
    page.goto("/console")
    expect(page.get_by_role("heading", name="Set up your gallery")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Done, put this away").click()
    assert page.get_by_role("heading", name="Set up your gallery").count() == 0
