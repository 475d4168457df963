"""The server under test, and the few calls of the hub API that the benchmarks need."""

import base64
import http.client
import json
import os
import pathlib
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of a process and its children, in seconds."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    pids = [pid] + [int(p) for p in subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()]
    for one in pids:
        fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def memory_mib(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


class Gallery:
    """One `gallery serve` on an empty data folder, with a user and a token."""

    def __init__(self, binary, folder, settings=None):
        self.binary = binary
        self.environment = os.environ | {"GALLERY_PUBLISHING_POLICY": "automatic"} | (settings or {})
        self.data = folder / "data"
        self.log = open(folder / "gallery.log", "ab")
        self.process = None
        self.token = ""
        self.port = free_port()

    def start(self):
        """Returns the seconds until /healthz answered."""
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=self.log, stderr=self.log, env=self.environment)
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    pass
                if self.call("GET", "/healthz")[0] == 200:
                    return time.monotonic() - begun
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() - begun > 60:
                raise SystemExit("the gallery did not start; see " + self.log.name)
            time.sleep(0.002)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def admin(self, *words, text=""):
        done = subprocess.run(
            [self.binary, "admin", *words, "--data", self.data], input=text, capture_output=True, text=True, check=False,
            env=self.environment)
        if done.returncode != 0:
            raise SystemExit(f"gallery admin {words[0]}: {done.stderr}")
        return done.stdout.strip()

    def sign_up(self):
        self.admin("create-user", "bench", "--role", "user", "--email", "bench@example.org", "--password-stdin",
                   text="correct horse battery staple\n")
        self.token = self.admin("create-token", "bench", "--scope", "write")

    def call(self, method, path, body=None, kind="application/json", connection=None):
        """Status and body; a dictionary is sent as JSON."""
        own = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Content-Type": kind}
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        own.request(method, path, body, headers)
        answer = own.getresponse()
        data = answer.read()
        if connection is None:
            own.close()
        return answer.status, data

    def must(self, method, path, body=None, kind="application/json", connection=None):
        status, data = self.call(method, path, body, kind, connection)
        if status >= 300:
            raise SystemExit(f"{method} {path}: {status} {data[:300]!r}")
        return json.loads(data) if data[:1] in (b"{", b"[") else data

    def create(self, name):
        self.must("POST", "/api/repos/create", {"name": name, "organization": None, "type": "model", "visibility": "public"})

    def commit(self, name, changes, summary="bench", connection=None):
        """Changes are (key, value) pairs of the commit's lines."""
        lines = [{"key": "header", "value": {"summary": summary, "description": ""}}]
        lines += [{"key": key, "value": value} for key, value in changes]
        body = "".join(json.dumps(line) + "\n" for line in lines)
        return self.must("POST", f"/api/models/bench/{name}/commit/main", body, "application/x-ndjson", connection)

    def regular(self, path, data):
        return "file", {"path": path, "content": base64.b64encode(data).decode(), "encoding": "base64"}

    def upload_large(self, name, path, file, digest):
        """Batch, PUT by sendfile, verify, commit; returns (seconds, CPU seconds of the server)."""
        size = file.stat().st_size
        begun, cpu = time.monotonic(), cpu_seconds(self.process.pid)
        answer = self.must(
            "POST", f"/bench/{name}.git/info/lfs/objects/batch",
            {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": digest, "size": size}], "hash_algo": "sha256"},
            "application/vnd.git-lfs+json")
        actions = answer["objects"][0].get("actions")
        if actions:
            self.put(actions["upload"]["href"], file, size)
            if "verify" in actions:
                href = actions["verify"]["href"].split(f":{self.port}", 1)[1]
                self.must("POST", href, {"oid": digest, "size": size}, "application/vnd.git-lfs+json")
        elapsed, used = time.monotonic() - begun, cpu_seconds(self.process.pid) - cpu
        self.commit(name, [("lfsFile", {"path": path, "algo": "sha256", "oid": digest, "size": size})])
        return elapsed, used

    def put(self, href, file, size):
        path = href.split(f":{self.port}", 1)[1]
        with socket.create_connection(("127.0.0.1", self.port)) as link, open(file, "rb") as source:
            link.sendall(f"PUT {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n".encode())
            sent = 0
            while sent < size:
                sent += os.sendfile(link.fileno(), source.fileno(), sent, min(size - sent, 1 << 24))
            head = link.recv(4096)
            if not head.startswith(b"HTTP/1.1 20"):
                raise SystemExit(f"PUT: {head[:300]!r}")
