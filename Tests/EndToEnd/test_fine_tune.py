"""A model is fine-tuned from the browser, with the real worker: from the choice of data to the model that came of it."""

from __future__ import annotations

import json
import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from browser import assert_accessible, assert_fits
from compute import FREE, ask, log_of, needs_workers, over, publish_questions, publish_tiny, run_of

pytestmark = needs_workers


@pytest.fixture(scope="module")
def tiny(alice) -> str:
    return publish_tiny(alice, "tiny-to-tune")


@pytest.fixture(scope="module")
def plain(alice) -> str:
    """One without a chat template."""
    return publish_tiny(alice, "tiny-plain", chat=False)


@pytest.fixture(scope="module")
def questions(alice) -> str:
    return publish_questions(alice, "questions-to-learn", 40)


def settings(tiny: str, questions: str) -> str:
    return "/fine-tune/new?" + urlencode(
        {"base": tiny, "task": "question-answering", "step": "settings", "data": questions})


def fill(page: Page, **parameters) -> None:
    """Opens all groups of parameters and types."""
    closed = page.locator("details.parameter-group:not([open]) > summary")
    while closed.count():
        closed.first.click()
    for name, value in parameters.items():
        page.locator(f"#p-{name}").fill(str(value))


def in_words(page: Page) -> str:
    return page.locator("main").inner_text()


def test_from_the_wizard_to_the_model(alice, visit_as, tiny, questions):
    visit = visit_as("alice", language="en")
    page = visit.page
    page.goto("/fine-tune/new")
    page.get_by_role("link", name="Choose " + tiny).click()
    page.get_by_label("Question answering").check()
    page.get_by_role("button", name="Next").click()
    assert_accessible(page)
    page.get_by_label(questions, exact=True).check()
    page.get_by_role("button", name="Next").click()
    assert_accessible(page)
    expect(page.locator(".sample").first).to_contain_text("What is 0 plus 0?")
    page.get_by_label("Name of the new model").fill("wizard-tuned")
    page.locator('input[name=flavor][value="cpu-2/local/free"]').check()
    fill(page, max_steps=12, num_train_epochs=2, save_steps=6, logging_steps=1, max_seq_length=64, learning_rate="0.01")
    page.get_by_role("button", name="Go on to the order").click()
    expect(page.get_by_role("heading", name="Confirm the order")).to_be_visible()
    assert "alice/wizard-tuned" in in_words(page) and "Free" in in_words(page)
    assert_accessible(page)
    page.get_by_role("button", name="Start the job").click()
    page.wait_for_url(re.compile("/my/jobs/[^/]+$"))
    run = page.url.rsplit("/", 1)[1]
    # The page follows by itself, without being loaded anew.
    expect(page.locator(".loss-curve .curve.train")).to_be_visible(timeout=240_000)
    expect(page.locator("[data-part=state] .badge").first).to_have_text("Completed", timeout=240_000)
    expect(page.locator("run-log")).to_contain_text("evaluation loss")
    assert_accessible(page)
    assert_fits(page)
    over(alice, run)
    tuned = ask(alice, "GET", f"fine-tunes/{run}").json
    assert tuned["run"]["state"] == "succeeded", log_of(alice, run)
    assert tuned["product"]["repo"] == "alice/wizard-tuned" and len(tuned["product"]["commit"]) == 40
    losses = ask(alice, "GET", f"runs/{run}/metrics?name=loss").json["points"]
    assert len(losses) == 12 and losses[-1]["value"] < losses[0]["value"]
    # The product: an adapter, how it was made, and where it comes from.
    files = alice.api.list_repo_files("alice/wizard-tuned")
    assert {"adapter_model.safetensors", "training_logs/user_params.json", "README.md"} <= set(files)
    card = alice.api.model_info("alice/wizard-tuned").card_data
    assert card["base_model"] == tiny and card["datasets"] == [questions]
    used = json.loads(open(alice.api.hf_hub_download("alice/wizard-tuned", "training_logs/user_params.json")).read())
    assert used["max_steps"] == 12 and used["data_url"] == questions and used["train_url"] == "alice/wizard-tuned"
    page.get_by_role("link", name="Open the model").click()
    expect(page).to_have_url(re.compile("/alice/wizard-tuned$"))
    # The list names it, and deleting the job leaves the model.
    page.goto("/my/jobs")
    expect(page.get_by_role("link", name="alice/wizard-tuned").first).to_be_visible()
    page.goto(f"/my/jobs/{run}")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete the job").click()
    page.wait_for_url(re.compile("/my/jobs$"))
    ask(alice, "GET", f"fine-tunes/{run}", status=404)
    assert alice.api.repo_exists("alice/wizard-tuned")


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(page_as, tiny, questions):
    page = page_as("alice", language="en")
    page.goto(settings(tiny, questions))
    page.get_by_label("Name of the new model").fill("tiny-to-tune")
    fill(page, lora_rank="many", learning_rate="7", prefix="Answer shortly.")
    page.get_by_role("button", name="Go on to the order").click()
    expect(page.locator("#product-error")).to_be_visible()
    expect(page.locator(".field:has(#p-lora_rank) .field-error")).to_have_text("This must be a number.")
    expect(page.locator(".field:has(#p-learning_rate) .field-error")).to_contain_text("between 1e-09 and 1")
    expect(page.locator("#p-prefix")).to_have_value("Answer shortly.")
    # An optional parameter can be taken away, and taken back with its standard.
    # The group in which something was changed is open still.
    page.get_by_role("button", name="Remove prefix").click()
    expect(page.locator("#p-prefix")).to_have_count(0)
    expect(page.locator("#p-lora_rank")).to_have_value("many")
    page.get_by_role("button", name="prefix", exact=True).click()
    expect(page.locator("#p-prefix")).to_have_value("")


def test_whether_a_flavor_is_enough_follows_what_is_typed(page_as, tiny, questions):
    page = page_as("alice", language="en")
    page.goto(settings(tiny, questions))
    row = page.locator(".flavor-row", has=page.locator('input[value="cpu-2/local/free"]'))
    expect(row.locator(".badge")).to_have_text("Fits")
    row.locator("input").check()
    fill(page, per_device_train_batch_size=1024, max_seq_length=131072)
    expect(row.locator(".badge")).to_have_text("Too small")
    expect(page.locator("#p-max_seq_length")).to_be_focused()
    expect(row.locator("input")).to_be_checked()
    assert_accessible(page)
    fill(page, per_device_train_batch_size=1, max_seq_length=64)
    expect(row.locator(".badge")).to_have_text("Fits")
    # Nothing that is no number stops it from following.
    fill(page, max_seq_length="much")
    fill(page, max_seq_length=131072, per_device_train_batch_size=1024)
    expect(row.locator(".badge")).to_have_text("Too small")
    without = page_as("alice", language="en", scripts=False)
    without.goto(settings(tiny, questions))
    fill(without, per_device_train_batch_size=1024, max_seq_length=131072)
    without.get_by_role("button", name="Renew").click()
    row = without.locator(".flavor-row", has=without.locator('input[value="cpu-2/local/free"]'))
    expect(row.locator(".badge")).to_have_text("Too small")


def test_templates_show_in_the_preview(page_as, plain, questions):
    page = page_as("alice", language="en", scripts=False)
    page.goto(settings(plain, questions))
    expect(page.locator(".sample").first).to_contain_text("Question: What is 0 plus 0?")
    fill(page, instruction_template="Q> {prompt}", response_template="\nA> ")
    page.get_by_role("button", name="Renew").click()
    expect(page.locator(".sample").first).to_contain_text("Q> What is 0 plus 0?")


def test_data_can_be_uploaded_on_the_way(alice, page_as, plain, tmp_path):
    page = page_as("alice", language="en", scripts=False)
    page.goto("/fine-tune/new?" + urlencode({"base": plain, "task": "text-generation", "step": "data"}))
    page.get_by_label("Name of the new data set").fill("uploaded-on-the-way")
    page.get_by_role("button", name="Upload").click()
    table = tmp_path / "pairs.csv"
    table.write_text("指令,输出\n说你好,你好\n再见,再见\n")
    page.locator("#plain-files").set_input_files(table)
    page.locator("form[enctype] button").click()
    expect(page.get_by_label("alice/uploaded-on-the-way", exact=True)).to_be_checked()
    page.get_by_role("button", name="Next").click()
    # Columns that are called as usual are found.
    expect(page.locator("#p-prompt_field")).to_have_value("指令")
    expect(page.locator(".sample").first).to_contain_text("说你好")
    assert alice.api.dataset_info("alice/uploaded-on-the-way").private


def test_what_is_wrong_with_the_data_is_said_before_anything_is_paid(alice, page_as, plain, name):
    repo = f"alice/{name}"
    alice.api.create_repo(repo, repo_type="dataset")
    alice.api.upload_file(path_or_fileobj=b'{"prompt": "x"\n', path_in_repo="a.jsonl", repo_id=repo, repo_type="dataset")
    page = page_as("alice", language="en")
    page.goto("/fine-tune/new?" + urlencode({"base": plain, "task": "text-generation", "step": "settings", "data": repo}))
    expect(page.get_by_role("alert")).to_contain_text("a.jsonl, line 1: it is not JSON.")


def order(person, base: str, data: str, product: str, **parameters) -> dict:
    body = {"base": base, "task": "question-answering", "data": [{"repo": data}], "product": product,
            "parameters": parameters} | FREE
    return ask(person, "POST", "fine-tunes", body, status=201).json


def test_a_stopped_job_goes_on_from_its_checkpoint(alice, page_as, tiny, questions):
    run = order(alice, tiny, questions, "stopped-tuned", max_steps=4000, num_train_epochs=1000, save_steps=5,
                logging_steps=1, max_seq_length=64)["id"]
    page = page_as("alice", language="en")
    page.goto(f"/my/jobs/{run}")
    expect(page.locator(".loss-curve .curve.train")).to_be_visible(timeout=240_000)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Stop").click()
    assert over(alice, run)["state"] == "stopped"
    step = run_of(alice, run)["checkpointStep"]
    assert step > 0
    page.reload()
    expect(page.get_by_role("button", name="Go on from the checkpoint")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Go on from the checkpoint").click()
    expect(page.locator("run-log")).to_contain_text("Goes on after step", timeout=240_000)
    ask(alice, "POST", f"runs/{run}/stop")
    assert over(alice, run)["state"] == "stopped"
    assert run_of(alice, run)["checkpointStep"] >= step


def test_nobody_else_sees_a_job_or_trains_on_what_they_may_not_read(alice, bob, page_as, tiny, questions):
    run = order(alice, tiny, questions, "private-tuned", max_steps=1)["id"]
    ask(bob, "GET", f"fine-tunes/{run}", status=404)
    assert page_as("bob").goto(f"/my/jobs/{run}").status == 404
    hidden = "alice/hidden-questions"
    alice.api.create_repo(hidden, repo_type="dataset", private=True)
    body = {"base": tiny, "data": [{"repo": hidden}], "product": "x"} | FREE
    answer = ask(bob, "POST", "fine-tunes", body, status=422).json
    assert set(answer["errors"]) == {"data"} if "errors" in answer else "data" in json.dumps(answer)
    over(alice, run)
    names = next(offer["flavor"]["name"] for offer in ask(alice, "GET", "compute/flavors").json["items"] if offer["id"] == FREE["flavor"])
    assert names["en"] != names["zh"]
    for language, flavor in names.items():
        page = page_as("alice", language=language)
        for path in ["/my/jobs", f"/my/jobs/{run}"]:
            page.goto(path)
            assert flavor in in_words(page) and FREE["flavor"] not in in_words(page), f"{path} in {language}"
