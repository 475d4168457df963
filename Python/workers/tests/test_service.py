"""A service from its start to its stop, in a process of its own as the launcher starts it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import tiny  # noqa: E402
from gallery import Gallery  # noqa: E402
from gallery_workers.serve import gguf  # noqa: E402

HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(gallery: Gallery, repositories: Path, work: Path, door: Path | None = None, **spec: Any) -> subprocess.Popen[bytes]:
    work.mkdir(parents=True)
    (work / "spec.json").write_text(json.dumps({"kind": "service", "limits": {"cores": 1}} | spec))
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), "HOME": str(work), "GALLERY_URL": gallery.url, "GALLERY_RUN_ID": "r1",
        "GALLERY_RUN_ATTEMPT": "1", "GALLERY_RUN_TOKEN": "secret", "GALLERY_RUN_SPEC": str(work / "spec.json"), "OMP_NUM_THREADS": "1",
        gguf.CACHE: str(repositories / "cache"),
    } | ({"GALLERY_RUN_DOOR": str(door)} if door else {})
    return subprocess.Popen([sys.executable, HERE / "folder_run.py", repositories, "gallery_workers.serve.__main__"], cwd=work, env=environment)


def ready(gallery: Gallery, process: subprocess.Popen[bytes]) -> None:
    while "Ready." not in gallery.text():
        assert process.poll() is None, gallery.text()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """alice/tiny, and alice/tuned, an adapter on it."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    root = tmp_path_factory.mktemp("repositories")
    base = tiny.make(root / "alice/tiny", chat=True)
    product = root / "alice/tuned"
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", init_lora_weights=False))
    model.save_pretrained(product)
    AutoTokenizer.from_pretrained(base).save_pretrained(product)
    config = json.loads((product / "adapter_config.json").read_text()) | {"base_model_name_or_path": "alice/tiny", "revision": "main"}
    (product / "adapter_config.json").write_text(json.dumps(config))
    return root


def ask(port: int, path: str, body: dict[str, Any]) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    assert response.status == 200, text
    if not body.get("stream"):
        return json.loads(text)
    events = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert events.pop() == "[DONE]"
    return [json.loads(event) for event in events]


@pytest.mark.parametrize("model", ["tiny", "tuned"])
@pytest.mark.parametrize("engine", ["transformers", "llama.cpp"])
def test_a_model_is_served_until_it_is_stopped(gallery: Gallery, repositories: Path, tmp_path: Path, model: str, engine: str) -> None:
    """An adapter is served on its base. Both engines answer what transformers itself makes of the weights."""
    from peft import PeftModel

    from gallery_workers.models import load_model, load_tokenizer
    from gallery_workers.serve.engine import Engine
    from gallery_workers.serve.protocol import Generation

    if engine == "llama.cpp" and not (Path(sys.prefix) / "share/gguf").is_dir():
        pytest.skip("scripts/setup-workers has not installed the converter")
    gallery.lease_seconds = 0.5
    port = free_port()
    process = start(gallery, repositories, tmp_path / "work", base={"repo": f"alice/{model}", "revision": "main"}, listen={"port": port}, name="m", engine=engine)
    ready(gallery, process)

    weights = load_model(repositories / "alice/tiny")
    if model == "tuned":
        weights = PeftModel.from_pretrained(weights, repositories / "alice/tuned").merge_and_unload()
    ours = Engine(weights, load_tokenizer(repositories / "alice/tiny"))

    found = ask(port, "/v1/embeddings", {"input": ["The weather is fine.", "你好"]})
    for each, text in zip(found["data"], ["The weather is fine.", "你好"], strict=True):
        assert sum(x * y for x, y in zip(each["embedding"], ours.embed(text)[0], strict=True)) > 0.999
    wanted = {"prompt": "abc", "max_tokens": 4, "temperature": 0}
    answer = ask(port, "/v1/completions", wanted)
    assert answer["choices"][0]["text"] == "".join(piece.text for piece in ours.generate(Generation.completion(wanted)))
    chat = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 6, "temperature": 0}
    whole = ask(port, "/v1/chat/completions", chat)
    events = ask(port, "/v1/chat/completions", chat | {"stream": True})
    assert whole["usage"]["completion_tokens"] <= 6 and whole["model"] == "m"
    # Half a character at the end is left out, or said to be one.
    streamed = "".join(event["choices"][0]["delta"].get("content") or "" for event in events)
    assert streamed.rstrip("\ufffd") == whole["choices"][0]["message"]["content"].rstrip("\ufffd")
    gallery.stop = True
    assert process.wait(60) == 0
    assert (gallery.finished[-1]["outcome"], gallery.finished[-1]["reason"]["code"]) == ("stopped", "stopped")


def test_a_conversion_outlives_its_run(gallery: Gallery, repositories: Path, tmp_path: Path) -> None:
    cached = {path: path.stat().st_ino for path in (repositories / "cache").glob("*.gguf")}
    if not cached:
        pytest.skip("nothing was converted")
    gallery.lease_seconds = 0.5
    process = start(gallery, repositories, tmp_path / "work", base={"repo": "alice/tuned", "revision": "main"}, listen={"port": free_port()})
    ready(gallery, process)
    gallery.stop = True
    assert process.wait(60) == 0
    assert cached == {path: path.stat().st_ino for path in (repositories / "cache").iterdir()}
    assert not (tmp_path / "work/merged").exists() and not (tmp_path / "work/gguf").exists()


def test_what_does_not_convert_is_served_by_transformers(gallery: Gallery, tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "alice/odd")
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer | {"normalizer": {"type": "Lowercase"}}))
    gallery.lease_seconds = 0.5
    port = free_port()
    process = start(gallery, tmp_path, tmp_path / "work", base={"repo": "alice/odd", "revision": "main"}, listen={"port": port})
    ready(gallery, process)
    assert "Serving by transformers, since" in gallery.text()
    assert ask(port, "/v1/completions", {"prompt": "abc", "max_tokens": 2})["usage"]["total_tokens"] == 5
    gallery.stop = True
    assert process.wait(60) == 0


@pytest.mark.parametrize("deep", ["", "a" * 60 + "/" + "b" * 60])
def test_the_launchers_door(gallery: Gallery, tmp_path: Path, deep: str) -> None:
    tiny.make(tmp_path / "alice/tiny")
    gallery.lease_seconds = 0.5
    work = tmp_path / deep / "work"
    process = start(gallery, tmp_path, work, work / "door.sock", base={"repo": "alice/tiny", "revision": "main"}, engine="transformers")
    ready(gallery, process)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(f"/proc/{process.pid}/cwd/door.sock")
        connection.sendall(b"GET /health HTTP/1.0\r\n\r\n")
        assert b" 200 " in connection.recv(100)
    gallery.stop = True
    assert process.wait(60) == 0


def test_a_service_ends_when_its_time_is_up(gallery: Gallery, tmp_path: Path) -> None:
    tiny.make(tmp_path / "alice/tiny")
    process = start(
        gallery, tmp_path, tmp_path / "work", base={"repo": "alice/tiny", "revision": "main"}, engine="transformers",
        listen={"socket": str(tmp_path / "s.sock")}, limits={"cores": 1, "seconds": 0.2})
    assert process.wait(120) == 0
    assert gallery.finished[-1]["reason"]["code"] == "time-limit"


@pytest.mark.parametrize("spec", [
    {"listen": {"socket": "relative.sock"}}, {"listen": {"port": 0}}, {}, {"listen": {"port": 1}, "engine": "sh"},
    {"listen": {"port": 1}, "engine": "llama.cpp"},
])
def test_it_fails_with_a_reason(gallery: Gallery, tmp_path: Path, spec: dict[str, Any]) -> None:
    (tmp_path / "alice/tiny").mkdir(parents=True)
    process = start(gallery, tmp_path, tmp_path / "work", base={"repo": "alice/tiny", "revision": "main"}, **spec)
    assert process.wait(120) == 0
    assert gallery.finished[-1]["reason"]["code"] == "bad-parameters"
