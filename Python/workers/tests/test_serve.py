"""The OpenAI API of a transformers worker, over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import tiny  # noqa: E402
from gallery_workers.models import load_model, load_tokenizer  # noqa: E402
from gallery_workers.reasons import RunEnded  # noqa: E402
from gallery_workers.serve import gguf  # noqa: E402
from gallery_workers.serve.convert import splits_as_gpt2  # noqa: E402
from gallery_workers.serve.engine import Engine, _Text  # noqa: E402
from gallery_workers.serve.protocol import Generation  # noqa: E402
from gallery_workers.serve.server import Server  # noqa: E402
from gallery_workers.spec import adapter_base  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.make(tmp_path_factory.mktemp("model"), chat=True)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Engine:
    return Engine(load_model(folder), load_tokenizer(folder))


@pytest.fixture(scope="module")
def server(engine: Engine) -> Iterator[Server]:
    server = Server(engine, "tiny", ("127.0.0.1", 0))
    threading.Thread(target=server.serve, daemon=True).start()
    yield server
    server.close()


def ask(server: Server, path: str, body: Any, raw: bytes | None = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(*server.address, timeout=60)
    connection.request("POST", path, raw if raw is not None else json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    if response.getheader("Content-Type") != "text/event-stream":
        return response.status, json.loads(text)
    lines = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    return response.status, [json.loads(line) for line in lines]


CHAT: dict[str, Any] = {"model": "tiny", "messages": [{"role": "user", "content": "你好"}], "max_tokens": 12, "seed": 5}


def test_chat_and_its_stream_say_the_same(server: Server) -> None:
    status, whole = ask(server, "/v1/chat/completions", CHAT)
    assert status == 200 and whole["object"] == "chat.completion"
    assert whole["usage"]["completion_tokens"] <= 12
    assert whole["usage"]["total_tokens"] == whole["usage"]["prompt_tokens"] + whole["usage"]["completion_tokens"]
    _, events = ask(server, "/v1/chat/completions", CHAT | {"stream": True, "stream_options": {"include_usage": True}})
    assert events[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    text = "".join(event["choices"][0]["delta"].get("content", "") for event in events if event["choices"])
    assert text == whole["choices"][0]["message"]["content"]
    assert events[-1]["usage"] == whole["usage"]
    assert events[-2]["choices"][0]["finish_reason"] == whole["choices"][0]["finish_reason"]


def test_completions_follow_the_model_exactly(server: Server, folder: Path, engine: Engine) -> None:
    """Greedy, token by token, gives what transformers' own generate gives."""
    import torch

    _, answer = ask(server, "/v1/completions", {"prompt": "abc", "max_tokens": 20, "temperature": 0})
    tokens = engine.tokenizer("abc", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        expected = engine.model.generate(tokens, max_new_tokens=20, do_sample=False)[0, tokens.shape[1]:]
    assert answer["choices"][0]["text"] == engine.tokenizer.decode(expected, skip_special_tokens=True)
    assert answer["object"] == "text_completion"


def test_embeddings_have_length_one(server: Server) -> None:
    status, answer = ask(server, "/v1/embeddings", {"input": ["one", "two"]})
    assert status == 200 and [each["index"] for each in answer["data"]] == [0, 1]
    assert all(abs(sum(x * x for x in each["embedding"]) - 1) < 1e-4 for each in answer["data"])
    assert answer["usage"] == {"prompt_tokens": 6, "total_tokens": 6}


def test_many_at_once_get_their_own_answers(server: Server) -> None:
    requests = [CHAT | {"seed": seed, "stream": seed % 2 == 0} for seed in range(12)]

    def text(body: dict[str, Any]) -> str:
        _, answer = ask(server, "/v1/chat/completions", body)
        if body["stream"]:
            return "".join(event["choices"][0]["delta"].get("content", "") for event in answer)
        return answer["choices"][0]["message"]["content"]

    with ThreadPoolExecutor(12) as pool:
        together = list(pool.map(text, requests))
    assert together == [text(body) for body in requests]


def test_a_caller_who_hangs_up_ends_the_work(server: Server, engine: Engine) -> None:
    made: list[int] = []
    original = engine.generate

    def counted(wanted: Generation) -> Iterator[Any]:
        for piece in original(wanted):
            made.append(1)
            time.sleep(0.02)
            yield piece

    engine.generate = counted  # type: ignore[method-assign]
    try:
        connection = socket.create_connection(server.address)
        body = json.dumps(CHAT | {"stream": True, "max_tokens": 400, "temperature": 0}).encode()
        connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
        connection.close()
        time.sleep(0.5)
        count = len(made)
        time.sleep(0.5)
        assert len(made) == count < 100
    finally:
        engine.generate = original  # type: ignore[method-assign]


@pytest.mark.parametrize(("path", "body", "status"), [
    ("/v1/chat/completions", {"messages": []}, 400),
    ("/v1/chat/completions", {"messages": [{"role": "tool", "content": "x"}]}, 400),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400),
    ("/v1/chat/completions", CHAT | {"temperature": 3}, 400),
    ("/v1/chat/completions", CHAT | {"temperature": float("nan")}, 400),
    ("/v1/chat/completions", CHAT | {"n": 2}, 400),
    ("/v1/chat/completions", CHAT | {"max_tokens": 0}, 400),
    ("/v1/chat/completions", CHAT | {"stop": ["a"] * 5}, 400),
    ("/v1/completions", {"prompt": "x" * 1000}, 400),
    ("/v1/completions", {"prompt": 5}, 400),
    ("/v1/embeddings", {"input": []}, 400),
    ("/v1/nothing", {}, 404),
    ("/v1/completions", [], 400),
])
def test_bad_requests(server: Server, path: str, body: Any, status: int) -> None:
    found, answer = ask(server, path, body)
    assert found == status and answer["error"]["message"]


def test_what_is_not_json(server: Server) -> None:
    assert ask(server, "/v1/completions", None, raw=b"{")[0] == 400
    assert ask(server, "/v1/completions", None, raw=b"[" * 100_000)[0] == 400


def test_a_unix_socket(engine: Engine, tmp_path: Path) -> None:
    path = str(tmp_path / "s.sock")
    server = Server(engine, "tiny", path)
    threading.Thread(target=server.serve, daemon=True).start()
    assert stat.S_ISSOCK(os.stat(path).st_mode)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(path)
        connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b'"id": "tiny"' in b"".join(iter(lambda: connection.recv(4096), b""))
    server.close()


def test_stop_texts_end_the_answer_and_are_not_said(engine: Engine) -> None:
    tokens = engine.tokenizer("Hello, wörld END more", add_special_tokens=False)["input_ids"]
    text = _Text(engine.tokenizer, ("END",))
    said = ""
    for token in tokens:
        said += text.add(token)
        if text.stopped:
            break
    assert said + text.rest() == "Hello, wörld "
    held = _Text(engine.tokenizer, ("END",))
    assert "".join(held.add(token) for token in engine.tokenizer("an E", add_special_tokens=False)["input_ids"]) == "an "
    assert held.rest() == "E"


def test_long_answers_are_decoded_like_short_ones(engine: Engine) -> None:
    words = "So ist das mit dem Übermut, 你好. " * 20
    text = _Text(engine.tokenizer, ())
    said = "".join(text.add(token) for token in engine.tokenizer(words, add_special_tokens=False)["input_ids"])
    assert said + text.rest() == words


def test_an_adapter_names_its_base(tmp_path: Path) -> None:
    config = tmp_path / "adapter_config.json"
    config.write_text('{"base_model_name_or_path": "alice/tiny", "revision": "abc"}')
    base = adapter_base(tmp_path)
    assert base is not None and (base.repo, base.revision) == ("alice/tiny", "abc")
    for hostile in ('{"base_model_name_or_path": "/etc"}', '{"base_model_name_or_path": "../x"}', "[]", "{"):
        config.write_text(hostile)
        with pytest.raises(RunEnded):
            adapter_base(tmp_path)


def test_conversions_are_cached_by_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model, script, cache = tmp_path / "model", tmp_path / "convert.py", tmp_path / "cache"
    model.mkdir()
    (model / "model.safetensors").write_bytes(b"weights")
    script.write_text(
        f"import sys; open({str(tmp_path / 'calls')!r}, 'a').write('x')\n"
        "open(sys.argv[3], 'wb').write(b'GGUF' + open(sys.argv[1] + '/model.safetensors', 'rb').read())")
    monkeypatch.setenv(gguf.CONVERTER, str(tmp_path / "nowhere"))
    with pytest.raises(gguf.NotConverted):
        gguf.gguf_of(model, tmp_path)
    monkeypatch.setenv(gguf.CONVERTER, str(script))
    monkeypatch.setenv(gguf.CACHE, str(cache))
    first = gguf.gguf_of(model, tmp_path)
    assert first.parent == cache and first.read_bytes() == b"GGUFweights"
    assert gguf.gguf_of(model, tmp_path) == first
    (model / "model.safetensors").write_bytes(b"others")
    assert gguf.gguf_of(model, tmp_path) != first
    assert (tmp_path / "calls").read_text() == "xx"
    script.write_text("import sys; sys.exit('Model Foo is not supported')")
    with pytest.raises(gguf.NotConverted, match="Foo is not supported"):
        gguf.gguf_of(model, tmp_path)
    assert sorted(path.suffix for path in cache.iterdir()) == [".gguf", ".gguf"]


@pytest.mark.parametrize(("change", "same"), [
    ({}, True), ({"normalizer": {"type": "Lowercase"}}, False), ({"pre_tokenizer": None}, False),
    ({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True}}, False),
    ({"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}}, False), ({"model": []}, False),
])
def test_a_tokenizer_that_splits_as_gpt2(folder: Path, tmp_path: Path, change: dict[str, Any], same: bool) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(json.loads((folder / "tokenizer.json").read_text()) | change))
    assert splits_as_gpt2(path) == same
