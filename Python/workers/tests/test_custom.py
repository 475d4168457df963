"""Training by a custom model's own script, in a process of its own as the launcher starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import gallery_workers.environment as environments
from gallery import Gallery

HERE = Path(__file__).parent
PARAMETERS = json.dumps({"training_methods": [{"name": "full", "hyperparameters": [
    {"name": "lr", "type": "float", "required": True, "default": 0.001, "help": "学习率"},
    {"name": "steps", "type": "int", "required": False, "default": 3, "help": ""},
    {"name": "shuffle", "type": "bool", "required": False, "default": True, "help": ""}]}]})
PICTURES = """
import sys, pathlib
from PIL import Image
from sklearn.datasets import load_digits
digits = load_digits()
for index, (picture, label) in enumerate(zip(digits.images, digits.target)):
    folder = pathlib.Path(sys.argv[1]) / ("test" if index % 5 == 0 else "train") / f"digit_{label}"
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray((picture * 15.9).astype("uint8")).save(folder / f"{index}.png")
"""


def publish(repositories: Path, script: str, requirements: str | None = None) -> None:
    """A custom model alice/model, and a data set alice/data."""
    train = repositories / "alice/model/gallery_train"
    train.mkdir(parents=True)
    (repositories / "alice/model/README.md").write_text("---\nlicense: mit\ntags: [seen]\n---\n# Model\n\nIts own words.\n")
    (train / "train.py").write_text(script)
    (train / "train_params.json").write_text(PARAMETERS)
    (train / "dataset_readme.md").write_text("# Lines\n")
    if requirements is not None:
        (train / "requirement.txt").write_text(requirements)
    (repositories / "alice/data").mkdir()
    (repositories / "alice/data/lines.txt").write_text("one\n")


def prepare(folder: Path, place: Path, requirements: str) -> subprocess.CompletedProcess[str]:
    """What a launcher has done beside a run that needs an environment: answers how it ended, with its log in `folder`."""
    folder.mkdir()
    (folder / "requirement.txt").write_text(requirements)
    environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")} | {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), "HOME": str(folder), environments.PLACE: str(place)}
    with open(folder / "log", "w") as log:
        done = subprocess.run([sys.executable, "-m", "gallery_workers.environment"], cwd=folder, env=environment, stdout=log, text=True)
    (folder / "ended").touch()
    return done


def start(
    gallery: Gallery, repositories: Path, kept: Path | None = None, preparation: Path | None = None, **spec: Any
) -> subprocess.Popen[bytes]:
    work = repositories.parent / "work"
    work.mkdir()
    (work / "spec.json").write_text(json.dumps({
        "kind": "fine-tune", "task": "custom", "method": "full", "base": {"repo": "alice/model", "revision": "a" * 40},
        "data": [{"repo": "alice/data", "revision": "b" * 40}], "parameters": {"lr": "0.01", "shuffle": True}, "product": {"repo": "alice/tuned"},
        "seed": 3, "limits": {"cores": 1}} | spec))
    environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")} | {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), "HOME": str(work), "GALLERY_URL": gallery.url, "GALLERY_RUN_ID": "r1",
        "GALLERY_RUN_ATTEMPT": "1", "GALLERY_RUN_TOKEN": "secret", "GALLERY_RUN_SPEC": str(work / "spec.json"), "OMP_NUM_THREADS": "1"}
    environment |= {environments.PLACE: str(kept)} if kept else {}
    environment |= {environments.PREPARATION: str(preparation)} if preparation else {}
    return subprocess.Popen([sys.executable, HERE / "folder_run.py", repositories, "gallery_workers.custom.__main__"], cwd=work, env=environment)


def run(gallery: Gallery, repositories: Path, **spec: Any) -> dict[str, Any]:
    assert start(gallery, repositories, **spec).wait(600) == 0
    return gallery.finished[-1]


@pytest.fixture
def repositories(tmp_path: Path) -> Path:
    return tmp_path / "repositories"


def test_the_script_finds_what_the_guide_promises(gallery: Gallery, repositories: Path) -> None:
    publish(repositories, """
import json, os, sys, pathlib, helper
out = pathlib.Path(os.environ["ENV_AG_TRAIN_OUTPUT_DIR"])
facts = {name: value for name, value in os.environ.items() if name.startswith(("ENV_AG", "GALLERY", "HF_TOKEN"))}
facts |= {"cwd": os.getcwd(), "model": os.listdir(os.environ["ENV_AG_MODEL_DIR"]), "data": os.listdir(os.environ["ENV_AG_DATASET_DIR"])}
try:
    facts["parent"] = open(f"/proc/{os.getppid()}/environ").read()
except PermissionError:
    pass
(out / "facts.json").write_text(json.dumps(facts))
(out / "stolen").symlink_to("/etc/passwd")
(out / "README.md").write_text("mine")
print({"loss": 0.5, "epoch": 1.0}); print({'loss': '0.25', 'epoch': 2.0}); print("你好", file=sys.stderr)
""")
    (repositories / "alice/model/gallery_train/helper.py").write_text("")
    end = run(gallery, repositories)
    assert end["outcome"] == "succeeded", gallery.text()
    product = repositories / "alice/tuned"
    facts = json.loads((product / "facts.json").read_text())
    assert json.loads(facts["ENV_AG_USER_PARAMS"]) == {"lr": "0.01", "shuffle": "true"}
    assert facts["ENV_AG_MODEL_DIR"].endswith("/.cache/gallery/model/alice--model")
    assert facts["ENV_AG_DATASET_DIR"].endswith("/.cache/gallery/dataset/alice--data")
    assert facts["ENV_AG_TRAIN_OUTPUT_DIR"].endswith("/.cache/gallery/output")
    assert facts["ENV_AG_WORK_DIR"] == facts["cwd"]
    assert sorted(facts["model"]) == ["README.md", "gallery_train"] and facts["data"] == ["lines.txt"]
    assert not any("secret" in str(value) or name.startswith("GALLERY") for name, value in facts.items() if name != "parent")
    assert os.geteuid() == 0 or "parent" not in facts
    assert gallery.curve("loss") == {1: 0.5, 2: 0.25}
    assert "你好" in gallery.text()
    assert sorted(path.name for path in product.iterdir()) == ["README.md", "facts.json", "gallery_train", "training_logs"]
    assert json.loads((product / "training_logs/user_params.json").read_text()) == {
        "task": "custom", "method": "full", "seed": 3, "lr": "0.01", "shuffle": "true"}
    assert {path.name for path in (product / "gallery_train").iterdir()} == {"train.py", "train_params.json", "dataset_readme.md", "helper.py"}
    card = (product / "README.md").read_text()
    assert card.endswith("# Model\n\nIts own words.\n") and "license: mit" in card and "base_model: alice/model" in card and "lora" not in card


@pytest.mark.parametrize(("script", "code", "words"), [
    ("raise ValueError('no such class')", "bad-code", "no such class"),
    ("import sys; sys.exit(3)", "bad-code", "code 3"),
    ("import nowhere", "bad-code", "nowhere"),
    ("pass", "bad-code", "left nothing"),
    ("raise MemoryError('out of memory')", "out-of-memory", "memory"),
    ("raise OSError(28, 'No space left on device')", "disk-full", "disk"),
    ("import os; os.kill(os.getpid(), 9)", "out-of-memory", "killed"),
    ("import os; os.abort()", "bad-code", "SIGABRT"),
])
def test_how_a_script_ends_is_how_the_run_ends(gallery: Gallery, repositories: Path, script: str, code: str, words: str) -> None:
    publish(repositories, script)
    end = run(gallery, repositories)
    assert (end["outcome"], end["reason"]["code"]) == ("failed", code) and words in end["reason"]["detail"]


@pytest.mark.parametrize(("spec", "words"), [
    ({"method": "other"}, "full"), ({"parameters": {}}, "lr"), ({"parameters": {"lr": "fast"}}, "lr"), ({"parameters": {"lr": "1", "x": "1"}}, "x"), ({"data": []}, "data")])
def test_bad_parameters(gallery: Gallery, repositories: Path, spec: dict[str, Any], words: str) -> None:
    publish(repositories, "pass")
    end = run(gallery, repositories, **spec)
    assert end["reason"]["code"] == "bad-parameters" and words in end["reason"]["detail"]


def test_a_folder_against_the_rules_is_told(gallery: Gallery, repositories: Path) -> None:
    publish(repositories, "print(")
    end = run(gallery, repositories)
    assert end["reason"]["code"] == "bad-code" and "gallery_train/train.py, line 1" in end["reason"]["detail"]


def all_gone(group: int, alone: bool = False) -> None:
    """Waits until nobody of a group lives; who is dead and not yet buried counts as gone."""
    def living() -> list[str]:
        found = []
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                state, _, its_group = each.read_text().rpartition(")")[2].split()[:3]
            except OSError:
                continue
            if state != "Z" and (each.parent.name == str(group) if alone else its_group == str(group)):
                found.append(each.parent.name)
        return found

    end = time.monotonic() + 30
    while living():
        assert time.monotonic() < end, "it lives on"
        time.sleep(0.05)


WAITING = """
import os, pathlib, signal, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(*_):
    print("told to end", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(f"process {os.getpid()}", flush=True)
time.sleep(600)
"""


def test_a_stop_reaches_the_script_and_all_it_started(gallery: Gallery, repositories: Path) -> None:
    publish(repositories, WAITING)
    gallery.lease_seconds = 0.5
    process = start(gallery, repositories)
    while "process " not in gallery.text():
        assert process.poll() is None
        time.sleep(0.05)
    gallery.stop = True
    assert process.wait(60) == 0
    assert gallery.finished[-1]["outcome"] == "stopped" and "told to end" in gallery.text()
    group = int(gallery.text().split("process ")[1].split()[0])
    all_gone(group)


def test_time_runs_out(gallery: Gallery, repositories: Path) -> None:
    publish(repositories, WAITING)
    assert run(gallery, repositories, limits={"cores": 1, "seconds": 2})["reason"]["code"] == "time-limit"


@pytest.mark.parametrize("how", ["lease", "killed"])
def test_no_script_outlives_its_run(gallery: Gallery, repositories: Path, how: str) -> None:
    publish(repositories, WAITING)
    gallery.lease_seconds = 0.5
    process = start(gallery, repositories)
    while "process " not in gallery.text():
        time.sleep(0.05)
    script = int(gallery.text().split("process ")[1].split()[0])
    if how == "lease":
        gallery.lost = True
    else:
        process.kill()
    assert process.wait(60) != 0
    all_gone(script, alone=True)


def test_requirements_that_cannot_be_installed(gallery: Gallery, repositories: Path, tmp_path: Path) -> None:
    publish(repositories, "pass", "pip==0.0.0.1\n")
    assert prepare(tmp_path / "preparation", tmp_path / "kept", "pip==0.0.0.1\n").returncode == 1
    assert environments.found(tmp_path / "kept") is None
    end = run(gallery, repositories, kept=tmp_path / "kept", preparation=tmp_path / "preparation")
    assert end["reason"]["code"] == "bad-code" and "requirement.txt cannot be installed" in end["reason"]["detail"]
    assert "Preparing an environment with pip==0.0.0.1" in gallery.text() and "No matching distribution" in gallery.text()


def test_folders_of_the_machine_are_not_told(tmp_path: Path) -> None:
    for index, (wish, said) in enumerate([("numpy", "Requirement already satisfied: numpy in <workers>/"), ("pip==0.0.0.1", "No matching distribution")]):
        folder = tmp_path / f"p{index}"
        prepare(folder, tmp_path / f"kept{index}", f"{wish}\n")
        log = (folder / "log").read_text()
        assert said in log, log
        reason = folder / "reason.json"
        told = log + (reason.read_text() if reason.exists() else "")
        assert str(tmp_path) not in told and sys.prefix not in told, told


def test_who_comes_second_waits_for_the_environment(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    with ThreadPoolExecutor(3) as pool:
        ends = list(pool.map(lambda each: prepare(tmp_path / f"p{each}", place, "# nothing\n"), range(3)))
    assert [end.returncode for end in ends] == [0, 0, 0] and environments.found(place)
    logs = [(tmp_path / f"p{each}/log").read_text() for each in range(3)]
    assert sum("Preparing an environment" in log for log in logs) == 1


def test_a_stop_while_the_environment_is_prepared(gallery: Gallery, repositories: Path, tmp_path: Path) -> None:
    publish(repositories, "pass", "pip\n")
    (tmp_path / "preparation").mkdir()
    (tmp_path / "preparation/log").write_text("Collecting pip\n")
    gallery.lease_seconds = 0.5
    process = start(gallery, repositories, kept=tmp_path / "kept", preparation=tmp_path / "preparation")
    while "Collecting pip" not in gallery.text():
        assert process.poll() is None
        time.sleep(0.05)
    gallery.stop = True
    assert process.wait(60) == 0 and gallery.finished[-1]["outcome"] == "stopped"


def test_an_image_classifier_learns_digits(gallery: Gallery, repositories: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the guide shows: pictures in folders, a script with requirements of its own, and a model of the class that it names."""
    pytest.importorskip("torch")
    import torch
    from transformers import ViTConfig, ViTForImageClassification

    kept = tmp_path_factory.mktemp("environments")
    requirements = (HERE / "digits/gallery_train/requirement.txt").read_text()
    publish(repositories, (HERE / "digits/gallery_train/train.py").read_text(), requirements)
    (repositories / "alice/model/gallery_train/train_params.json").write_text((HERE / "digits/gallery_train/train_params.json").read_text())
    torch.manual_seed(1)
    ViTForImageClassification(ViTConfig(
        image_size=8, patch_size=2, num_channels=1, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96, num_labels=2,
    )).save_pretrained(repositories / "alice/model")

    done = prepare(repositories.parent / "preparation", kept, requirements)
    assert done.returncode == 0, (repositories.parent / "preparation/log").read_text()
    python = environments.found(kept)
    assert python is not None
    subprocess.run([python, "-c", PICTURES, repositories / "alice/data"], check=True)
    before = sorted(path.stat().st_mtime_ns for path in kept.rglob("*"))

    process = start(
        gallery, repositories, kept=kept, method="全参微调", parameters={"lr": "0.003", "num_train_epochs": "8"})
    assert process.wait(600) == 0 and gallery.finished[-1]["outcome"] == "succeeded", gallery.text()
    product = repositories / "alice/tuned"
    assert json.loads((product / "eval_results.json").read_text())["eval_accuracy"] > 0.8
    assert json.loads((product / "config.json").read_text())["label2id"]["digit_9"] == 9
    assert (product / "model.safetensors").is_file() and (product / "gallery_train/requirement.txt").is_file()
    losses = list(gallery.curve("loss").values())
    assert losses[-1] < losses[0] / 2
    assert before == sorted(path.stat().st_mtime_ns for path in kept.rglob("*"))
