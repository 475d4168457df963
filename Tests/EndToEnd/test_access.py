"""Who may do what: every kind of viewer tries every kind of action over HTTP."""

import json

import pytest

from gallery import Gallery

NDJSON = {"Content-Type": "application/x-ndjson"}
LFS = {"Content-Type": "application/vnd.git-lfs+json"}


def commit(gallery: Gallery, repo: str, token, query: str = ""):
    lines = [{"key": "header", "value": {"summary": "s"}},
             {"key": "file", "value": {"content": "eA==", "path": f"by-{(token or 'visitor')[-6:]}.txt", "encoding": "base64"}}]
    return gallery.ask("POST", f"/api/models/{repo}/commit/main{query}", token, "\n".join(map(json.dumps, lines)).encode(), NDJSON)


ACTIONS = {
    "see facts": lambda g, r, t: g.get(f"/api/models/{r}", t),
    "see files": lambda g, r, t: g.get(f"/api/models/{r}/tree/main", t),
    "see history": lambda g, r, t: g.get(f"/api/models/{r}/commits/main", t),
    "see refs": lambda g, r, t: g.get(f"/api/models/{r}/refs", t),
    "read file": lambda g, r, t: g.get(f"/{r}/resolve/main/config.json", t),
    "read raw": lambda g, r, t: g.get(f"/{r}/raw/main/config.json", t),
    "read check": lambda g, r, t: g.get(f"/api/models/{r}/auth-check", t),
    "read xet": lambda g, r, t: g.get(f"/api/models/{r}/xet-read-token/main", t),
    "discuss": lambda g, r, t: g.post(f"/api/models/{r}/discussions", t, {"title": "T", "description": "D"}),
    "propose": lambda g, r, t: commit(g, r, t, "?create_pr=1"),
    "write check": lambda g, r, t: g.get(f"/api/models/{r}/auth-check/write", t),
    "write commit": lambda g, r, t: commit(g, r, t),
    "write branch": lambda g, r, t: g.post(f"/api/models/{r}/branch/b{(t or 'v')[-8:]}", t),
    "write xet": lambda g, r, t: g.get(f"/api/models/{r}/xet-write-token/main", t),
    "propose lfs": lambda g, r, t: g.ask("POST", f"/{r}.git/info/lfs/objects/batch", t, json.dumps(
        {"operation": "upload", "objects": [{"oid": "4" * 64, "size": 4}]}).encode(), LFS),
    "administer": lambda g, r, t: g.ask("PUT", f"/api/models/{r}/settings", t, {"discussionsDisabled": False}),
    "administer gate": lambda g, r, t: g.get(f"/api/models/{r}/user-access-request/pending", t),
}
YES, SIGN_IN, NO, HIDDEN_401, HIDDEN_404, GATED_401, GATED_403 = "yes", 401, 403, (401, "RepoNotFound"), (404, "RepoNotFound"), (401, "GatedRepo"), (403, "GatedRepo")


def verdict(viewer: str, repo: str, action: str):
    sees, reads = action.startswith("see"), action.startswith("read")
    joins = action == "discuss" or action.startswith("propose")
    changes = not (sees or reads or joins)
    if viewer in ("owner", "operator"):
        return YES
    if viewer == "reading owner":
        return NO if changes else YES
    if repo == "private":
        return HIDDEN_401 if viewer == "visitor" else HIDDEN_404
    if sees:
        return YES
    if reads:
        return YES if repo == "public" else GATED_401 if viewer == "visitor" else GATED_403
    if viewer == "visitor":
        return SIGN_IN
    if joins:
        return YES if repo == "public" else GATED_403
    return NO


@pytest.fixture(scope="module")
def scene(gallery, carol, acme, alice, bob, root):
    repos = {}
    for visibility in ("public", "private", "gated"):
        repo = carol.api.create_repo(f"acme/access-{visibility}", private=visibility == "private").repo_id
        carol.api.upload_file(path_or_fileobj=b"{}", path_in_repo="config.json", repo_id=repo)
        if visibility == "gated":
            carol.api.update_repo_settings(repo, gated="manual")
        repos[visibility] = repo
    tokens = {"visitor": None, "stranger": bob.token, "owner": carol.token, "operator": gallery.create_token("root", "admin"),
              "reading owner": gallery.create_token("carol", "read")}
    return repos, tokens


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("repo", ["public", "private", "gated"])
@pytest.mark.parametrize("viewer", ["visitor", "stranger", "owner", "reading owner", "operator"])
def test_table(gallery, scene, viewer, repo, action):
    repos, tokens = scene
    answer = ACTIONS[action](gallery, repos[repo], tokens[viewer])
    expected = verdict(viewer, repo, action)
    said = f"{viewer} / {repo} / {action}: {answer.status} {answer.code} {answer.body[:200]!r}"
    if expected == YES:
        assert answer.status < 300, said
    elif isinstance(expected, tuple):
        assert (answer.status, answer.code) == expected, said
    else:
        assert answer.status == expected, said
    if expected != YES:
        assert answer.json["error"], said
