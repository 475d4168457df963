"""A real fine-tune of a tiny model, in a process of its own as the launcher starts it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from safetensors.torch import load_file  # noqa: E402

import tiny  # noqa: E402
from gallery import Gallery  # noqa: E402

HERE = Path(__file__).parent
PARAMETERS: dict[str, Any] = {
    "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2, "num_train_epochs": 3, "learning_rate": 5e-3, "lora_dropout": 0.1,
    "save_steps": 3, "logging_steps": 2, "max_seq_length": 64, "max_eval_samples": 8, "lora_rank": 4,
}


@pytest.fixture(scope="session")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repositories")
    tiny.make(root / "alice/tiny")
    tiny.make(root / "alice/chatty", chat=True)
    data = root / "alice/data"
    data.mkdir(parents=True)
    lines = [json.dumps({"question": f"{a}+{b}?", "answer": str(a + b)}) for a in range(10) for b in range(10)]
    (data / "train.jsonl").write_text("\n".join(lines))
    return root


class FineTune:
    """One run over its attempts."""

    def __init__(self, gallery: Gallery, repositories: Path, folder: Path, **spec: Any) -> None:
        self.gallery, self.repositories, self.folder = gallery, repositories, folder
        self.product = f"alice/{folder.name}"
        self.attempts = 0
        self.spec = {
            "kind": "fine-tune", "base": {"repo": "alice/tiny", "revision": "a" * 40}, "data": [{"repo": "alice/data", "revision": "b" * 40}],
            "task": "question-answering", "method": "lora", "parameters": PARAMETERS, "seed": 11, "product": {"repo": self.product},
            "limits": {"cores": 1},
        } | spec

    def start(self) -> subprocess.Popen[bytes]:
        self.attempts += 1
        work = self.folder / f"attempt-{self.attempts}"
        work.mkdir(parents=True)
        (work / "spec.json").write_text(json.dumps(self.spec))
        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(HERE.parent), "HOME": str(work), "GALLERY_URL": self.gallery.url, "GALLERY_RUN_ID": "r1",
            "GALLERY_RUN_ATTEMPT": str(self.attempts), "GALLERY_RUN_TOKEN": "secret", "GALLERY_RUN_SPEC": str(work / "spec.json"),
            "GALLERY_RUN_CHECKPOINTS": str(self.folder / "checkpoints"), "OMP_NUM_THREADS": "1",
        }
        log = open(work / "output.txt", "wb")
        return subprocess.Popen(
            [sys.executable, HERE / "folder_run.py", self.repositories, "gallery_workers.finetune.__main__"],
            cwd=work, env=environment, stdout=log, stderr=log)

    def run(self) -> dict[str, Any]:
        code = self.start().wait(300)
        output = (self.folder / f"attempt-{self.attempts}" / "output.txt").read_text()
        assert code == 0, output
        return self.gallery.finished[-1]

    def weights(self) -> dict[str, Any]:
        return load_file(self.repositories / self.product / "adapter_model.safetensors")


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one)


@pytest.fixture(scope="session")
def undisturbed(repositories: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[FineTune, dict[str, Any]]:
    gallery = Gallery()
    run = FineTune(gallery, repositories, tmp_path_factory.mktemp("undisturbed"))
    end = run.run()
    gallery.close()
    return run, end


def test_the_loss_falls_and_the_product_is_whole(undisturbed: tuple[FineTune, dict[str, Any]]) -> None:
    run, end = undisturbed
    assert end["outcome"] == "succeeded" and len(end["product"]["commit"]) == 40, run.gallery.text()
    loss, evaluation = run.gallery.curve("loss"), run.gallery.curve("evaluation loss")
    # 100 samples less the 8 held out, in steps of 8, three times over.
    assert max(loss) == 36 and evaluation.keys() >= {0, 3, 36}
    assert loss[36] < loss[2] and evaluation[36] < 0.9 * evaluation[0]
    assert run.gallery.curve("learning rate")[36] < run.gallery.curve("learning rate")[2]
    assert run.gallery.curve("seconds left")[36] == 0
    assert run.gallery.curve("tokens/s")[36] > 0
    assert run.gallery.checkpoints[-1] == 36
    folder = run.repositories / run.product
    config = json.loads((folder / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["revision"]) == ("alice/tiny", "a" * 40)
    assert json.loads((folder / "training_logs/user_params.json").read_text())["lora_rank"] == 4
    import yaml

    card = (folder / "README.md").read_text()
    front = yaml.safe_load(card.split("---")[1])
    assert (front["base_model"], front["datasets"], front["license"], front["library_name"]) == ("alice/tiny", ["alice/data"], "apache-2.0", "peft")
    assert front["lineage"]["base"]["revision"] == "a" * 40 and front["lineage"]["seed"] == 11
    assert "A text that stays." in card


def test_the_product_loads_with_peft(undisturbed: tuple[FineTune, dict[str, Any]]) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    run, _ = undisturbed
    base = AutoModelForCausalLM.from_pretrained(run.repositories / "alice/tiny")
    model = PeftModel.from_pretrained(base, run.repositories / run.product)
    assert any(weight.abs().sum() > 0 for name, weight in model.named_parameters() if "lora_B" in name)


def test_killed_at_any_moment_it_ends_the_same(
    gallery: Gallery, repositories: Path, tmp_path: Path, undisturbed: tuple[FineTune, dict[str, Any]]) -> None:
    """Kills the worker at random points of its training, and once just as a checkpoint is being written."""
    run = FineTune(gallery, repositories, tmp_path / "killed")
    moments = random.Random(3)
    for attempt in range(3):
        process = run.start()
        target = moments.randint(1, 8) + max([0, *gallery.checkpoints])
        checkpoints = run.folder / "checkpoints"
        while process.poll() is None:
            is_due = max(gallery.curve("loss"), default=0) >= target or any(checkpoints.glob("writing-*")) and moments.random() < 0.3
            # What comes after the last one has something to go on with.
            if is_due and (attempt < 2 or any(checkpoints.glob("step-*"))):
                process.kill()
            time.sleep(0.002)
        process.wait()
    end = run.run()
    assert end["outcome"] == "succeeded" and run.attempts == 4
    assert gallery.text().count("Goes on after step") >= 1
    first, _ = undisturbed
    assert same(run.weights(), first.weights())
    assert gallery.curve("loss")[36] == first.gallery.curve("loss")[36]


def test_a_damaged_checkpoint_is_passed_over(
    gallery: Gallery, repositories: Path, tmp_path: Path, undisturbed: tuple[FineTune, dict[str, Any]]) -> None:
    run = FineTune(gallery, repositories, tmp_path / "damaged")
    process = run.start()
    while len(gallery.checkpoints) < 3 and process.poll() is None:
        time.sleep(0.01)
    process.kill()
    process.wait()
    newest = sorted((run.folder / "checkpoints").glob("step-*"))[-1]
    state = newest / "state.pt"
    state.write_bytes(state.read_bytes()[:-100])
    assert run.run()["outcome"] == "succeeded"
    assert "cannot be used (its files have changed)" in gallery.text()
    assert same(run.weights(), undisturbed[0].weights())


def test_stopped_it_keeps_a_checkpoint(gallery: Gallery, repositories: Path, tmp_path: Path) -> None:
    run = FineTune(gallery, repositories, tmp_path / "stopped", parameters=PARAMETERS | {"num_train_epochs": 1000})
    gallery.lease_seconds = 0.5
    process = run.start()
    while not gallery.curve("loss") and process.poll() is None:
        time.sleep(0.02)
    gallery.stop = True
    assert process.wait(120) == 0
    assert gallery.finished[-1]["outcome"] == "stopped"
    assert list((run.folder / "checkpoints").glob("step-*/checkpoint.json"))


def test_merged_weights_by_the_chat_template_with_a_test_file(gallery: Gallery, repositories: Path, tmp_path: Path) -> None:
    data = repositories / "alice/dialogues"
    data.mkdir()
    (data / "train.csv").write_text("frage,antwort\n" + "".join(f"Zahl {n}?,{n}\n" for n in range(24)))
    (data / "test.csv").write_text("frage,antwort\nZahl 3?,3\n")
    run = FineTune(
        gallery, repositories, tmp_path / "merged", base={"repo": "alice/chatty", "revision": "main"}, keeps={"merged": True}, task="text-generation",
        data=[{"repo": "alice/dialogues", "revision": "main"}],
        parameters=PARAMETERS | {"prompt_field": "frage", "response_field": "antwort", "test_data_file": "test.csv", "max_steps": 4})
    assert run.run()["outcome"] == "succeeded", gallery.text()
    assert "24 samples to learn from, 1 to measure with." in gallery.text()
    assert max(gallery.curve("loss")) == 4
    import torch
    from transformers import AutoModelForCausalLM

    merged = AutoModelForCausalLM.from_pretrained(repositories / run.product)
    base = AutoModelForCausalLM.from_pretrained(repositories / "alice/chatty")
    name = "model.layers.0.self_attn.q_proj.weight"
    assert not torch.equal(merged.state_dict()[name], base.state_dict()[name])
    assert (repositories / run.product / "adapter/adapter_model.safetensors").exists()


@pytest.mark.parametrize("bits", [4, 8])
def test_quantised_weights_learn_and_merge_into_their_originals(gallery: Gallery, repositories: Path, tmp_path: Path, bits: int) -> None:
    pytest.importorskip("bitsandbytes")
    run = FineTune(gallery, repositories, tmp_path / f"bits-{bits}", keeps={"merged": True}, parameters=PARAMETERS | {"bits": bits, "max_steps": 6})
    assert run.run()["outcome"] == "succeeded", gallery.text()
    evaluation = gallery.curve("evaluation loss")
    assert evaluation[6] < evaluation[0]
    merged = load_file(repositories / run.product / "model.safetensors")
    base = load_file(repositories / "alice/tiny/model.safetensors")
    name = "model.layers.0.self_attn.q_proj.weight"
    assert merged[name].dtype == base[name].dtype and 0 < (merged[name] - base[name]).abs().max() < 0.5


def test_it_goes_on_from_an_earlier_product(
    gallery: Gallery, repositories: Path, tmp_path: Path, undisturbed: tuple[FineTune, dict[str, Any]]) -> None:
    first, _ = undisturbed
    run = FineTune(gallery, repositories, tmp_path / "further", parameters=PARAMETERS | {"finetuned_model": first.product, "max_steps": 2})
    assert run.run()["outcome"] == "succeeded", gallery.text()
    assert gallery.curve("evaluation loss")[0] == pytest.approx(first.gallery.curve("evaluation loss")[36], abs=1e-4)


@pytest.mark.parametrize(("name", "spec", "code", "says"), [
    ("line", {"data": [{"repo": "alice/bad", "revision": "main"}]}, "bad-data", "train.jsonl, line 2: has no column 'answer' (it has: question)."),
    ("empty", {"data": [{"repo": "alice/empty", "revision": "main"}]}, "bad-data", "There is no data file"),
    ("file", {"parameters": PARAMETERS | {"train_data_file": "no.csv"}}, "bad-data", "There is no no.csv"),
    ("rank", {"parameters": {"lora_rank": 0}}, "bad-parameters", "lora_rank must lie between"),
    ("model", {"base": {"repo": "alice/broken", "revision": "main"}}, "bad-model", "cannot be loaded"),
    ("nan", {"parameters": PARAMETERS | {"learning_rate": 1.0, "max_grad_norm": 0, "warmup_ratio": 0}, "base": {"repo": "alice/wild", "revision": "main"}},
     "loss-not-finite", "The loss became"),
    ("time", {"limits": {"cores": 1, "seconds": 0.001}}, "time-limit", "The time limit came"),
])
def test_it_fails_with_a_reason(
    gallery: Gallery, repositories: Path, tmp_path: Path, name: str, spec: dict[str, Any], code: str, says: str) -> None:
    prepare_bad(repositories)
    end = FineTune(gallery, repositories, tmp_path / name, **spec).run()
    assert (end["outcome"], end["reason"]["code"]) == ("failed", code), gallery.text()
    assert says in end["reason"]["detail"]
    assert says in gallery.text()


def prepare_bad(repositories: Path) -> None:
    bad, empty, broken, wild = (repositories / f"alice/{name}" for name in ("bad", "empty", "broken", "wild"))
    if wild.exists():
        return
    for folder in (bad, empty):
        folder.mkdir()
    (bad / "train.jsonl").write_text('{"question": "a", "answer": "b"}\n{"question": "c"}\n')
    tiny.make(broken)
    (broken / "model.safetensors").write_bytes(b"no tensors")
    tiny.make(wild)
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(wild / "model.safetensors")
    weights["model.layers.0.mlp.up_proj.weight"] *= torch.tensor(float("inf"))
    save_file(weights, wild / "model.safetensors", {"format": "pt"})
