"""Three generations of the client, each in an environment of its own, by the Xet and by the older path."""

import os
import subprocess

import pytest

from gallery import ROOT

ENVIRONMENTS = {"2.4.0": ".venv", "1.15.0": ".venvs/hub-1.15", "0.36.0": ".venvs/hub-0.36"}


@pytest.mark.parametrize("version, kind, xet", [
    ("2.4.0", "model", True), ("2.4.0", "dataset", False), ("1.15.0", "dataset", True), ("1.15.0", "model", False),
    ("0.36.0", "model", True), ("0.36.0", "dataset", False),
])
def test_everyday_work(gallery, alice, name, tmp_path, version, kind, xet):
    repo = f"alice/{name}".replace("0-36-0", "old")
    environment = os.environ | {"HF_TOKEN": alice.token, "HF_HOME": str(tmp_path / "home"),
                                "HF_HUB_DISABLE_XET": "0" if xet else "1"}
    done = subprocess.run([ROOT / ENVIRONMENTS[version] / "bin/python", ROOT / "Tests/EndToEnd/clients/exercise.py", kind, repo],
                          env=environment, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split()[-1] == version
