"""Models with a training script of their own: uploaded, checked, trained in the sandbox with the packages they ask for, and published."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess

import pytest
from playwright.sync_api import expect

from browser import assert_accessible, assert_fits
from compute import ENVIRONMENT, FREE, ask, log_of, needs_workers, over, publish_digits, publish_script
from conftest import person
from gallery import ROOT, Gallery

DIGITS = ROOT / "Python/workers/tests/digits/gallery_train"
NETWORK = """
import sys, torch
from transformers import ViTConfig, ViTForImageClassification
torch.manual_seed(1)
ViTForImageClassification(ViTConfig(image_size=8, patch_size=2, num_channels=1, hidden_size=48, num_hidden_layers=2, num_attention_heads=4,
    intermediate_size=96, num_labels=2)).save_pretrained(sys.argv[1])
"""

pytestmark = needs_workers


@pytest.fixture(scope="module")
def digits(alice) -> str:
    return publish_digits(alice)


@pytest.fixture(scope="module")
def classifier(alice, tmp_path_factory) -> str:
    folder: pathlib.Path = tmp_path_factory.mktemp("classifier")
    subprocess.run([ENVIRONMENT / "bin/python", "-c", NETWORK, folder], check=True, capture_output=True, timeout=300)
    (folder / "README.md").write_text("---\nlicense: mit\npipeline_tag: image-classification\n---\n# A small network\n")
    alice.api.create_repo("alice/classifier")
    alice.api.upload_folder(repo_id="alice/classifier", folder_path=folder)
    alice.api.upload_folder(repo_id="alice/classifier", folder_path=DIGITS, path_in_repo="gallery_train")
    return "alice/classifier"


def order(person, base: str, data: str, product: str, method: str = "full", **parameters: str) -> str:
    """The id of the run; where people's scripts cannot be kept apart nothing is ordered, and the test ends there."""
    made = person.gallery.ask("POST", "/api/v1/fine-tunes", person.token, {
        "base": base, "task": "custom", "method": method, "data": [{"repo": data}], "product": product, "parameters": parameters} | FREE)
    if made.status == 422 and "cannot confine" in made.json["detail"]:
        pytest.skip("this machine cannot confine what people wrote")
    assert made.status == 201, made.body[:2000]
    return made.json["id"]


def trained(person, run: str, within: float = 300) -> str:
    """The log of a run that succeeded."""
    end = over(person, run, within)
    assert end["state"] == "succeeded", f"{end}\n{log_of(person, run)}"
    return log_of(person, run)


def test_an_image_classifier_by_its_own_script(alice, digits, classifier, visit_as):
    visit = visit_as("alice", language="en")
    page, main = visit.page, visit.page.locator("main")
    page.goto(f"/fine-tune/new?base={classifier}")
    if "cannot confine" in main.inner_text():
        pytest.skip("this machine cannot confine what people wrote")
    page.get_by_label("全参微调").check()
    assert_accessible(page)
    page.get_by_role("button", name="Next").click()
    expect(main).to_contain_text("Pictures in one folder per class")
    page.get_by_label(digits, exact=True).check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Name of the new model").fill("digit-reader")
    page.locator('input[name=flavor][value="cpu-2/local/free"]').check()
    page.locator("#p-lr").fill("much")
    page.get_by_role("button", name="Go on to the order").click()
    expect(main).to_contain_text("This must be a number.")
    page.locator("#p-lr").fill("0.003")
    page.locator("#p-num_train_epochs").fill("12")
    assert_accessible(page)
    page.get_by_role("button", name="Go on to the order").click()
    expect(main).to_contain_text("全参微调")
    page.get_by_role("button", name="Start the job").click()
    page.wait_for_url(re.compile("/my/jobs/[^/]+$"))
    run = page.url.rsplit("/", 1)[1]
    log = trained(alice, run, within=900)
    assert "Preparing an environment with scikit-learn" in log and "The environment is ready" in log
    files = set(alice.api.list_repo_files("alice/digit-reader"))
    assert {"model.safetensors", "config.json", "eval_results.json", "README.md", "gallery_train/train.py",
            "training_logs/user_params.json"} <= files
    results = json.loads(pathlib.Path(alice.api.hf_hub_download("alice/digit-reader", "eval_results.json")).read_text())
    assert results["eval_accuracy"] > 0.8
    card = alice.api.model_info("alice/digit-reader").card_data
    assert card["base_model"] == classifier and card["datasets"] == [digits]
    points = ask(alice, "GET", f"runs/{run}/metrics?name=loss").json["points"]
    assert points[-1]["value"] < points[0]["value"] / 2
    page.goto(f"/my/jobs/{run}")
    expect(main).to_contain_text("alice/digit-reader")
    expect(main).to_contain_text("全参微调")
    expect(page.locator("run-log")).to_contain_text("All Done")
    assert_fits(page)
    assert_accessible(page)


CURIOUS = """
import json, os, pathlib, socket, sys
def reach(host, port):
    try:
        socket.create_connection((host, port), 5).close()
        return True
    except OSError:
        return False
def write(path):
    try:
        (path / "mine").touch()
        return True
    except OSError:
        return False
place = pathlib.Path(sys.prefix).parent
facts = {"outside": [host for host in ("pypi.org", "1.1.1.1") if reach(host, 443)], "writes": write(place) or write(pathlib.Path(sys.prefix)),
         "secrets": [name for name in os.environ if name.startswith(("PIP_", "GALLERY", "HF_TOKEN"))], "others": os.listdir(place.parent)}
import six, torch
facts["six"] = six.__version__
pathlib.Path(os.environ["ENV_AG_TRAIN_OUTPUT_DIR"], "facts.json").write_text(json.dumps(facts))
"""


def test_the_environment_is_kept_and_confined(alice, digits):
    base = publish_script(alice, "curious", CURIOUS, "six==1.16.0\n")
    both = [order(alice, base, digits, name) for name in ("curious-1", "curious-2")]
    logs = [trained(alice, run) for run in both] + [trained(alice, order(alice, base, digits, "curious-3"))]
    # One of them makes it, whether they run at once or one after another.
    assert sum("Preparing an environment" in log for log in logs) == 1
    assert not [line for log in logs for line in log.splitlines() if str(alice.gallery.data) in line]
    for name in ("curious-1", "curious-3"):
        facts = json.loads(pathlib.Path(alice.api.hf_hub_download(f"alice/{name}", "facts.json")).read_text())
        assert facts["six"] == "1.16.0"
        assert (facts["outside"], facts["writes"], facts["secrets"], len(facts["others"])) == ([], False, [], 1)


def test_packages_that_cannot_be_had_end_the_job_clearly(alice, digits):
    run = order(alice, publish_script(alice, "wishful", "pass", "six==99.0\n"), digits, "wishes")
    end = over(alice, run)
    assert (end["state"], end["reason"]["code"]) == ("failed", "bad-code"), log_of(alice, run)
    assert "requirement.txt cannot be installed" in end["reason"]["detail"] and "six==99.0" in end["reason"]["detail"]
    assert "No matching distribution found" in log_of(alice, run)
    assert ask(alice, "GET", f"runs/{run}/cost").json["seconds"] == 0


def test_what_is_wrong_is_told_where_it_is_uploaded_and_in_the_wizard(alice, visit_as):
    repo = publish_script(alice, "unfinished", "pass", "https://example.org/six.whl\n")
    visit = visit_as("alice", language="en")
    page, main = visit.page, visit.page.locator("main")
    commit = alice.api.list_repo_commits(repo)[0].commit_id
    for path in (f"/{repo}/tree/main", f"/{repo}/upload/main", f"/{repo}/commit/{commit}", f"/{repo}", f"/fine-tune/new?base={repo}"):
        page.goto(path)
        expect(main, path).to_contain_text("gallery_train/requirement.txt, line 1")
        expect(main, path).to_contain_text("is no package’s name with versions")
        assert_fits(page)
        assert_accessible(page)
    alice.api.upload_file(path_or_fileobj=b"six==1.16.0\n", path_in_repo="gallery_train/requirement.txt", repo_id=repo)
    page.goto(f"/{repo}/commit/{alice.api.list_repo_commits(repo)[0].commit_id}")
    expect(main).to_contain_text("The folder gallery_train is in order: the model can be fine-tuned by full.")
    page.goto(f"/{repo}/tree/main")
    expect(main).not_to_contain_text("The folder gallery_train")


def test_where_nothing_is_installed_the_wizard_says_so(visit_as, tmp_path):
    with Gallery(tmp_path / "data", settings={"GALLERY_COMPUTE_PACKAGES_INDEX": ""}) as gallery:
        gallery.create_user("root", "admin")
        ada = person(gallery, "ada")
        repo = publish_script(ada, "asking", "pass", "six\n")
        page = visit_as("ada", gallery, language="en").page
        page.goto(f"/fine-tune/new?base={repo}")
        expect(page.get_by_role("alert")).to_contain_text("this gallery installs none")
        page.goto(f"/{publish_script(ada, 'modest', 'pass')}")
        page.get_by_role("link", name="Fine-tune").first.click()
        expect(page.get_by_label("full")).to_be_visible()
