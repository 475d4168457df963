"""gallery-cli for compute: flavors, billing, jobs, services and apps, against the built server."""

import csv
import io
import json
import os
import subprocess

import pytest

from gallery import PROGRAMS, Gallery, eventually


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A gallery with an administrator, and ada who has money."""
    with Gallery(tmp_path_factory.mktemp("compute") / "data") as gallery:
        for name, role in (("root", "admin"), ("ada", "user")):
            gallery.create_user(name, role)
        gallery.root = gallery.create_token("root", "admin")
        gallery.ada = gallery.create_token("ada", "write")
        gallery.must = lambda *call, **rest: must(gallery, *call, **rest)
        gallery.must("POST", "/api/v1/console/prices", {"flavor": "cpu-2", "region": "local", "perHour": "3.60"})
        gallery.must("POST", "/api/v1/console/billing/accounts/ada/top-ups", {"amount": "100", "reference": "bank-1"})
        yield gallery


def must(gallery, method, path, body=None, token=None):
    answer = gallery.ask(method, path, token or gallery.root, body)
    assert answer.status < 300, f"{method} {path}: {answer.status} {answer.body!r}"
    return answer.json if answer.body else None


@pytest.fixture
def cli(house, tmp_path):
    """Runs gallery-cli as ada; answers what it printed, and expects its exit status."""

    def run(*arguments: str, status: int = 0, stdin: str = "", token: str | None = None) -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "SDK_"))}
        environment |= {"HF_ENDPOINT": house.url, "HF_TOKEN": token or house.ada, "HOME": str(tmp_path), "TZ": "UTC"}
        done = subprocess.run([PROGRAMS / "gallery-cli", *arguments], env=environment, capture_output=True, text=True, timeout=300,
                              cwd=tmp_path, input=stdin)
        assert done.returncode == status, f"gallery-cli {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        run.complaint = done.stderr
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
