"""Runs as their owners and operators see them, and what their workers may and may not do."""

import hashlib
import os
import sqlite3
import subprocess
import sys

import pytest
from compute import ask
from gallery import Gallery
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

TOKEN = "run_" + "ab" * 24


def test_nobody_sees_runs_that_are_not_there(newcomer):
    assert ask(newcomer, "GET", "runs").json == {"items": []}
    assert ask(newcomer, "GET", "runs/nothing", status=404).json["type"].endswith("run-unknown")
    ask(newcomer, "GET", "console/runs", status=403)


def test_a_token_of_no_run_is_refused(alice):
    answer = alice.gallery.ask("POST", "/api/v1/runs/nothing/heartbeat", "run_" + "0" * 48,
                               {"attempt": 1, "state": "training"})
    assert answer.status == 401
    answer = alice.gallery.ask("GET", "/api/whoami-v2", "run_" + "0" * 48)
    assert answer.status == 401


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A gallery in which a run of ada's reads her data and writes its product; its worker is this test."""
    with Gallery(tmp_path_factory.mktemp("runs") / "data") as gallery:
        gallery.create_user("root", "admin")
        gallery.create_user("ada")
        gallery.create_user("eve")
        for owner, name, kind in [("ada", "product", "model"), ("ada", "data", "dataset"), ("ada", "other", "model"),
                                  ("eve", "private", "model")]:
            api = HfApi(endpoint=gallery.url, token=gallery.create_token(owner))
            api.create_repo(f"{owner}/{name}", repo_type=kind, private=True)
            api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=f"{owner}/{name}", repo_type=kind)
        with sqlite3.connect(gallery.data / "gallery.sqlite") as database:
            ids = dict(database.execute("SELECT name, id FROM repositories"))
            (ada,) = database.execute("SELECT id FROM accounts WHERE name = 'ada'").fetchone()
            # In a region without machines, so that nobody looks after it but this test.
            database.execute(
                "INSERT INTO runs (id, account, kind, title, flavor, region, tariff, cores, memory_gib, accelerator,"
                " accelerators, spec, state, attempt, token, created_at, queued_at, lease_until, writes, reads)"
                " VALUES ('r1', ?, 'fine-tune', 't', 'cpu-2', 'nowhere', 'free', 1, 1, '', 0, '{}', 'running', 1, ?,"
                " 1, 1, 99999999999999, ?, ?)",
                (ada, hashlib.sha256(TOKEN.encode()).digest(), ids["product"], ids["data"]))
        database.close()
        yield gallery


def test_a_worker_reads_the_inputs_of_its_run_and_writes_its_product(worked, tmp_path):
    worker = HfApi(endpoint=worked.url, token=TOKEN)
    path = worker.hf_hub_download("ada/data", "a.txt", repo_type="dataset", local_dir=tmp_path / "data")
    assert open(path, "rb").read() == b"hello"
    weights = b"w" * (11 << 20)
    worker.upload_file(path_or_fileobj=weights, path_in_repo="w.safetensors", repo_id="ada/product")
    path = worker.hf_hub_download("ada/product", "w.safetensors", local_dir=tmp_path / "product")
    assert open(path, "rb").read() == weights


def test_a_worker_sends_large_files_by_lfs_too(worked):
    code = """if True:
        import sys
        from huggingface_hub import HfApi
        api = HfApi(endpoint=sys.argv[1], token=sys.argv[2])
        api.upload_file(path_or_fileobj=b"l" * (11 << 20), path_in_repo="l.safetensors", repo_id="ada/product")
        try:
            api.upload_file(path_or_fileobj=b"m" * (11 << 20), path_in_repo="l.safetensors", repo_id="ada/other")
        except Exception as refusal:
            sys.exit(0 if refusal.response.status_code in (403, 404) else str(refusal))
        sys.exit("it wrote elsewhere")
        """
    subprocess.run([sys.executable, "-c", code, worked.url, TOKEN], check=True, timeout=120,
                   env=os.environ | {"HF_HUB_DISABLE_XET": "1"})


def test_a_worker_does_nothing_else_in_its_owners_name(worked, tmp_path):
    worker = HfApi(endpoint=worked.url, token=TOKEN)
    for repo in ["ada/other", "eve/private"]:
        with pytest.raises(RepositoryNotFoundError):
            worker.hf_hub_download(repo, "a.txt", local_dir=tmp_path)
    for refused in [
        lambda: worker.upload_file(path_or_fileobj=b"x", path_in_repo="b", repo_id="ada/data", repo_type="dataset"),
        lambda: worker.update_repo_settings("ada/product", private=False),
        lambda: worker.delete_repo("ada/product"),
        lambda: worker.create_repo("ada/new"),
        lambda: worker.create_discussion("ada/product", "hello"),
        lambda: worker.whoami(),
    ]:
        with pytest.raises(HfHubHTTPError) as fault:
            refused()
        assert fault.value.response.status_code in (401, 403, 404), fault.value
    for method, path in [("GET", "account"), ("GET", "billing"), ("GET", "account/tokens"), ("GET", "runs"),
                         ("GET", "runs/r1"), ("POST", "runs/r1/stop"), ("GET", "notifications")]:
        assert worked.ask(method, f"/api/v1/{path}", TOKEN).status == 403, path
    for path in ["/settings/profile", "/settings/tokens", "/my", "/my/billing"]:
        assert worked.ask("GET", path, TOKEN).status == 403, path


def test_a_worker_tells_how_it_goes(worked):
    def tell(what, **body):
        return worked.ask("POST", f"/api/v1/runs/r1/{what}", TOKEN, {"attempt": 1, **body})

    assert tell("heartbeat", state="training").json == {"stop": False, "leaseSeconds": 60}
    assert tell("log", offset=0, text="one\n").status == 204
    assert tell("log", offset=0, text="one\n").status == 204
    gap = tell("log", offset=99, text="two\n")
    assert gap.status == 416 and gap.json["size"] == "4", gap.body
    assert tell("metrics", points=[{"step": 1, "time": 1, "values": {"loss": 2.5}}]).status == 204
    assert tell("checkpoint", step=1, folder="../elsewhere").status == 422
    ada = worked.create_token("ada")
    assert worked.ask("GET", "/api/v1/runs/r1/log", ada).json["text"] == "one\n"
    metrics = worked.ask("GET", "/api/v1/runs/r1/metrics?name=loss", ada).json
    assert metrics["names"] == ["loss"] and metrics["points"][0]["value"] == 2.5
    eve = worked.create_token("eve")
    assert worked.ask("GET", "/api/v1/runs/r1", eve).status == 404
    assert worked.ask("POST", "/api/v1/runs/r1/stop", ada).json["state"] == "stopping"
    assert tell("heartbeat", state="training").json["stop"] is True
    assert tell("finish", outcome="stopped", reason={"code": "stopped", "detail": ""}).status == 204
    assert tell("heartbeat", state="training").status == 409
