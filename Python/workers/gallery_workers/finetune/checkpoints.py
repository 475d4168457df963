"""Checkpoints that are whole or not there: written beside, made durable, then renamed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
import torch

_NAME = re.compile(r"step-(\d{9})")
_MANIFEST = "checkpoint.json"
_STATE = "state.pt"


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoint folder of a run, which outlives attempts; `fingerprint` says what the checkpoints belong to."""

    folder: Path
    fingerprint: str
    keeps: int = 2

    def save(self, step: int, state: Mapping[str, Any], save_weights: Callable[[Path], None]) -> Path:
        """Writes a checkpoint so that a kill at any moment leaves either it or the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        final = self.folder / f"step-{step:09d}"
        writing = self.folder / f"writing-{os.getpid()}"
        shutil.rmtree(writing, ignore_errors=True)
        writing.mkdir()
        try:
            save_weights(writing)
            torch.save({**state, "step": step, "random": _random_state()}, writing / _STATE)
            files = {path.name: _digest(path) for path in sorted(writing.iterdir()) if path.is_file()}
            (writing / _MANIFEST).write_text(json.dumps({"fingerprint": self.fingerprint, "step": step, "files": files}))
            for path in writing.iterdir():
                _sync(path)
            _sync(writing)
            if final.exists():
                shutil.rmtree(final)
            writing.rename(final)
            _sync(self.folder)
        except BaseException:
            shutil.rmtree(writing, ignore_errors=True)
            raise
        for old in self._complete()[self.keeps :]:
            shutil.rmtree(old, ignore_errors=True)
        return final

    def latest(self, say: Callable[[str], None]) -> tuple[Path, dict[str, Any]] | None:
        """The newest checkpoint that is whole and belongs to this run; whatever else lies there is passed over."""
        for leftover in self.folder.glob("writing-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        for folder in self._complete():
            try:
                manifest = json.loads((folder / _MANIFEST).read_text())
                if manifest["fingerprint"] != self.fingerprint:
                    say(f"{folder.name} was made with other settings: passed over.\n")
                    continue
                if any(_digest(folder / name) != digest for name, digest in manifest["files"].items()):
                    raise ValueError("its files have changed")
                return folder, torch.load(folder / _STATE, map_location="cpu", weights_only=True)
            except (OSError, ValueError, KeyError, RuntimeError) as error:
                say(f"{folder.name} cannot be used ({error}): passed over.\n")
        return None

    def _complete(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return sorted((path for path in self.folder.iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def restore_random(state: Mapping[str, Any]) -> None:
    """Puts every source of randomness back to where the checkpoint was made."""
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    kind, keys, position, has_gauss, cached = state["numpy"]
    numpy.random.set_state((kind, numpy.array(keys, dtype=numpy.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if torch.cuda.is_available() and len(state["cuda"]) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(state["cuda"])


def _random_state() -> dict[str, Any]:
    version, numbers, gauss = random.getstate()
    kind, keys, position, has_gauss, cached = numpy.random.get_state()
    return {
        "python": [version, list(numbers), gauss],
        "numpy": [kind, keys.tolist(), position, has_gauss, cached],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
