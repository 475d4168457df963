"""Why a run ended: the codes the gallery shows, and how an exception becomes one of them."""

from __future__ import annotations

import errno
import re

OUT_OF_MEMORY = "out-of-memory"
BAD_DATA = "bad-data"
BAD_PARAMETERS = "bad-parameters"
BAD_MODEL = "bad-model"
BAD_CODE = "bad-code"
DISK_FULL = "disk-full"
LOSS_NOT_FINITE = "loss-not-finite"
TIME_LIMIT = "time-limit"
GALLERY_REFUSED = "gallery-refused"
STOPPED = "stopped"
INTERNAL = "internal"

LONGEST_DETAIL = 4000

_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory|bad_alloc|cannot allocate memory", re.I)
_DISK = re.compile(r"no space left on device|os error 28|disk quota exceeded|unexpected pos \d+ vs|failed writing file", re.I)


class RunEnded(Exception):
    """Ends the run with a reason for its owner; `code` is one of the codes above."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail[:LONGEST_DETAIL]


class StopRequested(Exception):
    """The gallery asked the run to stop, and what was done so far is saved."""


def reason_of(error: BaseException) -> RunEnded:
    """The reason for any exception that ended the work; what nobody foresaw is `internal`."""
    if isinstance(error, RunEnded):
        return error
    for cause in _chain(error):
        if isinstance(cause, RunEnded):
            return cause
        text = str(cause)
        if isinstance(cause, MemoryError) or type(cause).__name__ == "OutOfMemoryError" or _MEMORY.search(text):
            return RunEnded(OUT_OF_MEMORY, "The run needed more memory than its flavor has. A smaller batch, shorter samples or "
                            f"quantised weights need less. ({_short(cause)})")
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT) or _DISK.search(text):
            return RunEnded(DISK_FULL, f"The disk of the run is full. ({_short(cause)})")
    return RunEnded(INTERNAL, _short(error))


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in chain and len(chain) < 16:
        chain.append(current)
        current = current.__cause__ or current.__context__
    return chain


def _short(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:500]}" if text else type(error).__name__
