"""The gallery and its workers are killed while a model is tuned: the run goes on or can, and each second is billed once."""

from __future__ import annotations

import os
import signal

import pytest

from compute import ask, billed, learning, log_of, needs_workers, over, price, publish_questions, publish_tiny, run_of, \
    top_up, workers_of
from conftest import Person
from gallery import Gallery, eventually

pytestmark = needs_workers
PAID = {"flavor": "cpu-2", "region": "local", "tariff": "paid"}


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A gallery of its own: it is killed."""
    gallery = Gallery(tmp_path_factory.mktemp("crash") / "data").start()
    gallery.create_user("root", "admin")
    gallery.create_user("ada")
    yield gallery
    gallery.kill()


@pytest.fixture(scope="module")
def operator(there) -> Person:
    return Person("root", there.create_token("root", "admin"), there)


@pytest.fixture(scope="module")
def ada(there, operator) -> Person:
    person = Person("ada", there.create_token("ada"), there)
    # It holds from the next second on.
    price(operator)
    top_up(operator, "ada")
    publish_tiny(person)
    publish_questions(person, count=40)
    return person


def order(person, product: str, steps: int) -> str:
    body = {"base": "ada/tiny", "task": "question-answering", "data": [{"repo": "ada/questions"}], "product": product,
            "parameters": {"max_steps": steps, "num_train_epochs": 1000, "save_steps": 20, "logging_steps": 5,
                           "max_seq_length": 64}} | PAID
    return ask(person, "POST", "fine-tunes", body, status=201).json["id"]


def test_a_run_goes_on_while_the_gallery_is_killed_and_comes_back(there, operator, ada):
    run = order(ada, "outlives", 900)
    learning(ada, run)
    (worker,) = workers_of(run)
    there.kill()
    # The worker does not end with the gallery.
    os.kill(worker, 0)
    there.start()
    ended = over(ada, run)
    assert ended["state"] == "succeeded" and ended["attempt"] == 1, log_of(ada, run)
    assert "adapter_model.safetensors" in ada.api.list_repo_files("ada/outlives")
    losses = ask(ada, "GET", f"runs/{run}/metrics?name=loss").json["points"]
    steps = [point["step"] for point in losses]
    assert steps == sorted(set(steps)) and steps[-1] == 900, "what was measured meanwhile came later, once"
    assert billed(there, operator, ada, run) == 1


def test_a_worker_that_is_killed_is_told_of_and_goes_on_from_its_checkpoint(there, operator, ada):
    run = order(ada, "goes-on", 600)
    learning(ada, run)
    (worker,) = workers_of(run)
    os.kill(worker, signal.SIGKILL)
    ended = over(ada, run)
    assert ended["state"] == "failed" and ended["reason"]["code"] in ("signal", "exit-code"), ended
    step = ended["checkpointStep"]
    assert step >= 20
    eventually(lambda: retried(ada, run), 30)
    ended = over(ada, run)
    assert ended["state"] == "succeeded" and ended["attempt"] == 2, log_of(ada, run)
    assert "Goes on after step" in log_of(ada, run)
    assert "adapter_model.safetensors" in ada.api.list_repo_files("ada/goes-on")
    assert billed(there, operator, ada, run) == 2


def retried(person, run: str) -> bool:
    """Once nothing of the run is left on the machine."""
    answer = person.gallery.ask("POST", f"/api/v1/runs/{run}/retry", person.token)
    assert answer.status in (200, 409), answer.body
    return answer.status == 200


def test_a_worker_that_is_killed_while_the_gallery_is_away_is_found(there, operator, ada):
    run = order(ada, "both-killed", 100_000)
    learning(ada, run)
    (worker,) = workers_of(run)
    there.kill()
    os.kill(worker, signal.SIGKILL)
    there.start()
    ended = over(ada, run)
    assert ended["state"] == "failed" and ended["checkpointStep"] >= 20, ended
    # What it had made nothing of is not left behind.
    assert not ada.api.repo_exists("ada/both-killed")
    assert billed(there, operator, ada, run) == 1
    assert run_of(ada, run)["mayRetry"]
