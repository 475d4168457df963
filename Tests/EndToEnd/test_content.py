"""Bytes: what goes up by any protocol comes down unchanged, whole or in ranges."""

import hashlib
import io
import os
import random

import pytest
from huggingface_hub import CommitOperationAdd

MEGABYTE = 1 << 20
SIZES = [0, 1, 511, 512, 65_535, 65_536, 65_537, MEGABYTE, 10 * MEGABYTE + 1]


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def write_noise(path, size: int, seed: int = 1) -> str:
    """A large file that is never whole in memory; answers with its SHA-256."""
    source, digest = random.Random(seed), hashlib.sha256()
    with open(path, "wb") as file:
        for start in range(0, size, 4 * MEGABYTE):
            piece = source.randbytes(min(4 * MEGABYTE, size - start))
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def sha256_of(path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(api, repo, path, tmp_path):
    return api.hf_hub_download(repo, path, cache_dir=tmp_path / "cache")


@pytest.mark.parametrize("suffix", ["txt", "bin"])
@pytest.mark.parametrize("as_object", [False, True], ids=["bytes", "file-object"])
def test_every_size_both_ways(alice, model, tmp_path, suffix, as_object):
    content = {size: noise(size, size) for size in SIZES}
    alice.api.create_commit(model, commit_message="Sizes", operations=[
        CommitOperationAdd(f"{size}.{suffix}", io.BytesIO(data) if as_object else data) for size, data in content.items()])
    entries = {entry.path: entry for entry in alice.api.list_repo_tree(model)}
    for size, data in content.items():
        entry = entries[f"{size}.{suffix}"]
        assert entry.size == size
        if suffix == "bin" and size:
            assert entry.lfs.sha256 == hashlib.sha256(data).hexdigest()
        assert open(download(alice.api, model, entry.path, tmp_path), "rb").read() == data


@pytest.mark.parametrize("path", ["path", "object"])
def test_hundreds_of_megabytes(alice, model, tmp_path, path):
    size = 300 * MEGABYTE + 12_345 if path == "path" else 120 * MEGABYTE
    source = tmp_path / "large.safetensors"
    digest = write_noise(source, size)
    with open(source, "rb") as file:
        alice.api.upload_file(path_or_fileobj=source if path == "path" else file, path_in_repo="large.safetensors", repo_id=model)
    assert alice.api.get_paths_info(model, ["large.safetensors"])[0].lfs.sha256 == digest
    os.remove(source)
    assert sha256_of(download(alice.api, model, "large.safetensors", tmp_path)) == digest


def test_a_changed_large_file_shares_what_did_not_change(alice, gallery, model, tmp_path):
    data = noise(24 * MEGABYTE)
    alice.api.upload_file(path_or_fileobj=data, path_in_repo="checkpoint.bin", repo_id=model)
    changed = data[:9 * MEGABYTE] + noise(1000, 2) + data[9 * MEGABYTE:]

    def stored():
        return sum(file.stat().st_size for file in gallery.data.rglob("*") if file.is_file() and file.suffix != ".sqlite")

    before = stored()
    alice.api.upload_file(path_or_fileobj=changed, path_in_repo="checkpoint.bin", repo_id=model)
    assert stored() - before < 12 * MEGABYTE
    assert open(download(alice.api, model, "checkpoint.bin", tmp_path), "rb").read() == changed


def test_the_same_content_again_sends_no_bytes(alice, bob, model, name):
    data = noise(5 * MEGABYTE, 77)
    for path in ("a.bin", "b/c.bin"):
        alice.api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id=model)
    other = bob.api.create_repo(f"bob/{name}").repo_id
    bob.api.upload_file(path_or_fileobj=data, path_in_repo="mine.bin", repo_id=other)
    assert bob.api.get_paths_info(other, ["mine.bin"])[0].lfs.sha256 == hashlib.sha256(data).hexdigest()


def test_what_head_tells(gallery, alice, model):
    text, data = b"hello, world", noise(70_000)
    alice.api.upload_file(path_or_fileobj=text, path_in_repo="a b/ü.txt", repo_id=model)
    sha = alice.api.upload_file(path_or_fileobj=data, path_in_repo="w.bin", repo_id=model).oid
    for method in ("HEAD", "GET"):
        small = gallery.ask(method, f"/{model}/resolve/main/a%20b/%C3%BC.txt")
        assert (small.status, small.headers["content-length"], small.headers["x-repo-commit"]) == (200, str(len(text)), sha)
        assert small.headers["etag"] == f'"{hashlib.sha1(b"blob %d" % len(text) + bytes(1) + text).hexdigest()}"'
        large = gallery.ask(method, f"/{model}/resolve/{sha}/w.bin")
        assert (large.status, large.headers["content-length"], large.headers["accept-ranges"]) == (200, "70000", "bytes")
        assert large.headers["etag"] == f'"{hashlib.sha256(data).hexdigest()}"'
        assert "x-xet-hash" not in large.headers
        assert large.headers["x-content-type-options"] == "nosniff"
        assert large.body == (data if method == "GET" else b"")
    pointer = gallery.get(f"/{model}/raw/main/w.bin").body
    assert pointer == b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 70000\n" % hashlib.sha256(data).hexdigest().encode()


@pytest.mark.parametrize("wanted, status, span", [
    ("bytes=0-0", 206, (0, 1)), ("bytes=0-99", 206, (0, 100)), ("bytes=69990-", 206, (69_990, 70_000)),
    ("bytes=-10", 206, (69_990, 70_000)), ("bytes=100-999999", 206, (100, 70_000)), ("bytes=70000-", 416, None),
    ("bytes=99999-100000", 416, None), ("bytes=5-2", 200, None), ("lines=1-2", 200, None), ("bytes=a-b", 200, None),
    ("bytes=18446744073709551615-18446744073709551616", 416, None),
])
def test_ranges(gallery, alice, name, wanted, status, span):
    repo = alice.api.create_repo(f"alice/{name}", exist_ok=True).repo_id
    data = noise(70_000)
    for path in ("w.bin", "w.txt"):
        alice.api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id=repo)
        answer = gallery.get(f"/{repo}/resolve/main/{path}", headers={"Range": wanted})
        allowed = {status, 416, 200} if span is None else {status}
        assert answer.status in allowed, answer.status
        if span:
            start, end = span
            assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/70000"
            assert answer.body == data[start:end]
        elif answer.status == 416:
            assert answer.headers["content-range"] == "bytes */70000"
        else:
            assert answer.body == data


def test_conditional_requests(gallery, alice, model):
    alice.api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    tag = gallery.ask("HEAD", f"/{model}/resolve/main/a.txt").headers["etag"]
    assert gallery.get(f"/{model}/resolve/main/a.txt", headers={"If-None-Match": tag}).status == 304


def test_files_are_never_pages_of_our_origin(gallery, alice, model):
    alice.api.upload_file(path_or_fileobj=b"<script>alert(1)</script>", path_in_repo="x.html", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b"<svg onload='alert(1)'/>", path_in_repo="x.svg", repo_id=model)
    for path in ("x.html", "x.svg"):
        headers = gallery.get(f"/{model}/resolve/main/{path}").headers
        assert "text/html" not in headers.get("content-type", "")
        assert headers["x-content-type-options"] == "nosniff"


def test_snapshots_and_their_cache(alice, model, tmp_path, monkeypatch):
    files = {"config.json": b"{}", "data/中文.txt": "你好".encode(), "w.bin": noise(200_000)}
    for path, data in files.items():
        alice.api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id=model)
    folder = alice.api.snapshot_download(model, cache_dir=tmp_path)
    for path, data in files.items():
        assert open(f"{folder}/{path}", "rb").read() == data
    sha = alice.api.model_info(model).sha
    assert folder.endswith(f"/snapshots/{sha}")
    assert alice.api.snapshot_download(model, cache_dir=tmp_path, local_files_only=True) == folder
    alice.api.upload_file(path_or_fileobj=b"[]", path_in_repo="config.json", repo_id=model)
    newer = alice.api.snapshot_download(model, cache_dir=tmp_path, allow_patterns=["*.json"])
    assert newer != folder and open(f"{newer}/config.json", "rb").read() == b"[]"
    # What did not change is there once.
    newest = alice.api.snapshot_download(model, cache_dir=tmp_path)
    assert os.path.realpath(f"{newest}/w.bin") == os.path.realpath(f"{folder}/w.bin")


def test_an_interrupted_download_goes_on(alice, gallery, model, tmp_path):
    data = noise(3 * MEGABYTE)
    alice.api.upload_file(path_or_fileobj=data, path_in_repo="w.bin", repo_id=model)
    path = alice.api.hf_hub_download(model, "w.bin", local_dir=tmp_path)
    os.remove(path)
    begun = tmp_path / ".cache/huggingface/download"
    for left in begun.glob("*.incomplete"):
        left.unlink()
    part = gallery.get(f"/{model}/resolve/main/w.bin", headers={"Range": f"bytes={MEGABYTE}-"})
    assert (part.status, part.body) == (206, data[MEGABYTE:])
    assert open(alice.api.hf_hub_download(model, "w.bin", local_dir=tmp_path), "rb").read() == data
