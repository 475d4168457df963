"""What the gallery wants of a run: the environment and spec.json, checked before anything is done."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .reasons import BAD_MODEL, BAD_PARAMETERS, RunEnded

REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
REVISION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,254}")
LARGEST_SPEC = 1 << 20


@dataclass(frozen=True)
class Asset:
    """One repository at one revision; `files` narrows a data set to some of its files."""

    repo: str
    revision: str
    kind: str = "model"
    files: tuple[str, ...] = ()

    @classmethod
    def parse(cls, value: object, what: str, kind: str) -> Asset:
        fields = _mapping(value, what)
        repo, revision = fields.get("repo"), fields.get("revision", "main")
        if not isinstance(repo, str) or not REPOSITORY.fullmatch(repo):
            raise _bad(f"{what}.repo is not owner/name.")
        if not isinstance(revision, str) or not REVISION.fullmatch(revision):
            raise _bad(f"{what}.revision is not a revision.")
        files = fields.get("files") or []
        if not isinstance(files, list) or len(files) > 10_000:
            raise _bad(f"{what}.files is not a list of paths.")
        return cls(repo, revision, str(fields.get("kind") or kind), tuple(safe_path(path, f"{what}.files") for path in files))


@dataclass(frozen=True)
class Limits:
    """What the run was granted; None where there is no limit."""

    cores: int = 1
    memory_bytes: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Spec:
    """spec.json, checked as far as every kind of run needs; the rest lies in `extra`."""

    kind: str
    base: Asset
    data: tuple[Asset, ...] = ()
    task: str = "text-generation"
    method: str = "lora"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    product: str | None = None
    keeps_merged: bool = False
    limits: Limits = Limits()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, value: object) -> Spec:
        fields = _mapping(value, "spec")
        data = fields.get("data") or []
        if not isinstance(data, list) or len(data) > 100:
            raise _bad("spec.data is not a list of data sets.")
        limits = _mapping(fields.get("limits") or {}, "limits")
        product = fields.get("product")
        product_repo = Asset.parse(product, "product", "model").repo if product is not None else None
        seed = fields.get("seed", 0)
        if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63:
            raise _bad("spec.seed is not a whole number from 0.")
        return cls(
            kind=str(fields.get("kind", "")),
            base=Asset.parse(fields.get("base"), "base", "model"),
            data=tuple(Asset.parse(each, "data", "dataset") for each in data),
            task=str(fields.get("task") or "text-generation"),
            method=str(fields.get("method") or "lora"),
            parameters=_mapping(fields.get("parameters") or {}, "parameters"),
            seed=seed,
            product=product_repo,
            keeps_merged=_mapping(fields.get("keeps") or {}, "keeps").get("merged") is True,
            limits=Limits(
                cores=max(1, int(_number(limits, "cores") or 1)),
                memory_bytes=int(memory) if (memory := _number(limits, "memoryBytes")) else None,
                seconds=_number(limits, "seconds"),
            ),
            extra=fields,
        )


@dataclass(frozen=True)
class Run:
    """Who this run is, where the gallery is, and what it shall do."""

    url: str
    id: str
    attempt: int
    token: str
    spec: Spec
    folder: Path
    checkpoints: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Run:
        """Reads the environment of the contract; raises `RunEnded` where it does not hold."""
        try:
            path = Path(environment["GALLERY_RUN_SPEC"])
            url, run = environment["GALLERY_URL"].rstrip("/"), environment["GALLERY_RUN_ID"]
            attempt, token = int(environment["GALLERY_RUN_ATTEMPT"]), environment["GALLERY_RUN_TOKEN"]
        except (KeyError, ValueError) as error:
            raise _bad(f"The environment lacks what a run needs: {error}") from None
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", run) or not re.match(r"https?://", url):
            raise _bad("GALLERY_RUN_ID or GALLERY_URL is malformed.")
        folder = path.resolve().parent
        try:
            if path.stat().st_size > LARGEST_SPEC:
                raise _bad("spec.json is larger than 1 MiB.")
            spec = Spec.parse(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise _bad(f"spec.json cannot be read: {error}") from None
        checkpoints = Path(environment.get("GALLERY_RUN_CHECKPOINTS") or folder / "checkpoints")
        return cls(url, run, attempt, token, spec, folder, checkpoints)


def adapter_base(folder: Path) -> Asset | None:
    """The model an adapter was made for, where the folder holds an adapter and no weights of its own."""
    path = folder / "adapter_config.json"
    if not path.is_file() or (folder / "config.json").is_file():
        return None
    try:
        config = json.loads(path.read_bytes()[: 1 << 20])
        repo, revision = config["base_model_name_or_path"], config.get("revision") or "main"
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RunEnded(BAD_MODEL, "adapter_config.json names no base model.") from None
    if not isinstance(repo, str) or not REPOSITORY.fullmatch(repo):
        raise RunEnded(BAD_MODEL, "adapter_config.json names a base model that is not owner/name.")
    return Asset.parse({"repo": repo, "revision": revision}, "adapter_config.json", "model")


def safe_path(path: object, what: str) -> str:
    """A path inside a repository: relative, and never out of it."""
    if not isinstance(path, str) or not path or len(path) > 1024 or "\0" in path or "\\" in path:
        raise _bad(f"{what} holds something that is not a path.")
    if path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
        raise _bad(f"{what} holds a path that leaves the repository: {path[:100]}")
    return path


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _bad(f"{what} is not an object.")
    return value


def _number(fields: Mapping[str, Any], name: str) -> float | None:
    value = fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 2**53:
        raise _bad(f"limits.{name} is not a number above 0.")
    return float(value)


def _bad(detail: str) -> RunEnded:
    return RunEnded(BAD_PARAMETERS, detail)
