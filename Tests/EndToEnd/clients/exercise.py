"""What every generation of huggingface_hub must be able to do; run by its own interpreter with HF_ENDPOINT and HF_TOKEN."""

import hashlib
import io
import os
import pathlib
import sys
import tempfile

import huggingface_hub
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, HfFileSystem
from huggingface_hub.utils import EntryNotFoundError, HfHubHTTPError, RepositoryNotFoundError, RevisionNotFoundError

kind, repo = sys.argv[1:3]
api = HfApi()
folder = pathlib.Path(tempfile.mkdtemp())


def refused(error, call):
    try:
        call()
    except error:
        return
    raise AssertionError(f"{error.__name__} expected")


assert api.whoami()["name"] == repo.split("/")[0]
refused(RepositoryNotFoundError, lambda: api.repo_info(repo, repo_type=kind))
assert not api.repo_exists(repo, repo_type=kind)
url = api.create_repo(repo, repo_type=kind, private=True)
assert (url.repo_id, url.endpoint) == (repo, os.environ["HF_ENDPOINT"]), url
api.create_repo(repo, repo_type=kind, exist_ok=True)
assert api.repo_info(repo, repo_type=kind).private

weights, text = os.urandom(3_000_000), "你好, world\n".encode() * 10
source = folder / "source"
(source / "data").mkdir(parents=True)
(source / "weights.safetensors").write_bytes(weights)
(source / "data" / "中文.txt").write_bytes(text)
(source / "empty").write_bytes(b"")
api.upload_folder(repo_id=repo, repo_type=kind, folder_path=str(source))
api.upload_file(path_or_fileobj=io.BytesIO(weights[::-1]), path_in_repo="object.bin", repo_id=repo, repo_type=kind)
api.upload_file(path_or_fileobj=text, path_in_repo="bytes.txt", repo_id=repo, repo_type=kind)
assert sorted(api.list_repo_files(repo, repo_type=kind)) == [
    ".gitattributes", "bytes.txt", "data/中文.txt", "empty", "object.bin", "weights.safetensors"]

path = api.hf_hub_download(repo, "object.bin", repo_type=kind)
assert pathlib.Path(path).read_bytes() == weights[::-1]
snapshot = pathlib.Path(api.snapshot_download(repo, repo_type=kind))
for file in source.rglob("*"):
    if file.is_file():
        assert (snapshot / file.relative_to(source)).read_bytes() == file.read_bytes(), file
(entry,) = api.get_paths_info(repo, ["weights.safetensors"], repo_type=kind)
assert entry.lfs.sha256 == hashlib.sha256(weights).hexdigest()

api.create_branch(repo, branch="dev", repo_type=kind)
api.create_tag(repo, tag="v1", repo_type=kind)
api.create_commit(repo, [CommitOperationAdd("new.txt", b"new"), CommitOperationDelete("bytes.txt")],
                  commit_message="Change", repo_type=kind, revision="dev")
assert api.file_exists(repo, "new.txt", repo_type=kind, revision="dev")
assert not api.file_exists(repo, "new.txt", repo_type=kind)
refused(RevisionNotFoundError, lambda: api.repo_info(repo, repo_type=kind, revision="nope"))
refused(EntryNotFoundError, lambda: api.hf_hub_download(repo, "nope.txt", repo_type=kind))
refused(HfHubHTTPError, lambda: api.create_repo(repo, repo_type=kind))

pull = api.upload_file(path_or_fileobj=b"proposal", path_in_repo="p.txt", repo_id=repo, repo_type=kind, create_pr=True)
assert pull.pr_num == 1 and pull.pr_revision == "refs/pr/1", pull
api.merge_pull_request(repo, 1, repo_type=kind)
assert api.file_exists(repo, "p.txt", repo_type=kind)

files = HfFileSystem(skip_instance_cache=True)
prefix = {"model": "", "dataset": "datasets/"}[kind]
with files.open(f"{prefix}{repo}/weights.safetensors", "rb") as remote:
    remote.seek(1_000_000)
    assert remote.read(1000) == weights[1_000_000:1_001_000]
assert f"{prefix}{repo}/data/中文.txt" in files.glob(f"{prefix}{repo}/**/*.txt")

anonymous = HfApi(token=False)
refused(RepositoryNotFoundError, lambda: anonymous.repo_info(repo, repo_type=kind))
(api.update_repo_settings if hasattr(api, "update_repo_settings") else api.update_repo_visibility)(
    repo, private=False, repo_type=kind)
assert anonymous.repo_info(repo, repo_type=kind).sha == api.repo_info(repo, repo_type=kind).sha
lister = api.list_models if kind == "model" else api.list_datasets
assert repo in [found.id for found in lister(author=repo.split("/")[0], search=repo.split("/")[1])]
api.delete_repo(repo, repo_type=kind)
refused(RepositoryNotFoundError, lambda: api.repo_info(repo, repo_type=kind))
print("done", huggingface_hub.__version__)
