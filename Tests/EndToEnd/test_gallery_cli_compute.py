"""gallery-cli for compute: flavors, billing and jobs, against the built server."""

import csv
import io
import json
import os
import re
import signal
import subprocess

import pytest

from compute import needs_workers, price, publish_questions, publish_tiny, top_up, workers_of
from conftest import Person
from gallery import PROGRAMS, Gallery, eventually


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A gallery with ada, who has money, and what she can learn from."""
    with Gallery(tmp_path_factory.mktemp("compute") / "data") as gallery:
        people = {}
        for name, role, scope in (("root", "admin", "admin"), ("ada", "user", "write")):
            gallery.create_user(name, role)
            people[name] = Person(name, gallery.create_token(name, scope), gallery)
        price(people["root"])
        top_up(people["root"], "ada")
        gallery.ada = people["ada"]
        yield gallery


@pytest.fixture
def cli(house, tmp_path):
    """Runs gallery-cli as ada; answers what it printed, and expects its exit status."""

    def run(*arguments: str, status: int | None = 0, stdin: str = "", token: str | None = None) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "SDK_"))}
        environment |= {"HF_ENDPOINT": house.url, "HF_TOKEN": token or house.ada.token, "HOME": str(tmp_path), "TZ": "UTC"}
        done = subprocess.run([PROGRAMS / "gallery-cli", *arguments], env=environment, capture_output=True, text=True, timeout=300,
                              cwd=tmp_path, input=stdin)
        assert status in (None, done.returncode), f"gallery-cli {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        run.complaint, run.status = done.stderr, done.returncode
        return done.stdout

    return run


def test_flavors_are_listed_with_what_they_cost_and_why_one_cannot_be_had(cli):
    # A price holds from the next full second on.
    eventually(lambda: "3.60" in cli("flavors"), within=30)
    rows = {line.split()[0]: line for line in cli("flavors").splitlines()}
    assert "no: " in rows["t4"] and "1 x T4, 16 GiB" in rows["t4"]
    offers = json.loads(cli("flavors", "--for", "fine-tune", "--json"))["items"]
    assert {"snt3", "t4"}.isdisjoint(offer["id"] for offer in offers)
    assert cli("flavors", "--for", "nothing", status=2) == ""


def test_money_is_shown_as_table_and_as_json(cli):
    shown = cli("billing")
    assert "100.00" in shown and "nothing is owed" in shown
    assert json.loads(cli("billing", "show", "--json"))["balance"] == "100.00"
    assert "total" in cli("billing", "statement", "--by", "hour")
    rows = list(csv.reader(io.StringIO(cli("billing", "export").lstrip("\ufeff"))))
    assert rows[0][:3] == ["start", "end", "seconds"]
    cli("billing", "statement", "--from", "yesterday", status=1)
    assert "2026-11-22" in cli.complaint


def test_refusals_say_what_to_do(cli):
    cli("job", "show", "nothing", status=1)
    assert "There is no such run" in cli.complaint
    cli("job", "list", token="hf_wrong_wrong_wrong", status=1)
    assert "login" in cli.complaint
    cli("job", "delete", "nothing", status=2)
    assert "--yes" in cli.complaint
    assert cli("job", "list").startswith("JOB")


@pytest.fixture(scope="module")
def inputs(house):
    return publish_tiny(house.ada), publish_questions(house.ada)


def order(inputs, product, *more):
    return ("job", "create", "--base", inputs[0], "--data", inputs[1], "--product", product, "--flavor", "cpu-2", "--free",
            "--set", "prompt_field=question", "--set", "response_field=answer", "--set", "max_seq_length=64", *more)


@needs_workers
def test_an_order_is_looked_at_before_it_is_made(cli, inputs):
    shown = cli(*order(inputs, "looked-at", "--dry-run"))
    assert "What is 0 plus 0?" in shown and "→ 0" in shown and "Nothing is wrong" in shown
    wrong = cli(*order(inputs, "looked-at", "--set", "lora_rank=0", "--dry-run"), status=1)
    assert "lora_rank" in wrong
    cli(*order(inputs, "looked-at", "--set", "lora_rank=0"), status=1)
    assert "lora_rank" in cli.complaint
    assert "learning_rate" in cli("job", "parameters")


@needs_workers
def test_a_job_is_followed_to_its_end(cli, house, inputs):
    out = cli(*order(inputs, "followed", "--set", "max_steps=3", "--set", "logging_steps=1", "--follow"))
    job = re.match(r"Job (\S+) makes ada/followed", out).group(1)
    assert "step 3/3" in out and cli.complaint.splitlines()[-1] == "succeeded"
    assert "succeeded" in cli("job", "wait", job)
    assert job in cli("job", "list")
    shown = cli("job", "show", job)
    assert "succeeded" in shown and "0.00 CNY for" in shown
    assert "step 3/3" in cli("job", "logs", job)
    assert "loss" in cli("job", "metrics", job).splitlines()
    assert [line.split()[0] for line in cli("job", "metrics", job, "loss").splitlines()] == ["STEP", "1", "2", "3"]
    cli("job", "retry", job, status=1)
    assert cli("job", "delete", job, "--yes") == f"Deleted {job}\n"
    cli("job", "show", job, status=1)
    assert "adapter_model.safetensors" in " ".join(house.ada.api.list_repo_files("ada/followed"))


@needs_workers
def test_a_job_is_stopped_and_goes_on(cli, inputs):
    made = json.loads(cli(*order(inputs, "stopped", "--set", "max_steps=2000", "--set", "num_train_epochs=1000", "--set",
                                 "logging_steps=1", "--json")))
    job = made["id"]
    cli("job", "wait", job, "--timeout", "0", status=4)
    eventually(lambda: "loss" in cli("job", "metrics", job), within=120, every=1)
    cli("job", "stop", job)
    assert cli("job", "wait", job, status=3).startswith("stopped")
    assert "gallery-cli job retry" in cli("job", "show", job)
    # Until nothing of it is left on the machine, it cannot begin anew.
    eventually(lambda: cli("job", "retry", job, status=None) == "queued\n", within=60, every=0.5)
    cli("job", "stop", job)
    cli("job", "wait", job, status=3)


@needs_workers
def test_an_app_is_made_stopped_and_deleted(cli, house, inputs):
    made = json.loads(cli("app", "create", "Ask me", "--source", inputs[0], "--flavor", "cpu-2", "--free", "--hours", "1", "--json"))
    assert made["app"]["name"] == "Ask me"
    assert "Ask me" in cli("app", "list")
    eventually(lambda: "running" in cli("app", "show", "Ask me"), within=180, every=1)
    assert house.get(made["app"]["path"], house.ada.token).status == 200
    cli("app", "stop", "Ask me")
    cli("app", "delete", made["app"]["id"], "--yes")
    cli("app", "show", "Ask me", status=1)
    assert "app list" in cli.complaint


@needs_workers
def test_a_service_is_deployed_asked_and_stopped(cli, inputs):
    made = json.loads(cli("service", "deploy", "answers", "--model", inputs[0], "--flavor", "cpu-2", "--free", "--hours", "1", "--wait",
                          "--json"))
    assert made["state"] == "running" and made["hours"] == 1
    assert "running, 1 of 1 replicas answer" in cli("service", "show", "answers")
    assert made["id"] in cli("service", "list")
    assert cli("service", "logs", "answers").strip()
    assert cli("service", "ask", "answers", "Hello", "--max-tokens", "4").endswith("\n")
    key = cli("service", "keys", "create", "answers", "the web site", "--per-minute", "5").strip()
    cli("service", "ask", made["id"], "-", "--max-tokens", "2", "--key", key, stdin="Hello\n")
    cli("service", "ask", "answers", "Hello", "--key", "sk-wrong-key-of-nobody", status=1)
    listed = cli("service", "keys", "list", "answers").splitlines()[1]
    assert "the web site" in listed and key not in listed
    cli("service", "keys", "revoke", "answers", listed.split()[0])
    cli("service", "ask", "answers", "Hello", "--key", key, status=1)
    fell_and_rose(cli, made)
    eventually(lambda: "the web site" in cli("service", "usage", "answers"), within=90, every=2)
    cli("service", "stop", "answers")
    eventually(lambda: "stopped, 0 of" in cli("service", "show", "answers"), within=90, every=1)
    cli("service", "wait", "answers", status=1)
    assert "stopped" in cli.complaint
    # What does not pass by itself is not waited for.
    cli("service", "ask", "answers", "Hello", status=1)
    assert "stopped" in cli.complaint and "Trying again" not in cli.complaint
    cli("service", "delete", "answers", "--yes")
    cli("service", "show", "answers", status=1)
    assert "service list" in cli.complaint


def fell_and_rose(cli, service) -> None:
    """Who asks while the only replica is down hears of it, and is answered once it is up again."""
    for process in workers_of(service["runs"][0]["run"], "serve"):
        os.kill(process, signal.SIGKILL)
    heard = []

    def answered() -> bool:
        cli("service", "ask", "answers", "Hello", "--max-tokens", "2", status=None)
        heard.append(cli.complaint)
        return cli.status == 0
    eventually(answered, within=120)
    assert "started again" in heard[0] and "Trying again in 1 s." in heard[0], heard
