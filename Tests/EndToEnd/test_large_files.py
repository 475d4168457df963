"""Large files by the older protocol, spoken bare and by git-lfs; and what knowing a hash is worth: nothing."""

import base64
import hashlib
import json
import os
import subprocess

import pytest

from test_content import MEGABYTE, noise

LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}


def batch(gallery, repo, token, operation, *objects, **more):
    body = {"operation": operation, "transfers": ["basic", "multipart"], "hash_algo": "sha256",
            "objects": [{"oid": oid, "size": size} for oid, size in objects]} | more
    return gallery.ask("POST", f"/{repo}.git/info/lfs/objects/batch", token, json.dumps(body).encode(), LFS)


def commit(gallery, repo, token, *lines, revision="main"):
    lines = [{"key": "header", "value": {"summary": "By hand"}}, *lines]
    return gallery.ask("POST", f"/api/models/{repo}/commit/{revision}", token, "\n".join(map(json.dumps, lines)).encode(),
                       {"Content-Type": "application/x-ndjson"})


def lfs_line(path, oid, size):
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_basic_upload_by_hand(gallery, alice, model):
    data = noise(100_000, 4)
    (entry,) = batch(gallery, model, alice.token, "upload", (digest(data), len(data)), transfers=["basic"]).json["objects"]
    # The address carries its own right: clients send no token along.
    assert gallery.ask("PUT", entry["actions"]["upload"]["href"], body=data).status == 200
    if "verify" in entry["actions"]:
        verified = gallery.ask("POST", entry["actions"]["verify"]["href"], alice.token,
                               json.dumps({"oid": digest(data), "size": len(data)}).encode(), LFS)
        assert verified.status == 200
    assert commit(gallery, model, alice.token, lfs_line("w.bin", digest(data), len(data))).status == 200
    (again,) = batch(gallery, model, alice.token, "upload", (digest(data), len(data))).json["objects"]
    assert "actions" not in again
    (down,) = batch(gallery, model, None, "download", (digest(data), len(data))).json["objects"]
    fetched = gallery.get(down["actions"]["download"]["href"], headers=down["actions"]["download"].get("header"))
    assert fetched.body == data


def test_wrong_bytes_are_refused(gallery, alice, model):
    data = noise(5000, 5)
    (entry,) = batch(gallery, model, alice.token, "upload", (digest(data), len(data)), transfers=["basic"]).json["objects"]
    href = entry["actions"]["upload"]["href"]
    assert 400 <= gallery.ask("PUT", href, body=data[:-1] + b"\x00").status < 500
    assert 400 <= gallery.ask("PUT", href, body=data + b"more").status < 500
    assert 400 <= gallery.ask("PUT", href, body=data[:-1]).status < 500
    assert commit(gallery, model, alice.token, lfs_line("w.bin", digest(data), len(data))).status in (400, 422)
    assert gallery.ask("PUT", href, body=data).status == 200
    assert commit(gallery, model, alice.token, lfs_line("w.bin", digest(data), 4999)).status in (400, 422)


def test_an_upload_address_cannot_be_changed(gallery, alice, model):
    one, other = noise(2000, 6), noise(2000, 7)
    (entry,) = batch(gallery, model, alice.token, "upload", (digest(one), 2000), transfers=["basic"]).json["objects"]
    href = entry["actions"]["upload"]["href"]
    if digest(one) in href:
        assert 400 <= gallery.ask("PUT", href.replace(digest(one), digest(other)), body=other).status < 500
    assert 400 <= gallery.ask("PUT", href[:-6] + "AAAAAA", body=one).status < 500


def test_files_over_the_limit_are_refused_before_they_are_sent(gallery, alice, model):
    (entry,) = batch(gallery, model, alice.token, "upload", ("1" * 64, 6_000_000_000)).json["objects"]
    assert "actions" not in entry and entry["error"]["message"]
    assert len(batch(gallery, model, alice.token, "download", ("2" * 64, 5)).json["objects"][0]["error"]["message"]) > 0


@pytest.mark.parametrize("size", [105 * MEGABYTE + 3])
def test_parts_in_any_order(gallery, alice, model, size):
    data = noise(size, 8)
    (entry,) = batch(gallery, model, alice.token, "upload", (digest(data), size)).json["objects"]
    upload = entry["actions"]["upload"]
    header = dict(upload.get("header", {}))
    if "chunk_size" not in header:
        pytest.skip("a file of this size goes up in one piece")
    step = int(header.pop("chunk_size"))
    parts = sorted((int(key), address) for key, address in header.items() if key.isdigit())
    assert len(parts) == -(-size // step)
    tags = {}
    for number, address in reversed(parts):
        answer = gallery.ask("PUT", address, body=data[(number - 1) * step:number * step])
        assert answer.status == 200
        tags[number] = answer.headers["etag"]
    done = {"oid": digest(data), "parts": [{"partNumber": number, "etag": tags[number]} for number in sorted(tags)]}
    assert gallery.ask("POST", upload["href"], body=json.dumps(done).encode(), headers=LFS).status == 200
    assert commit(gallery, model, alice.token, lfs_line("w.bin", digest(data), size)).status == 200
    assert gallery.get(f"/{model}/resolve/main/w.bin", headers={"Range": "bytes=67108850-67108870"}).body == data[67108850:67108871]


def test_knowing_a_hash_is_not_having_the_content(gallery, alice, bob, name):
    secret = noise(50_000, 9)
    hidden = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    alice.api.upload_file(path_or_fileobj=secret, path_in_repo="secret.bin", repo_id=hidden)
    mine = bob.api.create_repo(f"bob/{name}").repo_id
    # It cannot be put into one's own repository by naming it,
    assert commit(gallery, mine, bob.token, lfs_line("stolen.bin", digest(secret), len(secret))).status in (400, 422)
    # nor asked for by name,
    (down,) = batch(gallery, mine, bob.token, "download", (digest(secret), len(secret))).json["objects"]
    assert "actions" not in down and "error" in down
    assert batch(gallery, hidden, bob.token, "download", (digest(secret), len(secret))).status in (401, 403, 404)
    # nor does an upload tell that it is there: the bytes are demanded.
    (up,) = batch(gallery, mine, bob.token, "upload", (digest(secret), len(secret))).json["objects"]
    assert "upload" in up["actions"]
    # Whoever sends the bytes has them.
    bob.api.upload_file(path_or_fileobj=secret, path_in_repo="mine.bin", repo_id=mine)
    assert gallery.get(f"/{mine}/resolve/main/mine.bin").body == secret


def test_basic_authentication_and_the_locks_that_are_not_there(gallery, alice, name):
    repo = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    basic = {"Authorization": "Basic " + base64.b64encode(f"anyone:{alice.token}".encode()).decode()}
    body = json.dumps({"operation": "upload", "objects": [{"oid": "3" * 64, "size": 3}]}).encode()
    assert gallery.ask("POST", f"/{repo}.git/info/lfs/objects/batch", body=body, headers=LFS | basic).status == 200
    refused = gallery.ask("POST", f"/{repo}.git/info/lfs/objects/batch", body=body, headers=LFS)
    assert refused.status == 401
    locks = gallery.ask("POST", f"/{repo}.git/info/lfs/locks/verify", body=b"{}", headers=LFS | basic)
    assert locks.status == 404 and locks.json["message"]


def test_git_lfs_itself(gallery, alice, model, tmp_path):
    def git(*arguments):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                              env=os.environ | {"GIT_TERMINAL_PROMPT": "0", "HOME": str(tmp_path)})
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    data = noise(3 * MEGABYTE, 10)
    git("init", "-q")
    git("lfs", "install", "--local")
    git("remote", "add", "origin", gallery.url.replace("http://", f"http://alice:{alice.token}@") + f"/{model}")
    objects = tmp_path / ".git/lfs/objects" / digest(data)[:2] / digest(data)[2:4]
    objects.mkdir(parents=True)
    (objects / digest(data)).write_bytes(data)
    git("lfs", "push", "--object-id", "origin", digest(data))
    assert commit(gallery, model, alice.token, lfs_line("w.bin", digest(data), len(data))).status == 200
    (objects / digest(data)).unlink()
    pointer = gallery.get(f"/{model}/raw/main/w.bin").body
    done = subprocess.run(["git", "lfs", "smudge"], cwd=tmp_path, input=pointer, capture_output=True, timeout=120)
    assert done.stdout == data, done.stderr
