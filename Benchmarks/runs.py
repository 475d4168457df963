"""Fine-tuning through the gallery beside a bare script, and what a run costs before and after its work."""

import json
import os
import pathlib
import random
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BARE = pathlib.Path(__file__).resolve().parent / "bare_lora.py"
PARAMETERS = {
    "max_steps": 120, "logging_steps": 20, "save_steps": 1000, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 1,
    "learning_rate": 2e-4, "lora_rank": 8, "lora_alpha": 16, "lora_dropout": 0.0, "max_grad_norm": 1.0, "warmup_ratio": 0.0,
    "max_seq_length": 512, "max_eval_samples": 4,
}
MODEL = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import tiny
tiny.make(Path({folder!r}), hidden={hidden}, layers={layers})
"""


class Runs:
    """A gallery with a model and data, on the free hours of the week; one processor's worth of flavor for each side."""

    def __init__(self, gallery, folder, python, cores):
        self.gallery, self.folder, self.python, self.cores = gallery, folder, python, cores
        self.data = folder / "questions.jsonl"
        rng = random.Random(7)
        words = ["".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(5)) for _ in range(400)]
        with open(self.data, "w", encoding="utf-8") as file:
            for _ in range(500):
                # Of equal length, so that both sides learn the same number of tokens in each step.
                record = {"prompt": " ".join(rng.choices(words, k=8)), "response": " ".join(rng.choices(words, k=12))}
                file.write(json.dumps(record) + "\n")
        self.put("datasets", "questions", {"questions.jsonl": self.data})

    def put(self, kind, name, files):
        kinds = {"models": "model", "datasets": "dataset"}
        self.gallery.must("POST", "/api/repos/create", {"name": name, "organization": None, "type": kinds[kind], "visibility": "private"})
        code = ("import sys; from huggingface_hub import HfApi; a = HfApi(endpoint=sys.argv[1], token=sys.argv[2]); "
                "[a.upload_file(path_or_fileobj=f, path_in_repo=p, repo_id=sys.argv[3], repo_type=sys.argv[4]) "
                "for p, f in zip(sys.argv[5::2], sys.argv[6::2])]")
        pairs = [text for path, file in files.items() for text in (path, str(file))]
        environment = os.environ | {"HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HOME": str(self.folder / "hf")}
        subprocess.run([self.python, "-c", code, f"http://127.0.0.1:{self.gallery.port}", self.gallery.token, f"bench/{name}",
                        kinds[kind], *pairs], check=True, env=environment, capture_output=True)

    def model(self, name, hidden, layers):
        folder = self.folder / name
        code = MODEL.format(tests=str(ROOT / "Python/workers/tests"), folder=str(folder), hidden=hidden, layers=layers)
        subprocess.run([self.python, "-c", code], check=True, capture_output=True)
        self.put("models", name, {file.name: file for file in folder.iterdir()})
        return folder

    def through(self, model, product, parameters):
        """Seconds from the order to the end, and tokens a second of each piece."""
        begun = time.monotonic()
        order = {
            "base": f"bench/{model}", "data": [{"repo": "bench/questions"}], "product": product, "flavor": "cpu-2", "tariff": "free",
            "parameters": {name: str(value) for name, value in parameters.items()},
        }
        run = self.gallery.must("POST", "/api/v1/fine-tunes", order)["id"]
        while (state := self.gallery.must("GET", f"/api/v1/runs/{run}"))["state"] not in ("succeeded", "failed", "stopped"):
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        if state["state"] != "succeeded":
            raise SystemExit(f"the fine-tune ended as {state['state']}: {state.get('reason')}")
        points = self.gallery.must("GET", f"/api/v1/runs/{run}/metrics?name=tokens/s")["points"]
        return seconds, [point["value"] for point in points]

    def bare(self, folder, parameters):
        environment = os.environ | {"OMP_NUM_THREADS": str(self.cores), "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(
            [self.python, BARE, folder, self.data, json.dumps(parameters), str(self.cores), self.folder / "product"], check=True,
            env=environment, capture_output=True, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        return told["seconds"], told["tokens/s"]


def python(options):
    """The Python of the workers; nil where it is not installed."""
    path = pathlib.Path(options.workers) / "bin/python"
    return path if path.exists() else None


def finetune(runs, rounds, report):
    """Both sides in turn; the median of all pieces but the first of each."""
    folder = runs.model("larger", 256, 4)
    ours, theirs = [], []
    for round_ in range(rounds):
        theirs += runs.bare(folder, PARAMETERS)[1][1:]
        ours += runs.through("larger", f"larger-{round_}", PARAMETERS)[1][1:]
    ratio = statistics.median(ours) / statistics.median(theirs)
    report.add("fine-tune through the gallery, of the bare PEFT script",
               f"{ratio:.3f} x ({statistics.median(ours):.0f} to {statistics.median(theirs):.0f} tokens/s)", ">= 0.97", ratio >= 0.97)


def overhead(runs, rounds, report):
    """A run of one step on the smallest model: what is left when the script's own time is taken away."""
    folder = runs.model("smallest", 32, 1)
    parameters = PARAMETERS | {"max_steps": 1, "logging_steps": 1}
    ours, theirs = [], []
    for round_ in range(rounds):
        theirs.append(runs.bare(folder, parameters)[0])
        ours.append(runs.through("smallest", f"smallest-{round_}", parameters)[0])
    seconds = statistics.median(ours) - statistics.median(theirs)
    report.add("overhead of a run: order, sandbox, inputs, product, s",
               f"{seconds:.2f} ({statistics.median(ours):.2f} to {statistics.median(theirs):.2f} of the bare script)")
