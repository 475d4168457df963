"""A small gallery that speaks the run API over real HTTP, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gallery:
    """Keeps what runs said, by the rules of the contract: repeated things count once."""

    def __init__(self) -> None:
        self.lease_seconds = 60.0
        self.stop = False
        self.down = False
        self.lost = False
        self.drop_answers = 0  # so many requests are carried out, and their answers lost
        self.refuse: dict[str, int] = {}
        self.delay = 0.0
        self.log: dict[int, bytearray] = defaultdict(bytearray)
        self.points: dict[tuple[int, str], tuple[int, float]] = {}
        self.checkpoints: list[int] = []
        self.finished: list[dict[str, Any]] = []
        self.heartbeats = 0
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.lock = threading.Lock()
        gallery = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802 – the name http.server calls
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                what = self.path.rsplit("/", 1)[1]
                if gallery.down:
                    return self.close()
                time.sleep(gallery.delay)
                status, answer = gallery.take(what, body, self.headers.get("Authorization"))
                with gallery.lock:
                    dropped = gallery.drop_answers > 0
                    gallery.drop_answers -= dropped
                if dropped:
                    return self.close()
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def close(self) -> None:
                self.close_connection = True
                self.connection.close()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, what: str, body: dict[str, Any], authorization: str | None) -> tuple[int, object]:
        with self.lock:
            self.requests.append((what, body))
            if authorization != "Bearer secret":
                return 401, {"detail": "who are you?"}
            if self.lost:
                return 409, {"detail": "another attempt holds the lease"}
            if what in self.refuse:
                return self.refuse[what], {"detail": "no"}
            attempt = body["attempt"]
            if what == "heartbeat":
                self.heartbeats += 1
                return 200, {"stop": self.stop, "leaseSeconds": self.lease_seconds}
            if what == "log":
                text = body["text"].encode()
                assert len(text) <= 256 << 10
                if body["offset"] > len(self.log[attempt]):
                    return 416, {"type": "run-log-gap", "size": str(len(self.log[attempt]))}
                if body["offset"] == len(self.log[attempt]):
                    self.log[attempt] += text
            elif what == "metrics":
                assert sum(len(point["values"]) for point in body["points"]) <= 2000
                for point in body["points"]:
                    for name, value in point["values"].items():
                        if self.points.get((point["step"], name), (0, 0))[0] <= attempt:
                            self.points[point["step"], name] = (attempt, value)
            elif what == "checkpoint":
                self.checkpoints.append(body["step"])
            elif what == "finish":
                self.finished.append(body)
            return 200, {}

    def curve(self, name: str) -> dict[int, float]:
        with self.lock:
            return {step: value for (step, each), (_, value) in sorted(self.points.items()) if each == name}

    def text(self) -> str:
        with self.lock:
            return "".join(self.log[attempt].decode() for attempt in sorted(self.log))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
