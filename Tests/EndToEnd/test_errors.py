"""What goes wrong is said in the words that the clients know, on http://localhost as on any host."""

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    BadRequestError, EntryNotFoundError, HfHubHTTPError, RemoteEntryNotFoundError,
    RepositoryNotFoundError, RevisionNotFoundError)

NOWHERE = "alice/there-is-no-such-repository"


@pytest.mark.parametrize("call", [
    lambda api: api.model_info(NOWHERE),
    lambda api: api.dataset_info(NOWHERE),
    lambda api: api.list_repo_files(NOWHERE),
    lambda api: api.list_repo_refs(NOWHERE),
    lambda api: api.list_repo_commits(NOWHERE),
    lambda api: api.hf_hub_download(NOWHERE, "a.txt"),
    lambda api: api.snapshot_download(NOWHERE),
    lambda api: api.get_paths_info(NOWHERE, ["a"]),
    lambda api: api.auth_check(NOWHERE),
    lambda api: api.model_info("there-is-no-namespace"),
])
def test_a_missing_repository(alice, visitor, call):
    for api in (alice.api, visitor):
        with pytest.raises(RepositoryNotFoundError):
            call(api)


@pytest.mark.parametrize("call", [
    lambda api, repo: api.upload_file(path_or_fileobj=b"x", path_in_repo="a", repo_id=repo),
    lambda api, repo: api.create_branch(repo, branch="b"),
    lambda api, repo: api.create_tag(repo, tag="t"),
    lambda api, repo: api.delete_repo(repo),
    lambda api, repo: api.update_repo_settings(repo, private=True),
    lambda api, repo: api.super_squash_history(repo),
])
def test_writing_to_a_missing_repository(alice, call):
    with pytest.raises(RepositoryNotFoundError):
        call(alice.api, NOWHERE)


@pytest.mark.parametrize("call", [
    lambda api, repo: api.model_info(repo, revision="nope"),
    lambda api, repo: api.list_repo_files(repo, revision="nope"),
    lambda api, repo: api.hf_hub_download(repo, "a.txt", revision="nope"),
    lambda api, repo: api.get_paths_info(repo, ["a"], revision="nope"),
    lambda api, repo: api.list_repo_commits(repo, revision="nope"),
    lambda api, repo: api.create_tag(repo, tag="t", revision="nope"),
    lambda api, repo: api.delete_tag(repo, tag="nope"),
    lambda api, repo: api.delete_branch(repo, branch="nope"),
    lambda api, repo: api.upload_file(path_or_fileobj=b"x", path_in_repo="a", repo_id=repo, revision="nope"),
    lambda api, repo: api.model_info(repo, revision="0" * 40),
])
def test_a_missing_revision(alice, model, call):
    with pytest.raises(RevisionNotFoundError):
        call(alice.api, model)


def test_a_missing_file(alice, model, tmp_path):
    with pytest.raises(RemoteEntryNotFoundError):
        alice.api.hf_hub_download(model, "nope.txt", cache_dir=tmp_path)
    assert list(tmp_path.rglob(".no_exist/*/nope.txt")), "the absence is not remembered"
    with pytest.raises(EntryNotFoundError):
        list(alice.api.list_repo_tree(model, "no/such/folder"))
    with pytest.raises(EntryNotFoundError):
        alice.api.delete_file("nope.txt", model)
    assert not alice.api.file_exists(model, "nope.txt")


def test_a_bad_token(gallery, model):
    bad = HfApi(endpoint=gallery.url, token="hf_" + "b" * 37)
    with pytest.raises(HfHubHTTPError) as refusal:
        bad.model_info(model)
    assert refusal.value.response.status_code == 401
    assert "Invalid credentials in Authorization header" in str(refusal.value)
    assert gallery.get(f"/api/models/{model}", "hf_" + "b" * 37).code is None


def test_no_right_to_write(bob, model):
    with pytest.raises(HfHubHTTPError, match="403 Forbidden") as refusal:
        bob.api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=model)
    assert refusal.value.response.status_code == 403


def test_a_reading_token_does_not_write(gallery, alice, model):
    reader = HfApi(endpoint=gallery.url, token=gallery.create_token("alice", "read"))
    assert reader.whoami()["auth"]["accessToken"]["role"] == "read"
    with pytest.raises(HfHubHTTPError, match="403 Forbidden"):
        reader.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=model)


def test_a_visitor_who_writes_is_asked_to_sign_in(gallery, model):
    lines = b'{"key":"header","value":{"summary":"s"}}\n{"key":"file","value":{"content":"eA==","path":"a","encoding":"base64"}}\n'
    answer = gallery.ask("POST", f"/api/models/{model}/commit/main", body=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 401


@pytest.mark.parametrize("path", [
    "/api/nothing-here", "/api/models/alice", "/api/buckets/alice/x", "/api/jobs/alice", "/api/spaces/hardware",
    "/api/papers/1", "/nothing/at/all", "/nobody-of-this-name",
])
def test_what_the_gallery_does_not_have_is_a_clear_404(gallery, path):
    answer = gallery.get(path)
    assert answer.status in (401, 404)
    assert answer.headers["content-type"].startswith("application/problem+json") and answer.json["error"]


def test_every_answer_names_its_request(gallery, model):
    for path in ("/healthz", f"/api/models/{model}", "/api/models/no/pe", f"/{model}/resolve/main/.gitattributes"):
        assert gallery.get(path).headers["x-request-id"]
    assert gallery.get("/healthz", headers={"X-Amzn-Trace-Id": "a-trace-of-mine"}).headers["x-request-id"] == "a-trace-of-mine"


@pytest.mark.parametrize("path", [
    "../x", "a/../../x", "a//b", "..\\x", "folder/..\\..\\file", ".git/config", "a\x00b", "x" * 5000,
    "a/./b", "", "con\nfig",
])
def test_paths_that_climb_or_confuse_are_refused(gallery, alice, model, path):
    import json
    lines = [{"key": "header", "value": {"summary": "s"}},
             {"key": "file", "value": {"content": "eA==", "path": path, "encoding": "base64"}}]
    answer = gallery.ask("POST", f"/api/models/{model}/commit/main", alice.token,
                         "\n".join(map(json.dumps, lines)).encode(), {"Content-Type": "application/x-ndjson"})
    assert answer.status in (400, 422), answer
    assert answer.json["error"]


@pytest.mark.parametrize("body", [
    b"", b"nonsense", b"{}", b"[]", b'{"key":"file"}', b'{"key":"header","value":{}}\n{"key":"file","value":{"path":1}}',
    b'{"key":"header","value":{"summary":"s"}}\n{"key":"file","value":{"path":"a","content":"%%%","encoding":"base64"}}',
    b'{"key":"header","value":{"summary":"s"}}\n{"key":"lfsFile","value":{"path":"a","algo":"sha256","oid":"xyz","size":-1}}',
    b'{"key":"header","value":{"summary":"s"}}\n{"key":"lfsFile","value":{"path":"a","algo":"sha256","oid":"' + b"0" * 64 + b'","size":9}}',
    b'{"key":"header","value":{"summary":"s"}}\n{"key":"unknown","value":{}}', b"\xff\xfe\x00", b"{" * 100_000,
    b'{"key":"header","value":{"summary":"s","parentCommit":"zz"}}\n{"key":"deletedFile","value":{"path":".gitattributes"}}',
])
def test_senseless_commits_are_refused(gallery, alice, model, body):
    before = alice.api.model_info(model).sha
    answer = gallery.ask("POST", f"/api/models/{model}/commit/main", alice.token, body, {"Content-Type": "application/x-ndjson"})
    assert 400 <= answer.status < 500, answer
    assert answer.json["error"]
    assert alice.api.model_info(model).sha == before


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/api/repos/create", b"nonsense"), ("POST", "/api/repos/create", b"[]"), ("POST", "/api/repos/create", b'{"name":7}'),
    ("DELETE", "/api/repos/delete", b"{}"), ("POST", "/api/repos/move", b"{}"), ("POST", "/api/models/{m}/preupload/main", b"{"),
    ("POST", "/api/models/{m}/preupload/main", b'{"files":[{"path":"a"}]}'), ("POST", "/api/models/{m}/branch/%00", b"{}"),
    ("POST", "/api/models/{m}/branch/a..b", b"{}"), ("POST", "/api/models/{m}/tag/main", b'{"tag":"bad tag~"}'),
    ("POST", "/{m}.git/info/lfs/objects/batch", b"{}"), ("POST", "/{m}.git/info/lfs/objects/batch", b'{"operation":"upload","objects":[{"oid":"../../x","size":1}]}'),
    ("POST", "/{m}.git/info/lfs/objects/batch", b'{"operation":"upload","objects":[{"oid":"' + b"0" * 64 + b'","size":-5}]}'),
    ("POST", "/api/collections", b'{"title":7}'), ("POST", "/api/settings/webhooks", b'{"url":"file:///etc/passwd","watched":[],"domains":[]}'),
    ("POST", "/api/models/{m}/discussions", b"{}"), ("POST", "/api/models/{m}/paths-info/main", b"\xff\xff"),
    ("GET", "/api/models/{m}/tree/main?limit=-1", None), ("GET", "/api/models?limit=999999999999999999999", None),
    ("GET", "/api/models?cursor=%00%ff", None), ("GET", "/api/models/{m}/discussions?p=-9999999999999999999", None),
    ("GET", "/api/models/{m}/commits/main?p=-1&limit=-1", None),
])
def test_hostile_requests_never_break_the_server(gallery, alice, model, method, path, body):
    answer = gallery.ask(method, path.replace("{m}", model), alice.token, body,
                         {"Content-Type": "application/json"} if body else {})
    assert answer.status < 500, answer
    if body is not None:
        # A batch is refused object by object.
        refusal = answer.json["objects"][0] if answer.status == 200 else answer.json
        assert refusal["error"]
    assert gallery.get("/healthz").status == 200


def test_yaml_is_validated(gallery, alice):
    good = gallery.post("/api/validate-yaml", alice.token, {"content": "---\nlicense: mit\n---\n", "repoType": "model"})
    assert (good.status, good.json["errors"]) == (200, [])
    bare = gallery.post("/api/validate-yaml", alice.token, {"content": "# Hello", "repoType": "model"})
    assert bare.status == 200 and bare.json["warnings"][0]["message"]
    bad = gallery.post("/api/validate-yaml", alice.token, {"content": "---\nlicense: not-a-licence\n---\n", "repoType": "model"})
    assert bad.status == 400 and bad.json["errors"][0]["message"]
    text = gallery.post("/api/validate-yaml", alice.token, {"content": "---\nlicense: not-a-licence\n---\n", "repoType": "model"},
                        headers={"Accept": "text/plain"})
    assert text.status == 400 and b'"license"' in text.body


def test_an_unreachable_server_falls_back_to_the_cache(alice, model, tmp_path):
    alice.api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    path = alice.api.hf_hub_download(model, "a.txt", cache_dir=tmp_path)
    gone = HfApi(endpoint="http://localhost:9", token=False)
    assert gone.hf_hub_download(model, "a.txt", cache_dir=tmp_path) == path


def test_a_bad_request_is_a_bad_request(gallery, alice, model):
    with pytest.raises(BadRequestError):
        alice.api.model_info(model, expand=["sha", "no-such-field"])
