"""One program of somebody's own: its repository is fetched at its commit, `app.py` is run, and its port answers at the door.

The program itself gets no token. It runs where the launcher confined it: no files of the machine, no network but the gallery.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

from ..conduct import conduct
from ..hub import Hub
from ..link import Link
from ..reasons import BAD_CODE, BAD_PARAMETERS, TIME_LIMIT, RunEnded, StopRequested
from ..spec import Run
from .bridge import Bridge

PROGRAM = "app.py"
PATIENCE = 300
GRACE = 10
SECRETS = ("GALLERY_RUN_TOKEN", "HF_TOKEN", "GALLERY_RUN_SPEC", "GALLERY_RUN_ID", "GALLERY_RUN_ATTEMPT", "GALLERY_RUN_DOOR")


def work(run: Run, link: Link) -> None:
    """Serves until it is told to stop, or the program ends."""
    door = os.environ.get("GALLERY_RUN_DOOR")
    if not door:
        raise RunEnded(BAD_PARAMETERS, "The run has no door to answer at.")
    link.log(f"Fetching {run.spec.base.repo}\n")
    folder = Hub(run).files(run.spec.base, None, run.folder / "program", BAD_CODE)
    if not (folder / PROGRAM).is_file():
        raise RunEnded(BAD_CODE, f"{run.spec.base.repo} has no {PROGRAM} at its top.")
    port = _free_port()
    link.log(f"Starting {PROGRAM}\n")
    program = Program(folder, port, link)
    try:
        program.wait_until_it_answers(link)
        bridge = Bridge(door, port)
        bridge.open()
        link.state = "serving"
        link.log("Ready.\n")
        _serve(program, run.spec.limits.seconds, link)
        bridge.close()
    finally:
        program.end()
    raise StopRequested("The app was stopped.")


def _serve(program: Program, seconds: float | None, link: Link) -> None:
    end = time.monotonic() + seconds if seconds else None
    while not link.stop_requested.wait(0.5):
        program.must_live()
        if end is not None and time.monotonic() >= end:
            raise RunEnded(TIME_LIMIT, "The app ran as long as was asked for.")


class Program:
    """The child process, with everything that it writes in the run's log."""

    def __init__(self, folder: Path, port: int, link: Link) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in SECRETS} | {
            "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False",
            "GRADIO_ALLOW_FLAGGING": "never", "PORT": str(port), "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(folder),
            "MPLCONFIGDIR": "/tmp", "GRADIO_TEMP_DIR": str(folder.parent / "gradio")}
        self._port = port
        self._last: deque[str] = deque(maxlen=20)
        self._process = subprocess.Popen(
            [sys.executable, PROGRAM], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        self._reader = threading.Thread(target=self._read, args=(link,), daemon=True, name="program")
        self._reader.start()

    def wait_until_it_answers(self, link: Link) -> None:
        end = time.monotonic() + PATIENCE
        while not self._answers():
            self.must_live()
            if link.stop_requested.wait(0.3):
                raise StopRequested("The app was stopped.")
            if time.monotonic() > end:
                raise RunEnded(BAD_CODE, f"{PROGRAM} did not listen on port {self._port} within {PATIENCE} seconds. "
                               "Call launch() without a port, or take it from GRADIO_SERVER_PORT.")

    def must_live(self) -> None:
        code = self._process.poll()
        if code is None:
            return
        self._reader.join(timeout=2)
        # A mistake in the program repeats itself; what was killed from outside may not.
        raise RunEnded(BAD_CODE if code >= 0 else "signal", f"{PROGRAM} ended with code {code}.\n" + "".join(self._last)[-2000:])

    def end(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                return
            try:
                os.killpg(self._process.pid, number)
                self._process.wait(GRACE)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                continue

    def _read(self, link: Link) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._last.append(line)
            link.log(line)

    def _answers(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self._port}/", timeout=5):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(conduct(work))
