"""Discussions, pull requests, collections and gated access."""

import pytest
from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RevisionNotFoundError


def test_a_conversation(alice, bob, visitor, model):
    opened = bob.api.create_discussion(model, title="A question", description="What is it?")
    assert (opened.num, opened.author, opened.status, opened.is_pull_request) == (1, "bob", "open", False)
    comment = alice.api.comment_discussion(model, 1, "An *answer*.")
    assert comment.content == "An *answer*."
    edited = alice.api.edit_discussion_comment(model, 1, comment.id, "A better answer.")
    assert edited in alice.api.get_discussion_details(model, 1).events
    renamed = bob.api.rename_discussion(model, 1, new_title="A good question")
    assert (renamed.old_title, renamed.new_title) == ("A question", "A good question")
    alice.api.change_discussion_status(model, 1, "closed", comment="Done.")
    details = visitor.get_discussion_details(model, 1)
    assert (details.title, details.status) == ("A good question", "closed")
    assert [event.type for event in details.events][:2] == ["comment", "comment"]
    hidden = alice.api.hide_discussion_comment(model, 1, comment.id)
    assert hidden.hidden
    with pytest.raises(HfHubHTTPError):
        bob.api.edit_discussion_comment(model, 1, comment.id, "Not mine.")


def test_numbers_are_shared_and_the_newest_comes_first(alice, bob, model):
    for number in range(12):
        (bob.api.create_discussion if number % 2 else alice.api.create_pull_request)(model, title=f"T{number}")
    listed = list(alice.api.get_repo_discussions(model))
    assert [one.num for one in listed] == list(range(12, 0, -1))
    assert [one.is_pull_request for one in listed] == [False, True] * 6
    assert {one.num for one in alice.api.get_repo_discussions(model, author="bob")} == {2, 4, 6, 8, 10, 12}
    assert {one.num for one in alice.api.get_repo_discussions(model, discussion_type="pull_request")} == {1, 3, 5, 7, 9, 11}
    alice.api.change_discussion_status(model, 2, "closed")
    assert [one.num for one in alice.api.get_repo_discussions(model, discussion_status="closed")] == [2]


def test_a_proposal_from_a_stranger_is_merged(alice, bob, model, tmp_path):
    made = bob.api.upload_file(path_or_fileobj=b"better", path_in_repo="a.txt", repo_id=model, create_pr=True,
                               commit_message="A better file")
    assert made.pr_url.endswith(f"/{model}/discussions/1") and (made.pr_num, made.pr_revision) == (1, "refs/pr/1")
    bob.api.upload_file(path_or_fileobj=b"\x00" * 5000, path_in_repo="w.bin", repo_id=model, revision="refs/pr/1")
    assert "a.txt" not in alice.api.list_repo_files(model)
    assert {"a.txt", "w.bin"} <= set(alice.api.list_repo_files(model, revision="refs/pr/1"))
    details = alice.api.get_discussion_details(model, 1)
    assert details.is_pull_request and details.status == "open" and "better" in details.diff
    assert [ref.name for ref in alice.api.list_repo_refs(model, include_pull_requests=True).pull_requests]
    with pytest.raises(HfHubHTTPError):
        bob.api.merge_pull_request(model, 1)
    before = [commit.commit_id for commit in alice.api.list_repo_commits(model)]
    alice.api.merge_pull_request(model, 1, comment="Thank you.")
    merged = alice.api.get_discussion_details(model, 1)
    assert merged.status == "merged" and merged.merge_commit_oid == alice.api.model_info(model).sha
    assert {"a.txt", "w.bin"} <= set(alice.api.list_repo_files(model))
    # Its two commits have become one on main.
    after = alice.api.list_repo_commits(model)
    assert after[0].title == "A better file (#1)" and [commit.commit_id for commit in after[1:]] == before
    with pytest.raises(HfHubHTTPError):
        alice.api.merge_pull_request(model, 1)


def test_a_draft_becomes_open(alice, model):
    assert alice.api.create_pull_request(model, title="Draft").status == "draft"
    alice.api.create_commit(model, [CommitOperationAdd("x.txt", b"x")], commit_message="x", revision="refs/pr/1")
    alice.api.change_discussion_status(model, 1, "open")
    alice.api.merge_pull_request(model, 1)
    assert alice.api.file_exists(model, "x.txt")


def test_work_on_main_goes_on_beside_a_proposal(alice, bob, model):
    bob.api.upload_file(path_or_fileobj=b"p", path_in_repo="p.txt", repo_id=model, create_pr=True)
    alice.api.upload_file(path_or_fileobj=b"m", path_in_repo="m.txt", repo_id=model)
    alice.api.merge_pull_request(model, 1)
    assert {"p.txt", "m.txt"} <= set(alice.api.list_repo_files(model))


def test_a_conflict_is_shown_and_not_merged(alice, bob, model):
    alice.api.upload_file(path_or_fileobj=b"base", path_in_repo="a.txt", repo_id=model)
    bob.api.upload_file(path_or_fileobj=b"his", path_in_repo="a.txt", repo_id=model, create_pr=True)
    alice.api.upload_file(path_or_fileobj=b"hers", path_in_repo="a.txt", repo_id=model)
    assert alice.api.get_discussion_details(model, 1).conflicting_files
    with pytest.raises(HfHubHTTPError):
        alice.api.merge_pull_request(model, 1)
    assert alice.api.get_discussion_details(model, 1).status == "open"


def test_a_proposal_needs_a_branch(alice, model):
    sha = alice.api.model_info(model).sha
    for revision in (sha, "nope"):
        with pytest.raises(RevisionNotFoundError):
            alice.api.create_commit(model, [CommitOperationAdd("x", b"x")], commit_message="x", create_pr=True, revision=revision)


def test_collections(alice, bob, visitor, model, dataset):
    made = alice.api.create_collection(title="Things I like", description="Some", private=True)
    assert made.owner["name"] == "alice" if isinstance(made.owner, dict) else made.owner
    filled = alice.api.add_collection_item(made.slug, model, "model", note="The first")
    filled = alice.api.add_collection_item(made.slug, dataset, "dataset")
    assert [(item.item_id, item.item_type, item.position) for item in filled.items] == [(model, "model", 0), (dataset, "dataset", 1)]
    assert filled.items[0].note == "The first"
    with pytest.raises(HfHubHTTPError) as refusal:
        alice.api.add_collection_item(made.slug, model, "model")
    assert refusal.value.response.status_code == 409
    alice.api.add_collection_item(made.slug, model, "model", exists_ok=True)
    assert alice.api.create_collection(title="Things I like", exists_ok=True).slug == made.slug
    with pytest.raises(HfHubHTTPError):
        visitor.get_collection(made.slug)
    assert not list(visitor.list_collections(owner="alice", item=f"models/{model}"))
    alice.api.update_collection_metadata(made.slug, title="Renamed", private=False)
    seen = visitor.get_collection(made.slug)
    assert (seen.title, len(seen.items)) == ("Renamed", 2)
    assert [one.slug for one in visitor.list_collections(item=f"models/{model}")] == [seen.slug]
    alice.api.update_collection_item(seen.slug, seen.items[0].item_object_id, note="Changed", position=1)
    assert [item.item_id for item in visitor.get_collection(seen.slug).items] == [dataset, model]
    with pytest.raises(HfHubHTTPError):
        bob.api.delete_collection_item(seen.slug, seen.items[0].item_object_id)
    alice.api.delete_collection_item(seen.slug, seen.items[0].item_object_id)
    assert len(visitor.get_collection(seen.slug).items) == 1
    alice.api.delete_collection(seen.slug)
    with pytest.raises(HfHubHTTPError):
        visitor.get_collection(seen.slug)


@pytest.fixture
def gated(alice, model):
    alice.api.upload_file(path_or_fileobj=b"{}", path_in_repo="config.json", repo_id=model)
    alice.api.update_repo_settings(model, gated="manual")
    return model


def test_what_a_gate_shows_and_hides(alice, bob, visitor, gated, tmp_path):
    for api in (bob.api, visitor):
        assert api.model_info(gated).gated == "manual"
        assert "config.json" in api.list_repo_files(gated)
        with pytest.raises(GatedRepoError, match="Access to model .* is restricted and you are not in the authorized list"):
            api.hf_hub_download(gated, "config.json", cache_dir=tmp_path)
        with pytest.raises(GatedRepoError):
            api.auth_check(gated)
    assert alice.api.hf_hub_download(gated, "config.json", cache_dir=tmp_path)


def accept_agreements(gallery, person):
    for kind in ["service", "data"]:
        assert gallery.ask("PUT", f"/api/v1/agreements/{kind}/acceptance", person.token).status == 204


def test_asking_granting_and_taking_back(gallery, alice, newcomer, gated, tmp_path):
    def states():
        return [[request.username for request in listed(gated)] for listed in (
            alice.api.list_pending_access_requests, alice.api.list_accepted_access_requests, alice.api.list_rejected_access_requests)]

    assert states() == [[], [], []]
    refusal = gallery.post(f"/{gated}/ask-access", newcomer.token, {})
    assert refusal.status == 403 and f"/{gated}/apply" in refusal.json["detail"]
    accept_agreements(gallery, newcomer)
    assert gallery.post(f"/{gated}/ask-access", newcomer.token, {}).status < 400
    assert states() == [[newcomer.name], [], []]
    alice.api.accept_access_request(gated, newcomer.name)
    assert states() == [[], [newcomer.name], []]
    assert newcomer.api.hf_hub_download(gated, "config.json", cache_dir=tmp_path)
    with pytest.raises(HfHubHTTPError):
        alice.api.accept_access_request(gated, newcomer.name)
    alice.api.cancel_access_request(gated, newcomer.name)
    assert states() == [[newcomer.name], [], []]
    alice.api.reject_access_request(gated, newcomer.name, rejection_reason="No.")
    assert states() == [[], [], [newcomer.name]]
    with pytest.raises(GatedRepoError):
        newcomer.api.hf_hub_download(gated, "config.json", cache_dir=tmp_path / "again")
    with pytest.raises(HfHubHTTPError):
        alice.api.accept_access_request(gated, "nobody-at-all")
    with pytest.raises(HfHubHTTPError):
        list(newcomer.api.list_pending_access_requests(gated))


def test_access_by_hand_and_at_once(gallery, alice, bob, carol, gated, tmp_path):
    alice.api.grant_access(gated, "bob")
    assert bob.api.hf_hub_download(gated, "config.json", cache_dir=tmp_path)
    with pytest.raises(HfHubHTTPError):
        alice.api.grant_access(gated, "bob")
    alice.api.update_repo_settings(gated, gated="auto")
    assert gallery.get(f"/{gated}/resolve/main/config.json", carol.token).code == "GatedRepo"
    accept_agreements(gallery, carol)
    assert gallery.post(f"/{gated}/ask-access", carol.token, {}).status < 400
    assert gallery.get(f"/{gated}/resolve/main/config.json", carol.token).status == 200
