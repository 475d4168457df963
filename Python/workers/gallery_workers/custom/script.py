"""train.py in a process of its own: what it prints is the run's log, and how it ends is how the run ends."""

from __future__ import annotations

import ast
import codecs
import ctypes
import math
import os
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from ..link import Link, end_process
from ..reasons import BAD_CODE, INTERNAL, OUT_OF_MEMORY, TIME_LIMIT, RunEnded, StopRequested, reason_of

GRACE_SECONDS = 30.0
LONGEST_LINE = 16 << 10
PROGRESS_SECONDS = 10.0
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_libc = ctypes.CDLL(None)


def run_script(python: Path, script: Path, folder: Path, environment: Mapping[str, str], link: Link, deadline: float | None) -> None:
    """Runs the script to its end; raises where it failed, or was stopped."""
    # Its environment holds the run's token, which the script has no use for.
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    process = subprocess.Popen(
        [python, "-u", script], cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        start_new_session=True, preexec_fn=_end_with_parent)

    def lost() -> None:
        _signal(process, signal.SIGKILL)
        end_process()

    link.on_lost = lost
    output = Output(link)
    reader = threading.Thread(target=output.read, args=(process,), daemon=True)
    reader.start()
    ended_for = _wait(process, link, deadline)
    # What it started itself ends with it, so that nobody keeps its output open.
    _signal(process, signal.SIGKILL)
    reader.join(10)
    if ended_for == "stopped":
        raise StopRequested("The training was stopped.")
    if ended_for == "time":
        raise RunEnded(TIME_LIMIT, "The training took longer than was asked for.")
    if process.returncode != 0:
        raise _reason(process.returncode, script.name, output.tail)


def _wait(process: subprocess.Popen[bytes], link: Link, deadline: float | None) -> str | None:
    """Until it has ended; answers why it was told to."""
    while process.poll() is None:
        late = deadline is not None and time.monotonic() > deadline
        if late or link.stop_requested.is_set():
            _signal(process, signal.SIGTERM)
            try:
                process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
            return "time" if late else "stopped"
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    return None


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _reason(code: int, script: str, tail: deque[str]) -> RunEnded:
    text = "".join(tail).strip()
    if code == -signal.SIGKILL:
        return RunEnded(OUT_OF_MEMORY, f"{script} was killed, most likely for want of memory.")
    foreseen = reason_of(RuntimeError(text[-2000:]))
    if foreseen.code != INTERNAL:
        return foreseen
    how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    last = text.splitlines()[-1][:1000] if text else "It said nothing."
    return RunEnded(BAD_CODE, f"{script} {how}: {last}")


class Output:
    """What the script prints: lines for the log, and the numbers in lines like {'loss': 0.5, 'epoch': 1.0}."""

    def __init__(self, link: Link) -> None:
        self.tail: deque[str] = deque(maxlen=40)
        self._link = link
        self._rest = ""
        self._shown = time.monotonic()
        self._points = 0

    def read(self, process: subprocess.Popen[bytes]) -> None:
        """Until nobody can print any more."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        while data := os.read(descriptor, 64 << 10):
            self.add(decoder.decode(data))
        self.add(decoder.decode(b"", final=True))
        if self._rest:
            self._line(self._rest)

    def add(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).replace("\r\n", "\n").split("\n")
        for line in lines:
            self._line(line)
        if "\r" in self._rest:
            # A bar that is drawn again and again counts as it stands, and not too often.
            shown, _, drawing = self._rest.rpartition("\r")
            self._rest = f"\r{drawing}"
            if time.monotonic() - self._shown > PROGRESS_SECONDS and shown.strip():
                self._line(shown)
        if len(self._rest) > LONGEST_LINE:
            self._line(self._rest)
            self._rest = ""

    def _line(self, line: str) -> None:
        self._shown = time.monotonic()
        line = line.rstrip("\r").rpartition("\r")[2]
        self.tail.append(f"{line}\n")
        self._link.log(f"{line}\n")
        values = numbers(line)
        if values:
            self._points += 1
            step = values.pop("step", float(self._points))
            self._link.metrics(max(0, int(min(step, 2**53))), values)


def numbers(line: str) -> dict[str, float]:
    """The numbers of a line that is a dictionary, as training libraries print them."""
    line = line.strip()
    if not (line.startswith("{") and line.endswith("}") and len(line) <= 4000):
        return {}
    try:
        value = ast.literal_eval(line)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return {}
    found: dict[str, float] = {}
    for name, each in value.items() if isinstance(value, dict) else ():
        number = _number(each)
        if isinstance(name, str) and name.isidentifier() and len(name) <= 64 and number is not None:
            found[name] = number
    return dict(list(found.items())[:50])


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
