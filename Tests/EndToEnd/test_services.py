"""Models as services: deployed, called by OpenAI's own client, fallen and up again, stopped."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import openai
import pytest
from browser import PHONE, WIDE, assert_accessible, assert_fits
from compute import FREE, ask, log_of, needs_workers, price, publish_tiny, top_up
from gallery import eventually
from playwright.sync_api import expect


def deploy(person, model: str, **more) -> dict:
    return ask(person, "POST", "services", {"name": "greeter", "model": model, **FREE, **more}, status=201).json


def service_of(person, service: str) -> dict:
    return ask(person, "GET", f"services/{service}").json


def reaches(person, service: str, state: str, within: float = 180) -> dict:
    def look():
        found = service_of(person, service)
        assert state == "failed" or found["state"] != "failed", found
        return found if found["state"] == state else None
    try:
        return eventually(look, within, every=0.5)
    except AssertionError:
        found = service_of(person, service)
        raise AssertionError(f"{found}\n{[log_of(person, run['run']) for run in found['runs']]}") from None


def test_nothing_is_deployed_that_cannot_be_served(newcomer, alice, model):
    ask(newcomer, "POST", "services", {"name": "x", "model": "nobody/nothing", **FREE}, status=404)
    alice.api.upload_file(path_or_fileobj=b"hello", path_in_repo="a.txt", repo_id=model)
    answer = ask(alice, "POST", "services", {"name": "x", "model": model, **FREE}, status=422)
    assert answer.json["type"].endswith("service-unfit"), answer.body
    answer = ask(alice, "POST", "services", {"name": "x" * 31, "model": model, **FREE}, status=422)
    assert answer.json["type"].endswith("service-name"), answer.body
    assert ask(newcomer, "GET", "services").json == {"items": []}
    ask(newcomer, "GET", "services/nothing", status=404)


def test_the_gateway_speaks_as_openai_does_when_it_refuses(alice):
    url = alice.gallery.url + "/gateway/nothing/v1"
    client = openai.OpenAI(base_url=url, api_key=alice.token, max_retries=0)
    with pytest.raises(openai.NotFoundError) as fault:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    assert fault.value.body["code"] == "service_not_found" and fault.value.body["type"] == "invalid_request_error"
    client = openai.OpenAI(base_url=url, api_key="sk-wrong", max_retries=0)
    with pytest.raises(openai.AuthenticationError):
        client.models.list()
    with pytest.raises(openai.NotFoundError):
        openai.OpenAI(base_url=alice.gallery.url + "/gateway/x", api_key="sk-wrong", max_retries=0).files.list()


def client_of(person, service: dict, key: str | None = None) -> openai.OpenAI:
    return openai.OpenAI(base_url=service["url"], api_key=key or person.token, max_retries=0, timeout=120)


# Before the service that the rest shares: the machine has room for one.
@needs_workers
def test_a_paid_service_is_stopped_started_and_billed(gallery, alice):
    gallery_root = alice.gallery.create_token("root", "admin")
    root = type(alice)("root", gallery_root, gallery)
    price(root, "3.60")
    top_up(root, "alice", "50.00")
    model = publish_tiny(alice, "tiny-paid")
    found = deploy(alice, model, tariff="paid", hours=2)
    reaches(alice, found["id"], "running")
    converted = conversions(gallery)
    ask(alice, "POST", f"services/{found['id']}/stop")
    client = client_of(alice, found)
    with pytest.raises(openai.InternalServerError) as fault:
        client.completions.create(model="any", prompt="a")
    assert fault.value.status_code == 503 and fault.value.body["code"] in ("service_stopping", "service_stopped")
    reaches(alice, found["id"], "stopped")
    cost = ask(alice, "GET", f"services/{found['id']}/cost").json
    assert 0 < cost["seconds"] < 300 and float(cost["total"]) == pytest.approx(cost["seconds"] * 0.001)
    ask(alice, "POST", f"services/{found['id']}/start")
    reaches(alice, found["id"], "running")
    ask(alice, "DELETE", f"services/{found['id']}", status=204)
    ask(alice, "GET", f"services/{found['id']}", status=404)
    # Another replica and another service of the model took the weights that the first one had converted.
    found = deploy(alice, model, name="second")
    reaches(alice, found["id"], "running")
    assert len(converted) == 1 and conversions(gallery) == converted
    assert converted[0][0] in log_of(alice, service_of(alice, found["id"])["runs"][0]["run"])
    ask(alice, "DELETE", f"services/{found['id']}", status=204)
    alone(alice)


def conversions(gallery) -> list[tuple[str, int]]:
    """The names of all that was converted to GGUF, and which files they are."""
    return sorted((path.name, path.stat().st_ino) for path in (gallery.data / "conversions").glob("*/*"))


def alone(person) -> None:
    """Once no service of that person holds the machine."""
    eventually(lambda: all(run["kind"] != "service" for run in ask(person, "GET", "runs").json["items"]), 90, every=0.5)


@needs_workers
def test_a_service_is_deployed_tried_called_and_deleted_in_the_browser(alice, gallery, visit_as):
    model = publish_tiny(alice, "tiny-tried")
    page = visit_as("alice", gallery).page
    page.goto(f"/{model}")
    page.get_by_role("link", name="Deploy", exact=True).click()
    expect(page.get_by_label("Model")).to_have_value(model)
    expect(page.locator(".badge", has_text="Fits").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Name", exact=True).fill("Greeter")
    page.locator("input[value='cpu-2/local/free']").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("Deploy this?")
    assert_accessible(page)
    page.get_by_role("button", name="Deploy", exact=True).click()
    page.wait_for_url(re.compile("/my/services/[^/]+$"))
    expect(page.get_by_text("This machine", exact=True)).to_be_visible()
    service = page.url.rsplit("/", 1)[1]
    reaches(alice, service, "running")
    expect(page.locator("header .badge", has_text="Running")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("cpu-2")).to_have_count(0)
    for width in (PHONE, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        assert_fits(page)
    assert_accessible(page)
    tried(page)
    pasted(page)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/my/services/{service}")
    page.get_by_role("button", name="Stop").click()
    reaches(alice, service, "stopped")
    expect(page.locator("header .badge", has_text="Stopped")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/my/services")
    expect(page.get_by_role("link", name="Greeter")).to_have_count(0)


def tried(page) -> None:
    """Each way to ask on the test page answers."""
    page.get_by_role("link", name="Test", exact=True).click()
    page.locator("summary", has_text="Settings").click()
    # Of random weights few tokens may be no text at all.
    page.get_by_label("Tokens at most").fill("60")
    page.get_by_label("Message").fill("Hello <b>there</b>")
    page.get_by_role("button", name="Send").click()
    turns = page.locator("[data-turns] > li")
    expect(turns).to_have_count(2)
    expect(turns.nth(1).locator("p")).not_to_be_empty(timeout=60_000)
    assert turns.nth(0).locator("b").count() == 0, "what is typed is text"
    expect(page.get_by_label("Message")).to_have_value("")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("link", name="Questions on a text").click()
    page.get_by_label("Text", exact=True).fill("The cat is on the mat.")
    page.get_by_label("Question", exact=True).fill("Where is the cat?")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-answer]")).not_to_be_empty(timeout=60_000)
    page.get_by_role("link", name="Embeddings").click()
    page.locator("#text").fill("one\ntwo")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("table tr")).to_have_count(2, timeout=60_000)
    assert_accessible(page)


def pasted(page) -> None:
    """The samples of the page work as they stand, with the key that was just made."""
    page.get_by_role("link", name="Call", exact=True).click()
    page.get_by_label("Name of a new key").fill("laptop")
    page.get_by_role("button", name="Make a key").click()
    key = page.locator("#issued").inner_text()
    assert page.locator(".notice", has_text="Your new key").bounding_box()["height"] < 250
    assert_accessible(page)
    assert_fits(page)
    samples = [sample.inner_text() for sample in page.locator("section[aria-labelledby='samples-title'] pre").all()]
    shell, python = (next(text for text in samples if word in text) for word in ("curl", "OpenAI("))
    assert key in shell and key in python
    answer = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=120)
    assert '"choices"' in answer.stdout, answer
    answer = subprocess.run([sys.executable, "-c", python], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0 and answer.stdout, answer
    page.reload()
    expect(page.locator("#issued")).to_have_count(0)
    assert key not in page.content()


@pytest.fixture(scope="module")
def served(alice):
    """A service of alice's that runs on the tiny model."""
    found = deploy(alice, publish_tiny(alice, "tiny-served"))
    assert found["state"] == "starting" and found["replicas"] == 1
    yield reaches(alice, found["id"], "running")
    ask(alice, "DELETE", f"services/{found['id']}", status=204)
    alone(alice)


HELLO = [{"role": "user", "content": "Hello!"}]


@needs_workers
def test_openais_client_chats_streams_and_embeds(alice, served):
    key = ask(alice, "POST", f"services/{served['id']}/keys", {"name": "client", "perMinute": 1000}, status=201).json
    client = client_of(alice, served, key["key"])
    assert [model.id for model in client.models.list()] == ["alice/tiny-served"]
    chat = client.chat.completions.create(model="any", messages=HELLO, max_tokens=8, temperature=0, seed=1)
    assert chat.usage.completion_tokens == 8 and chat.choices[0].finish_reason == "length"
    pieces = list(client.chat.completions.create(model="any", messages=HELLO, max_tokens=8, temperature=0, seed=1, stream=True))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    # Random weights say what is no text: of that the engine keeps back the end, which may yet become a letter.
    assert text and chat.choices[0].message.content.startswith(text)
    assert all(piece.choices for piece in pieces), "an event that was not asked for"
    pieces = list(client.completions.create(model="any", prompt="abc", max_tokens=4, stream=True,
                                            stream_options={"include_usage": True}))
    assert pieces[-1].usage.completion_tokens == 4
    vectors = client.embeddings.create(model="any", input=["one", "two"], encoding_format="float").data
    assert len(vectors) == 2 and len(vectors[0].embedding) == 64
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="any", messages=HELLO, extra_body={"messages": "no list"})

    def used():
        rows = ask(alice, "GET", f"services/{served['id']}/usage").json["items"]
        return next((row for row in rows if row["caller"] == key["id"]), None)
    row = eventually(used, 20, every=0.5)
    row = eventually(lambda: (lambda now: now if now["requests"] == 5 else None)(used()), 20, every=0.5)
    assert row["errors"] == 1 and row["completionTokens"] == 8 + 8 + 4 and row["promptTokens"] > 20
    ask(alice, "DELETE", f"services/{served['id']}/keys/{key['id']}", status=204)
    with pytest.raises(openai.AuthenticationError):
        client.models.list()


@needs_workers
def test_a_stream_that_is_left_ends_in_the_engine(alice, served):
    client = client_of(alice, served)
    stream = client.completions.create(model="any", prompt="abc", max_tokens=400, stream=True)
    next(iter(stream))
    stream.close()
    # The replica is free at once: what was left does not hold it.
    begin = time.process_time()
    answers = [client.completions.create(model="any", prompt="abc", max_tokens=2).usage.completion_tokens for _ in range(3)]
    assert answers == [2, 2, 2] and time.process_time() - begin < 60


@needs_workers
def test_a_key_is_held_to_its_rate_and_strangers_out(alice, bob, served):
    key = ask(alice, "POST", f"services/{served['id']}/keys", {"name": "slow", "perMinute": 2}, status=201).json
    client = client_of(alice, served, key["key"])
    for _ in range(2):
        client.completions.create(model="any", prompt="a", max_tokens=1)
    with pytest.raises(openai.RateLimitError) as fault:
        client.completions.create(model="any", prompt="a", max_tokens=1)
    assert int(fault.value.response.headers["retry-after"]) > 0 and fault.value.body["code"] == "rate_limit_exceeded"
    with pytest.raises(openai.PermissionDeniedError):
        client_of(bob, served).models.list()
    for path in ["", "/keys", "/usage", "/cost"]:
        ask(bob, "GET", f"services/{served['id']}{path}", status=404)
    assert key["key"] not in alice.gallery.tail(2000)


@needs_workers
def test_a_replica_that_is_killed_comes_again(alice, served):
    run = served["runs"][0]["run"]
    killed = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and mentions(pid, run)]
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: service_of(alice, served["id"])["state"] in ("restarting", "starting"), 30, every=0.2)
    found = reaches(alice, served["id"], "running")
    assert found["runs"][0]["run"] == run and found["runs"][0]["attempt"] == 2
    client_of(alice, served).completions.create(model="any", prompt="a", max_tokens=1)


def mentions(pid: str, run: str) -> bool:
    """Whether a process is a worker of that run."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            environment = file.read()
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return f"GALLERY_RUN_ID={run}".encode() in environment and b"gallery_workers.serve" in file.read()
    except OSError:
        return False
