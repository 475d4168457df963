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
    } | ({"GALLERY_RUN_DOOR": str(door)} if door else {})
    return subprocess.Popen([sys.executable, HERE / "folder_run.py", repositories, "gallery_workers.serve.__main__"], cwd=work, env=environment)


def ready(gallery: Gallery, process: subprocess.Popen[bytes]) -> None:
    while "Ready." not in gallery.text():
        assert process.poll() is None, gallery.text()
        time.sleep(0.05)


def test_an_adapter_is_served_on_its_base_until_it_is_stopped(gallery: Gallery, tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer

    base = tiny.make(tmp_path / "alice/tiny")
    product = tmp_path / "alice/tuned"
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), LoraConfig(task_type="CAUSAL_LM", target_modules="all-linear", init_lora_weights=False))
    model.save_pretrained(product)
    AutoTokenizer.from_pretrained(base).save_pretrained(product)
    config = json.loads((product / "adapter_config.json").read_text()) | {"base_model_name_or_path": "alice/tiny", "revision": "main"}
    (product / "adapter_config.json").write_text(json.dumps(config))

    gallery.lease_seconds = 0.5
    port = free_port()
    process = start(gallery, tmp_path, tmp_path / "work", base={"repo": "alice/tuned", "revision": "main"}, listen={"port": port}, name="tuned")
    ready(gallery, process)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/v1/completions", json.dumps({"prompt": "abc", "max_tokens": 8, "temperature": 0}), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokens = tokenizer("abc", return_tensors="pt")["input_ids"]
    expected = model.eval().generate(input_ids=tokens, max_new_tokens=8, do_sample=False)[0, tokens.shape[1]:]
    assert answer["choices"][0]["text"] == tokenizer.decode(expected, skip_special_tokens=True)
    gallery.stop = True
    assert process.wait(60) == 0
    assert (gallery.finished[-1]["outcome"], gallery.finished[-1]["reason"]["code"]) == ("stopped", "stopped")


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
