"""Commits, branches, tags and history: two writers never lose one another's work, a reader never sees half of it."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError


def put(api, repo, **files):
    """Commits the files; a double underscore in a name stands for a dot."""
    operations = [CommitOperationAdd(path.replace("__", "."), text.encode()) for path, text in files.items()]
    return api.create_commit(repo, operations, commit_message="Put " + ", ".join(files))


def text(api, repo, path, tmp_path, revision=None):
    return open(api.hf_hub_download(repo, path, revision=revision, cache_dir=tmp_path)).read()


def test_a_commit_has_all_its_operations_or_none(alice, model, tmp_path):
    put(alice.api, model, old__txt="old", gone__txt="gone")
    alice.api.upload_file(path_or_fileobj=b"\x00" * 3000, path_in_repo="folder/w.bin", repo_id=model)
    result = alice.api.create_commit(
        model, commit_message="All at once", commit_description="In one go.",
        operations=[CommitOperationAdd("new.txt", b"new"), CommitOperationAdd("old.txt", b"changed"),
                    CommitOperationDelete("gone.txt"), CommitOperationCopy("folder/w.bin", "copy/w.bin")])
    assert re.fullmatch(rf"{alice.gallery.url}/{model}/commit/{result.oid}", result.commit_url)
    assert alice.api.list_repo_files(model) == [".gitattributes", "copy/w.bin", "folder/w.bin", "new.txt", "old.txt"]
    assert text(alice.api, model, "old.txt", tmp_path) == "changed"
    newest = alice.api.list_repo_commits(model)[0]
    assert (newest.commit_id, newest.title, newest.message) == (result.oid, "All at once", "In one go.")

    before = alice.api.model_info(model).sha
    with pytest.raises(HfHubHTTPError):
        alice.api.create_commit(model, commit_message="Half of it", operations=[
            CommitOperationAdd("half.txt", b"half"), CommitOperationDelete("never-was.txt")])
    assert alice.api.model_info(model).sha == before


def test_object_ids_are_those_of_git(alice, model):
    content = "你好\n".encode()
    alice.api.upload_file(path_or_fileobj=content, path_in_repo="a.txt", repo_id=model)
    (entry,) = alice.api.get_paths_info(model, ["a.txt"])
    assert entry.blob_id == hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    big = b"\x07" * 4000
    alice.api.upload_file(path_or_fileobj=big, path_in_repo="b.bin", repo_id=model)
    (entry,) = alice.api.get_paths_info(model, ["b.bin"])
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 4000\n" % hashlib.sha256(big).hexdigest().encode()
    assert entry.blob_id == hashlib.sha1(b"blob %d\0" % len(pointer) + pointer).hexdigest()
    assert (entry.lfs.sha256, entry.lfs.pointer_size) == (hashlib.sha256(big).hexdigest(), len(pointer))


def test_a_folder_is_deleted_whole(alice, model):
    put(alice.api, model, **{"d/a__txt": "a", "d/e/b__txt": "b", "keep__txt": "k"})
    alice.api.delete_folder("d", model)
    assert alice.api.list_repo_files(model) == [".gitattributes", "keep.txt"]


def test_nothing_changed_makes_no_commit(alice, model, tmp_path):
    (tmp_path / "a.txt").write_text("same")
    first = alice.api.upload_folder(folder_path=tmp_path, repo_id=model).oid
    alice.api.upload_folder(folder_path=tmp_path, repo_id=model)
    assert alice.api.model_info(model).sha == first


def test_upload_folder_replaces_and_deletes(alice, model, tmp_path):
    put(alice.api, model, **{"logs/old__log": "old", "logs/new__log": "x", "readme__txt": "r"})
    (tmp_path / "new.log").write_text("new")
    alice.api.upload_folder(folder_path=tmp_path, path_in_repo="logs", repo_id=model, delete_patterns="*.log")
    assert alice.api.list_repo_files(model) == [".gitattributes", "logs/new.log", "readme.txt"]


def test_ignored_files_stay_at_home(alice, model, tmp_path):
    put(alice.api, model, __gitignore="*.tmp\nsecret/\n")
    (tmp_path / "secret").mkdir()
    for path in ("a.txt", "b.tmp", "secret/key.txt"):
        (tmp_path / path).write_text(path)
    alice.api.upload_folder(folder_path=tmp_path, repo_id=model)
    assert alice.api.list_repo_files(model) == [".gitattributes", ".gitignore", "a.txt"]


def test_a_stale_parent_is_refused(alice, model):
    first = put(alice.api, model, a__txt="1").oid
    put(alice.api, model, a__txt="2")
    with pytest.raises(HfHubHTTPError, match="The branch was updated since you opened this page") as refusal:
        alice.api.upload_file(path_or_fileobj=b"3", path_in_repo="a.txt", repo_id=model, parent_commit=first)
    assert refusal.value.response.status_code == 412


def test_two_writers_on_one_branch_lose_nothing(alice, model):
    rounds, writers = 12, 4

    def write(writer):
        return [alice.api.upload_file(
            path_or_fileobj=f"{writer} {number}".encode(), path_in_repo=f"w{writer}/{number}.txt", repo_id=model).oid
            for number in range(rounds)]

    with ThreadPoolExecutor(writers) as pool:
        made = [oid for oids in pool.map(write, range(writers)) for oid in oids]
    history = [commit.commit_id for commit in alice.api.list_repo_commits(model)]
    assert len(history) == rounds * writers + 1 and set(made) < set(history)
    files = set(alice.api.list_repo_files(model)) - {".gitattributes"}
    assert files == {f"w{writer}/{number}.txt" for writer in range(writers) for number in range(rounds)}


def test_of_two_writers_with_the_same_parent_one_wins(alice, model):
    parent = alice.api.model_info(model).sha

    def write(number):
        try:
            return alice.api.upload_file(
                path_or_fileobj=b"mine", path_in_repo=f"{number}.txt", repo_id=model, parent_commit=parent).oid
        except HfHubHTTPError as refusal:
            assert refusal.response.status_code == 412
            return None

    with ThreadPoolExecutor(6) as pool:
        winners = [oid for oid in pool.map(write, range(6)) if oid]
    assert winners == [alice.api.model_info(model).sha]


def test_branches_and_tags(alice, model, tmp_path):
    first = put(alice.api, model, a__txt="first").oid
    second = put(alice.api, model, a__txt="second").oid
    alice.api.create_branch(model, branch="old", revision=first)
    alice.api.create_tag(model, tag="v1.0", revision=first, tag_message="The first")
    alice.api.create_branch(model, branch="feature/a")
    refs = alice.api.list_repo_refs(model)
    assert {(ref.name, ref.ref, ref.target_commit) for ref in refs.branches} == {
        ("main", "refs/heads/main", second), ("old", "refs/heads/old", first),
        ("feature/a", "refs/heads/feature/a", second)}
    assert [(tag.name, tag.ref) for tag in refs.tags] == [("v1.0", "refs/tags/v1.0")]
    for revision in ("old", "v1.0", first, first[:7], "refs/heads/old", "refs/tags/v1.0"):
        assert text(alice.api, model, "a.txt", tmp_path / revision.replace("/", "_"), revision) == "first"

    with pytest.raises(HfHubHTTPError, match="Reference refs/heads/old already exists") as refusal:
        alice.api.create_branch(model, branch="old")
    assert refusal.value.response.status_code == 409
    alice.api.create_branch(model, branch="old", exist_ok=True)
    with pytest.raises(HfHubHTTPError) as refusal:
        alice.api.create_tag(model, tag="v1.0")
    assert refusal.value.response.status_code == 409
    with pytest.raises(HfHubHTTPError, match="Cannot delete refs/heads/main"):
        alice.api.delete_branch(model, branch="main")
    with pytest.raises(RevisionNotFoundError, match="Invalid rev id"):
        alice.api.delete_branch(model, branch="never-was")
    alice.api.delete_branch(model, branch="old")
    alice.api.delete_tag(model, tag="v1.0")
    with pytest.raises(RevisionNotFoundError):
        alice.api.model_info(model, revision="v1.0")


def test_the_web_says_head_for_main(gallery, model, visitor):
    assert gallery.get(f"/api/models/{model}/revision/HEAD").json["sha"] == visitor.model_info(model).sha


def test_history_comes_in_pages_with_a_total(gallery, alice, model):
    made = [put(alice.api, model, a__txt=str(number)).oid for number in range(7)]
    page = gallery.get(f"/api/models/{model}/commits/main?limit=3")
    assert [commit["id"] for commit in page.json] == made[:3:-1]
    assert page.headers["x-total-count"] == "8"
    assert len(alice.api.list_repo_commits(model)) == 8
    assert alice.api.list_repo_commits(model, formatted=True)[0].formatted_title


def test_every_path_knows_its_last_commit(alice, model):
    first = put(alice.api, model, **{"d/a__txt": "1", "b__txt": "1"}).oid
    second = put(alice.api, model, b__txt="2").oid
    third = put(alice.api, model, **{"d/e/f__txt": "3"}).oid
    tree = {entry.path: entry for entry in alice.api.list_repo_tree(model, recursive=True, expand=True)}
    last = {path: entry.last_commit.oid for path, entry in tree.items()}
    assert {"d/a.txt": first, "b.txt": second, "d/e/f.txt": third, "d": third, "d/e": third}.items() <= last.items()
    assert tree["b.txt"].last_commit.title == "Put b__txt"
    assert [entry.path for entry in alice.api.list_repo_tree(model, "d")] in (["d/a.txt", "d/e"], ["d/e", "d/a.txt"])


def test_paths_that_are_there_and_not(alice, gallery, model):
    put(alice.api, model, **{"d/a__txt": "1", "名 字__txt": "2"})
    found = alice.api.get_paths_info(model, ["d", "d/a.txt", "名 字.txt", "nope"], expand=True)
    assert {entry.path for entry in found} == {"d", "d/a.txt", "名 字.txt"}
    raw = gallery.post(f"/api/models/{model}/paths-info/main", body={"paths": ["d/a.txt"], "expand": True})
    assert raw.json[0]["lastCommit"]["id"]
    for form in ("d%2Fa.txt", "d/a.txt"):
        assert gallery.get(f"/api/models/{model}/tree/main/{form}").code == "EntryNotFound"
    assert gallery.get(f"/api/models/{model}/tree/main/%E4%B8%AD%2Fx").code == "EntryNotFound"


def test_squashing_forgets_history_and_keeps_the_files(alice, model):
    for number in range(3):
        put(alice.api, model, a__txt=str(number), **{f"f{number}__txt": "x"})
    files = alice.api.list_repo_files(model)
    alice.api.super_squash_history(model, commit_message="Squashed")
    assert [commit.title for commit in alice.api.list_repo_commits(model)] == ["Squashed"]
    assert alice.api.list_repo_files(model) == files


def test_large_files_can_be_deleted_from_history(alice, model):
    alice.api.upload_file(path_or_fileobj=b"\x01" * 9000, path_in_repo="a.bin", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b"\x02" * 9000, path_in_repo="b.bin", repo_id=model)
    files = {file.filename: file for file in alice.api.list_lfs_files(model)}
    assert set(files) == {"a.bin", "b.bin"}
    alice.api.permanently_delete_lfs_files(model, [files["a.bin"]])
    assert {file.filename for file in alice.api.list_lfs_files(model)} == {"b.bin"}
    assert alice.api.list_repo_files(model) == [".gitattributes", "b.bin"]


def test_twelve_large_text_files_in_one_commit(alice, model):
    line = b"a line of text, again and again\n"
    operations = [CommitOperationAdd(f"{number}.txt", line * (9_000_000 // len(line))) for number in range(12)]
    alice.api.create_commit(model, operations, commit_message="Twelve times nine megabytes")
    assert len(alice.api.list_repo_files(model)) == 13
