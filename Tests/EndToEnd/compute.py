"""What tests of compute share: a tiny model with random weights, its data, money, and waiting for runs."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import tempfile

import pytest

from gallery import ROOT, Answer, eventually

ENVIRONMENT = ROOT / ".venv-workers"
needs_workers = pytest.mark.skipif(
    not (ENVIRONMENT / "bin/python").exists(), reason="scripts/setup-workers has not been run")
needs_apps = pytest.mark.skipif(
    not (ROOT / ".venv-apps/bin/python").exists(), reason="scripts/setup-apps has not been run")

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
