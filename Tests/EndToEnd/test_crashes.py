"""The server is killed while people write: nothing acknowledged is lost, nothing half done is seen, leftovers are swept."""

import hashlib
import http.client
import json
import os
import random
import threading
import time
import urllib.error

import pytest

from gallery import Gallery, eventually

ROUNDS = 6
NDJSON = {"Content-Type": "application/x-ndjson"}
LFS = {"Content-Type": "application/vnd.git-lfs+json"}
GONE = (OSError, urllib.error.URLError, http.client.HTTPException)


class Writer(threading.Thread):
    """Commits one file after another to the same branch and remembers what the server said yes to."""

    def __init__(self, gallery: Gallery, repo: str, token: str, number: int, size: int):
        super().__init__(daemon=True)
        self.gallery, self.repo, self.token, self.number, self.size = gallery, repo, token, number, size
        self.random = random.Random(number)
        self.acknowledged: dict[str, str] = {}
        self.tried: dict[str, bytes] = {}
        self.commits: list[str] = []
        self.trouble: list[str] = []
        self.ends = threading.Event()

    def run(self):
        count = 0
        while not self.ends.is_set():
            count += 1
            path = f"writer-{self.number}/{count:04}.{'bin' if self.size > 10_000 else 'txt'}"
            data = self.random.randbytes(self.random.randrange(self.size)) + path.encode()
            self.tried[path] = data
            try:
                oid = self.write(path, data)
            except GONE:
                time.sleep(0.05)
                continue
            if oid:
                self.acknowledged[path] = hashlib.sha256(data).hexdigest()
                self.commits.append(oid)

    def write(self, path: str, data: bytes) -> str | None:
        digest = hashlib.sha256(data).hexdigest()
        if self.size > 10_000:
            body = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": len(data)}]}
            answer = self.gallery.ask("POST", f"/{self.repo}.git/info/lfs/objects/batch", self.token, json.dumps(body).encode(), LFS)
            if not self.fine(answer):
                return None
            href = answer.json["objects"][0]["actions"]["upload"]["href"]
            if not self.fine(self.gallery.ask("PUT", href, body=data)):
                return None
            line = {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": digest, "size": len(data)}}
        else:
            import base64
            line = {"key": "file", "value": {"path": path, "encoding": "base64", "content": base64.b64encode(data).decode()}}
        lines = [{"key": "header", "value": {"summary": path}}, line]
        answer = self.gallery.ask("POST", f"/api/models/{self.repo}/commit/main", self.token,
                                  "\n".join(map(json.dumps, lines)).encode(), NDJSON)
        return answer.json["commitOid"] if self.fine(answer) else None

    def fine(self, answer) -> bool:
        if answer.status >= 300 and answer.status != 503:
            self.trouble.append(f"{answer.status} {answer.body[:200]!r}")
        return answer.status < 300


@pytest.mark.parametrize("seed", [int(os.environ.get("GALLERY_KILL_SEED", "1"))])
def test_random_kills(tmp_path, seed):
    chance = random.Random(seed)
    gallery = Gallery(tmp_path / "data").start()
    try:
        gallery.create_user("alice")
        token = gallery.create_token("alice")
        assert gallery.post("/api/repos/create", token, {"name": "m", "organization": None, "type": "model"}).status == 200
        writers = [Writer(gallery, "alice/m", token, number, size) for number, size in enumerate((500, 3_000_000, 200_000))]
        for writer in writers:
            writer.start()
        for _ in range(ROUNDS):
            done = sum(len(writer.commits) for writer in writers)
            eventually(lambda: sum(len(writer.commits) for writer in writers) >= done + 2, within=30, every=0.01)
            time.sleep(chance.random() * 0.5)
            gallery.kill()
            gallery.start()
        for writer in writers:
            writer.ends.set()
        for writer in writers:
            writer.join(60)
        gallery.kill()
        gallery.start()
        assert not [trouble for writer in writers for trouble in writer.trouble]
        check(gallery, token, writers)
        swept(gallery)
        assert gallery.stop() == 0
        gallery.run("verify")
    finally:
        gallery.kill()


def check(gallery: Gallery, token: str, writers: list[Writer]):
    tree, address = {}, "/api/models/alice/m/tree/main?recursive=true"
    while address:
        page = gallery.get(address, token)
        tree |= {entry["path"]: entry for entry in page.json if entry["type"] == "file"}
        link = page.headers.get("link")
        address = link[1:link.index(">")] if link else None
    history, address = [], "/api/models/alice/m/commits/main"
    while address:
        page = gallery.get(address, token)
        history += [commit["id"] for commit in page.json]
        link = page.headers.get("link")
        address = link[1:link.index(">")] if link else None
    assert len(set(history)) == len(history)
    # Each commit added one file, so there are as many as commits: none half done.
    assert len(tree) == len(history)
    for writer in writers:
        assert writer.acknowledged, "a writer never got through"
        assert set(writer.commits) <= set(history)
        assert set(writer.acknowledged) <= set(tree)
    tried = {path: data for writer in writers for path, data in writer.tried.items()}
    for path in tree.keys() - {".gitattributes"}:
        assert gallery.get(f"/alice/m/resolve/main/{path}", token).body == tried[path], path


def swept(gallery: Gallery):
    leftovers = [file for folder in gallery.data.rglob("staging") for file in folder.rglob("*") if file.is_file()]
    assert not leftovers


def test_an_upload_that_was_cut_off_leaves_nothing(tmp_path):
    """The body stops half-way: nothing is stored, and a second try succeeds."""
    import socket
    data = random.Random(3).randbytes(8_000_000)
    digest = hashlib.sha256(data).hexdigest()
    with Gallery(tmp_path / "data") as gallery:
        gallery.create_user("alice")
        token = gallery.create_token("alice")
        gallery.post("/api/repos/create", token, {"name": "m", "organization": None, "type": "model"})

        def href():
            body = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": len(data)}]}
            return gallery.ask("POST", "/alice/m.git/info/lfs/objects/batch", token, json.dumps(body).encode(), LFS) \
                .json["objects"][0]["actions"]["upload"]["href"]

        path = href().removeprefix(gallery.url)
        with socket.create_connection(("127.0.0.1", gallery.port)) as line:
            line.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data[:3_000_000])
        eventually(lambda: not [f for d in gallery.data.rglob("staging") for f in d.rglob("*") if f.is_file()])
        assert gallery.ask("PUT", href(), body=data).status == 200
