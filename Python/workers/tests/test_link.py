"""The line to the gallery: nothing is lost, nothing counts twice, and a run without lease ends."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gallery import Gallery
from gallery_workers.link import EXIT_LEASE_LOST, LARGEST_LOG, Link


@pytest.fixture
def link(gallery: Gallery, tmp_path: Path):
    lost = threading.Event()
    link = Link(gallery.url, "r1", 1, "secret", tmp_path / "spool", timeout=5, slowest_retry=0.3, on_lost=lost.set)
    link.lost = lost
    yield link
    link.close()


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)


def test_what_a_run_says_arrives_in_order(gallery: Gallery, link: Link) -> None:
    link.start()
    for step in range(1, 701):
        link.metrics(step, {"loss": 1 / step, "broken": float("nan")})
        if step % 100 == 0:
            link.checkpoint(step, f"step-{step}")
        link.log(f"step {step} – 损失\n")
    assert link.finish("succeeded", commit="abc")
    assert gallery.text() == "".join(f"step {step} – 损失\n" for step in range(1, 701))
    assert gallery.curve("loss") == {step: 1 / step for step in range(1, 701)}
    assert not gallery.curve("broken")
    assert gallery.checkpoints == [100, 200, 300, 400, 500, 600, 700]
    assert gallery.finished == [{"attempt": 1, "outcome": "succeeded", "reason": None, "product": {"commit": "abc"}}]
    assert gallery.requests[-1][0] in ("finish", "heartbeat")


def test_nothing_said_before_the_end_comes_after_it(gallery: Gallery, link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    found = link._send_log

    def slow() -> bool:
        """Looks, and is overtaken by a run that says its last words and ends."""
        done = found()
        looked.set()
        ended.wait(5)
        return done

    looked, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(link, "_send_log", slow)
    link.start()
    assert looked.wait(5)
    link.log("last words\n")
    finish = threading.Thread(target=link.finish, args=("succeeded",))
    finish.start()
    eventually(lambda: link._finish)
    ended.set()
    finish.join(10)
    assert gallery.text() == "last words\n" and len(gallery.finished) == 1


def test_a_gallery_that_lost_log_gets_it_again(gallery: Gallery, link: Link) -> None:
    link.start()
    link.log("first line\n" * 1000)
    eventually(lambda: len(gallery.text()) == 11_000)
    with gallery.lock:
        del gallery.log[1][5500:]
    link.log("last line\n")
    assert link.finish("succeeded")
    assert gallery.text() == "first line\n" * 1000 + "last line\n"


def test_many_values_go_in_pieces(gallery: Gallery, link: Link) -> None:
    link.metrics(1, {f"value_{n}": float(n) for n in range(4500)})
    for step in range(2, 1200):
        link.metrics(step, {"a": 1.0, "b": 2.0, "c": 3.0})
    link.start()
    assert link.finish("succeeded")
    assert len(gallery.points) == 4500 + 1198 * 3


@pytest.mark.parametrize("status", [401, 409, 410])
def test_what_ends_a_run(gallery: Gallery, link: Link, status: int) -> None:
    gallery.refuse["heartbeat"] = status
    link.start()
    assert link.lost.wait(10)


def test_lost_answers_count_once(gallery: Gallery, link: Link) -> None:
    gallery.drop_answers = 6
    link.start()
    link.log("one\n")
    link.metrics(1, {"loss": 2.0})
    link.log("two\n")
    assert link.finish("failed", "bad-data", "line 3: no")
    assert gallery.text() == "one\ntwo\n"
    assert gallery.finished[-1]["reason"] == {"code": "bad-data", "detail": "line 3: no"}


def test_a_gallery_that_was_away_hears_everything(gallery: Gallery, link: Link) -> None:
    gallery.down = True
    link.start()
    for step in range(50):
        link.log(f"{step}\n")
        link.metrics(step, {"loss": float(step)})
    finished: list[bool] = []
    thread = threading.Thread(target=lambda: finished.append(link.finish("succeeded")))
    thread.start()
    time.sleep(0.5)
    assert thread.is_alive() and not gallery.log
    gallery.down = False
    thread.join(30)
    assert finished == [True]
    assert gallery.text() == "".join(f"{step}\n" for step in range(50))
    assert len(gallery.curve("loss")) == 50


def test_long_text_is_sent_in_pieces_that_end_on_characters(gallery: Gallery, link: Link) -> None:
    link.start()
    text = "a" + "损失" * 200_000
    link.log(text)
    assert link.finish("succeeded")
    assert gallery.text() == text


def test_an_endless_log_is_cut(gallery: Gallery, link: Link) -> None:
    link._log.truncate(LARGEST_LOG - 10)
    link._log.seek(LARGEST_LOG - 10)
    link._log_sent = LARGEST_LOG - 10
    link.log("x" * 100)
    link.log("never")
    assert (link.spool / "log.txt").read_bytes().endswith(b"x" * 10 + b"\n(The log is cut here.)\n")


def test_a_stop_request_arrives(gallery: Gallery, link: Link) -> None:
    gallery.lease_seconds = 0.2
    link.start()
    eventually(lambda: gallery.heartbeats > 1)
    assert not link.stop_requested.is_set()
    gallery.stop = True
    assert link.stop_requested.wait(30)


def test_a_lost_lease_ends_the_run(gallery: Gallery, link: Link) -> None:
    gallery.lost = True
    link.start()
    assert link.lost.wait(30)


def test_a_run_whose_gallery_never_answers_ends_itself(gallery: Gallery, link: Link) -> None:
    gallery.lease_seconds = 0.1
    link.start()
    eventually(lambda: gallery.heartbeats > 0)
    gallery.down = True
    assert link.lost.wait(30)


def test_what_is_refused_is_not_repeated(gallery: Gallery, link: Link) -> None:
    gallery.refuse = {"metrics": 422}
    link.start()
    link.metrics(1, {"loss": 1.0})
    link.log("goes on\n")
    assert link.finish("succeeded")
    assert sum(what == "metrics" for what, _ in gallery.requests) == 1
    assert gallery.text() == "goes on\n"


def test_a_spool_cut_by_a_full_disk_says_the_rest(gallery: Gallery, link: Link) -> None:
    link._append(link._events, b'{"metrics": {"step": 1, "val\n')
    link.metrics(2, {"loss": 1.0})
    link.start()
    assert link.finish("succeeded")
    assert gallery.curve("loss") == {2: 1.0}


def test_the_process_really_ends(gallery: Gallery, tmp_path: Path) -> None:
    gallery.lost = True
    code = (
        "import sys, time; from pathlib import Path; from gallery_workers.link import Link\n"
        f"Link({gallery.url!r}, 'r1', 1, 'secret', Path({str(tmp_path)!r})).start()\n"
        "while True: time.sleep(1)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[1], timeout=60)
    assert done.returncode == EXIT_LEASE_LOST
