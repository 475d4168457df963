"""A gallery whose runs lie on a Ray cluster of two nodes, of which one is killed at last. `make test-ray` starts the cluster."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from datetime import datetime

import pytest

from compute import FREE, ask, log_of, needs_workers, over, price, publish_questions, publish_tiny, run_of, top_up
from conftest import Person, person
from gallery import ROOT, Gallery, eventually, free_port
from test_services import client_of, deploy, reaches

CLUSTER = os.environ.get("GALLERY_TEST_RAY")
pytestmark = [
    pytest.mark.ray, needs_workers,
    pytest.mark.skipif(not CLUSTER, reason="no Ray cluster is named in GALLERY_TEST_RAY: make test-ray starts one")]


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    port = free_port()
    settings = {
        "GALLERY_COMPUTE_LAUNCHER": "ray",
        "GALLERY_COMPUTE_RAY_ADDRESS": CLUSTER,
        "GALLERY_COMPUTE_RAY_TOKEN": os.environ["GALLERY_TEST_RAY_TOKEN"],
        # The nodes of the test have one file system, so this folder is shared.
        "GALLERY_COMPUTE_RAY_FOLDER": str(tmp_path_factory.mktemp("nodes")),
        "GALLERY_COMPUTE_ADDRESS": f"http://{os.environ['GALLERY_TEST_RAY_HOST']}:{port}",
    }
    with Gallery(tmp_path_factory.mktemp("ray") / "data", port, settings, host="0.0.0.0") as gallery:
        gallery.create_user("root", "admin")
        yield gallery


@pytest.fixture(scope="module")
def operator(there):
    root = Person("root", there.create_token("root", "admin"), there)
    # It holds from the next second on.
    price(root)
    return root


@pytest.fixture(scope="module")
def ada(there, operator):
    somebody = person(there, "ada")
    publish_tiny(somebody)
    publish_questions(somebody)
    return somebody


def order(somebody, product: str, used=None, **parameters) -> str:
    body = {
        "base": "ada/tiny", "task": "question-answering", "data": [{"repo": "ada/questions"}], "product": product,
        "parameters": {"logging_steps": 1, "max_seq_length": 64, "num_train_epochs": 1000} | parameters}
    return ask(somebody, "POST", "fine-tunes", body | (used or FREE), status=201).json["id"]


def stage(somebody, run: str, within: float = 240):
    """Waits until the worker has saved a checkpoint."""
    def look():
        found = run_of(somebody, run)
        assert found["state"] not in ("failed", "stopped"), f"{found}\n{log_of(somebody, run)}"
        return found["state"] == "running" and found.get("checkpointStep")
    return eventually(look, within, every=0.5)


def used_cores(operator) -> list[int]:
    return [node["usedCores"] for node in ask(operator, "GET", "console/nodes").json["items"]]


def billed_until(there, run: str) -> list[float]:
    """When each of its intervals ended, in seconds."""
    with sqlite3.connect(there.data / "gallery.sqlite") as database:
        rows = database.execute("SELECT ended_at FROM usage_intervals WHERE run = ? ORDER BY started_at", (run,))
        return [ended / 1000 for (ended,) in rows]


def test_its_nodes_decide_what_can_be_chosen(there, operator, ada):
    nodes = eventually(lambda: ask(operator, "GET", "console/nodes").json["items"], 30)
    assert [node["cores"] for node in nodes] == [2, 2]
    assert {node["name"] for node in nodes} == {"10.77.0.1", "10.77.0.2"}
    four = {"name": {"en": "Four cores", "zh": "四核"}, "cores": 4, "memoryGiB": 8, "services": ["fine-tune"]}
    ask(operator, "PUT", "console/flavors/cpu-4", four, status=204)
    ask(operator, "PUT", "console/flavors/cpu-4/offers/local/free", {"isOpen": True}, status=204)
    offers = ask(operator, "GET", "console/flavors").json["items"]
    reasons = {offer["id"]: offer.get("reason") for offer in offers if offer["tariff"] == "free"}
    # Four cores are there, but not on one node.
    assert reasons["cpu-2"] is None and reasons["cpu-4"] == "cores", reasons


def test_a_model_is_tuned_on_a_node(ada):
    run = order(ada, "tuned", max_steps=6, save_steps=3)
    assert over(ada, run)["state"] == "succeeded", log_of(ada, run)
    losses = ask(ada, "GET", f"runs/{run}/metrics?name=loss").json["points"]
    assert len(losses) == 6
    assert "adapter_model.safetensors" in ada.api.list_repo_files("ada/tuned")


def test_a_worker_that_runs_is_stopped_and_the_gallery_finds_it_again(there, ada):
    run = order(ada, "stopped", max_steps=100_000, save_steps=5)
    stage(ada, run)
    there.kill()
    there.start()
    assert run_of(ada, run)["state"] == "running"
    ask(ada, "POST", f"runs/{run}/stop")
    ended = over(ada, run)
    assert ended["state"] == "stopped" and ended["checkpointStep"] > 0, log_of(ada, run)


def test_a_service_on_a_node_answers_at_the_gateway(there, ada):
    service = deploy(ada, "ada/tiny")
    client = client_of(ada, reaches(ada, service["id"], "running"))
    told = [{"role": "user", "content": "Hello!"}]
    chat = client.chat.completions.create(model="any", messages=told, max_tokens=8)
    assert chat.usage.completion_tokens == 8
    pieces = list(client.chat.completions.create(model="any", messages=told, max_tokens=8, stream=True))
    assert len(pieces) > 2
    there.kill()
    there.start()
    # The way to the node is found again as well.
    assert client.chat.completions.create(model="any", messages=told, max_tokens=4).usage.completion_tokens == 4
    ask(ada, "DELETE", f"services/{service['id']}", status=204)
    eventually(lambda: all(run["kind"] != "service" for run in ask(ada, "GET", "runs").json["items"]), 90, every=0.5)


def test_what_a_dead_node_ran_goes_on_from_its_checkpoint_on_the_other(there, operator, ada):
    top_up(operator, "ada")
    paid = {"flavor": "cpu-2", "region": "local", "tariff": "paid"}
    runs = [order(ada, f"pair-{number}", paid, max_steps=100_000, save_steps=5) for number in (1, 2)]
    for run in runs:
        stage(ada, run)
    assert used_cores(operator) == [2, 2]
    subprocess.run([ROOT / "scripts/ray-cluster", "kill-node"], check=True, timeout=60)

    def find():
        return next((run for run in runs if run_of(ada, run)["state"] == "failed"), None)

    lost = eventually(find, 180, every=0.5)
    (kept,) = set(runs) - {lost}
    told = run_of(ada, lost)
    assert told["reason"]["code"] in ("machine-lost", "worker-lost"), told
    step = told["checkpointStep"]
    assert "step" in log_of(ada, lost).lower()
    # What is billed ends with what was heard of last.
    assert told["endedAt"] == told["heartbeatAt"]
    assert billed_until(there, lost) == [pytest.approx(datetime.fromisoformat(told["endedAt"]).timestamp(), abs=1)]
    assert run_of(ada, kept)["state"] == "running"
    nodes = eventually(lambda: len(used_cores(operator)) == 1 and used_cores(operator), 60)
    assert nodes == [2]
    # The other node has room again, and the lost one goes on there.
    eventually(lambda: there.post(f"/api/v1/runs/{lost}/retry", ada.token).status == 200, 30, every=0.5)
    ask(ada, "POST", f"runs/{kept}/stop")
    assert over(ada, kept)["state"] == "stopped"
    eventually(lambda: "Goes on after step" in log_of(ada, lost), 240, every=0.5)
    eventually(lambda: run_of(ada, lost)["state"] == "running", 60, every=0.5)
    ask(ada, "POST", f"runs/{lost}/stop")
    ended = over(ada, lost)
    assert ended["state"] == "stopped" and ended["checkpointStep"] >= step, log_of(ada, lost)
    assert len(billed_until(there, lost)) == 2
    books = ask(operator, "GET", "console/billing/books").json
    assert books["isRight"], books
