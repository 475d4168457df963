"""The folder that becomes the product repository: what train.py left, and where it comes from."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from ..finetune.card import card
from ..reasons import BAD_CODE, RunEnded
from ..spec import Run
from .check import FOLDER
from .contract import Folders


def finish_product(run: Run, folders: Folders, values: Mapping[str, str]) -> Path:
    """Adds to the output what every product has."""
    output = folders.output
    if output.is_symlink() or not output.is_dir():
        raise RunEnded(BAD_CODE, "train.py left no folder at ENV_AG_TRAIN_OUTPUT_DIR.")
    _only_files(output)
    if not any(path.is_file() for path in output.rglob("*")):
        raise RunEnded(BAD_CODE, "train.py left nothing in ENV_AG_TRAIN_OUTPUT_DIR.")
    for name in (FOLDER, "training_logs/user_params.json", "README.md"):
        _clear(output / name)
    shutil.copytree(folders.model / FOLDER, output / FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    logs = output / "training_logs"
    if logs.is_file():
        logs.unlink()
    logs.mkdir(exist_ok=True)
    used = {"task": run.spec.task, "method": run.spec.method, "seed": run.spec.seed} | values
    (logs / "user_params.json").write_text(json.dumps(used, ensure_ascii=False, indent=2) + "\n", "utf-8")
    readme = folders.model / "README.md"
    text = readme.read_text("utf-8", "replace") if readme.is_file() else ""
    (output / "README.md").write_text(card(text, run, {}), "utf-8")
    return output


def _only_files(folder: Path) -> None:
    """Takes links and devices away, which would bring in what the script did not make."""
    for path in list(folder.rglob("*")):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            path.unlink(missing_ok=True)
        elif path.is_dir() and path.name in ("__pycache__", ".git"):
            shutil.rmtree(path, ignore_errors=True)


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
