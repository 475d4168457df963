"""One training by a custom model's own script, from its inputs to the commit of its product."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from .. import environment as environments
from ..conduct import conduct
from ..hub import Hub, literal
from ..link import Link
from ..reasons import BAD_CODE, BAD_DATA, BAD_MODEL, BAD_PARAMETERS, RunEnded, StopRequested
from ..spec import Run
from .check import FOLDER, REQUIREMENTS, SCRIPT, check_folder
from .contract import Folders, environment, parameters
from .product import finish_product
from .script import run_script


def work(run: Run, link: Link) -> str:
    """Trains as the spec says and answers the product's commit."""
    spec = run.spec
    if spec.product is None or len(spec.data) != 1:
        raise RunEnded(BAD_PARAMETERS, "The run names no product, or not one data set.")
    hub = Hub(run)
    folders = Folders.below(run.folder, spec.base, spec.data[0])
    link.log(f"Fetching {spec.base.repo}\n")
    hub.files(spec.base, None, folders.model, BAD_MODEL)
    problems = check_folder(folders.model)
    if problems:
        raise RunEnded(BAD_CODE, "\n".join(map(str, problems)))
    values = parameters(folders.model, spec.method, spec.parameters)
    link.log(f"Fetching {spec.data[0].repo}\n")
    hub.files(spec.data[0], [literal(path) for path in spec.data[0].files] or None, folders.data, BAD_DATA)
    for folder in (folders.work, folders.output):
        folder.mkdir(parents=True, exist_ok=True)
    python = _python(folders.model, link)
    if link.stop_requested.is_set():
        raise StopRequested("Stopped before training began.")
    link.state = "training"
    link.log(f"Starting {FOLDER}/{SCRIPT} with {spec.method}\n")
    seconds = spec.limits.seconds
    run_script(
        python, folders.model / FOLDER / SCRIPT, folders.work, environment(folders, values, python, spec.limits.cores), link,
        time.monotonic() + seconds if seconds else None)
    link.state = "saving"
    folder = finish_product(run, folders, values)
    link.log(f"Publishing {spec.product}\n")
    return hub.commit(spec.product, folder, f"Train {spec.base.repo} with {spec.method}")


def _python(model: Path, link: Link) -> Path:
    """The workers' own interpreter, or that of the environment which the model asks for."""
    return environments.awaited(link) if (model / FOLDER / REQUIREMENTS).is_file() else Path(sys.executable)


if __name__ == "__main__":
    sys.exit(conduct(work))
