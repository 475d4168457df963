"""The same on PostgreSQL: a subset through the real server."""

import os
import subprocess
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from gallery import ROOT, Gallery
from test_content import noise

SERVER = os.environ.get("GALLERY_TEST_POSTGRES")
pytestmark = [pytest.mark.postgres, pytest.mark.skipif(not SERVER, reason="GALLERY_TEST_POSTGRES is not set")]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    database = f"gallery_{uuid.uuid4().hex[:12]}"
    subprocess.run(["psql", "-q", SERVER, "-c", f"CREATE DATABASE {database}"], check=True)
    address = urllib.parse.urlsplit(SERVER)._replace(path=f"/{database}").geturl()
    settings = {"GALLERY_DATABASE_URL": address}
    with Gallery(tmp_path_factory.mktemp("postgres") / "data", settings=settings) as gallery:
        for name in ("alice", "bob"):
            gallery.create_user(name)
        yield gallery
        assert gallery.stop() == 0
    subprocess.run(["psql", "-q", SERVER, "-c", f"DROP DATABASE {database} WITH (FORCE)"], check=False)


def api(gallery: Gallery, name: str = "alice") -> HfApi:
    return HfApi(endpoint=gallery.url, token=gallery.create_token(name))


def test_everyday_work(shared, tmp_path):
    environment = os.environ | {"HF_TOKEN": shared.create_token("alice"), "HF_HOME": str(tmp_path), "HF_ENDPOINT": shared.url}
    done = subprocess.run([ROOT / ".venv/bin/python", ROOT / "Tests/EndToEnd/clients/exercise.py", "model", "alice/everyday"],
                          env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr


def test_many_writers_lose_nothing(shared):
    alice = api(shared)
    repo = alice.create_repo("alice/writers").repo_id

    def write(writer):
        for number in range(8):
            alice.upload_file(path_or_fileobj=f"{writer} {number}".encode(), path_in_repo=f"{writer}/{number}.txt", repo_id=repo)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert len(alice.list_repo_files(repo)) == 1 + 48
    assert len(alice.list_repo_commits(repo)) == 1 + 48


def test_access_and_social(shared, tmp_path):
    alice, bob = api(shared), api(shared, "bob")
    repo = alice.create_repo("alice/social", private=True).repo_id
    alice.upload_file(path_or_fileobj=noise(200_000), path_in_repo="w.bin", repo_id=repo)
    with pytest.raises(RepositoryNotFoundError):
        bob.model_info(repo)
    alice.update_repo_settings(repo, private=False, gated="manual")
    with pytest.raises(HfHubHTTPError):
        bob.hf_hub_download(repo, "w.bin", cache_dir=tmp_path)
    alice.grant_access(repo, "bob")
    assert bob.hf_hub_download(repo, "w.bin", cache_dir=tmp_path)
    bob.upload_file(path_or_fileobj=b"p", path_in_repo="p.txt", repo_id=repo, create_pr=True)
    alice.merge_pull_request(repo, 1)
    collection = alice.create_collection("Mine")
    alice.add_collection_item(collection.slug, repo, "model")
    assert [item.item_id for item in bob.get_collection(collection.slug).items] == [repo]
    assert [model.id for model in bob.list_models(search="social")] == [repo]
    alice.super_squash_history(repo)
    assert len(alice.list_repo_commits(repo)) == 1


def test_it_is_all_there_after_a_crash(shared):
    alice = api(shared)
    repo = alice.create_repo("alice/crash").repo_id
    sha = alice.upload_file(path_or_fileobj=noise(100_000), path_in_repo="w.bin", repo_id=repo).oid
    shared.kill()
    shared.start()
    assert alice.model_info(repo).sha == sha
    assert shared.get(f"/{repo}/resolve/main/w.bin").body == noise(100_000)
