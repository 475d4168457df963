"""Environments for what custom models ask for in gallery_train/requirement.txt: `python -m gallery_workers.environment`.

Each holds what its list names, above what the workers have themselves, and is found by what it depends on: the list, the
interpreter and the workers' own packages. Only wheels are taken, since everything else runs code of strangers while it is
installed. Making one takes the package index and none of the run's secrets, so it is a run by itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from .conduct import conduct
from .custom.check import FOLDER, LARGEST, REQUIREMENTS, check, requirement
from .hub import Hub
from .link import Link
from .reasons import BAD_CODE, DISK_FULL, INTERNAL, RunEnded, reason_of
from .spec import Run

# Where environments are kept between runs.
CACHE = "GALLERY_ENVIRONMENTS"
SECONDS = 1800
_READY = ".ready"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"

Say = Callable[[str], None]


def cache(working: Path) -> Path:
    """The folder of the environments; without one that is kept, they last as long as the run."""
    return Path(os.environ.get(CACHE) or working / "environments")


def found(requirements: str, folder: Path) -> Path | None:
    """The interpreter of an environment that is ready."""
    environment = folder / key(requirements)
    return environment / "bin/python" if (environment / _READY).is_file() else None


def made(requirements: str, folder: Path, say: Say) -> Path:
    """The interpreter of the environment, which is made where it is missing; whoever comes second waits."""
    folder.mkdir(parents=True, exist_ok=True)
    name = key(requirements)
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ready = found(requirements, folder)
        if ready is None:
            environment = folder / name
            # What an interrupted attempt left.
            shutil.rmtree(environment, ignore_errors=True)
            try:
                ready = _make(requirements, environment, say)
            except BaseException:
                shutil.rmtree(environment, ignore_errors=True)
                raise
        return ready


def key(requirements: str) -> str:
    """What an environment depends on."""
    own = sorted({f"{each.name}=={each.version}" for each in metadata.distributions()})
    facts = [sys.version, sysconfig.get_platform(), sys.prefix, *own, "", *wanted(requirements)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:40]


def wanted(requirements: str) -> list[str]:
    """The lines that name packages, in their order."""
    return [line for line in map(requirement, requirements.splitlines()) if line]


def _make(requirements: str, environment: Path, say: Say) -> Path:
    say(f"Preparing an environment with {', '.join(wanted(requirements))}\n")
    venv.EnvBuilder(symlinks=True, with_pip=False).create(environment)
    python = environment / "bin/python"
    packages = sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)})
    # What the workers have lies below: found where the environment has nothing of that name.
    (Path(packages) / "workers.pth").write_text(sysconfig.get_path("purelib") + "\n")
    listed = environment / REQUIREMENTS
    listed.write_text("\n".join(wanted(requirements)) + "\n")
    command = [
        python, "-m", "pip", "install", "--only-binary", ":all:", "--no-input", "--no-cache-dir", "--disable-pip-version-check",
        "--progress-bar", "off", "--retries", "2", "--timeout", "30", "--no-warn-script-location", "--requirement", listed,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, env=_bare_environment(), cwd=environment)
    except subprocess.TimeoutExpired:
        raise RunEnded(BAD_CODE, f"Installing {REQUIREMENTS} took longer than {SECONDS // 60} minutes.") from None
    say(done.stdout[-8000:])
    if done.returncode != 0:
        say(done.stderr[-8000:])
        reason = reason_of(RuntimeError(done.stderr[-4000:]))
        if reason.code != INTERNAL:
            raise reason
        fault = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise RunEnded(BAD_CODE, f"{FOLDER}/{REQUIREMENTS} cannot be installed: {' '.join(fault)[:1000] or done.stderr[-1000:]}")
    try:
        (environment / _READY).touch()
    except OSError as error:
        raise RunEnded(DISK_FULL, str(error)) from error
    return python


def _bare_environment() -> dict[str, str]:
    """The package index as the operator set it, and nothing of the run."""
    kept = ("PATH", "TMPDIR", "LANG", "LC_ALL", "HOME", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
    # An index of the house has a certificate that this machine trusts, and pip's own list does not.
    trusted = {"PIP_CERT": _AUTHORITIES} if Path(_AUTHORITIES).is_file() else {}
    return trusted | {name: value for name, value in os.environ.items() if name in kept or name.startswith("PIP_")}


def work(run: Run, link: Link) -> None:
    """Makes the environment that the run's base asks for."""
    folder = Hub(run).files(run.spec.base, [f"{FOLDER}/*"], run.folder / "inputs")
    path = folder / FOLDER / REQUIREMENTS
    if not path.is_file():
        link.log("The model asks for nothing.\n")
        return
    with open(path, "rb") as file:
        data = file.read(LARGEST[REQUIREMENTS] + 1)
    problems = [each for each in check({f"{FOLDER}/{REQUIREMENTS}": data}) if each.file.endswith(REQUIREMENTS)]
    if problems:
        raise RunEnded(BAD_CODE, "\n".join(map(str, problems)))
    made(data.decode("utf-8-sig"), cache(run.folder), link.log)


if __name__ == "__main__":
    sys.exit(conduct(work))
