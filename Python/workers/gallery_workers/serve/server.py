"""OpenAI's HTTP API in front of an engine, on a unix socket or a loopback port."""

from __future__ import annotations

import json
import os
import select
import socket
import socketserver
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from ..reasons import reason_of
from .protocol import BadRequest, Generation, embedding_inputs, error_body, usage

LARGEST_BODY = 8 << 20
MOST_AT_ONCE = 64
IDLE_SECONDS = 120


class Engine(Protocol):
    def generate(self, wanted: Generation) -> Iterator[Any]: ...
    def embed(self, text: str) -> tuple[list[float], int]: ...


class Server:
    """Answers until closed; `address` is a path, or (host, port)."""

    def __init__(self, engine: Engine, name: str, address: str | tuple[str, int]) -> None:
        handler = type("Handler", (_Handler,), {"engine": engine, "name": name, "places": threading.BoundedSemaphore(MOST_AT_ONCE)})
        if isinstance(address, str):
            if os.path.exists(address):
                os.unlink(address)
            self._server: socketserver.BaseServer = _Unix(address, handler)
        else:
            self._server = _Loopback(address, handler)
        self.address = self._server.server_address

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.2)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Threads(socketserver.ThreadingMixIn):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: Any) -> None:
        """A caller who went away is no error of ours."""


class _Loopback(_Threads, socketserver.TCPServer):
    allow_reuse_address = True


class _Unix(_Threads, socketserver.UnixStreamServer):
    def get_request(self) -> tuple[Any, Any]:
        connection, _ = super().get_request()
        return connection, ("unix", 0)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    engine: Engine
    name: str
    places: threading.BoundedSemaphore

    def do_GET(self) -> None:  # noqa: N802 – the name http.server calls
        if self.path == "/health":
            return self._answer(200, {"status": "ok"})
        if self.path == "/v1/models":
            model = {"id": self.name, "object": "model", "created": 0, "owned_by": "gallery"}
            return self._answer(200, {"object": "list", "data": [model]})
        self._answer(404, error_body("There is nothing here.", 404))

    def do_POST(self) -> None:  # noqa: N802
        routes: dict[str, Callable[[dict[str, Any]], None]] = {
            "/v1/chat/completions": self._chat, "/v1/completions": self._complete, "/v1/embeddings": self._embed}
        self._started = False
        try:
            body = self._body()
            route = routes.get(self.path)
            if route is None:
                raise BadRequest("There is nothing here.", 404)
            if not self.places.acquire(blocking=False):
                raise BadRequest("The service has as many requests as it can hold: try again shortly.", 503)
            try:
                route(body)
            finally:
                self.places.release()
        except BadRequest as error:
            self._answer(error.status, error_body(str(error), error.status))
        except (BrokenPipeError, ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:
            self.log_error("%s", reason_of(error).detail)
            self._fail(reason_of(error).code)

    def _chat(self, body: dict[str, Any]) -> None:
        self._generate(Generation.chat(body), "chat.completion", "chatcmpl")

    def _complete(self, body: dict[str, Any]) -> None:
        self._generate(Generation.completion(body), "text_completion", "cmpl")

    def _embed(self, body: dict[str, Any]) -> None:
        found = [self.engine.embed(text) for text in embedding_inputs(body)]
        data = [{"object": "embedding", "index": index, "embedding": vector} for index, (vector, _) in enumerate(found)]
        used = sum(tokens for _, tokens in found)
        self._answer(200, {"object": "list", "data": data, "model": self.name, "usage": {"prompt_tokens": used, "total_tokens": used}})

    def _generate(self, wanted: Generation, kind: str, prefix: str) -> None:
        head = {"id": f"{prefix}-{uuid.uuid4().hex}", "created": int(time.time()), "model": self.name}
        chat = kind == "chat.completion"
        pieces = self.engine.generate(wanted)
        if wanted.stream:
            return self._stream(pieces, head | {"object": "chat.completion.chunk" if chat else kind}, chat, wanted.stream_usage)
        text, ended, used = "", None, usage(0, 0)
        for piece in pieces:
            self._still_there()
            text += piece.text
            ended, used = piece.ended, piece.usage or used
        content = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
        choice = {"index": 0, **content, "finish_reason": ended, "logprobs": None}
        self._answer(200, head | {"object": kind, "choices": [choice], "usage": used})

    def _stream(self, pieces: Iterator[Any], head: dict[str, Any], chat: bool, with_usage: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._started = True

        def choice(text: str, ended: str | None, first: bool = False) -> dict[str, Any]:
            delta = ({"role": "assistant"} if first else {}) | ({"content": text} if text or first else {})
            return {"index": 0, **({"delta": delta} if chat else {"text": text}), "finish_reason": ended, "logprobs": None}

        extra = {"usage": None} if with_usage else {}
        if chat:
            self._event(head | {"choices": [choice("", None, first=True)]} | extra)
        for piece in pieces:
            self._still_there()
            if piece.text:
                self._event(head | {"choices": [choice(piece.text, None)]} | extra)
            if piece.ended:
                self._event(head | {"choices": [choice("", piece.ended)]} | extra)
                if with_usage:
                    self._event(head | {"choices": [], "usage": piece.usage})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    # HTTP

    def _body(self) -> dict[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= LARGEST_BODY:
            self.close_connection = True
            raise BadRequest("The body must have a length of at most 8 MiB.", 411 if length < 0 else 413)
        try:
            body = json.loads(self.rfile.read(length))
        except (ValueError, RecursionError):
            raise BadRequest("The body is not JSON.") from None
        if not isinstance(body, dict):
            raise BadRequest("The body is not an object.")
        return body

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _fail(self, code: str) -> None:
        """What goes wrong inside is told without its details; a stream that has begun can only end."""
        self.close_connection = True
        body = error_body(f"The model could not answer ({code}).", 500)
        if self._started:
            return self._event(body)
        self._answer(500, body)

    def _event(self, body: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps(body, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _still_there(self) -> None:
        """Ends the work for a caller who hung up."""
        watched = select.poll()
        watched.register(self.connection, select.POLLIN)
        if watched.poll(0) and not self.connection.recv(1, socket.MSG_PEEK):
            raise BrokenPipeError

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are counted by the gateway."""

    def log_error(self, format: str, *arguments: Any) -> None:
        print(format % arguments, flush=True)
