"""Finding assets as people do: home, lists, search, facets, favourites, accounts; with and without scripts."""

import time

import pytest
from huggingface_hub import HfApi
from playwright.sync_api import expect

from browser import PHONE
from gallery import Gallery

CARDS = {
    "qwen-tiny": "license: mit\npipeline_tag: text-generation\nlanguage: [zh]\ntags: [chat]",
    "bert-small": "license: apache-2.0\npipeline_tag: fill-mask\nlanguage: [en]\ntags: [chat, 中文]",
    "resnet-mini": "license: mit\npipeline_tag: image-classification",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    with Gallery(tmp_path_factory.mktemp("discovery") / "data") as gallery:
        for name in ["ada", "eve"]:
            gallery.create_user(name, "user")
        gallery.create_user("root", "admin")
        api = HfApi(endpoint=gallery.url, token=gallery.create_token("ada"))
        for name, card in CARDS.items():
            api.create_repo(f"ada/{name}")
            api.upload_file(path_or_fileobj=f"---\n{card}\n---\n一个语言模型 of ours".encode(), path_in_repo="README.md",
                            repo_id=f"ada/{name}", commit_message="Describe it")
        api.create_repo("ada/poems", repo_type="dataset")
        api.create_repo("ada/secret", private=True)
        yield gallery


def settle(page, path, count, patience=15):
    """Opens a list once search knows of all it should show."""
    deadline = time.monotonic() + patience
    while True:
        page.goto(path)
        if page.locator(".asset-row").count() == count or time.monotonic() > deadline:
            break
        time.sleep(0.3)
    assert page.locator(".asset-row").count() == count


def names(page):
    return [text.split("/")[1] for text in page.locator(".asset-row-name > a").all_text_contents()]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_list_is_narrowed_searched_and_cleared(found, visit_as, scripts):
    page = visit_as(None, found, scripts=scripts).page
    settle(page, "/models", 3)
    page.get_by_role("link", name="MIT").click()
    page.wait_for_url("**/models?licence=mit")
    page.get_by_role("status").get_by_text("2 results").wait_for()
    assert sorted(names(page)) == ["qwen-tiny", "resnet-mini"]
    page.get_by_role("link", name="Text generation").click()
    page.wait_for_url("**/models?task=text-generation&licence=mit")
    assert page.get_by_role("status").text_content() == "1 result"
    page.get_by_role("link", name="Remove MIT").click()
    page.wait_for_url("**/models?task=text-generation")
    page.get_by_role("link", name="Clear filters").first.click()
    page.wait_for_url("**/models")
    page.get_by_role("searchbox", name="Search models").fill("语言")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models?q=*")
    assert page.get_by_role("status").text_content() == "3 results"
    page.get_by_role("searchbox", name="Search models").fill("nothing like it")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Nothing fits").wait_for()


def test_a_list_follows_what_is_typed(found, visit_as):
    page = visit_as(None, found).page
    settle(page, "/models", 3)
    field = page.get_by_role("searchbox", name="Search models")
    field.press_sequentially("esne")
    expect(page.locator(".asset-row")).to_have_count(1)
    assert names(page) == ["resnet-mini"] and page.url.endswith("?q=esne")
    assert field.input_value() == "esne"


def test_facets_lie_in_a_sheet_on_a_telephone(found, visit_as):
    page = visit_as(None, found, width=PHONE).page
    settle(page, "/models", 3)
    facets = page.locator("#facets")
    assert not facets.is_visible()
    page.get_by_role("button", name="Filters").click()
    assert facets.is_visible()
    facets.get_by_role("link", name="MIT").click()
    page.wait_for_url("**/models?licence=mit")
    expect(page.locator(".asset-row")).to_have_count(2)
    page.get_by_role("button", name="Close the filters").click()
    assert not facets.is_visible()


def test_the_search_of_every_page_finds_all_kinds(found, visit_as):
    page = visit_as(None, found).page
    settle(page, "/search", 4)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("poems")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=poems")
    assert names(page) == ["poems"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_somebody_follows_an_account(found, visit_as, scripts):
    page = visit_as("eve", found, scripts=scripts).page
    settle(page, "/ada", 4)
    assert "secret" not in names(page)
    page.get_by_role("button", name="Follow", exact=True).click()
    page.get_by_role("button", name="Following").wait_for()
    assert page.get_by_text("1 follower").is_visible()
    page.get_by_role("button", name="Following").click()
    page.get_by_role("button", name="Follow", exact=True).wait_for()


def test_owners_see_what_is_private_on_their_page(found, visit_as):
    page = visit_as("ada", found).page
    settle(page, "/ada", 5)
    assert "secret" in names(page)


def test_what_is_kept_is_listed(found, visit_as):
    page = visit_as("eve", found).page
    page.goto("/my/favourites")
    assert page.get_by_role("heading", name="No favourites yet").is_visible()
    page.goto("/ada/qwen-tiny")
    page.get_by_role("button", name="Favourite 0").click()
    page.get_by_role("button", name="Favourited 1").wait_for()
    token = found.create_token("eve")
    settle(page, "/my/favourites", 1)
    listed = page.request.get("/api/v1/favourites", headers={"Authorization": f"Bearer {token}"}).json()
    assert [item["name"] for item in listed["items"]] == ["ada/qwen-tiny"]


def test_the_api_lists_with_facets_and_pages(found, visit_as):
    request = visit_as(None, found).page.request
    first = request.get("/api/v1/assets?kind=model&limit=2&sort=newest").json()
    assert first["total"] == 3 and len(first["items"]) == 2
    assert {"value": "mit", "count": 2} in first["facets"]["licence"]
    rest = request.get(f"/api/v1/assets?kind=model&limit=2&sort=newest&cursor={first['next']}").json()
    assert [item["name"] for item in first["items"] + rest["items"]] == ["ada/resnet-mini", "ada/bert-small", "ada/qwen-tiny"]
    assert rest.get("next") is None
    for bad in ["cursor=x", "sort=x", "kind=x", "limit=x"]:
        assert request.get(f"/api/v1/assets?{bad}").status == 400
