"""What train.py finds: its folders, its parameters and the variables that name them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..reasons import BAD_PARAMETERS, RunEnded
from ..spec import Asset
from .check import FOLDER, PARAMETERS, as_string

# The kernel passes on no longer text to a program.
LARGEST_PARAMETERS = 120 << 10
_ACCELERATORS = ("CUDA_", "NVIDIA_", "ASCEND_", "NCCL_", "HCCL_")
_KEPT = ("PATH", "TMPDIR", "LANG", "LC_ALL", "TZ", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class Folders:
    """The folders of a run, named as scripts expect them: …/model/OWNER--NAME."""

    home: Path
    work: Path
    model: Path
    data: Path
    output: Path

    @classmethod
    def below(cls, folder: Path, model: Asset, data: Asset) -> Folders:
        home = folder / "ma-user"
        cache = home / ".cache/gallery"
        return cls(home, home / "work", cache / "model" / _named(model), cache / "dataset" / _named(data), cache / "output")


def parameters(model: Path, method: str, given: Mapping[str, Any]) -> dict[str, str]:
    """The values of a training method's hyperparameters as text; `model` is checked already."""
    methods = json.loads((model / FOLDER / PARAMETERS).read_text("utf-8-sig"))["training_methods"]
    named = {each["name"]: each["hyperparameters"] for each in methods}
    if method not in named:
        raise RunEnded(BAD_PARAMETERS, f"The model has no training method {method[:64]!r}; it has {', '.join(named)}.")
    declared = {each["name"]: each for each in named[method]}
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise RunEnded(BAD_PARAMETERS, f"{method} has no hyperparameter {str(unknown[0])[:64]!r}.")
    values: dict[str, str] = {}
    for name, each in declared.items():
        if name not in given:
            if each["required"]:
                raise RunEnded(BAD_PARAMETERS, f"The hyperparameter {name} is required.")
            continue
        value = as_string(each["type"], given[name])
        if value is None or (each["required"] and not value):
            raise RunEnded(BAD_PARAMETERS, f"The hyperparameter {name} is no {each['type']}.")
        values[name] = value
    if len(as_json(values).encode()) > LARGEST_PARAMETERS:
        raise RunEnded(BAD_PARAMETERS, f"The hyperparameters are longer than {LARGEST_PARAMETERS >> 10} KiB together.")
    return values


def environment(folders: Folders, values: Mapping[str, str], python: Path, cores: int) -> dict[str, str]:
    """All that train.py finds in its environment; nothing that lets it speak for the run."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_ACCELERATORS)}
    return kept | {
        "PATH": f"{python.parent}:{kept.get('PATH', os.defpath)}",
        "HOME": str(folders.home),
        "OMP_NUM_THREADS": str(cores),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HF_HUB_OFFLINE": "1",
        "ENV_AG_WORK_DIR": str(folders.work),
        "ENV_AG_MODEL_DIR": str(folders.model),
        "ENV_AG_DATASET_DIR": str(folders.data),
        "ENV_AG_USER_PARAMS": as_json(values),
        "ENV_AG_TRAIN_OUTPUT_DIR": str(folders.output),
    }


def as_json(values: Mapping[str, str]) -> str:
    return json.dumps(dict(values), ensure_ascii=False, separators=(",", ":"))


def _named(asset: Asset) -> str:
    return asset.repo.replace("/", "--")
