"""One fine-tune, from its inputs to the commit of its product."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..conduct import conduct
from ..hub import Hub
from ..link import Link
from ..reasons import BAD_DATA, BAD_MODEL, BAD_PARAMETERS, RunEnded, StopRequested
from ..spec import Asset, Run
from .parameters import Parameters
from .records import SUFFIXES


def work(run: Run, link: Link) -> str:
    """Trains as the spec says and answers the product's commit."""
    started = time.monotonic()
    spec = run.spec
    if spec.method != "lora":
        raise RunEnded(BAD_PARAMETERS, f"The method {spec.method[:60]!r} is not known here.")
    if spec.product is None or not spec.data:
        raise RunEnded(BAD_PARAMETERS, "The run names no product, or no data.")
    parameters = Parameters.parse(spec.parameters, spec.task)
    hub = Hub(run)
    link.log(f"Fetching {spec.base.repo}\n")
    base = hub.model(spec.base)
    files = _data_files(hub, spec.data, parameters, link)
    # After the environment is set: these import torch.
    return _train(run, link, hub, parameters, base, files, started)


@dataclass(frozen=True)
class DataFiles:
    training: list[tuple[Path, str]]
    test: list[tuple[Path, str]]


def _data_files(hub: Hub, data: tuple[Asset, ...], parameters: Parameters, link: Link) -> DataFiles:
    training: list[tuple[Path, str]] = []
    test: list[tuple[Path, str]] = []
    for asset in data:
        link.log(f"Fetching {asset.repo}\n")
        folder = hub.data(asset, SUFFIXES).resolve()
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in SUFFIXES):
            name = path.relative_to(folder).as_posix()
            if name.startswith(".") or "/." in name or folder not in path.resolve().parents:
                continue
            if name == parameters.test_data_file:
                test.append((path, name))
            elif parameters.train_data_file in ("", name):
                training.append((path, name))
    if not training:
        raise RunEnded(BAD_DATA, f"There is no {parameters.train_data_file or 'data file (jsonl, json, csv or txt)'} in the data set.")
    if parameters.test_data_file and not test:
        raise RunEnded(BAD_DATA, f"There is no {parameters.test_data_file} in the data set.")
    return DataFiles(training, test)


def _train(run: Run, link: Link, hub: Hub, parameters: Parameters, base: Path, files: DataFiles, started: float) -> str:
    from ..models import load_tokenizer, use_threads
    from .adapter import seeded_adapter
    from .checkpoints import Checkpoints
    from .product import make_product
    from .prompts import Formatter
    from .samples import Encoder, SampleFile, encode_files, split
    from .training import Training

    use_threads(run.spec.limits.cores)

    def check() -> None:
        if link.stop_requested.is_set():
            raise StopRequested("Stopped before training began.")

    tokenizer = load_tokenizer(base)
    encoder = Encoder(tokenizer, Formatter(parameters, run.spec.task))
    samples = SampleFile(run.folder / "training.tokens")
    encode_files(files.training, encoder, samples, check)
    if files.test:
        evaluation = SampleFile(run.folder / "test.tokens")
        encode_files(files.test, encoder, evaluation, check)
        chosen, evaluated = list(range(len(samples))), list(range(min(len(evaluation), parameters.max_eval_samples)))
    else:
        evaluation = samples
        chosen, evaluated = split(len(samples), parameters.max_eval_samples, run.spec.seed)
    link.log(f"{len(chosen)} samples to learn from, {len(evaluated)} to measure with.\n")
    check()
    model = seeded_adapter(base, parameters, run.spec.seed, _earlier_adapter(hub, run, parameters))
    seconds = run.spec.limits.seconds
    training = Training(
        model, parameters, run.spec.seed, samples, chosen, evaluation, evaluated, tokenizer.pad_token_id or 0, link,
        Checkpoints(run.checkpoints, _fingerprint(run, parameters)), deadline=started + seconds if seconds else None)
    training.run()
    link.state = "saving"
    folder = make_product(run, model, tokenizer, base, parameters, training.results)
    link.log(f"Publishing {run.spec.product}\n")
    return hub.commit(run.spec.product or "", folder, f"Fine-tune {run.spec.base.repo}")


def _earlier_adapter(hub: Hub, run: Run, parameters: Parameters) -> Path | None:
    if not parameters.finetuned_model:
        return None
    repo, _, revision = parameters.finetuned_model.partition("@")
    folder = hub.model(Asset.parse({"repo": repo, "revision": revision or "main"}, "finetuned_model", "model"))
    for candidate in (folder, folder / "adapter"):
        if (candidate / "adapter_config.json").is_file():
            return candidate
    raise RunEnded(BAD_MODEL, f"{repo} holds no adapter to go on from.")


def _fingerprint(run: Run, parameters: Parameters) -> str:
    """What checkpoints depend on: with anything else changed they belong to another run."""
    spec = run.spec
    facts: dict[str, Any] = {
        "base": [spec.base.repo, spec.base.revision], "task": spec.task, "seed": spec.seed, "parameters": parameters.as_dict(),
        "data": [[each.repo, each.revision, list(each.files)] for each in spec.data],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(conduct(work))
