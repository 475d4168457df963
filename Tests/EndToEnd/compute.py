"""What tests of compute share: a tiny model with random weights, its data, money, and waiting for runs."""

from __future__ import annotations

import csv
import json
import os
import pathlib
import sqlite3
import struct
import subprocess
import tempfile
import zlib
from datetime import datetime

import pytest

from gallery import ROOT, Answer, eventually

ENVIRONMENT = ROOT / ".venv-workers"
needs_workers = pytest.mark.skipif(
    not (ENVIRONMENT / "bin/python").exists(), reason="scripts/setup-workers has not been run")
needs_apps = pytest.mark.skipif(
    not (ROOT / ".venv-apps/bin/python").exists(), reason="scripts/setup-apps has not been run")

SAMPLES = ROOT / ".samples"

# What runs on two cores free of charge.
FREE = {"flavor": "cpu-2", "region": "local", "tariff": "free"}
OVER = ("succeeded", "failed", "stopped")


def tiny_model(folder: pathlib.Path, chat: bool = True) -> pathlib.Path:
    """Weights of 0.1 M random parameters, with a tokenizer of bytes."""
    tests = ROOT / "Python/workers/tests"
    subprocess.run(
        [ENVIRONMENT / "bin/python", "-c",
         "import pathlib, sys, tiny; tiny.make(pathlib.Path(sys.argv[1]), chat=sys.argv[2] == 'chat')",
         folder, "chat" if chat else "plain"],
        env=os.environ | {"PYTHONPATH": str(tests), "OMP_NUM_THREADS": "1"}, check=True, capture_output=True, timeout=300)
    return folder


def publish_tiny(person, name: str = "tiny", chat: bool = True) -> str:
    """The tiny model as a repository of that person; answers owner/name."""
    repo = f"{person.name}/{name}"
    with tempfile.TemporaryDirectory() as folder:
        tiny_model(pathlib.Path(folder), chat)
        person.api.create_repo(repo, exist_ok=True)
        person.api.upload_folder(repo_id=repo, folder_path=folder)
    return repo


def publish_questions(person, name: str = "questions", count: int = 24) -> str:
    """Questions and answers as a data set of that person; answers owner/name."""
    repo = f"{person.name}/{name}"
    lines = (json.dumps({"question": f"What is {n} plus {n}?", "answer": f"{2 * n}"}) for n in range(count))
    person.api.create_repo(repo, repo_type="dataset", exist_ok=True)
    person.api.upload_file(
        path_or_fileobj="\n".join(lines).encode(), path_in_repo="train.jsonl", repo_id=repo, repo_type="dataset")
    return repo


def picture(pixels: list[int]) -> bytes:
    """Eight by eight shades of grey, 0 to 16, as a PNG."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes(min(255, value * 16) for value in pixels[row:row + 8]) for row in range(0, 64, 8))
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def publish_digits(person, name: str = "digits", count: int = 900) -> str:
    """Written digits as pictures, one folder per digit, in train and test; answers owner/name."""
    repo = f"{person.name}/{name}"
    with open(SAMPLES / "gallery/datasets/samples/digits/digits.csv", newline="") as file:
        rows = list(csv.reader(file))[1:count + 1]
    with tempfile.TemporaryDirectory() as folder:
        for index, (*pixels, label) in enumerate(rows):
            path = pathlib.Path(folder, "test" if index % 5 == 0 else "train", f"digit_{label}", f"{index}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(picture([int(float(value)) for value in pixels]))
        person.api.create_repo(repo, repo_type="dataset", exist_ok=True)
        person.api.upload_folder(repo_id=repo, repo_type="dataset", folder_path=folder)
    return repo


def publish_script(person, name: str, script: str, requirements: str | None = None) -> str:
    """A model that brings a training script with one method `full` without hyperparameters; answers owner/name."""
    repo = f"{person.name}/{name}"
    files = {
        "README.md": "---\nlicense: mit\n---\n# A script\n", "gallery_train/train.py": script, "gallery_train/dataset_readme.md": "# Anything\n",
        "gallery_train/train_params.json": json.dumps({"training_methods": [{"name": "full", "hyperparameters": []}]}),
    } | ({} if requirements is None else {"gallery_train/requirement.txt": requirements})
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            pathlib.Path(folder, path).parent.mkdir(exist_ok=True)
            pathlib.Path(folder, path).write_text(text)
        person.api.create_repo(repo, exist_ok=True)
        person.api.upload_folder(repo_id=repo, folder_path=folder)
    return repo


def ask(person, method: str, path: str, body=None, status: int = 200) -> Answer:
    """One request to `/api/v1`, which must be answered as expected."""
    answer = person.gallery.ask(method, f"/api/v1/{path}", person.token, body)
    assert answer.status == status, f"{method} {path}: {answer.status} {answer.body[:2000]!r}"
    return answer


def run_of(person, run: str) -> dict:
    return ask(person, "GET", f"runs/{run}").json


def log_of(person, run: str) -> str:
    return ask(person, "GET", f"runs/{run}/log").json["text"]


def over(person, run: str, within: float = 300) -> dict:
    """The run once it is over; says its log where it never is."""
    def look():
        found = run_of(person, run)
        return found if found["state"] in OVER else None
    try:
        return eventually(look, within, every=0.5)
    except AssertionError:
        raise AssertionError(f"{run_of(person, run)}\n{log_of(person, run)}") from None


def top_up(root, name: str, amount: str = "100.00", reference: str | None = None) -> None:
    """Money for somebody, from the operator."""
    ask(root, "POST", f"console/billing/accounts/{name}/top-ups",
        {"amount": amount, "reference": reference or f"test-{name}-{os.urandom(4).hex()}"}, status=201)


def price(root, per_hour: str = "3.60", flavor: str = "cpu-2") -> None:
    ask(root, "POST", "console/prices", {"flavor": flavor, "region": "local", "perHour": per_hour}, status=201)


def learning(person, run: str, within: float = 240) -> dict:
    """The run once it has saved a checkpoint, and been metered for some seconds."""
    def look():
        found = run_of(person, run)
        assert found["state"] not in OVER, f"{found}\n{log_of(person, run)}"
        learns = found["state"] == "running" and found.get("checkpointStep")
        return learns and ask(person, "GET", f"runs/{run}/cost").json["seconds"] >= 2 and found
    return eventually(look, within, every=0.2)


def workers_of(run: str, module: str = "finetune") -> list[int]:
    """The worker processes of a run on this machine: Python itself, not what stands above it."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"GALLERY_RUN_ID={run}".encode() in environment and f"gallery_workers.{module}".encode() in command[1:3]:
            found.append(int(process.name))
    return found


def billed(gallery, root, person, run: str) -> int:
    """Checks that each second for which a run was metered is on the bill once; answers how often its meter ran."""
    with sqlite3.connect(gallery.data / "gallery.sqlite") as database:
        metered = database.execute(
            "SELECT started_at, ended_at FROM usage_intervals WHERE run = ? ORDER BY started_at", (run,)).fetchall()
    assert all(start <= end for start, end in metered), metered
    assert all(before[1] <= after[0] for before, after in zip(metered, metered[1:])), f"twice: {metered}"
    seconds = sum(end - start for start, end in metered) // 1000
    shown = run_of(person, run)
    cost = ask(person, "GET", f"runs/{run}/cost").json
    assert cost["seconds"] == seconds > 0, (cost, metered)
    # The price of `price` is a thousandth a second.
    assert abs(float(cost["total"]) - seconds / 1000) < 1e-6, cost
    assert metered[-1][1] / 1000 - datetime.fromisoformat(shown["endedAt"]).timestamp() < 1
    books = ask(root, "GET", "console/billing/books").json
    assert books["isRight"], books
    return len(metered)
