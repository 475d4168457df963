"""Repositories: made, found, renamed, configured and deleted through huggingface_hub."""

import json

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from gallery import eventually


def test_a_new_repository_has_one_commit_with_the_usual_attributes(alice, model):
    assert alice.api.list_repo_files(model) == [".gitattributes"]
    (commit,) = alice.api.list_repo_commits(model)
    assert (commit.title, commit.authors) == ("initial commit", ["alice"])
    assert alice.api.model_info(model).sha == commit.commit_id


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_each_kind_lives_under_its_own_address(gallery, alice, name, kind):
    sdk = {"space_sdk": "static"} if kind == "space" else {}
    url = alice.api.create_repo(name, repo_type=kind, **sdk)
    prefix = "" if kind == "model" else f"{kind}s/"
    assert url == f"{gallery.url}/{prefix}alice/{name}"
    assert (url.repo_type, url.repo_id) == (kind, f"alice/{name}")
    assert alice.api.repo_info(f"alice/{name}", repo_type=kind).id == f"alice/{name}"
    assert alice.api.repo_exists(f"alice/{name}", repo_type=kind)
    for other in {"model", "dataset", "space"} - {kind}:
        assert not alice.api.repo_exists(f"alice/{name}", repo_type=other)


def test_making_it_twice_is_a_conflict_unless_that_is_fine(alice, model):
    with pytest.raises(HfHubHTTPError) as refusal:
        alice.api.create_repo(model)
    assert refusal.value.response.status_code == 409
    assert "already created this model repo" in str(refusal.value)
    assert alice.api.create_repo(model, exist_ok=True).repo_id == model


def test_somebody_elses_existing_repository_is_fine_too(bob, model):
    assert bob.api.create_repo(model, exist_ok=True).repo_id == model


def test_nobody_makes_repositories_in_a_strangers_name(bob, alice, name):
    with pytest.raises(HfHubHTTPError) as refusal:
        bob.api.create_repo(f"alice/{name}")
    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("bad", ["a..b", "-a", "a.git", "a--b", "ä", "x" * 97, "a b", "", "a/b/c", "../etc", "a\x00b"])
def test_bad_names_are_refused_by_the_server_too(gallery, alice, bad):
    answer = gallery.post("/api/repos/create", alice.token, {"name": bad, "organization": None, "type": "model"})
    assert answer.status in (400, 404, 422), answer
    assert answer.json["error"]


@pytest.mark.parametrize("reserved", ["models", "datasets", "spaces", "api", "settings", "oauth", "collections"])
def test_addresses_of_the_hub_are_no_account_names(gallery, reserved):
    with pytest.raises(AssertionError):
        gallery.create_user(reserved)


def test_deleting(alice, model):
    alice.api.delete_repo(model)
    assert not alice.api.repo_exists(model)
    with pytest.raises(RepositoryNotFoundError):
        alice.api.delete_repo(model)
    alice.api.delete_repo(model, missing_ok=True)


def test_ids_are_compared_without_case(alice, name):
    alice.api.create_repo(f"alice/{name}-CamelCase")
    assert alice.api.model_info(f"ALICE/{name}-camelcase").id == f"alice/{name}-CamelCase"
    with pytest.raises(HfHubHTTPError):
        alice.api.create_repo(f"alice/{name}-camelCASE")


def test_a_renamed_repository_is_found_under_its_old_name(alice, gallery, model, tmp_path):
    alice.api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    alice.api.update_repo_settings(model, private=True)
    alice.api.move_repo(model, f"{model}-new")
    assert alice.api.model_info(model).id == f"{model}-new"
    assert "a.txt" in alice.api.list_repo_files(model)
    path = alice.api.hf_hub_download(model, "a.txt", cache_dir=tmp_path)
    assert open(path, "rb").read() == b"hello"
    answer = gallery.get(f"/api/models/{model}", alice.token)
    assert (answer.status, answer.headers["location"].endswith(f"/api/models/{model}-new")) == (307, True)


def test_a_rename_onto_another_repository_is_refused(alice, model):
    alice.api.create_repo(f"{model}-taken")
    with pytest.raises(HfHubHTTPError, match="A model repository called .* already exists"):
        alice.api.move_repo(model, f"{model}-taken")


def test_private_repositories_are_seen_by_their_owner_alone(alice, bob, visitor, name):
    repo = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    assert alice.api.model_info(repo).private
    assert [found.id for found in alice.api.list_models(author="alice", search=name)] == [repo]
    for stranger in (bob.api, visitor):
        assert not stranger.repo_exists(repo)
        assert not list(stranger.list_models(author="alice", search=name))
        with pytest.raises(RepositoryNotFoundError):
            stranger.model_info(repo)
    alice.api.update_repo_settings(repo, private=False)
    assert visitor.model_info(repo).private is False


@pytest.mark.parametrize("settings", [{"visibility": "private"}, {"private": True}])
def test_both_generations_of_the_visibility_field_work(gallery, alice, model, settings):
    assert gallery.ask("PUT", f"/api/models/{model}/settings", alice.token, settings).status == 200
    assert alice.api.model_info(model).private


def test_an_organisation_may_make_new_repositories_private(gallery, carol, visitor, name):
    gallery.run("admin", "create-organization", f"org-{name}"[:38].strip("-"), "--owner", "carol", "--private-by-default")
    repo = carol.api.create_repo(f"{f'org-{name}'[:38].strip('-')}/thing").repo_id
    assert carol.api.model_info(repo).private
    assert not visitor.repo_exists(repo)


def test_organisations_and_their_members(carol, acme, bob, name):
    assert [org["name"] for org in carol.api.whoami()["orgs"]].count(acme) == 1
    repo = carol.api.create_repo(f"{acme}/{name}").repo_id
    assert carol.api.model_info(repo).author == acme
    assert [user.username for user in carol.api.list_organization_members(acme)] == ["carol"]
    assert carol.api.get_organization_overview(acme).name == acme
    with pytest.raises(HfHubHTTPError):
        bob.api.create_repo(f"{acme}/{name}-bob")


def test_a_copy_has_everything(alice, bob, model):
    alice.api.upload_file(path_or_fileobj=b"\x00binary" * 999, path_in_repo="w.bin", repo_id=model)
    copy = bob.api.duplicate_repo(model, f"bob/{model.split('/')[1]}").repo_id
    assert set(bob.api.list_repo_files(copy)) == set(alice.api.list_repo_files(model))
    assert bob.api.get_paths_info(copy, ["w.bin"])[0].lfs == alice.api.get_paths_info(model, ["w.bin"])[0].lfs


def card(**fields) -> bytes:
    lines = [f"{key}: {value}" for key, value in fields.items()]
    return ("---\n" + "\n".join(lines) + "\n---\n# Title\n").encode()


def test_the_card_becomes_tags_and_filters(alice, model, name):
    alice.api.upload_file(
        path_or_fileobj=card(license="mit", language="zh", library_name="transformers",
                             pipeline_tag="text-generation", tags=f"[{name}, tiny]"),
        path_in_repo="README.md", repo_id=model)
    info = alice.api.model_info(model)
    assert {"license:mit", "zh", "transformers", "text-generation", name} <= set(info.tags)
    assert (info.pipeline_tag, info.library_name, info.card_data.license) == ("text-generation", "transformers", "mit")
    assert [found.id for found in alice.api.list_models(filter=[name, "license:mit"])] == [model]
    assert [found.id for found in alice.api.list_models(pipeline_tag="text-generation", filter=name)] == [model]
    assert not list(alice.api.list_models(filter=[name, "license:apache-2.0"]))


def weights(**shapes: tuple[str, list[int], int]) -> bytes:
    """A safetensors file of these tensors: type, shape, bytes."""
    head, end = {"__metadata__": {"format": "pt"}}, 0
    for name, (kind, shape, size) in shapes.items():
        head[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(head).encode()
    return len(text).to_bytes(8, "little") + text + bytes(end)


def test_one_file_of_weights_tells_the_size_of_a_model(alice, model):
    def told():
        return alice.api.model_info(model).safetensors

    alice.api.upload_file(path_or_fileobj=weights(a=("F32", [2, 3], 24), b=("BF16", [5], 10)), path_in_repo="model.safetensors", repo_id=model)
    found = eventually(told)
    assert found.total == 11 and found.parameters == {"F32": 6, "BF16": 5}
    # It stays known when only the card changes, and changes with the file.
    alice.api.upload_file(path_or_fileobj=b"# Hello", path_in_repo="README.md", repo_id=model)
    assert told().total == 11
    alice.api.upload_file(path_or_fileobj=weights(a=("F16", [7], 14)), path_in_repo="model.safetensors", repo_id=model)
    assert eventually(lambda: told() and told().parameters == {"F16": 7})
    # What is no such file tells nothing.
    alice.api.upload_file(path_or_fileobj=b"nothing of the kind", path_in_repo="model.safetensors", repo_id=model)
    eventually(lambda: told() is None)


def test_a_broken_card_is_refused(alice, model):
    with pytest.raises(ValueError, match="(?i)license|yaml"):
        alice.api.upload_file(path_or_fileobj=b"---\nlicense: [unclosed\n---\n", path_in_repo="README.md", repo_id=model)


def test_long_lists_come_in_pages(gallery, alice, name):
    made = [alice.api.create_repo(f"alice/{name}-{number}", repo_type="dataset").repo_id for number in range(5)]
    first = gallery.get(f"/api/datasets?author=alice&search={name}&limit=2")
    assert len(first.json) == 2
    assert first.headers["link"].startswith(f"<{gallery.url}/api/datasets?") and 'rel="next"' in first.headers["link"]
    found, address = [], f"/api/datasets?author=alice&search={name}&limit=2&sort=createdAt"
    while address:
        page = gallery.get(address)
        found += [item["id"] for item in page.json]
        link = page.headers.get("link")
        address = link[1:link.index(">")] if link else None
    assert found == made[::-1]
    assert [item.id for item in alice.api.list_datasets(search=name, limit=3, sort="created_at")] == made[:1:-1]


def test_expand_answers_with_just_what_was_asked(gallery, model, visitor):
    assert set(gallery.get(f"/api/models/{model}?expand=likes&expand=sha").json) == {"_id", "id", "likes", "sha"}
    assert gallery.get(f"/api/models/{model}?expand=nonsense").status == 400
    assert visitor.model_info(model, expand=["downloads", "lastModified"]).last_modified is not None


def test_likes(alice, bob, visitor, gallery, model):
    assert gallery.post(f"/api/models/{model}/like", bob.token).status in (200, 201, 204)
    assert visitor.model_info(model).likes == 1
    assert [user.username for user in visitor.list_repo_likers(model)] == ["bob"]
    assert model in visitor.list_liked_repos("bob").models
    bob.api.unlike(model)
    assert visitor.model_info(model).likes == 0


def test_who_is_who(alice, visitor, acme):
    me = alice.api.whoami()
    assert (me["name"], me["type"], me["auth"]["accessToken"]["role"]) == ("alice", "user", "write")
    assert visitor.get_user_overview("alice").username == "alice"
    with pytest.raises(HfHubHTTPError):
        HfApi(endpoint=alice.gallery.url, token="hf_" + "a" * 37).whoami()


def test_my_repositories_with_their_storage(alice, model):
    alice.api.upload_file(path_or_fileobj=b"\x01" * 50_000, path_in_repo="w.bin", repo_id=model)
    mine = {repo.id: repo for repo in alice.api.list_user_repos()}
    assert mine[model].storage >= 50_000
