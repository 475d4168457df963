"""A program of somebody's own, from its start to its stop, in a process of its own; a small server stands for Gradio."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gallery import Gallery

HERE = Path(__file__).parent
SERVER = """
import http.server, os, sys
assert "HF_TOKEN" not in os.environ and "GALLERY_RUN_TOKEN" not in os.environ
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"x" * 300_000 if self.path == "/large" else f"you asked {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(len(body)).encode())
print("The program is here.")
http.server.ThreadingHTTPServer((os.environ["GRADIO_SERVER_NAME"], int(os.environ["GRADIO_SERVER_PORT"])), Handler).serve_forever()
"""


class Through(http.client.HTTPConnection):
    """A connection by the door."""

    def __init__(self, door: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.door = str(door)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.door)


def ask(door: Path, method: str, path: str, body: bytes | None = None) -> bytes:
    connection = Through(door)
    connection.request(method, path, body)
    answer = connection.getresponse().read()
    connection.close()
    return answer


@pytest.fixture
def start(tmp_path: Path):
    gallery, processes = Gallery(), []

    def begin(program: str, **limits: int) -> tuple[Gallery, subprocess.Popen[bytes], Path]:
        repository, work, door = tmp_path / "repositories/alice/app", tmp_path / "work", tmp_path / "d.sock"
        repository.mkdir(parents=True)
        (repository / "app.py").write_text(program)
        work.mkdir()
        spec = {"kind": "app", "base": {"repo": "alice/app", "kind": "space"}, "limits": {"cores": 1} | limits}
        (work / "spec.json").write_text(json.dumps(spec))
        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), "HOME": str(work), "GALLERY_URL": gallery.url, "HF_TOKEN": "secret",
            "GALLERY_RUN_ID": "r1", "GALLERY_RUN_ATTEMPT": "1", "GALLERY_RUN_TOKEN": "secret", "GALLERY_RUN_SPEC": str(work / "spec.json"),
            "GALLERY_RUN_DOOR": str(door)}
        command = [sys.executable, HERE / "folder_run.py", tmp_path / "repositories", "gallery_workers.app.__main__"]
        processes.append(subprocess.Popen(command, cwd=work, env=environment))
        return gallery, processes[-1], door

    yield begin
    for process in processes:
        process.kill()
    gallery.close()


def test_a_program_answers_at_the_door_until_it_is_stopped(start) -> None:
    gallery, process, door = start(SERVER)
    while "Ready." not in gallery.text():
        assert process.poll() is None, gallery.text()
        time.sleep(0.05)
    assert ask(door, "GET", "/a?b=1") == b"you asked /a?b=1"
    assert len(ask(door, "GET", "/large")) == 300_000
    assert ask(door, "POST", "/", b"y" * 200_000) == b"200000"
    gallery.stop = True
    process.terminate()
    assert process.wait(60) == 0
    assert gallery.finished[-1]["outcome"] == "stopped"
    assert "The program is here." in gallery.text()
    with pytest.raises(OSError):
        ask(door, "GET", "/")


def test_a_program_with_a_fault_says_which(start) -> None:
    gallery, process, _ = start("raise ValueError('no such thing')")
    assert process.wait(60) == 0
    assert gallery.finished[-1]["outcome"] == "failed"
    assert gallery.finished[-1]["reason"]["code"] == "bad-code"
    assert "no such thing" in gallery.finished[-1]["reason"]["detail"]


def test_a_program_ends_when_its_time_is_over(start) -> None:
    gallery, process, _ = start(SERVER, seconds=1)
    assert process.wait(60) == 0
    assert gallery.finished[-1]["reason"]["code"] == "time-limit"
