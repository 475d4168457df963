"""Starts, stops and kills the real server, and speaks to it as its operator does."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("GALLERY_PROGRAMS") or ROOT / ".build/release")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(check, within: float = 15.0, every: float = 0.05):
    """The first true answer of `check`, asked again and again until the deadline."""
    deadline = time.monotonic() + within
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"still {answer!r} after {within} s")
        time.sleep(every)


@dataclasses.dataclass
class Answer:
    """What the server said, as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        return self.headers.get("x-error-code")


class StaysHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(StaysHere)


class Gallery:
    """One server on a data folder of its own."""

    def __init__(self, data: pathlib.Path, port: int | None = None, settings: dict[str, str] | None = None,
                 program: pathlib.Path = PROGRAMS / "gallery", folder: pathlib.Path | None = None,
                 host: str = "127.0.0.1"):
        self.data = data
        self.program = program
        self.folder = folder
        self.host = host
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        # GALLERY_TEST_LOGS names a folder in which the logs are kept.
        logs = os.environ.get("GALLERY_TEST_LOGS")
        self.log = pathlib.Path(logs) / f"{self.port}.log" if logs else data.parent / f"{data.name}.log"
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GALLERY_")}
        # Most tests are about what is public; those of reviews ask for them.
        self.environment = clean | {"GALLERY_PUBLISHING_POLICY": "automatic"} | (settings or {})
        self.process: subprocess.Popen | None = None

    def start(self, within: float = 30.0) -> Gallery:
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "serve", "--data", self.data, "--host", self.host, "--port", str(self.port)],
                cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

        def is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            with contextlib.suppress(OSError):
                return self.get("/healthz").status == 200

        eventually(is_ready, within)
        return self

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def stop(self) -> int:
        """Asks it to end and waits until it has."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self.process = None

    def kill(self):
        """Takes it away in the middle of whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def __enter__(self) -> Gallery:
        return self.start()

    def __exit__(self, *_):
        self.kill()

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Runs a command of the operator on the data folder."""
        done = subprocess.run(
            [self.program, *arguments, "--data", str(self.data)],
            env=self.environment, input=stdin, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"gallery {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def create_user(self, name: str, role: str = "user", password: str = "correct horse battery") -> None:
        self.run("admin", "create-user", name, "--role", role, "--email", f"{name}@example.org", "--password-stdin",
                 stdin=password + "\n")

    def create_token(self, name: str, scope: str = "write") -> str:
        return self.run("admin", "create-token", name, "--scope", scope).strip()

    def ask(self, method: str, path: str, token: str | None = None, body=None, headers: dict[str, str] | None = None,
            timeout: float = 60) -> Answer:
        """One bare request, redirects not followed; a body that is no bytes is sent as JSON."""
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        address = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(address, data=body, headers=headers, method=method)
        try:
            answer = OPENER.open(request, timeout=timeout)
        except urllib.error.HTTPError as refusal:
            answer = refusal
        with answer:
            # Names of headers are compared without case; several of one name are joined.
            fields: dict[str, str] = {}
            for name, value in answer.headers.items():
                key = name.lower()
                fields[key] = f"{fields[key]}, {value}" if key in fields else value
            return Answer(answer.status, fields, answer.read())

    def get(self, path: str, token: str | None = None, **rest) -> Answer:
        return self.ask("GET", path, token, **rest)

    def post(self, path: str, token: str | None = None, body=None, **rest) -> Answer:
        return self.ask("POST", path, token, body if body is not None else {}, **rest)
