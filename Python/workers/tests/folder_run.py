"""Runs a worker as the launcher would, with folders in place of the gallery's repositories.

`python folder_run.py REPOSITORIES MODULE`: reads models and data from REPOSITORIES/owner/name, writes products there.
"""

from __future__ import annotations

import hashlib
import importlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import gallery_workers.hub
from gallery_workers.conduct import conduct
from gallery_workers.spec import Asset, Run

REPOSITORIES = Path(sys.argv[1])


class FolderHub:
    def __init__(self, run: Run) -> None:
        pass

    def model(self, asset: Asset) -> Path:
        return REPOSITORIES / asset.repo

    def data(self, asset: Asset, suffixes: Iterable[str]) -> Path:
        return REPOSITORIES / asset.repo

    def files(self, asset: Asset, paths: Iterable[str] | None, target: Path, code: str = "") -> Path:
        shutil.copytree(REPOSITORIES / asset.repo, target)
        return target

    def commit(self, repo: str, folder: Path, message: str) -> str:
        shutil.copytree(folder, REPOSITORIES / repo)
        return hashlib.sha1(repo.encode()).hexdigest()


gallery_workers.hub.Hub = FolderHub  # type: ignore[misc,assignment]
sys.exit(conduct(importlib.import_module(sys.argv[2]).work))
