"""Environments for what custom models ask for in gallery_train/requirement.txt: `python -m gallery_workers.environment`.

Each lies above what the workers have themselves, in a folder that its list alone decides, and is kept. Making one needs the package
index, so it happens beside the run, which waits for it: with nothing of the run's but the list, and none of its secrets. Only wheels are
taken, since everything else runs code of strangers while it is installed.
"""

from __future__ import annotations

import codecs
import fcntl
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
import venv
from pathlib import Path

from .custom.check import FOLDER, REQUIREMENTS, requirement
from .link import Link
from .reasons import BAD_CODE, DISK_FULL, INTERNAL, RunEnded, StopRequested, reason_of

# Where the environment lies, and the most bytes that it may have.
PLACE, LARGEST = "GALLERY_ENVIRONMENT", "GALLERY_ENVIRONMENT_BYTES"
# The folder of whoever makes it meanwhile; absent where it was there before.
PREPARATION = "GALLERY_PREPARATION"
SECONDS = 1200.0
# What leads to the package index.
PROXY = "GALLERY_PROXY"
_READY = "ready"
_LOG, _REASON, _ENDED = "log", "reason.json", "ended"
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


# MARK: Waiting for one

def awaited(link: Link) -> Path:
    """The interpreter of the run's environment, once it is ready; what is said meanwhile is passed on."""
    place = os.environ.get(PLACE)
    if not place:
        raise RunEnded(INTERNAL, f"Nobody prepares an environment for {FOLDER}/{REQUIREMENTS} here.")
    folder = os.environ.get(PREPARATION)
    if folder:
        _follow(Path(folder), link)
    python = found(Path(place))
    if python is None:
        raise _reason(Path(folder) if folder else None)
    return python


def found(place: Path) -> Path | None:
    """The interpreter of an environment that is ready."""
    return place / "made/bin/python" if (place / _READY).is_file() else None


def _follow(folder: Path, link: Link) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    ended, seen = False, 0
    while not ended:
        ended = (folder / _ENDED).exists()
        if link.stop_requested.is_set():
            raise StopRequested("Stopped before training began.")
        try:
            with open(folder / _LOG, "rb") as file:
                file.seek(seen)
                data = file.read()
        except OSError:
            data = b""
        seen += len(data)
        link.log(decoder.decode(data, final=ended))
        if not ended:
            time.sleep(0.2)


def _reason(folder: Path | None) -> RunEnded:
    try:
        assert folder is not None
        told = json.loads((folder / _REASON).read_text("utf-8"))
        return RunEnded(str(told["code"]), str(told["detail"]))
    except (AssertionError, OSError, ValueError, KeyError, TypeError):
        return RunEnded(INTERNAL, f"The environment for {FOLDER}/{REQUIREMENTS} could not be prepared.")


# MARK: Making one

def made(requirements: str, place: Path) -> Path:
    """The interpreter of the environment, which is made where it is missing; whoever comes second waits."""
    place.mkdir(parents=True, exist_ok=True)
    ready = found(place)
    if ready:
        return ready
    with open(place / "lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another job prepares the same environment: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        ready = found(place)
        if ready is None:
            environment = place / "made"
            # What an interrupted attempt left.
            shutil.rmtree(environment, ignore_errors=True)
            try:
                _make(wanted(requirements), environment)
                (place / _READY).touch()
            except BaseException as error:
                shutil.rmtree(environment, ignore_errors=True)
                raise RunEnded(DISK_FULL, str(error)) if isinstance(error, OSError) else error
        return found(place) or environment


def wanted(requirements: str) -> list[str]:
    """The lines that name packages, in their order."""
    return [line for line in map(requirement, requirements.splitlines()) if line]


def _make(packages: list[str], environment: Path) -> None:
    print(f"Preparing an environment with {', '.join(packages) or 'nothing more'}")
    venv.EnvBuilder(symlinks=True, with_pip=False).create(environment)
    own = sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)})
    # What the workers have lies below: found where the environment has nothing of that name.
    (Path(own) / "workers.pth").write_text(sysconfig.get_path("purelib") + "\n")
    if not packages:
        return
    (environment / REQUIREMENTS).write_text("\n".join(packages) + "\n")
    said = _install(environment, [
        environment / "bin/python", "-P", "-m", "pip", "install", "--only-binary", ":all:", "--no-input", "--no-cache-dir",
        "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2", "--timeout", "30", "--no-warn-script-location",
        "--requirement", REQUIREMENTS,
    ])
    if said is None:
        return
    reason = reason_of(RuntimeError(said[-4000:]))
    if reason.code != INTERNAL:
        raise reason
    fault = [line for line in said.splitlines() if line.startswith("ERROR")]
    raise RunEnded(BAD_CODE, f"{FOLDER}/{REQUIREMENTS} cannot be installed: {' '.join(fault)[:1000] or said[-1000:]}")


def _install(environment: Path, command: list[str | Path]) -> str | None:
    """Runs pip; answers the end of what it said where it failed."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        env=_bare_environment(), cwd=environment)
    ends: list[RunEnded] = []
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(process, environment, ends, over), daemon=True)
    watch.start()
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        line = _neutral(line, environment)
        print(line, end="")
        said = (said + line)[-16_000:]
    code = process.wait()
    over.set()
    watch.join()
    if ends:
        raise ends[0]
    return None if code == 0 else said


def _neutral(text: str, environment: Path) -> str:
    """The same without the names of this machine's folders, which are nothing to whoever reads it."""
    places = [(environment, "<environment>"), (environment.parent, "<environment>"), (Path.cwd(), "<work>")]
    # Their own environment alone: without one this is the system's folder.
    if sys.prefix != sys.base_prefix:
        places.append((Path(sys.prefix), "<workers>"))
    for folder, name in places:
        for path in (str(folder), str(folder.resolve())):
            text = text.replace(path, name)
    return text


def _watch(process: subprocess.Popen[str], environment: Path, ends: list[RunEnded], over: threading.Event) -> None:
    """Ends it where it takes too long, or more of the disk than it may."""
    most = int(os.environ.get(LARGEST) or 0)
    began = time.monotonic()
    while not over.wait(3):
        if time.monotonic() - began > SECONDS:
            ends.append(RunEnded(BAD_CODE, f"Installing {REQUIREMENTS} took longer than {SECONDS / 60:.0f} minutes."))
        elif most and _size(environment) > most:
            ends.append(RunEnded(DISK_FULL, f"What {REQUIREMENTS} asks for takes more than {most >> 20} MiB."))
        else:
            continue
        process.kill()
        return


def _size(folder: Path) -> int:
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(path, name)).st_size
            except OSError:
                continue
    return total


def _bare_environment() -> dict[str, str]:
    """The package index as the operator set it, and nothing else."""
    kept = ("PATH", "TMPDIR", "LANG", "LC_ALL", "HOME", "SSL_CERT_FILE")
    # An index of the house has a certificate that this machine trusts, and pip's own list does not.
    trusted = {"PIP_CERT": _AUTHORITIES} if Path(_AUTHORITIES).is_file() else {}
    proxy = {"PIP_PROXY": os.environ[PROXY]} if PROXY in os.environ else {}
    return trusted | proxy | {"PYTHONUNBUFFERED": "1", "PIP_CONFIG_FILE": os.devnull} | {
        name: value for name, value in os.environ.items() if name in kept or name.startswith("PIP_")}


def main() -> int:
    """Makes the environment that the list in this folder asks for; what cannot be is written beside it."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    try:
        made(Path(REQUIREMENTS).read_text("utf-8-sig"), Path(os.environ[PLACE]))
    except Exception as error:
        reason = reason_of(error)
        detail = _neutral(reason.detail, Path(os.environ[PLACE]) / "made")
        Path(_REASON).write_text(json.dumps({"code": reason.code, "detail": detail}), "utf-8")
        return 1
    print("The environment is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
