"""Every page that is looked at: by `make shots` for people, by test_pages.py for faults. Add yours to PAGES."""

from __future__ import annotations

import dataclasses

from huggingface_hub import CommitOperationAdd, HfApi

from gallery import Gallery

# A name as long as names get.
LONG = "a-model-whose-name-is-as-long-as-names-may-be-and-has-to-break-somewhere-on-a-telephone-01234567"[:96]
CARD = """---
license: apache-2.0
language: [en, zh]
pipeline_tag: text-generation
tags: [pytorch]
---
# Tiny

A small model for tests. 一个用于测试的小模型。

```python
from transformers import pipeline
```

| Benchmark | Score |
|---|---|
| MMLU | 25.1 |
"""


@dataclasses.dataclass(frozen=True)
class Shown:
    """A page: a short name, its address, who looks, and the status it comes with."""

    name: str
    path: str
    viewer: str | None = None
    status: int = 200


PAGES = [
    Shown("home", "/"),
    Shown("home-signed-in", "/", "ada"),
    Shown("clients", "/clients"),
    Shown("models", "/models"),
    Shown("models-narrowed", "/models?licence=apache-2.0&sort=newest"),
    Shown("models-nothing", "/models?q=nothing-like-it"),
    Shown("datasets", "/datasets"),
    Shown("algorithms-empty", "/algorithms"),
    Shown("search", "/search?q=测试"),
    Shown("account", "/ada"),
    Shown("account-own", "/ada", "ada"),
    Shown("account-empty", "/eve"),
    Shown("favourites-empty", "/my/favourites", "iris"),
    Shown("design", "/design"),
    Shown("asset", "/ada/tiny"),
    Shown("asset-owner", "/ada/tiny", "ada"),
    Shown("asset-empty", "/ada/secret", "ada"),
    Shown("asset-long", f"/ada/{LONG}", "ada"),
    Shown("asset-files", "/ada/tiny/tree/main", "ada"),
    Shown("asset-file", "/ada/tiny/blob/main/config.json", "ada"),
    Shown("asset-table", "/datasets/ada/rows/blob/main/data/rows.csv"),
    Shown("asset-history", "/ada/tiny/commits/main"),
    Shown("asset-compare", "/ada/tiny/compare/main..main"),
    Shown("asset-edit", "/ada/tiny/edit/main/config.json", "ada"),
    Shown("asset-new", "/ada/tiny/new/main", "ada"),
    Shown("asset-delete", "/ada/tiny/delete/main/config.json", "ada"),
    Shown("asset-introduction", "/ada/tiny/introduction", "ada"),
    Shown("asset-discussions", "/ada/tiny/discussions"),
    Shown("asset-discussion-new", "/ada/tiny/discussions/new", "ada"),
    Shown("asset-gated", "/ada/gated", "eve"),
    Shown("asset-missing", "/ada/none", status=404),
    Shown("publish", "/ada/secret/publish", "ada"),
    Shown("publish-edit", "/ada/tiny/publish", "ada"),
    Shown("publish-notebook", "/notebooks/ada/notes/publish", "ada"),
    Shown("asset-settings", "/ada/tiny/settings", "ada"),
    Shown("asset-settings-root", "/ada/tiny/settings", "root"),
    Shown("asset-access", "/ada/gated/settings/access", "ada"),
    Shown("asset-access-granted", "/ada/gated/settings/access?state=accepted", "ada"),
    Shown("asset-apply", "/ada/gated/apply", "grace"),
    Shown("asset-apply-waiting", "/ada/gated/apply", "eve"),
    Shown("asset-versions", "/ada/tiny/versions"),
    Shown("asset-versions-owner", "/ada/tiny/versions", "ada"),
    Shown("asset-related", "/ada/tiny/related", "ada"),
    Shown("subscribe", "/ada/tiny/subscribe", "grace"),
    Shown("subscriptions", "/my/subscriptions", "eve"),
    Shown("subscriptions-none", "/my/subscriptions", "iris"),
    Shown("asset-in-review", "/ada/waiting", "ada"),
    Shown("asset-in-review-reviewer", "/ada/waiting", "grace"),
    Shown("asset-rejected", "/ada/refused", "ada"),
    Shown("asset-rejected-again", "/ada/refused/publish", "ada"),
    Shown("asset-delisted", "/ada/gone", "ada"),
    Shown("asset-delisted-subscriber", "/ada/gone", "eve"),
    Shown("asset-delisted-stranger", "/ada/gone", "iris", 404),
    Shown("asset-gated-stranger", "/ada/gated", "iris"),
    Shown("asset-gated-visitor", "/ada/gated"),
    Shown("asset-files-locked", "/ada/gated/tree/main", "iris", 403),
    Shown("asset-readme", "/ada/tiny/blob/main/README.md"),
    Shown("asset-changes", "/ada/tiny/compare/main..refs%2Fpr%2F2"),
    Shown("asset-discussion", "/ada/tiny/discussions/1", "ada"),
    Shown("asset-proposal", "/ada/tiny/discussions/2", "ada"),
    Shown("review", "/review", "grace"),
    Shown("agreement", "/agreements/service"),
    Shown("sign-in", "/login"),
    Shown("join", "/join"),
    Shown("forgotten", "/login/forgotten"),
    Shown("new-password", "/login/new-password?name=ada"),
    Shown("device", "/device", "ada"),
    Shown("profile", "/settings/profile", "ada"),
    Shown("account-settings", "/settings/account", "ada"),
    Shown("tokens", "/settings/tokens", "ada"),
    Shown("tokens-empty", "/settings/tokens", "iris"),
    Shown("keys", "/settings/keys", "ada"),
    Shown("sessions", "/settings/sessions", "ada"),
    Shown("organizations", "/settings/organizations", "ada"),
    Shown("organization", "/settings/organizations/lab", "ada"),
    Shown("my", "/my", "ada"),
    Shown("my-empty", "/my", "iris"),
    Shown("my-models", "/my/models", "ada"),
    Shown("my-models-empty", "/my/models", "iris"),
    Shown("my-models-filtered", "/my/models?q=nothing-like-it", "ada"),
    Shown("my-applications", "/my/applications", "eve"),
    Shown("my-applications-to-decide", "/my/applications?side=decide", "ada"),
    Shown("my-growth", "/my/growth", "ada"),
    Shown("my-billing", "/my/billing", "ada"),
    Shown("my-billing-empty", "/my/billing", "iris"),
    Shown("apps-empty", "/apps"),
    Shown("app-new", "/apps/new?model=ada/tiny", "ada"),
    Shown("my-apps-empty", "/my/apps", "iris"),
    Shown("my-services-empty", "/my/services", "iris"),
    Shown("service-new", "/services/new?model=ada/tiny", "ada"),
    Shown("my-exports", "/my/exports", "root"),
    Shown("onboarding", "/my/onboarding", "iris"),
    Shown("create", "/new", "ada"),
    Shown("create-dataset", "/new?kind=dataset&owner=acme", "ada"),
    Shown("upload", "/ada/tiny/upload/main", "ada"),
    Shown("upload-folder", "/datasets/ada/rows/upload/main/data", "ada"),
    Shown("missing", "/nothing/at/all/here", status=404),
    Shown("comments", "/ada/tiny/comments"),
    Shown("comments-signed-in", "/ada/tiny/comments", "ada"),
    Shown("comments-empty", "/datasets/ada/rows/comments", "eve"),
    Shown("notifications", "/notifications", "ada"),
    Shown("notifications-empty", "/notifications", "root"),
    Shown("notification-settings", "/settings/notifications", "ada"),
    Shown("reported-comments", "/review/comments", "grace"),
    Shown("outbox", "/console/outbox", "root"),
    Shown("console-agreements", "/console/agreements", "root"),
    Shown("console-agreement", "/console/agreements/service", "root"),
    Shown("console-words", "/console/words", "root"),
    Shown("console-words-empty", "/console/words?list=abuse", "root"),
    Shown("fine-tune", "/fine-tune/new", "ada"),
    Shown("fine-tune-empty", "/fine-tune/new", "iris"),
    Shown("fine-tune-unfit", "/fine-tune/new?base=ada/tiny", "ada"),
    Shown("my-jobs-empty", "/my/jobs", "iris"),
    Shown("console-flavors", "/console/flavors", "root"),
    Shown("console-flavor", "/console/flavors/cpu-2", "root"),
    Shown("console-billing", "/console/billing", "root"),
    Shown("console-billing-account", "/console/billing/ada", "root"),
    Shown("console-jobs", "/console/jobs", "root"),
    Shown("console-jobs-failed", "/console/jobs?state=failed", "root"),
    Shown("console-storage", "/console/storage", "root"),
    Shown("reference", "/docs/api"),
    Shown("reference-group", "/docs/api/publishing"),
    Shown("console", "/console", "root"),
    Shown("console-forbidden", "/console", "grace", status=403),
    Shown("console-people", "/console/people", "root"),
    Shown("console-people-none", "/console/people?q=nobody-like-it", "root"),
    Shown("console-person", "/console/people/ada", "root"),
    Shown("console-person-self", "/console/people/root", "root"),
    Shown("console-organization", "/console/people/lab", "root"),
    Shown("console-new-person", "/console/new-person", "root"),
    Shown("console-marks", "/console/marks", "root"),
    Shown("console-settings", "/console/settings", "root"),
    Shown("setup-done", "/setup", status=404),
    Shown("console-marks-found", "/console/marks?q=ada", "root"),
    Shown("console-audit", "/console/audit", "root"),
    Shown("console-audit-filtered", "/console/audit?person=ada&action=asset.create", "root"),
]


def furnish(gallery: Gallery) -> None:
    """What the pages show: ada with assets of her own, grace the reviewer, root the administrator, eve who is new to it, iris who has done nothing."""
    for name, role in [("ada", "user"), ("grace", "reviewer"), ("root", "admin"), ("eve", "user"), ("iris", "user")]:
        gallery.create_user(name, role)
    api = HfApi(endpoint=gallery.url, token=gallery.create_token("ada"))
    for name, private in [("tiny", False), ("secret", True), (LONG, False)]:
        api.create_repo(f"ada/{name}", private=private)
    api.upload_file(path_or_fileobj=CARD.encode(), path_in_repo="README.md", repo_id="ada/tiny", commit_message="Describe it")
    api.upload_file(path_or_fileobj=b'{"hidden_size": 8}', path_in_repo="config.json", repo_id="ada/tiny",
                    commit_message="Add the configuration")
    api.create_repo("ada/rows", repo_type="dataset")
    api.upload_file(path_or_fileobj=b"a,b\n1,2\n", path_in_repo="data/rows.csv", repo_id="ada/rows", repo_type="dataset")
    talk(gallery)
    bargain(gallery)
    furnish_account(gallery, api)
    hold_back(gallery)


def talk(gallery: Gallery) -> None:
    """A conversation on ada/tiny, with somebody who misbehaves."""
    tokens = {name: gallery.create_token(name) for name in ["ada", "eve", "grace"]}

    def say(text: str, by: str, reply_to: str | None = None) -> str:
        body = {"text": text, "replyTo": reply_to}
        return gallery.post("/api/v1/assets/model/ada/tiny/comments", tokens[by], body).json["id"]

    first = say("Works well on **CPU**, thank you @ada!\n\n```python\npipeline(\"text-generation\", \"ada/tiny\")\n```", "eve")
    answer = say("很高兴听到这个消息。下一个版本会更小。", "ada", first)
    say("期待！", "eve", answer)
    rude = say("Buy followers at https://spam.example/" + "x" * 80, "eve")
    gallery.ask("PUT", f"/api/v1/comments/{rude}/report", tokens["ada"], {"reason": "Advertising 广告"})
    gallery.ask("PUT", f"/api/v1/comments/{first}/like", tokens["grace"])
    gone = say("What did I mean to say?", "grace")
    say("We shall never know.", "ada", gone)
    gallery.ask("DELETE", f"/api/v1/comments/{gone}", tokens["grace"])


def bargain(gallery: Gallery) -> None:
    """Ada publishes with all that there is to say; eve subscribes and applies."""
    tokens = {name: gallery.create_token(name) for name in ["ada", "eve", "root"]}

    def call(who: str, method: str, path: str, body=None) -> None:
        answer = gallery.ask(method, f"/api/v1/{path}", tokens[who], body)
        assert answer.status < 300, (path, answer.status, answer.body)

    HfApi(endpoint=gallery.url, token=tokens["ada"]).create_repo("ada/gated")
    form = {"description": "A tiny model", "licence": "apache-2.0", "title": "小模型"}
    call("ada", "PUT", "assets/models/ada/tiny/publishing/form", form)
    call("ada", "PUT", "assets/models/ada/gated/publishing/form", {"description": "Ask first", "licence": "mit", "isGated": True})
    call("ada", "POST", "assets/models/ada/tiny/versions", {"number": "1.0.0", "notes": "First", "constraints": "Needs a GPU"})
    call("ada", "POST", "assets/models/ada/tiny/versions", {"number": "1.1.0", "notes": "Better"})
    call("ada", "POST", "assets/models/ada/tiny/related", {"asset": "datasets/ada/rows"})
    call("ada", "PUT", "assets/models/ada/tiny/papers", {"papers": [{"title": "On tiny models", "link": "https://example.org/p"}]})
    for kind, words in [("contraband", ["违禁词", "contraband"]), ("other", ["a-word-of-sixty-letters-that-has-to-break-somewhere-on-a-phone"])]:
        call("root", "POST", "words", {"list": kind, "words": words})
    call("root", "PUT", "assets/models/ada/tiny/marks", {"isOfficial": True, "isFeatured": True})
    accept = {"accept": ["data", "service"], "confirmsConstraints": True}
    call("eve", "PUT", "assets/models/ada/tiny/subscription", accept)
    call("eve", "POST", "assets/models/ada/gated/application", {"name": "Eve", "reason": "For my thesis"} | accept)
    call("ada", "POST", "assets/models/ada/gated/applications", {"users": ["root"]})
    repo = gallery.ask("POST", "/api/repos/create", tokens["ada"], {"name": "notes", "type": "notebook", "private": True})
    assert repo.status == 200, repo.body


def hold_back(gallery: Gallery) -> None:
    """What is not simply published: waiting for review, refused, delisted, a version offline; discussions and a proposal."""
    tokens = {name: gallery.create_token(name) for name in ["ada", "eve", "grace"]}
    api = HfApi(endpoint=gallery.url, token=tokens["ada"])
    for name in ["waiting", "refused", "gone"]:
        api.create_repo(f"ada/{name}", private=name != "gone")

    def call(who: str, method: str, path: str, body=None) -> None:
        answer = gallery.ask(method, f"/api/v1/assets/models/ada/{path}", tokens[who], body)
        assert answer.status < 300, (path, answer.status, answer.body)

    form = {"description": "Half a model 半个模型", "licence": "mit"}
    call("ada", "PUT", "gone/publishing/form", form)
    call("eve", "PUT", "gone/subscription", {"accept": ["data", "service"]})
    call("ada", "POST", "gone/publishing/steps", {"action": "delist"})
    call("ada", "DELETE", "tiny/versions/1.0.0")
    api.create_discussion("ada/tiny", title="Which tokenizer? 用哪个分词器？", description="It is **not** named in the card.")
    api.create_commit("ada/tiny", [CommitOperationAdd("config.json", b'{"hidden_size": 16}')], commit_message="Widen it", create_pr=True)
    api.upload_file(path_or_fileobj=b"model: tiny\n", path_in_repo="notes/run.yaml", repo_id="ada/tiny", commit_message="Keep notes")
    # From here on a reviewer decides.
    gallery.stop()
    gallery.environment["GALLERY_PUBLISHING_POLICY"] = "review"
    gallery.start()
    for name in ["waiting", "refused"]:
        body = {"form": form, "accept": ["publishing", "service", "data"]}
        call("ada", "POST", f"{name}/publishing", body)
    call("grace", "POST", "refused/publishing/rejection", {"reason": "Say what the other half does. 请说明另一半。"})


def furnish_account(gallery: Gallery, api: HfApi) -> None:
    """What the pages of ada's own account show."""
    admin = gallery.create_token("ada", "admin")
    for path, method, body in [
        ("account/keys", "POST", {"name": "build machine"}),
        ("account/tokens", "POST", {"name": "laptop", "scope": "write", "repo": "ada/tiny", "expiresInDays": 30}),
        ("account/check-in", "POST", None),
        ("organizations", "POST", {"name": "lab", "nickname": "Laboratory for small models", "isPrivateByDefault": True}),
        ("organizations/lab/members/eve", "PUT", {"role": "write"}),
    ]:
        answer = gallery.ask(method, f"/api/v1/{path}", token=admin, body=body)
        assert answer.status < 300, (path, answer.body)
    eve = gallery.create_token("eve")
    api.update_repo_settings(f"ada/{LONG}", gated="manual")
    gallery.ask("POST", f"/ada/{LONG}/ask-access", token=eve, body={"reason": "For a course on small models"})
    for repo in ["ada/tiny", f"ada/{LONG}"]:
        gallery.ask("POST", f"/api/models/{repo}/like", token=eve)
