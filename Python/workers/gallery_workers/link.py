"""The connection between a run and the gallery.

Everything a run says is written to the spool in the working folder first and sent by a thread of its own, in order and
idempotently, so a gallery that is away costs nothing but delay. Heartbeats go by a second thread and hold the lease: once
it is lost, or nobody answered for five leases, the process ends itself at once.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .reasons import LONGEST_DETAIL

LARGEST_TEXT = 256 << 10
LARGEST_LOG = 64 << 20
MOST_VALUES = 2000
LEASES_ALONE = 5
EXIT_LEASE_LOST = 75


class Refused(Exception):
    """The gallery answered, and will not take this: repeating it is of no use."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status


class Away(Exception):
    """Nobody answered, or not sensibly: worth another try."""


class Gap(Exception):
    """The gallery lacks log before what was sent: it goes on from `size`."""

    def __init__(self, size: int) -> None:
        super().__init__(f"The gallery's log has {size} bytes.")
        self.size = size


class LeaseLost(Exception):
    """The run belongs to somebody else now, or is over."""


def end_process() -> None:
    """Ends the process at once, whatever its other threads do."""
    os._exit(EXIT_LEASE_LOST)


@dataclass
class Link:
    """One run's line to the gallery; safe to call from any thread."""

    url: str
    run: str
    attempt: int
    token: str
    spool: Path
    lease_seconds: float = 60
    timeout: float = 20
    slowest_retry: float = 15
    on_lost: Callable[[], None] = end_process
    stop_requested: threading.Event = field(default_factory=threading.Event)
    state: str = "preparing"

    def __post_init__(self) -> None:
        self.spool.mkdir(parents=True, exist_ok=True)
        self._log_path = self.spool / "log.txt"
        self._event_path = self.spool / "events.jsonl"
        self._log = open(self._log_path, "ab")
        self._events = open(self._event_path, "ab")
        self._log_sent = 0
        self._events_sent = 0
        self._finish: dict[str, Any] | None = None
        self._finished = threading.Event()
        self._closing = threading.Event()
        self._work = threading.Event()
        self._lock = threading.Lock()
        self._last_answer = time.monotonic()
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
        self._threads: list[threading.Thread] = []

    # What the run says

    def start(self) -> None:
        """Starts heartbeats and the sender."""
        self._last_answer = time.monotonic()
        for work in (self._heartbeats, self._send_all):
            thread = threading.Thread(target=work, daemon=True, name=f"link{work.__name__}")
            thread.start()
            self._threads.append(thread)

    def log(self, text: str) -> None:
        """Adds to the run's log; a full disk or an overlong log never ends the run."""
        data = text.encode("utf-8", "replace")
        with self._lock:
            room = LARGEST_LOG - self._log.tell()
            if room <= 0:
                return
            if len(data) > room:
                data = data[:room] + b"\n(The log is cut here.)\n"
            self._append(self._log, data)

    def metrics(self, step: int, values: Mapping[str, float]) -> None:
        """Adds one point; values that are no finite numbers are left out, since JSON has none."""
        finite = {name: value for name, value in values.items() if value == value and abs(value) != float("inf")}
        named = list(finite.items())
        for start in range(0, len(named), MOST_VALUES):
            self._event({"metrics": {"step": step, "time": _now(), "values": dict(named[start : start + MOST_VALUES])}})

    def checkpoint(self, step: int, folder: str) -> None:
        """Tells of a checkpoint that is complete on disk."""
        self._event({"checkpoint": {"step": step, "folder": folder}})

    def finish(self, outcome: str, code: str | None = None, detail: str = "", commit: str | None = None) -> bool:
        """Says how the run ended and waits until the gallery knows; false where it can no longer be told."""
        reason = {"code": code, "detail": detail[:LONGEST_DETAIL]} if code else None
        with self._lock:
            self._finish = {"outcome": outcome, "reason": reason, "product": {"commit": commit} if commit else None}
        self._work.set()
        while not self._finished.wait(0.1):
            if not any(thread.is_alive() for thread in self._threads):
                break
        self._closing.set()
        return self._finished.is_set()

    def close(self) -> None:
        """Stops the threads without saying how the run ended."""
        self._closing.set()
        self._work.set()
        for thread in self._threads:
            thread.join(timeout=self.timeout + 1)
        self._log.close()
        self._events.close()

    # Spool

    def _append(self, file: Any, data: bytes) -> None:
        try:
            file.write(data)
            file.flush()
        except OSError as error:
            print(f"The spool cannot be written: {error}", file=sys.stderr)
        self._work.set()

    def _event(self, event: Mapping[str, Any]) -> None:
        line = json.dumps(event, allow_nan=False).encode() + b"\n"
        with self._lock:
            self._append(self._events, line)

    # Sending

    def _send_all(self) -> None:
        delay = 0.0
        while not self._closing.is_set():
            try:
                if self._send_some():
                    delay = 0.0
                    continue
                if self._finished.is_set():
                    return
            except LeaseLost:
                return self._lose()
            except Away as error:
                delay = min(self.slowest_retry, max(0.25, delay * 2))
                print(f"The gallery does not answer ({error}); trying again.", file=sys.stderr)
                self._closing.wait(delay * random.uniform(0.5, 1))
                continue
            self._work.wait(1)
            self._work.clear()

    def _send_some(self) -> bool:
        """Sends the oldest thing that waits; false where nothing does."""
        # Read first: all that was said before it lies in the spool then, and goes before it.
        with self._lock:
            end = self._finish
        return self._send_log() or self._send_events() or self._send_finish(end)

    def _send_log(self) -> bool:
        data = _read(self._log_path, self._log_sent, LARGEST_TEXT)
        if not data:
            return False
        text, used = _whole_characters(data)
        try:
            self._tell("log", {"offset": self._log_sent, "text": text})
        except Gap as gap:
            if gap.size >= self._log_sent:
                raise Away(f"it wants the log from {gap.size} and was sent {self._log_sent}") from None
            self._log_sent = gap.size
            return True
        self._log_sent += used
        return True

    def _send_events(self) -> bool:
        data = _read(self._event_path, self._events_sent, LARGEST_TEXT)
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            return False
        lines = whole.splitlines(keepends=True)
        points: list[Any] = []
        used = values = 0
        for line in lines:
            event = _event(line)
            if "checkpoint" in event:
                if not points:
                    self._tell("checkpoint", event["checkpoint"])
                    used += len(line)
                break
            if "metrics" in event:
                values += len(event["metrics"]["values"])
                if values > MOST_VALUES:
                    break
                points.append(event["metrics"])
            used += len(line)
        if points:
            self._tell("metrics", {"points": points})
        self._events_sent += used
        return True

    def _send_finish(self, end: dict[str, Any] | None) -> bool:
        if end is None or self._finished.is_set():
            return False
        self._tell("finish", end)
        self._finished.set()
        return True

    def _tell(self, what: str, body: dict[str, Any]) -> None:
        try:
            self._post(what, body)
        except Refused as error:
            print(f"The gallery did not take {what}: {error}", file=sys.stderr)

    # Lease

    def _heartbeats(self) -> None:
        while not self._closing.is_set():
            told = self.state
            try:
                answer = self._post("heartbeat", {"state": told, "time": _now()})
                self._take(answer)
                wait = self.lease_seconds / 4
            except LeaseLost:
                return self._lose()
            except (Away, Refused) as error:
                print(f"No heartbeat: {error}", file=sys.stderr)
                wait = min(self.slowest_retry, self.lease_seconds / 8)
            if time.monotonic() - self._last_answer > self.lease_seconds * LEASES_ALONE:
                return self._lose()
            self._rest(wait, told)

    def _rest(self, seconds: float, told: str) -> None:
        """Until the next heartbeat; a new state is told at once, since billing and callers wait for it."""
        end = time.monotonic() + seconds
        while self.state == told and (left := end - time.monotonic()) > 0 and not self._closing.wait(min(0.2, left)):
            pass

    def _take(self, answer: object) -> None:
        if not isinstance(answer, dict):
            raise Away("a heartbeat was answered with something else than an object")
        lease = answer.get("leaseSeconds")
        if isinstance(lease, (int, float)) and not isinstance(lease, bool) and 0 < lease <= 86_400:
            self.lease_seconds = float(lease)
        if answer.get("stop") is True:
            self.stop_requested.set()
        self._last_answer = time.monotonic()

    def _lose(self) -> None:
        if self._closing.is_set() or self._finished.is_set():
            return
        self._closing.set()
        print("The lease of this run is lost: it ends here.", file=sys.stderr, flush=True)
        self.on_lost()

    # HTTP

    def _post(self, what: str, body: Mapping[str, Any]) -> object:
        request = urllib.request.Request(
            f"{self.url}/api/v1/runs/{self.run}/{what}", method="POST",
            data=json.dumps({"attempt": self.attempt, **body}, allow_nan=False).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=self.timeout) as response:
                text = response.read(1 << 20)
            return json.loads(text) if text.strip() else None
        except urllib.error.HTTPError as error:
            detail = error.read(4000).decode("utf-8", "replace")
            if error.code in (401, 409, 410):
                raise LeaseLost from None
            size = _gap(detail) if error.code == 416 else None
            if size is not None:
                raise Gap(size) from None
            if error.code in (408, 425, 429) or error.code >= 500:
                raise Away(f"{error.code} {detail}") from None
            raise Refused(error.code, detail) from None
        except Exception as error:
            raise Away(f"{type(error).__name__}: {error}") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The token goes to the gallery and nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _now() -> int:
    return int(time.time() * 1000)


def _read(path: Path, offset: int, most: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(most)


def _gap(problem: str) -> int | None:
    """How much log the gallery has, where that is what its problem says."""
    try:
        size = int(json.loads(problem)["size"])
    except (ValueError, KeyError, TypeError):
        return None
    return size if size >= 0 else None


def _event(line: bytes) -> dict[str, Any]:
    """One spooled line; what a full disk cut off says nothing."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _whole_characters(data: bytes) -> tuple[str, int]:
    """As much as ends on a whole character, and how many bytes that is."""
    for cut in range(min(4, len(data))):
        try:
            return data[: len(data) - cut].decode("utf-8"), len(data) - cut
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace"), len(data)
