"""The hf command, as people type it."""

import json

import pytest


def test_sign_in_and_out(hf, alice):
    assert "alice" in hf("auth", "login", "--token", alice.token) + hf("auth", "whoami")
    hf("auth", "logout")
    assert "ot logged in" in hf("auth", "whoami", fails=True)


def test_a_bad_token_is_refused(hf, gallery):
    assert "nvalid" in hf("auth", "login", "--token", "hf_" + "x" * 37, fails=True)


def test_a_folder_goes_up_and_comes_down(hf, alice, name, tmp_path):
    folder = tmp_path / "folder"
    (folder / "data").mkdir(parents=True)
    (folder / "config.json").write_text('{"hidden_size": 8}')
    (folder / "data/中文 文件.txt").write_text("你好")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "weights.bin").write_bytes(bytes(range(256)) * 9000)
    hf("upload", f"alice/{name}", str(folder), token=alice.token)

    down = tmp_path / "down"
    hf("download", f"alice/{name}", "--local-dir", str(down), token=alice.token)
    for path in ("config.json", "data/中文 文件.txt", "empty.txt", "weights.bin"):
        assert (down / path).read_bytes() == (folder / path).read_bytes()

    only = tmp_path / "only"
    hf("download", f"alice/{name}", "--include", "*.json", "--local-dir", str(only), token=alice.token)
    assert [p.name for p in only.rglob("*") if p.is_file() and ".cache" not in p.parts] == ["config.json"]


def test_one_file_into_a_new_branch(hf, alice, model, tmp_path):
    source = tmp_path / "notes.md"
    source.write_text("# Notes")
    hf("upload", model, str(source), "docs/notes.md", "--revision", "draft", token=alice.token)
    assert "docs/notes.md" in alice.api.list_repo_files(model, revision="draft")
    assert "docs/notes.md" not in alice.api.list_repo_files(model)


def test_files_are_deleted_by_pattern(hf, alice, model, tmp_path):
    for path in ("a.txt", "b.txt", "keep.md"):
        alice.api.upload_file(path_or_fileobj=b"x", path_in_repo=path, repo_id=model)
    hf("repos", "delete-files", model, "*.txt", token=alice.token)
    assert alice.api.list_repo_files(model) == [".gitattributes", "keep.md"]


def test_repositories_are_made_listed_tagged_moved_and_deleted(hf, alice, name):
    hf("repos", "create", f"alice/{name}", "--type", "dataset", "--private", token=alice.token)
    assert name in hf("repos", "ls", token=alice.token)
    hf("repos", "tag", "create", f"alice/{name}", "v1.0", "--type", "dataset", token=alice.token)
    assert "v1.0" in hf("repos", "tag", "list", f"alice/{name}", "--type", "dataset", token=alice.token)
    hf("repos", "settings", f"alice/{name}", "--type", "dataset", "--public", token=alice.token)
    hf("repos", "move", f"alice/{name}", f"alice/{name}-moved", "--type", "dataset", token=alice.token)
    assert alice.api.dataset_info(f"alice/{name}").id == f"alice/{name}-moved"
    hf("repos", "delete", f"alice/{name}-moved", "--type", "dataset", "--yes", token=alice.token)
    assert not alice.api.repo_exists(f"alice/{name}-moved", repo_type="dataset")


def test_branches(hf, alice, model):
    hf("repos", "branch", "create", model, "dev", token=alice.token)
    assert {branch.name for branch in alice.api.list_repo_refs(model).branches} == {"main", "dev"}
    assert "already exists" in hf("repos", "branch", "create", model, "dev", token=alice.token, fails=True)
    hf("repos", "branch", "delete", model, "dev", token=alice.token)


def test_lists_and_facts(hf, alice, model):
    assert json.loads(hf("models", "info", model, "--format", "json", token=alice.token))["id"] == model
    assert model in hf("models", "ls", "--author", "alice", "--search", model.split("/")[1], "-q")


def test_a_discussion_from_start_to_end(hf, alice, model):
    hf("discussions", "create", model, "--title", "Is this right?", "--body", "I wonder.", token=alice.token)
    assert "Is this right?" in hf("discussions", "list", model, token=alice.token)
    hf("discussions", "comment", model, "1", "--body", "It is.", token=alice.token)
    hf("discussions", "close", model, "1", "--yes", token=alice.token)
    assert alice.api.get_discussion_details(model, 1).status == "closed"


@pytest.mark.parametrize("repo", ["alice/there-is-no-such-model", "nobody/at-all"])
def test_what_is_not_there_is_said_to_be_not_there(hf, alice, repo):
    assert "not found" in hf("download", repo, token=alice.token, fails=True).lower()


def test_the_cache_can_be_verified(hf, alice, model):
    alice.api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b"\x00" * 4096, path_in_repo="a.bin", repo_id=model)
    hf("download", model, token=alice.token)
    hf("cache", "verify", model, token=alice.token)
