"""Publishing, gating and subscribing through /api/v1, with the hub API agreeing at every step."""

import pytest
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from gallery import Gallery

BOTH = ["publishing", "service"]


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """A server on which everything is reviewed before it is published."""
    server = Gallery(tmp_path_factory.mktemp("reviewed") / "data", settings={"GALLERY_PUBLISHING_POLICY": "review"})
    with server:
        server.tokens = {}
        for name, role in [("ada", "user"), ("bob", "user"), ("eve", "user"), ("rita", "reviewer"), ("root", "admin")]:
            server.create_user(name, role)
            server.tokens[name] = server.create_token(name)
        yield server


def call(server, method, path, who=None, body=None, expect=200):
    answer = server.ask(method, f"/api/v1/{path}", server.tokens.get(who), body)
    assert answer.status == expect, (method, path, who, answer.status, answer.body)
    return answer.json if answer.body else None


def sees(server, who, repo):
    """What the hub API says of a model: the listing, the details and a file agree, or the test fails."""
    api = HfApi(endpoint=server.url, token=server.tokens.get(who) or False)
    listed = repo in [model.id for model in api.list_models(author=repo.split("/")[0])]
    try:
        api.model_info(repo)
        shown = True
    except RepositoryNotFoundError:
        shown = False
    assert listed == shown, (who, listed, shown)
    status = server.get(f"/{repo}/resolve/main/README.md", server.tokens.get(who)).status
    assert (status in (200, 302, 307)) == shown or status == 403, (who, status)
    return shown


def make(server, name, owner="ada", card="---\nlicense: mit\n---\n# Card\n"):
    repo = f"{owner}/{name}"
    call(server, "POST", "assets", owner, {"kind": "models", "name": name}, expect=201)
    call(server, "PUT", f"assets/models/{repo}/introduction", owner, {"text": card})
    return repo, f"assets/models/{repo}"


def publish(server, path, **form):
    body = {"form": {"description": "A model", "licence": "mit"} | form, "accept": BOTH}
    return call(server, "POST", f"{path}/publishing", "ada", body)


def test_the_whole_way_of_an_asset(reviewed, tmp_path):
    repo, path = make(reviewed, "way")
    everybody = ["ada", "bob", "eve", "rita", "root", None]

    def those_who_see():
        return [who for who in everybody if sees(reviewed, who, repo)]

    assert those_who_see() == ["ada", "root"]
    refused = reviewed.ask("POST", f"/api/v1/{path}/publishing", reviewed.tokens["ada"], {"form": {"description": ""}})
    assert refused.status in (403, 422)
    assert publish(reviewed, path)["listing"] == "in_review"
    assert those_who_see() == ["ada", "rita", "root"]
    assert [item["name"] for item in call(reviewed, "GET", "reviews", "rita")["items"]] == [repo]
    call(reviewed, "GET", "reviews", "bob", expect=403)

    call(reviewed, "POST", f"{path}/publishing/rejection", "rita", {}, expect=400)
    call(reviewed, "POST", f"{path}/publishing/rejection", "rita", {"reason": "More words"})
    assert those_who_see() == ["ada", "root"]
    assert call(reviewed, "GET", f"{path}/publishing", "ada")["reason"] == "More words"
    publish(reviewed, path)
    assert call(reviewed, "POST", f"{path}/publishing/approval", "rita", {})["listing"] == "published"
    assert those_who_see() == everybody

    call(reviewed, "PUT", f"{path}/subscription", "bob", {}, expect=403)
    mine = call(reviewed, "PUT", f"{path}/subscription", "bob", {"accept": ["data", "service"]})
    assert mine["state"] == "active"
    assert call(reviewed, "GET", f"{path}/subscription", "eve")["count"] == 1

    call(reviewed, "POST", f"{path}/publishing/steps", "ada", {"action": "delist"})
    assert those_who_see() == ["ada", "bob", "root"]
    file = hf_hub_download(repo, "README.md", endpoint=reviewed.url, token=reviewed.tokens["bob"], cache_dir=tmp_path)
    assert "Card" in open(file).read()
    with pytest.raises(RepositoryNotFoundError):
        hf_hub_download(repo, "README.md", endpoint=reviewed.url, token=reviewed.tokens["eve"], cache_dir=tmp_path / "eve")
    with pytest.raises(HfHubHTTPError) as error:
        HfApi(endpoint=reviewed.url, token=reviewed.tokens["ada"]).delete_repo(repo)
    assert error.value.response.status_code == 409

    call(reviewed, "DELETE", f"subscriptions/{mine['id']}", "bob")
    assert those_who_see() == ["ada", "root"]
    call(reviewed, "POST", f"subscriptions/{mine['id']}/recovery", "bob")
    assert those_who_see() == ["ada", "bob", "root"]
    call(reviewed, "POST", f"{path}/publishing/steps", "ada", {"action": "list"})
    assert those_who_see() == everybody
    steps = [event["action"] for event in call(reviewed, "GET", f"{path}/publishing/history", "ada")["items"]]
    assert steps == ["list", "delist", "approve", "send", "reject", "send"]


def test_a_public_wish_waits_for_the_form(reviewed):
    api = HfApi(endpoint=reviewed.url, token=reviewed.tokens["eve"])
    answer = reviewed.post("/api/repos/create", reviewed.tokens["eve"], {"name": "wish", "private": False})
    assert "publishing" in answer.headers["x-hf-warning"]
    assert api.model_info("eve/wish").private
    for kind in BOTH:
        call(reviewed, "PUT", f"agreements/{kind}/acceptance", "eve", expect=204)
    call(reviewed, "PUT", "assets/models/eve/wish/publishing/form", "eve", {"description": "W", "licence": "mit"})
    api.upload_file(path_or_fileobj=b"---\nlicense: mit\n---\n", path_in_repo="README.md", repo_id="eve/wish")
    assert call(reviewed, "GET", "assets/models/eve/wish/publishing", "eve")["listing"] == "in_review"
    api.update_repo_settings("eve/wish", private=True)
    assert call(reviewed, "GET", "assets/models/eve/wish/publishing", "eve")["listing"] == "draft"


def test_gated_use_and_applications(reviewed, tmp_path):
    repo, path = make(reviewed, "gated")
    publish(reviewed, path, isGated=True)
    call(reviewed, "POST", f"{path}/publishing/approval", "rita", {})

    def download(who):
        return hf_hub_download(repo, "README.md", endpoint=reviewed.url, token=reviewed.tokens[who], cache_dir=tmp_path / who)

    with pytest.raises(GatedRepoError):
        download("bob")
    call(reviewed, "GET", f"{path}/introduction", "bob", expect=403)
    form = {"name": "Bob", "reason": "Curious", "accept": ["service", "data"]}
    assert call(reviewed, "POST", f"{path}/application", "bob", form)["state"] == "pending"
    call(reviewed, "PUT", f"{path}/applications/bob", "ada", {"state": "rejected"}, expect=400)
    call(reviewed, "PUT", f"{path}/applications/bob", "ada", {"state": "rejected", "reason": "Why?"}, expect=204)
    assert call(reviewed, "GET", f"{path}/application", "bob") == {"state": "rejected", "reason": "Why?"}
    assert call(reviewed, "POST", f"{path}/application", "bob", form)["state"] == "pending"
    call(reviewed, "PUT", f"{path}/applications/bob", "ada", {"state": "accepted"}, expect=204)
    download("bob")
    assert call(reviewed, "GET", f"{path}/introduction", "bob")["text"]
    call(reviewed, "PUT", f"{path}/applications/bob", "ada", {"state": "pending"}, expect=204)
    with pytest.raises(GatedRepoError):
        hf_hub_download(repo, "README.md", endpoint=reviewed.url, token=reviewed.tokens["bob"], cache_dir=tmp_path / "again")
    call(reviewed, "POST", f"{path}/applications", "ada", {"users": ["eve"]}, expect=204)
    download("eve")


def test_the_form_follows_the_card(reviewed):
    repo, path = make(reviewed, "in-step")
    publish(reviewed, path, task="text-generation")
    call(reviewed, "POST", f"{path}/publishing/approval", "rita", {})
    card = "---\nlicense: apache-2.0\npipeline_tag: text-classification\n---\n# Card\n"
    base = call(reviewed, "GET", f"{path}/introduction", "ada")["base"]
    call(reviewed, "PUT", f"{path}/introduction", "ada", {"text": card, "base": base})
    text = call(reviewed, "GET", f"{path}/introduction", "ada")["text"]
    form = call(reviewed, "GET", f"{path}/publishing/form", "ada")
    assert (form["licence"], form["task"]) == ("apache-2.0", "text-classification")
    standing = call(reviewed, "GET", f"{path}/publishing", "ada")
    assert (standing["licence"], standing["task"]) == ("apache-2.0", "text-classification")
    call(reviewed, "PUT", f"{path}/publishing/form", "ada", {"secondTitle": "Seconds"})
    assert call(reviewed, "GET", f"{path}/introduction", "ada")["text"] == text
    call(reviewed, "PUT", f"{path}/publishing/form", "ada", {"licence": "bsd-3-clause"})
    assert "bsd-3-clause" in call(reviewed, "GET", f"{path}/introduction", "ada")["text"]
    assert call(reviewed, "GET", f"{path}/publishing/form", "ada")["licence"] == "bsd-3-clause"


def test_limited_free_use_is_for_subscribers(reviewed, tmp_path):
    repo, path = make(reviewed, "limited")
    publish(reviewed, path, freeUseDays=3)
    call(reviewed, "POST", f"{path}/publishing/approval", "rita", {})
    token = reviewed.tokens["bob"]
    with pytest.raises(GatedRepoError):
        hf_hub_download(repo, ".gitattributes", endpoint=reviewed.url, token=token, cache_dir=tmp_path / "before")
    call(reviewed, "PUT", f"{path}/subscription", "bob", {"accept": ["data", "service"]})
    hf_hub_download(repo, ".gitattributes", endpoint=reviewed.url, token=token, cache_dir=tmp_path / "after")
    mine = [line for line in call(reviewed, "GET", "subscriptions", "bob")["items"] if line["name"] == repo]
    assert mine[0]["subscription"]["daysLeft"] == 3


def test_versions_relations_words(reviewed):
    repo, path = make(reviewed, "many")
    call(reviewed, "POST", f"{path}/versions", "ada", {"number": "1.0.0", "notes": "First"}, expect=201)
    call(reviewed, "POST", f"{path}/versions", "ada", {"number": "1.0.0"}, expect=409)
    call(reviewed, "POST", f"{path}/versions", "ada", {"number": "one"}, expect=400)
    call(reviewed, "DELETE", f"{path}/versions/1.0.0", "ada", expect=409)
    call(reviewed, "POST", f"{path}/versions", "ada", {"number": "1.1.0"}, expect=201)
    call(reviewed, "DELETE", f"{path}/versions/1.0.0", "ada")
    tags = [tag.name for tag in HfApi(endpoint=reviewed.url, token=reviewed.tokens["ada"]).list_repo_refs(repo).tags]
    assert tags == ["1.1.0"]

    other, _ = make(reviewed, "other")
    related = call(reviewed, "POST", f"{path}/related", "ada", {"asset": other}, expect=201)
    assert [line["name"] for line in call(reviewed, "GET", f"{path}/related", "ada")["items"]] == [other]
    call(reviewed, "DELETE", f"{path}/related/{related['id']}", "ada", expect=204)

    call(reviewed, "POST", "words", "root", {"list": "abuse", "words": ["禁用词"]})
    assert call(reviewed, "POST", "words/trial", "root", {"text": "禁 用＊词"})["found"]
    body = {"form": {"description": "这是禁 用 词", "licence": "mit"}, "accept": BOTH}
    call(reviewed, "POST", f"{path}/publishing", "ada", body, expect=422)
    call(reviewed, "POST", "words/removal", "root", {"words": ["禁用词"]})
    assert call(reviewed, "GET", "people?q=ri", "ada")["items"][0]["name"] == "rita"


def test_refusals_name_the_field_and_what_it_may_be(reviewed):
    repo, path = make(reviewed, "refusals")

    def refused(method, path, who, body=None, expect=422):
        return call(reviewed, method, path, who, body, expect=expect)

    body = {"form": {"title": "x" * 91, "description": "", "licence": "my-own"}, "accept": BOTH}
    problem = refused("POST", f"{path}/publishing", "ada", body)
    assert problem["title"] == "publishing form invalid"
    assert set(problem["faults"]) == {"title", "description", "licence"}
    assert "license_name" in problem["faults"]["licence"]
    problem = refused("POST", "assets", "ada", {"kind": "models", "name": "bad-licence", "licence": "my-own"})
    assert problem["field"] == "licence" and "'my-own'" in problem["detail"]
    problem = refused("POST", f"{path}/applications", "ada", {"users": ["nobody-at-all"]})
    assert problem["field"] == "users"

    plan = {"name": "A month", "quota": "x", "amount": 1, "price": 1, "currency": "CNY"}
    problem = refused("PUT", f"{path}/marks", "root", {"plans": [plan]}, expect=400)
    assert problem["detail"] == "'plans.0.quota' must be one of days, calls, hours, channels."
    plan["quota"] = "days"
    problem = refused("PUT", f"{path}/marks", "root", {"plans": [plan, plan]})
    assert problem["field"] == "plans"
    refused("PUT", f"{path}/marks", "root", {"isOfficial": True}, expect=409)

    for query, words in [("license=mit", "'licence'"), ("mark=zzz", "official"), ("kind=zzz", "model"), ("sort=zzz", "trending")]:
        assert words in refused("GET", f"assets?{query}", "ada", expect=400)["detail"], query
    call(reviewed, "GET", "assets?licence=mit&mark=official&kind=models&kind=dataset", "ada")


def test_a_reviewer_decides_on_what_was_seen(reviewed):
    repo, path = make(reviewed, "seen")
    publish(reviewed, path)
    item = next(item for item in call(reviewed, "GET", "reviews", "rita")["items"] if item["name"] == repo)
    call(reviewed, "PUT", f"{path}/publishing/form", "ada", {"description": "Something else"})
    for body in [{"revision": item["revision"]}, None]:
        problem = call(reviewed, "POST", f"{path}/publishing/approval", "rita", body, expect=409)
        assert problem["type"] == "/problems/review-form-changed"
    revision = call(reviewed, "GET", f"{path}/publishing", "rita")["revision"]
    assert call(reviewed, "POST", f"{path}/publishing/approval", "rita", {"revision": revision})["listing"] == "published"

    repo, path = make(reviewed, "unchanged")
    publish(reviewed, path)
    # Nothing in the body has to be said, so there need be none.
    assert reviewed.ask("POST", f"/api/v1/{path}/publishing/approval", reviewed.tokens["rita"]).status == 200
