"""What subscribers keep of a delisted asset, closed code, and one's own downloads: with the clients that people use."""

import io
import os
import subprocess
import zipfile

import pytest
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

from gallery import PROGRAMS, eventually


def call(gallery, who, method, path, body=None, expect=200):
    answer = gallery.ask(method, f"/api/v1/{path}", who.token if who else None, body)
    assert answer.status == expect, (method, path, answer.status, answer.body)
    return answer.json if answer.body else None


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts}


def test_a_subscriber_downloads_what_was_there_at_the_delisting(gallery, alice, bob, carol, model, hf, tmp_path):
    path = f"assets/models/{model}"
    alice.api.upload_file(path_or_fileobj=b"---\nlicense: mit\n---\n# Kept\n", path_in_repo="README.md", repo_id=model)
    call(gallery, alice, "POST", f"{path}/versions", {"number": "1.0.0"}, expect=201)
    last = alice.api.upload_file(path_or_fileobj=b"old", path_in_repo="weights.txt", repo_id=model).oid
    call(gallery, bob, "PUT", f"{path}/subscription", {"accept": ["data", "service"]})
    call(gallery, alice, "POST", f"{path}/publishing/steps", {"action": "delist"})
    alice.api.upload_file(path_or_fileobj=b"---\nlicense: apache-2.0\n---\n", path_in_repo="README.md", repo_id=model)
    newest = alice.api.upload_file(path_or_fileobj=b"new", path_in_repo="weights.txt", repo_id=model).oid
    call(gallery, alice, "POST", f"{path}/versions", {"number": "2.0.0"}, expect=201)

    folder = tmp_path / "bob"
    hf("download", model, "--local-dir", str(folder), token=bob.token)
    assert names(folder) == {".gitattributes", "README.md", "weights.txt"}
    assert (folder / "weights.txt").read_text() == "old"
    info = bob.api.model_info(model, files_metadata=True)
    assert info.sha == last and "license:mit" in info.tags and info.card_data.license == "mit"
    assert {file.rfilename for file in info.siblings} == {".gitattributes", "README.md", "weights.txt"}
    refs = bob.api.list_repo_refs(model)
    assert [ref.name for ref in refs.tags] == ["1.0.0"] and [ref.target_commit for ref in refs.branches] == [last]
    assert [commit.commit_id for commit in bob.api.list_repo_commits(model)][0] == last
    assert {item.path for item in bob.api.list_repo_tree(model, revision="1.0.0")} == {".gitattributes", "README.md"}
    old = snapshot_download(model, revision="1.0.0", endpoint=gallery.url, token=bob.token, cache_dir=tmp_path / "cache")
    assert sorted(os.listdir(old)) == [".gitattributes", "README.md"]
    for revision in ["2.0.0", newest]:
        with pytest.raises(RevisionNotFoundError):
            bob.api.model_info(model, revision=revision)
        assert gallery.get(f"/{model}/resolve/{revision}/weights.txt", bob.token).status == 404
        assert gallery.get(f"/{model}/resolve/{revision}/weights.txt", carol.token).status == 404
    assert alice.api.model_info(model).sha == newest
    for viewer in (carol.api, HfApi(endpoint=gallery.url, token=False)):
        with pytest.raises(RepositoryNotFoundError):
            viewer.model_info(model)
        with pytest.raises(RepositoryNotFoundError):
            viewer.snapshot_download(model, cache_dir=tmp_path / "nothing")

    configuration = tmp_path / "config.env"
    configuration.write_text(
        f"iam_url={gallery.url}/v3/auth/tokens\niam_project=home\nrepo_url={gallery.url}\ncached_dir={tmp_path / 'cli'}\n"
        "iam_domain=bob\niam_user=bob\niam_password=correct horse battery\n")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    for arguments in (["login"], ["download", model]):
        done = subprocess.run([PROGRAMS / "gallery-cli", *arguments], capture_output=True, text=True, timeout=120,
                              env=environment | {"SDK_CONFIG_PATH": str(configuration)}, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    weights = next((tmp_path / "cli").rglob("weights.txt"))
    assert weights.read_text() == "old"

    call(gallery, alice, "POST", f"{path}/publishing/steps", {"action": "list"})
    assert bob.api.model_info(model).sha == newest and carol.api.model_info(model).sha == newest


def test_pages_of_a_delisted_asset_show_what_is_kept(gallery, alice, bob, model, page_as):
    path = f"assets/models/{model}"
    alice.api.upload_file(path_or_fileobj=b"# First words\n", path_in_repo="README.md", repo_id=model)
    call(gallery, bob, "PUT", f"{path}/subscription", {"accept": ["data", "service"]})
    call(gallery, alice, "POST", f"{path}/publishing/steps", {"action": "delist"})
    alice.api.upload_file(path_or_fileobj=b"# Other words\n", path_in_repo="README.md", repo_id=model)
    page = page_as("bob")
    page.goto(f"{gallery.url}/{model}")
    text = page.inner_text("main")
    assert "First words" in text and "Other words" not in text and "delisted" in text
    page.goto(f"{gallery.url}/{model}/tree/main")
    assert "README.md" in page.inner_text("main")
    other = page_as("carol")
    assert other.goto(f"{gallery.url}/{model}").status == 404


def test_closed_code_is_not_handed_out(gallery, alice, bob, name, tmp_path, page_as):
    repo = f"alice/{name}"
    asset = f"assets/algorithms/{repo}"
    made = gallery.post("/api/repos/create", alice.token, {"type": "algorithm", "name": name, "private": True})
    assert made.status == 200, made.body
    lines = ['{"key":"header","value":{"summary":"code"}}',
             '{"key":"file","value":{"content":"cHJpbnQoMSk=","encoding":"base64","path":"train.py"}}',
             '{"key":"file","value":{"content":"IyBTb3J0cwo=","encoding":"base64","path":"README.md"}}']
    done = gallery.ask("POST", f"/api/algorithms/{repo}/commit/main", alice.token, "\n".join(lines).encode(),
                       headers={"Content-Type": "application/x-ndjson"})
    assert done.status == 200, done.body
    form = {"description": "Sorts", "licence": "mit", "isCodeOpen": False}
    call(gallery, alice, "POST", f"{asset}/publishing", {"form": form, "accept": ["publishing", "service"]})
    call(gallery, bob, "PUT", f"{asset}/subscription", {"accept": ["data", "service"], "confirmsConstraints": True})
    refused = gallery.get(f"/algorithms/{repo}/resolve/main/train.py", bob.token)
    assert refused.status == 403 and refused.headers["x-error-code"] == "GatedRepo", refused.headers
    assert gallery.get(f"/algorithms/{repo}/resolve/main/README.md").status == 200
    assert gallery.get(f"/algorithms/{repo}/archive/main", bob.token).status == 403
    page = page_as("bob")
    page.goto(f"{gallery.url}/algorithms/{repo}")
    assert "Sorts" in page.inner_text("main") and "does not hand out its files" in page.inner_text("main")
    page.goto(f"{gallery.url}/algorithms/{repo}/tree/main")
    assert "The code is not open" in page.inner_text("main")

    form |= {"isCodeOpen": True, "codeLicence": "apache-2.0"}
    call(gallery, alice, "PUT", f"{asset}/publishing/form", form)
    archive = gallery.get(f"/algorithms/{repo}/archive/main", bob.token)
    assert archive.status == 200 and archive.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.body)) as files:
        assert files.testzip() is None
        assert files.read(f"{name}-main/train.py") == b"print(1)"
        assert len(files.namelist()) == 3
    page.goto(f"{gallery.url}/algorithms/{repo}/blob/main/train.py")
    assert "print(1)" in page.inner_text("main")


def test_my_downloads_come_from_real_downloads(gallery, alice, carol, model, dataset, hf, tmp_path, page_as):
    alice.api.upload_file(path_or_fileobj=b"w", path_in_repo="w.txt", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b"a,b\n", path_in_repo="d.csv", repo_id=dataset, repo_type="dataset")
    mine = "account/assets?list=downloaded"

    def listed():
        return [item["name"] for item in call(gallery, carol, "GET", mine)["items"]]

    assert model not in listed()
    hf("download", model, "--local-dir", str(tmp_path / "a"), token=carol.token)
    eventually(lambda: model in listed(), within=25)
    page = page_as("carol")
    with page.expect_download() as download:
        page.goto(f"{gallery.url}/datasets/{dataset}/tree/main")
        page.get_by_role("link", name="Download as ZIP").click()
    with zipfile.ZipFile(download.value.path()) as files:
        assert files.testzip() is None and any(name.endswith("/d.csv") for name in files.namelist())
    eventually(lambda: dataset in listed(), within=25)
    page.goto(f"{gallery.url}/my/downloads")
    text = page.inner_text("main")
    assert model in text and dataset in text and "downloaded" in text
