"""GGUF: conversion of weights, cached by what they hold, and llama.cpp as the engine for what converts."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from ..reasons import DISK_FULL, OUT_OF_MEMORY, RunEnded, reason_of

# The script that converts, in place of the one that is installed beside the workers.
CONVERTER = "GALLERY_GGUF_CONVERTER"
# Where conversions are kept between runs.
CACHE = "GALLERY_GGUF_CACHE"
SECONDS = 3600


class NotConverted(Exception):
    """Why there is no GGUF of a model, for the log of its run."""


def converter() -> Path:
    """The script that converts weights."""
    path = Path(os.environ.get(CONVERTER) or Path(sys.prefix) / "share/gguf/convert_hf_to_gguf.py")
    if not path.is_file():
        raise NotConverted("no converter to GGUF is installed beside the workers (scripts/setup-workers brings one)")
    return path


def gguf_of(model: Path, working: Path, adapter: Path | None = None, kept: Path | None = None) -> Path:
    """The model, with its adapter merged, as one GGUF file: its own, or a converted one; raises where it does not convert.

    `kept` is what outlives an attempt of the run.
    """
    own = [path for path in sorted(model.glob("*.gguf")) if _is_gguf(path)]
    if own and adapter is None and not any(model.glob("*.safetensors")):
        return own[0]
    script = converter()
    cache = _cache([Path(os.environ[CACHE]) if os.environ.get(CACHE) else None, kept, working / "gguf"])
    target = cache / f"{_key(script, model, adapter)}.gguf"
    if _is_gguf(target):
        # Who tidies up takes what was not used for longest.
        os.utime(target)
        return target
    whole = model if adapter is None else _merged(model, adapter, working / "merged")
    try:
        return _converted(whole, script, target)
    finally:
        if whole != model:
            shutil.rmtree(whole, ignore_errors=True)


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
    # Without it, texts that are embedded together are cut into pieces of one length and only their ends are counted.
    parameters.kv_unified = True
    # Beside chat and completions, which it leaves as they are.
    parameters.embedding = True
    parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    parameters.ui = False
    parameters.verbosity = 0
    return xllamacpp.Server(parameters)


def _cache(folders: list[Path | None]) -> Path:
    """The first folder where this run may write: the one kept between runs, between attempts, or its own."""
    for folder in folders:
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                if os.access(folder, os.W_OK):
                    return folder
        except OSError:
            continue
    raise RunEnded(DISK_FULL, "There is no folder that a conversion could be written to.")


def _merged(base: Path, adapter: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    environment = _bare_environment() | {"PYTHONPATH": os.pathsep.join(sys.path)}
    _run([sys.executable, "-m", "gallery_workers.serve.merge", base, adapter, target], environment, "the adapter cannot be merged")
    return target


def _converted(model: Path, script: Path, target: Path) -> Path:
    writing = target.with_suffix(f".{os.getpid()}.writing")
    wrapper = Path(__file__).with_name("convert.py")
    try:
        _run([sys.executable, wrapper, script, model, "--outfile", writing, "--outtype", "auto"], _bare_environment(), "the weights do not convert to GGUF")
        if not _is_gguf(writing):
            raise NotConverted("the converter wrote no GGUF")
        with open(writing, "rb") as file:
            os.fsync(file.fileno())
        writing.rename(target)
    finally:
        writing.unlink(missing_ok=True)
    return target


def _run(command: list[str | Path], environment: dict[str, str], fault: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, errors="replace", env=environment)
    except subprocess.TimeoutExpired:
        raise NotConverted(f"{fault}: it takes longer than an hour") from None
    if done.returncode == 0:
        return
    reason = reason_of(RuntimeError(done.stderr[-2000:]))
    if reason.code in (DISK_FULL, OUT_OF_MEMORY):
        raise RunEnded(reason.code, reason.detail)
    said = done.stderr.strip().splitlines()
    raise NotConverted(f"{fault}: {said[-1][:500] if said else f'code {done.returncode}'}")


def _bare_environment() -> dict[str, str]:
    """The converter needs no token and no gallery, and may fetch nothing."""
    kept = ("PATH", "HOME", "TMPDIR", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"HF_HUB_OFFLINE": "1"}


def _key(script: Path, model: Path, adapter: Path | None) -> str:
    """What the result depends on: the converter, and every file of the model and its adapter."""
    whole = hashlib.sha256()
    for folder in (model, adapter):
        whole.update(b"\0")
        files = [] if folder is None else sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
        for path in [script, Path(__file__).with_name("convert.py"), *files]:
            with open(path, "rb") as file:
                whole.update(f"{path.name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def _is_gguf(path: Path) -> bool:
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(4) == b"GGUF"
