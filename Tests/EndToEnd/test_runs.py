"""Runs as their owners and operators see them, and what their workers may not do."""

from compute import ask


def test_nobody_sees_runs_that_are_not_there(newcomer):
    assert ask(newcomer, "GET", "runs").json == {"items": []}
    assert ask(newcomer, "GET", "runs/nothing", status=404).json["type"].endswith("run-unknown")
    ask(newcomer, "GET", "console/runs", status=403)


def test_a_token_of_no_run_is_refused(alice):
    answer = alice.gallery.ask("POST", "/api/v1/runs/nothing/heartbeat", "run_" + "0" * 48,
                               {"attempt": 1, "state": "training"})
    assert answer.status == 401
    answer = alice.gallery.ask("GET", "/api/whoami-v2", "run_" + "0" * 48)
    assert answer.status == 401
