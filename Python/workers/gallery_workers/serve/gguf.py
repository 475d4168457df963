"""GGUF: conversion of weights, cached by what they hold, and llama.cpp as the engine for what converts."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..reasons import DISK_FULL, OUT_OF_MEMORY, RunEnded, reason_of

CONVERTER = "GALLERY_GGUF_CONVERTER"
CACHE = "GALLERY_GGUF_CACHE"
SECONDS = 3600


def converter() -> Path | None:
    """The script that converts weights, where this machine has one."""
    path = Path(os.environ.get(CONVERTER, ""))
    return path if path.is_file() else None


def gguf_of(model: Path, working: Path) -> Path | None:
    """The model as one GGUF file: its own, or a converted one; None where it has none and does not convert."""
    own = [path for path in sorted(model.glob("*.gguf")) if _is_gguf(path)]
    if own and not any(model.glob("*.safetensors")):
        return own[0]
    script = converter()
    if script is None:
        return None
    cache = Path(os.environ.get(CACHE) or working / "gguf")
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / f"{_key(model, script)}.gguf"
    if _is_gguf(target):
        return target
    return _converted(model, script, target)


def start(model: Path, name: str, host: str, port: int, cores: int, context: int, at_once: int) -> Any:
    """Starts llama.cpp's own OpenAI server; `host` is an address, or a path that ends in .sock."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.model_alias = {name}
    parameters.hostnames = [host]
    parameters.port = port
    parameters.cpuparams.n_threads = cores
    parameters.cpuparams_batch.n_threads = cores
    parameters.n_parallel = at_once
    parameters.n_ctx = context * at_once
    parameters.ui = False
    return xllamacpp.Server(parameters)


def _converted(model: Path, script: Path, target: Path) -> Path | None:
    writing = target.with_suffix(f".{os.getpid()}.writing")
    try:
        done = subprocess.run(
            [sys.executable, str(script), str(model), "--outfile", str(writing), "--outtype", "auto"],
            capture_output=True, text=True, timeout=SECONDS, errors="replace", env=_bare_environment())
    except subprocess.TimeoutExpired:
        writing.unlink(missing_ok=True)
        return None
    if done.returncode != 0 or not _is_gguf(writing):
        writing.unlink(missing_ok=True)
        reason = reason_of(RuntimeError(done.stderr[-2000:]))
        if reason.code in (DISK_FULL, OUT_OF_MEMORY):
            raise RunEnded(reason.code, reason.detail)
        print(f"The weights do not convert to GGUF:\n{done.stderr[-2000:]}", file=sys.stderr)
        return None
    with open(writing, "rb") as file:
        os.fsync(file.fileno())
    writing.rename(target)
    return target


def _bare_environment() -> dict[str, str]:
    """The converter needs no token and no gallery."""
    kept = ("PATH", "HOME", "TMPDIR", "OMP_NUM_THREADS", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"HF_HUB_OFFLINE": "1"}


def _key(model: Path, script: Path) -> str:
    """What the result depends on: every file of the model, and the converter."""
    whole = hashlib.sha256()
    for path in [script, *sorted(path for path in model.iterdir() if path.is_file() and path.suffix != ".md")]:
        with open(path, "rb") as file:
            whole.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _is_gguf(path: Path) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"GGUF"

