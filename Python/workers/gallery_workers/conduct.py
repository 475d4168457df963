"""One run from its start to its finish: whatever happens inside becomes a clear end."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from .link import Link
from .reasons import STOPPED, RunEnded, StopRequested, reason_of
from .spec import Run

Work = Callable[[Run, Link], str | None]


def conduct(work: Work) -> int:
    """Runs `work`, which answers the product's commit, and returns the exit code: 0 once the gallery knows how it ended."""
    try:
        run = Run.from_environment()
    except RunEnded as ended:
        print(ended.detail, file=sys.stderr)
        return 2
    # Set before anything loads numerical libraries: more threads than granted cores cost an order of magnitude.
    os.environ["OMP_NUM_THREADS"] = str(run.spec.limits.cores)
    # Threads that wait for each other by spinning take the cores of those they wait for: on a busy machine it costs as much again.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    link = Link(run.url, run.id, run.attempt, run.token, run.folder / "spool")
    signal.signal(signal.SIGTERM, lambda *_: link.stop_requested.set())
    link.start()
    outcome, code, detail, commit = "succeeded", None, "", None
    try:
        commit = work(run, link)
    except StopRequested as stop:
        outcome, code, detail = "stopped", STOPPED, str(stop)
    except BaseException as error:  # noqa: BLE001 – everything must end clearly
        reason = reason_of(error)
        outcome, code, detail = "failed", reason.code, reason.detail
        if not isinstance(error, RunEnded):
            link.log(traceback.format_exc())
        link.log(f"{reason.code}: {reason.detail}\n")
    told = link.finish(outcome, code, detail, commit)
    link.close()
    return 0 if told else 1
