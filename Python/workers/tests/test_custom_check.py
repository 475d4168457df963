"""The rules of the training folder, by the table that every reader of the format shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gallery_workers.custom import check as rules
from gallery_workers.custom.check import as_string, check, check_folder

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "custom_cases.json").read_text("utf-8"))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_a_case(case: dict[str, Any]) -> None:
    found = check({path: text.encode() for path, text in case["files"].items()})
    expected = sorted((each["rule"], each["file"], each["place"]) for each in case["problems"])
    assert sorted((each.rule, each.file, each.place) for each in found) == expected
    assert all(each.rule in TABLE["rules"] and each.text.endswith(".") for each in found)


@pytest.mark.parametrize("case", TABLE["values"], ids=lambda case: f"{case['type']} {str(case['given'])[:20]!r}")
def test_a_value(case: dict[str, Any]) -> None:
    assert as_string(case["type"], case["given"]) == case["becomes"]


def test_the_limits_are_the_tables() -> None:
    limits = TABLE["limits"]
    assert limits["bytes"] == rules.LARGEST
    assert (limits["methods"], limits["hyperparameters"], limits["requirements"]) == (
        rules.MOST_METHODS, rules.MOST_HYPERPARAMETERS, rules.MOST_REQUIREMENTS)
    assert (limits["name"], limits["help"], limits["value"]) == (rules.LONGEST_NAME, rules.LONGEST_HELP, rules.LONGEST_VALUE)


def test_a_folder_is_checked_like_its_files(tmp_path: Path) -> None:
    for path, text in TABLE["cases"][1]["files"].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert check_folder(tmp_path) == []
    (tmp_path / "gallery_train/train_params.json").write_bytes(b"{" * (300 << 10))
    (tmp_path / "gallery_train/dataset_readme.md").write_bytes(b"\xff\xfe")
    assert [each.rule for each in check_folder(tmp_path)] == ["too-large", "not-text"]


@pytest.mark.parametrize("hostile", [b"[" * 200_000, b"\x00", b"\xef\xbb\xbf{}", b'{"training_methods": [[[[]]]]}', b"NaN", b'{"training_methods": 1e999}'])
def test_hostile_parameters_are_a_problem_and_no_crash(hostile: bytes) -> None:
    case = {path: text.encode() for path, text in TABLE["cases"][0]["files"].items()}
    assert check(case | {"gallery_train/train_params.json": hostile})
