"""Thousands of senseless requests: every one is answered below 500, and the server goes on."""

import http.client
import json
import random
import socket

import pytest

WORDS = ["", "main", "alice", "no", "%00", "%2e%2e", "..", "refs%2Fpr%2F1", "HEAD", "0" * 40, "f" * 64, "-1", "99999999999999999999",
         "%ff%fe", "a" * 300, "%E4%B8%AD", "null", "a.b", "a%20b", "'", '%22', "%3Cscript%3E", "*", "~", "refs/heads/main", "%2F", "x@{1}"]
PATHS = [
    "/api/models/{m}", "/api/models/{m}/revision/{}", "/api/models/{m}/tree/{}/{}", "/api/models/{m}/commits/{}", "/api/models/{m}/refs",
    "/api/models/{m}/paths-info/{}", "/api/models/{m}/preupload/{}", "/api/models/{m}/commit/{}", "/api/models/{m}/branch/{}",
    "/api/models/{m}/tag/{}", "/api/models/{m}/super-squash/{}", "/api/models/{m}/xet-write-token/{}", "/api/models/{m}/xet-read-token/{}",
    "/api/models/{m}/discussions", "/api/models/{m}/discussions/{}", "/api/models/{m}/discussions/{}/comment", "/api/models/{m}/discussions/{}/merge",
    "/api/models/{m}/discussions/{}/status", "/api/models/{m}/discussions/{}/title", "/api/models/{m}/user-access-request/{}",
    "/api/models/{m}/lfs-files/{}", "/api/models/{m}/likers", "/api/models/{m}/like", "/api/models/{m}/duplicate", "/api/models/{m}/auth-check/{}",
    "/api/models/{}/{}", "/api/datasets/{}/{}/tree/{}", "/api/{}/{}", "/{}/{}/resolve/{}/{}", "/{m}/resolve/{}/{}", "/{m}/raw/{}/{}", "/datasets/{}/{}/resolve/{}/{}",
    "/{m}.git/info/lfs/objects/batch", "/{m}.git/info/lfs/{}", "/api/collections", "/api/collections/{}/{}", "/api/collections/{}/{}/items/{}",
    "/api/settings/webhooks", "/api/settings/webhooks/{}", "/api/settings/webhooks/{}/enable", "/api/users/{}/overview", "/api/users/{}/likes",
    "/api/organizations/{}/overview", "/api/organizations/{}/members", "/api/repos/create", "/api/repos/delete", "/api/repos/move", "/api/validate-yaml",
    "/oauth/device", "/oauth/token", "/api/whoami-v2", "/v3/auth/tokens", "/api/models", "/api/datasets", "/api/spaces", "/{}", "/{}/{}",
]
QUERIES = ["", "?limit={}", "?cursor={}", "?p={}", "?expand={}", "?sort={}&direction={}", "?filter={}&search={}", "?create_pr=1", "?recursive={}&expand={}", "?blobs={}"]
NAMES = ["name", "organization", "type", "files", "path", "paths", "operation", "objects", "oid", "size", "title", "description", "status", "comment",
         "content", "tag", "startingPoint", "visibility", "private", "gated", "fromRepo", "toRepo", "url", "watched", "domains", "item", "id", "user",
         "deletions", "sha", "message", "repository", "sample", "repoType", "auth", "identity", "pullRequest", "expand", "header", "key", "value"]


def filled(chance: random.Random, pattern: str) -> str:
    first, *rest = pattern.split("{}")
    return first + "".join(chance.choice(WORDS) + part for part in rest)


def value(chance: random.Random, depth: int = 0):
    kind = chance.randrange(10 if depth < 3 else 7)
    if kind == 0:
        return None
    if kind == 1:
        return chance.choice([True, False])
    if kind == 2:
        return chance.choice([0, -1, 1, 2**31, 2**53, 2**63, 2**64, -2**63, 1e308, 0.5])
    if kind <= 6:
        return chance.choice(["", "main", "alice/x", "\u0000", "中文", "a" * 1000, "../..", "f" * 64, "model", "upload", "http://[", "😀", "\r\nX: y"])
    if kind == 7:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {chance.choice(NAMES): value(chance, depth + 1) for _ in range(chance.randrange(6))}


def body(chance: random.Random):
    kind = chance.randrange(8)
    if kind == 0:
        return chance.randbytes(chance.randrange(200)), "application/octet-stream"
    if kind == 1:
        return b"&".join(b"%s=%s" % (chance.choice(NAMES).encode(), chance.randbytes(5).hex().encode()) for _ in range(4)), "application/x-www-form-urlencoded"
    if kind == 2:
        lines = [{"key": chance.choice(["header", "file", "lfsFile", "deletedFile", "deletedFolder", "x"]), "value": value(chance)} for _ in range(4)]
        return "\n".join(map(json.dumps, lines)).encode(), "application/x-ndjson"
    if kind == 3:
        return b"[" * 5000, "application/json"
    text = json.dumps({name: value(chance, 1) for name in chance.sample(NAMES, 8)}).encode()
    return text, chance.choice(["application/json", "application/vnd.git-lfs+json", "text/plain"])


@pytest.mark.parametrize("seed", range(4))
def test_senseless_requests(gallery, alice, model, seed):
    chance = random.Random(seed)
    line = http.client.HTTPConnection("127.0.0.1", gallery.port, timeout=30)
    broken = []
    for _ in range(500):
        method = chance.choice(["GET", "GET", "POST", "POST", "PUT", "DELETE", "HEAD", "PATCH"])
        path = chance.choice(PATHS).replace("{m}", model)
        address = filled(chance, path)
        address += filled(chance, chance.choice(QUERIES))
        if method == "DELETE" and address.startswith("/api/repos"):
            continue
        headers = {"Authorization": f"Bearer {alice.token}"} if chance.random() < 0.8 else {}
        if chance.random() < 0.1:
            headers["Range"] = chance.choice(["bytes=-", "bytes=9999999999999999999999-", "bytes=0-0,5-6", "x", "bytes=-0"])
        data = None
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            data, headers["Content-Type"] = body(chance)
        line.request(method, address, data, headers)
        answer = line.getresponse()
        text = answer.read()
        if answer.status >= 500 and answer.status != 501:
            broken.append((method, address, data and data[:200], answer.status, text[:200]))
    assert not broken, "\n".join(map(str, broken[:10]))
    assert gallery.get("/healthz").status == 200


@pytest.mark.parametrize("text", [
    b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", b"POST /api/repos/create HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
])
def test_what_is_no_http(gallery, text):
    with socket.create_connection(("127.0.0.1", gallery.port), timeout=5) as line:
        try:
            line.sendall(text)
            line.shutdown(socket.SHUT_WR)
            assert b" 500 " not in line.recv(1000)[:20]
        except OSError:
            pass
    assert gallery.get("/healthz").status == 200


@pytest.mark.parametrize("suffix", ["xorbs/default/" + "a" * 64, "xorbs/default/xyz", "xorbs/../default/x", "shards"])
def test_senseless_chunks(gallery, alice, model, suffix):
    chance = random.Random(suffix)
    token = gallery.get(f"/api/models/{model}/xet-write-token/main", alice.token).json
    for size in (0, 1, 7, 8, 48, 100, 5000):
        for start in (b"", b"HFRepoMetaData\x00UigEj{\x81W\x83\xa5\xbd\xd9\\\xcd\xd1J\xa9" + (2).to_bytes(8, "little"), b"\x00\xff\xff\xff\x01\xff\xff\xff", b"\x00\x05\x00\x00\x00\x05\x00\x00"):
            answer = gallery.ask("POST", f"{token['casUrl']}/v1/{suffix}", token["accessToken"], start + chance.randbytes(size))
            assert 400 <= answer.status < 500, answer
    assert gallery.ask("POST", f"{token['casUrl']}/v1/{suffix}", None, b"").status in (400, 401, 403, 404)
    assert gallery.ask("POST", f"{token['casUrl']}/v1/{suffix}", alice.token, b"").status in (400, 401, 403, 404)
