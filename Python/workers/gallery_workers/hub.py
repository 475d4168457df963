"""Repositories of the gallery, read and written with the hub's own client."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from .reasons import BAD_CODE, BAD_DATA, BAD_MODEL, GALLERY_REFUSED, RunEnded
from .spec import Asset, Run

# Weights as data only: pickled weights run code when they are read.
MODEL_FILES = ("*.safetensors", "*.json", "*.gguf", "*.model", "*.txt", "*.jinja", "README.md")
TRIES = 6

T = TypeVar("T")


class Hub:
    """The gallery's hub API with the run's own token; waits out a gallery that is away."""

    def __init__(self, run: Run) -> None:
        # Read by huggingface_hub when it is imported.
        os.environ["HF_ENDPOINT"] = run.url
        os.environ["HF_HOME"] = str(run.folder / "hub")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        from huggingface_hub import HfApi

        self._api = HfApi(endpoint=run.url, token=run.token)
        self._folder = run.folder

    def model(self, asset: Asset) -> Path:
        """A model's weights, configuration and tokenizer; never its code or pickles."""
        return self._snapshot(asset, MODEL_FILES, BAD_MODEL)

    def data(self, asset: Asset, suffixes: Iterable[str]) -> Path:
        """The chosen files of a data set, or all of the kinds given."""
        wanted = [literal(path) for path in asset.files] or [f"*{suffix}" for suffix in suffixes]
        return self._snapshot(asset, wanted, BAD_DATA)

    def files(self, asset: Asset, paths: Iterable[str] | None, target: Path, code: str = BAD_MODEL) -> Path:
        """All files of a repository, or those of the patterns given, code among them: for what runs apart from the worker."""
        self._snapshot(asset, paths, code, target)
        # What the client remembers of its downloads is no part of the repository.
        shutil.rmtree(target / ".cache" / "huggingface", ignore_errors=True)
        return target

    def commit(self, repo: str, folder: Path, message: str) -> str:
        """Uploads a folder as one commit and answers its id; repeated, it makes no second one."""
        def upload() -> str:
            if not self._api.repo_exists(repo):
                self._api.create_repo(repo, private=True, exist_ok=True)
            return self._api.upload_folder(repo_id=repo, folder_path=folder, commit_message=message).oid
        return _patiently(upload, repo, GALLERY_REFUSED)

    def _snapshot(self, asset: Asset, patterns: Iterable[str] | None, code: str, target: Path | None = None) -> Path:
        kind = None if asset.kind == "model" else asset.kind
        target = target or self._folder / "inputs" / asset.kind / asset.repo.replace("/", "--")
        wanted = None if patterns is None else list(patterns)
        return Path(_patiently(lambda: self._api.snapshot_download(
            asset.repo, repo_type=kind, revision=asset.revision, local_dir=target, allow_patterns=wanted), asset.repo, code))


def _patiently(work: Callable[[], T], repo: str, code: str) -> T:
    """Repeats what failed for want of an answer; what the gallery refuses ends the run."""
    import time

    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    delay = 1.0
    for left in reversed(range(TRIES)):
        try:
            return work()
        except HfHubHTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            if 400 <= status < 500 and status not in (408, 409, 412, 425, 429) or not left:
                raise RunEnded(code, f"{repo}: the gallery answered {status}: {str(error)[:500]}") from error
        except (httpx2.HTTPError, LocalEntryNotFoundError, ConnectionError, TimeoutError) as error:
            if not left:
                raise RunEnded(code, f"{repo}: the gallery did not answer ({error}).") from error
        time.sleep(delay)
        delay = min(30, delay * 2)
    raise AssertionError("unreachable")


def literal(path: str) -> str:
    """A path as a pattern that matches itself alone."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in path)
