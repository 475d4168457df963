"""What an operator relies on: health, metrics, settings, accounts, shutdown, collection and verification."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import pytest

from gallery import PROGRAMS, ROOT, Gallery, eventually

NDJSON = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def own(tmp_path):
    """A gallery of this test alone, with alice and her token."""
    with Gallery(tmp_path / "data") as gallery:
        gallery.create_user("alice")
        gallery.token = gallery.create_token("alice")
        yield gallery


def upload(gallery: Gallery, data: bytes, path: str = "w.bin") -> None:
    from huggingface_hub import HfApi
    api = HfApi(endpoint=gallery.url, token=gallery.token)
    api.create_repo("alice/m", exist_ok=True)
    api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id="alice/m")


def stored(gallery: Gallery) -> int:
    return sum(file.stat().st_size for file in gallery.data.rglob("*") if file.is_file() and "sqlite" not in file.name)


def test_health_readiness_and_metrics(gallery):
    assert (gallery.get("/healthz").status, gallery.get("/readyz").status) == (200, 200)
    metrics = gallery.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert re.search(r"^[a-z_]+(\{.*\})? [0-9.e+-]+$", metrics.body.decode(), re.MULTILINE)


def test_the_front_page_tells_how_to_begin(gallery, root):
    page = gallery.get("/", headers={"Accept": "text/html"})
    assert page.status == 200 and b"HF_ENDPOINT" in page.body and page.headers["content-type"].startswith("text/html")
    assert "content-security-policy" in page.headers


def test_ready_in_no_time(tmp_path):
    with Gallery(tmp_path / "data") as gallery:
        gallery.stop()
        begin = time.monotonic()
        gallery.start()
        assert time.monotonic() - begin < 5


def test_an_installed_program_finds_its_pages_from_anywhere(tmp_path):
    prefix, elsewhere = tmp_path / "opt", tmp_path / "elsewhere"
    elsewhere.mkdir()
    places = {"PREFIX": str(prefix), "GALLERY_PROGRAMS": str(PROGRAMS)}
    for _ in range(2):
        subprocess.run([ROOT / "scripts/install"], env=os.environ | places, cwd=elsewhere, check=True)
    # What runs of it start, and nodes of a cluster are sent.
    assert (prefix / "share/gallery/Python/workers/gallery_workers/finetune").is_dir()
    assert (prefix / "share/gallery/Python/node/gallery_node.py").is_file()
    stamp = "/* installed */"
    with open(prefix / "share/gallery/web/styles/base.css", "a") as style:
        style.write(stamp)
    (elsewhere / "gallery").symlink_to(prefix / "bin/gallery")
    with Gallery(tmp_path / "data", program=elsewhere / "gallery", folder=elsewhere) as gallery:
        gallery.create_user("alice", "admin")
        page = gallery.get("/", headers={"Accept": "text/html"})
        assert page.status == 200
        style = re.search(r'href="(/[^"]*\.css)"', page.body.decode()).group(1)
        assert stamp in gallery.get(style).body.decode()


def test_tokens_are_never_logged(own):
    upload(own, b"x", "a.txt")
    own.get("/api/whoami-v2", own.token)
    own.get("/api/whoami-v2", headers={"Authorization": "Bearer hf_" + "s" * 37})
    log = own.log.read_text()
    assert own.token not in log and "s" * 30 not in log
    assert "correct horse" not in log


def test_accounts_are_kept_while_the_server_runs(own):
    own.create_user("bob")
    assert {"alice", "bob"} <= set(re.findall(r"\b(alice|bob)\b", own.run("admin", "list-users")))
    token = own.create_token("bob", "read")
    assert re.fullmatch(r"hf_[A-Za-z0-9]{34,253}", token)
    assert own.get("/api/whoami-v2", token).json["name"] == "bob"
    own.run("admin", "disable-user", "bob")
    eventually(lambda: own.get("/api/whoami-v2", token).status in (401, 403))
    with pytest.raises(AssertionError):
        own.create_user("Alice")
    with pytest.raises(AssertionError):
        own.create_token("nobody")


def test_a_request_in_flight_is_finished_before_the_end(own):
    data = os.urandom(40_000_000)
    upload(own, data)
    with socket.create_connection(("127.0.0.1", own.port)) as line:
        line.sendall(b"GET /alice/m/resolve/main/w.bin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = line.recv(100_000)
        own.process.terminate()
        time.sleep(0.2)
        while piece := line.recv(1 << 20):
            received += piece
    assert received.partition(b"\r\n\r\n")[2] == data
    assert own.process.wait(30) == 0
    own.process = None


def test_deleting_frees_the_disk(own):
    upload(own, os.urandom(6_000_000))
    assert stored(own) > 6_000_000
    assert own.ask("DELETE", "/api/repos/delete", own.token, {"name": "m", "organization": None, "type": "model"}).status == 200
    own.run("gc")
    assert stored(own) > 6_000_000, "what was sent lately stays, for whoever is about to commit it"
    # What came by Xet is condemned by the first run, so that clients hear of it, and deleted by the second.
    for _ in range(2):
        own.run("gc", "--grace-minutes", "0", "--drain-minutes", "0")
    assert stored(own) < 3_000_000
    own.run("verify")


def test_bytes_that_are_gone_are_asked_for_again(own):
    data = os.urandom(6_000_000)
    upload(own, data)
    assert own.ask("DELETE", "/api/repos/delete", own.token, {"name": "m", "organization": None, "type": "model"}).status == 200
    own.run("gc", "--grace-minutes", "0", "--drain-minutes", "0")
    upload(own, data)
    assert own.get("/alice/m/resolve/main/w.bin").body == data
    own.run("verify")


def test_collecting_takes_nothing_that_is_used(own):
    data = os.urandom(6_000_000)
    upload(own, data)
    own.run("gc")
    assert own.get("/alice/m/resolve/main/w.bin").body == data
    own.run("verify")


def test_a_damaged_file_is_found_and_never_served_whole(own):
    data = os.urandom(6_000_000)
    upload(own, data)
    own.stop()
    pack = max((file for file in own.data.rglob("*") if file.is_file()), key=lambda file: file.stat().st_size)
    pack.chmod(0o600)
    with open(pack, "r+b") as file:
        file.seek(3_000_000)
        byte = file.read(1)
        file.seek(3_000_000)
        file.write(bytes([byte[0] ^ 1]))
    done = subprocess.run([PROGRAMS / "gallery", "verify", "--data", own.data], capture_output=True, text=True, env=own.environment)
    assert done.returncode != 0 and "alice/m" in done.stdout + done.stderr
    own.start()
    assert own.get("/alice/m/resolve/main/w.bin").status >= 400


def test_settings_are_shown_with_secrets_hidden():
    environment = {"PATH": os.environ["PATH"], "GALLERY_DATABASE_URL": "postgresql://someone:sesame@db/gallery"}
    done = subprocess.run([PROGRAMS / "gallery", "settings"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0 and "sesame" not in done.stdout + done.stderr


def test_all_faults_of_the_settings_are_told_at_once():
    environment = {"PATH": os.environ["PATH"], "GALLERY_SERVER_PORT": "eighty", "GALLERY_PUBLISHING_POLICY": "whenever"}
    done = subprocess.run([PROGRAMS / "gallery", "settings"], capture_output=True, text=True, env=environment)
    assert done.returncode != 0
    assert "port" in (done.stdout + done.stderr) and "policy" in (done.stdout + done.stderr)


def test_limits_are_settings(tmp_path):
    with Gallery(tmp_path / "data", settings={"GALLERY_LIMITS_FILE_BYTES": "1000000", "GALLERY_LIMITS_REPOSITORY_BYTES": "1500000"}) as gallery:
        gallery.create_user("alice")
        gallery.token = gallery.create_token("alice")
        with pytest.raises(Exception, match="(?i)large|limit|bytes|MB|quota"):
            upload(gallery, os.urandom(1_000_001))
        upload(gallery, os.urandom(900_000), "a.bin")
        with pytest.raises(Exception, match="(?i)large|limit|quota|full|room"):
            upload(gallery, os.urandom(900_000), "b.bin")


@pytest.mark.skipif(shutil.disk_usage("/tmp").free > 0.89 * shutil.disk_usage("/tmp").total, reason="the disk is too empty to count as full")
def test_a_full_disk_stops_a_client_at_once_and_in_words(tmp_path):
    with Gallery(tmp_path / "data", settings={"GALLERY_STORAGE_MINIMUM_FREE_PERCENT": "90"}) as gallery:
        gallery.create_user("alice")
        gallery.token = gallery.create_token("alice")
        begun = time.monotonic()
        with pytest.raises(Exception, match="storage of the gallery is full"):
            upload(gallery, os.urandom(3_000_000))
        assert time.monotonic() - begun < 20


def test_device_sign_in(gallery):
    code = gallery.ask("POST", "/oauth/device", body=b"client_id=test", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert {"device_code", "user_code", "verification_uri", "expires_in"} <= set(code.json)
    poll = ("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=test&device_code=" + code.json["device_code"]).encode()
    answer = gallery.ask("POST", "/oauth/token", body=poll, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status == 400 and answer.json["error"] == "authorization_pending"


def test_guesses_are_slowed_down(own):
    def guess():
        import base64
        basic = base64.b64encode(b"alice:hf_" + b"g" * 37).decode()
        return own.get("/api/whoami-v2", headers={"Authorization": f"Basic {basic}"}).status

    assert guess() == 401
