"""AI apps in a browser: a chat made of the tiny model by a real worker, a program of somebody's own, the switch and deleting."""

import re
import time

import pytest
from playwright.sync_api import expect

from browser import PHONE, WIDE, Visit, assert_accessible, assert_fits
from compute import FREE, ask, log_of, needs_apps, needs_workers, publish_tiny
from gallery import eventually

FLAVOR = "cpu-2/local/free"


def state_of(person, app: str) -> dict:
    return ask(person, "GET", f"my/apps/{app}").json


def running(person, app: str, within: float = 240) -> dict:
    """The app once it answers; says its log where it never does."""
    def look():
        found = state_of(person, app)
        assert found["state"] != "ended", f"{found}\n{log_of(person, found['run']['id'])}"
        return found if found["state"] == "running" else None
    try:
        return eventually(look, within, every=0.5)
    except AssertionError:
        found = state_of(person, app)
        raise AssertionError(f"{found}\n{log_of(person, found['run']['id'])}") from None


def make(person, source: str, name: str, purpose: str = "chat") -> str:
    body = {"name": name, "purpose": purpose, "source": source, "description": "Made by a test", **FREE}
    return ask(person, "POST", "apps", body, status=201).json["app"]["id"]


def remove(person, app: str) -> None:
    ask(person, "DELETE", f"my/apps/{app}", status=204)


@pytest.fixture(scope="module")
def tiny(alice) -> str:
    return publish_tiny(alice, "talker")


@needs_workers
def test_a_model_becomes_a_chat_that_others_use(alice, bob, tiny, gallery, visit_as):
    owner = visit_as("alice", gallery).page
    owner.goto(f"/apps/new?model={tiny}")
    expect(owner.get_by_label("Made of")).to_have_value(tiny)
    assert_accessible(owner)
    owner.get_by_label("Name", exact=True).fill("Talker")
    owner.locator(f"input[value='{FLAVOR}']").check()
    owner.get_by_label("I know that it is billed").check()
    owner.get_by_role("button", name="Create and start").click()
    owner.wait_for_url("**/my/apps/*")
    app = owner.url.split("/")[-1]
    try:
        expect(owner.locator("h1")).to_have_text("Talker")
        running(alice, app)
        expect(owner.locator(".badge", has_text="Running")).to_be_visible(timeout=15_000)
        assert_accessible(owner)
        for width in (PHONE, WIDE):
            owner.set_viewport_size({"width": width, "height": 800})
            assert_fits(owner)
        talk(visit_as("bob", gallery).page)
        hide(owner, visit_as("bob", gallery).page, alice, app)
    finally:
        if ask(alice, "GET", "my/apps").json["items"]:
            remove(alice, app)


def talk(page) -> None:
    page.goto("/apps")
    assert_accessible(page)
    page.get_by_role("link", name="Talker").click()
    page.locator(".talk-settings > summary").click()
    page.get_by_label("Most tokens of an answer").fill("40")
    page.get_by_label("System prompt").fill("Say anything.")
    page.get_by_label("Message", exact=True).fill("Hello <b>there</b>")
    page.get_by_role("button", name="Send").click()
    turns = page.locator(".talk-turn")
    expect(turns).to_have_count(2)
    expect(page.get_by_role("button", name="Answer again")).to_be_visible(timeout=60_000)
    assert page.locator(".talk-fault").count() == 0
    assert turns.nth(0).locator("b").count() == 0, "what is typed is text"
    said = turns.nth(1).inner_text()
    assert len(said) > len("Talker"), said
    # What was said stays in this browser.
    page.reload()
    expect(page.locator(".talk-turn")).to_have_count(2)
    expect(page.get_by_label("Most tokens of an answer")).to_have_value("40")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_role("button", name="Answer again").click()
    expect(page.locator(".talk-turn")).to_have_count(2)
    # A long answer is stopped, and what came stays.
    page.locator(".talk-settings > summary").click()
    expect(page.get_by_role("button", name="Answer again")).to_be_visible(timeout=60_000)
    page.get_by_label("Most tokens of an answer").fill("4000")
    page.get_by_label("Message", exact=True).fill("Go on")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-turn")).to_have_count(4)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".talk-turn")).to_have_count(0)


def hide(owner, other, alice, app: str) -> None:
    """The switch takes the app away from everybody, and brings it back; deleting is for good."""
    owner.goto(f"/my/apps/{app}")
    owner.once("dialog", lambda dialog: dialog.accept())
    owner.get_by_role("button", name="Turn off and pause").click()
    expect(owner.locator(".badge", has_text=re.compile("Paused|Stopping"))).to_be_visible()
    assert other.goto(f"/apps/{app}").status == 404
    other.goto("/apps")
    expect(other.get_by_role("link", name="Talker")).to_have_count(0)
    eventually(lambda: state_of(alice, app)["state"] == "paused", within=90)
    owner.reload()
    owner.get_by_role("button", name="Turn on and start").click()
    running(alice, app)
    assert other.goto(f"/apps/{app}").status == 200
    owner.goto(f"/my/apps/{app}")
    button = owner.get_by_role("button", name="Delete for good")
    expect(button).to_be_disabled()
    owner.get_by_label("Type the name of the app").fill("Talker")
    button.click()
    owner.wait_for_url("**/my/apps")
    expect(owner.get_by_text("You have no AI apps yet")).to_be_visible()
    assert other.goto(f"/apps/{app}").status == 404


@needs_workers
def test_what_an_administrator_took_away_its_owner_shows_again_once_it_is_allowed(alice, root, tiny, gallery, visit_as):
    app = make(alice, tiny, "Held")
    try:
        operator, owner = visit_as("root", gallery).page, visit_as("alice", gallery).page
        operator.goto(f"/apps/{app}")
        operator.get_by_role("link", name="Manage").click()
        operator.once("dialog", lambda dialog: dialog.accept())
        operator.get_by_role("button", name="Turn off and pause").click()
        expect(operator.get_by_role("button", name="Allow it again")).to_be_visible()
        eventually(lambda: state_of(alice, app)["state"] == "paused", within=90)
        owner.goto(f"/my/apps/{app}")
        expect(owner.get_by_text("An administrator took it away.")).to_be_visible()
        for name in ("Turn on and start", "Allow it again"):
            expect(owner.get_by_role("button", name=name)).to_have_count(0)
        assert_accessible(owner)
        operator.reload()
        assert_accessible(operator)
        for width in (PHONE, WIDE):
            operator.set_viewport_size({"width": width, "height": 800})
            assert_fits(operator)
        operator.get_by_role("button", name="Allow it again").click()
        expect(operator.get_by_text("Its owner may show the app again.")).to_be_visible()
        expect(operator.get_by_role("button", name="Allow it again")).to_have_count(0)
        assert state_of(alice, app)["state"] == "paused", "it is its owner who pays"
        operator.goto("/console/audit")
        expect(operator.locator(".audit-row", has_text="allowed the AI app again").first).to_be_visible()
        owner.reload()
        owner.locator(f"input[value='{FLAVOR}']").check()
        owner.get_by_role("button", name="Turn on and start").click()
        eventually(lambda: state_of(alice, app)["state"] != "paused")
    finally:
        remove(alice, app)


@needs_workers
def test_words_come_as_they_are_made_and_who_may_not_ask_is_told(alice, tiny, gallery):
    app = make(alice, tiny, "Words", "question-answering")
    try:
        running(alice, app)
        talk = {"messages": [{"role": "user", "content": "Who?"}], "text": "Ada did.", "maxTokens": 12, "temperature": 0}
        answer = ask(alice, "POST", f"apps/{app}/answers", talk)
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = [line for line in answer.body.decode().splitlines() if line.startswith("data:")]
        assert events[-1] == "data: [DONE]" and len(events) > 3
        ask(alice, "POST", f"apps/{app}/answers", {"messages": talk["messages"]}, status=422)
        assert gallery.ask("POST", f"/api/v1/apps/{app}/answers", None, talk).status == 401
        ask(alice, "POST", f"apps/{app}/pages", {}, status=422)
    finally:
        remove(alice, app)


def test_what_cannot_be_an_app_is_said_at_its_field(alice, gallery, visit_as):
    alice.api.create_repo("alice/no-weights", exist_ok=True)
    page = visit_as("alice", gallery).page
    page.goto("/apps/new?model=alice/no-weights")
    page.get_by_label("I know that it is billed").check()
    page.locator(f"input[value='{FLAVOR}']").check()
    page.get_by_role("button", name="Create and start").click()
    expect(page.get_by_text("no weights that the gallery can serve")).to_be_visible()
    expect(page.get_by_label("Made of")).to_have_value("alice/no-weights")
    assert_accessible(page)


PROGRAM = """
import time

import gradio as gr

def greet(name):
    return f"Hello {name}!"

def count():
    for number in range(1, 4):
        time.sleep(0.2)
        yield " ".join(str(each) for each in range(1, number + 1))

def weigh(path):
    return str(len(open(path, "rb").read()))

with gr.Blocks() as page:
    name = gr.Textbox(label="Name")
    answer = gr.Textbox(label="Greeting")
    gr.Button("Greet").click(greet, name, answer)
    numbers = gr.Textbox(label="Numbers")
    gr.Button("Count").click(count, None, numbers)
    file = gr.File(label="File")
    size = gr.Textbox(label="Size")
    file.upload(weigh, file, size)

page.launch()
"""


@needs_apps
def test_a_program_of_ones_own_runs_confined_or_not_at_all(alice, bob, gallery, visit_as):
    repo = "alice/greeter"
    alice.api.create_repo(repo, repo_type="space", space_sdk="gradio", exist_ok=True)
    alice.api.upload_file(path_or_fileobj=PROGRAM.encode(), path_in_repo="app.py", repo_id=repo, repo_type="space")
    body = {"name": "Greeter", "purpose": "own", "source": repo, **FREE}
    made = gallery.ask("POST", "/api/v1/apps", alice.token, body)
    if made.status == 503:
        # What others wrote is not started where it cannot be kept apart.
        assert made.json["type"].endswith("launcher-not-confined")
        return
    app = made.json["app"]["id"]
    try:
        running(alice, app)
        greet(visit_as("bob", gallery), gallery, app)
    finally:
        remove(alice, app)


def greet(visit: Visit, gallery, app: str) -> None:
    page = visit.page
    page.goto(f"/apps/{app}")
    assert_accessible(page)
    frame = page.frame_locator(".app-frame")
    frame.get_by_label("Name").fill("Bob")
    frame.get_by_role("button", name="Greet").click()
    expect(frame.get_by_label("Greeting")).to_have_value("Hello Bob!", timeout=20_000)
    # Answers that come bit by bit, and files.
    frame.get_by_role("button", name="Count").click()
    expect(frame.get_by_label("Numbers")).to_have_value("1 2 3", timeout=20_000)
    frame.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 70_000})
    expect(frame.get_by_label("Size", exact=True)).to_have_value("70000", timeout=20_000)
    # Gradio's client says this of itself; nothing else went wrong.
    assert set(visit.faults) <= {"warning: Method not implemented."}, visit.faults
    visit.faults.clear()
    inner = next(each for each in page.frames if "/live/" in each.url)
    assert inner.evaluate("window.origin") == "null", "it must not act as the gallery"
    assert inner.evaluate("(() => { try { return document.cookie } catch { return 'none' } })()") in ("", "none")
    assert inner.evaluate("fetch('/api/v1/session').then((a) => a.status).catch(() => 0)") == 0
    # The browser says that it refused this, three times.
    eventually(lambda: page.evaluate("1") and len(visit.faults) == 3)
    assert all("CORS" in fault or "ERR_FAILED" in fault for fault in visit.faults), visit.faults
    visit.faults.clear()
    address = page.locator(".app-frame").get_attribute("src")
    answer = gallery.ask("GET", address)
    assert answer.status == 200 and answer.headers["content-security-policy"].startswith("sandbox allow-scripts")
    assert gallery.ask("GET", f"{address}..%2f..%2fx").status == 400
    forged = address.replace("/live/", "/live/9")
    assert gallery.ask("GET", forged).status == 403
