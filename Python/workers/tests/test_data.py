"""From data files to prompts: every format, every mapping, and bad data named by file, line and reason."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from gallery_workers.finetune.parameters import FILE, Parameters, definitions
from gallery_workers.finetune.prompts import BadRecord, Formatter
from gallery_workers.finetune.records import read
from gallery_workers.reasons import RunEnded, reason_of
from gallery_workers.spec import Spec

CASES = json.loads(Path(__file__).with_name("prompts.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_prompts(case: dict[str, Any]) -> None:
    formatter = Formatter(Parameters.parse(case["parameters"], case["task"]), case["task"])
    if "error" in case:
        with pytest.raises(BadRecord) as error:
            formatter.sample(case["record"])
        assert str(error.value) == case["error"]
        return
    sample = formatter.sample(case["record"])
    assert (sample.plain_prompt, sample.answer) == (case["prompt"], case["answer"])


@pytest.mark.parametrize(("name", "content", "places", "records"), [
    ("a.jsonl", b'\xef\xbb\xbf{"a": 1}\n\n{"a": "\xe4\xbd\xa0"}', ["line 1", "line 3"], [{"a": 1}, {"a": "你"}]),
    ("a.json", b'[{"a": 1}, {"a": 2}]', ["record 1", "record 2"], [{"a": 1}, {"a": 2}]),
    ("a.json", b'{"version": 1, "data": [{"a": 1}]}', ["record 1"], [{"a": 1}]),
    ("a.csv", b'a,b\r\n"x\ny",2\r\n\r\n3,4\r\n', ["line 3", "line 5"], [{"a": "x\ny", "b": "2"}, {"a": "3", "b": "4"}]),
    ("a.txt", b"one\ntwo\n\n\nthree", ["line 1", "line 5"], [{"text": "one\ntwo"}, {"text": "three"}]),
])
def test_formats(tmp_path: Path, name: str, content: bytes, places: list[str], records: list[object]) -> None:
    (tmp_path / name).write_bytes(content)
    found = list(read(tmp_path / name, name))
    assert [place for place, _ in found] == places
    assert [record for _, record in found] == records


@pytest.mark.parametrize(("name", "content", "says"), [
    ("a.jsonl", b'{"a": 1}\n{"a": \n', "a.jsonl, line 2: is not JSON"),
    ("a.jsonl", b'{"a": 1}\n{"a": "\xff"}\n', "a.jsonl, line 2: is not UTF-8"),
    ("a.jsonl", b"[" * 100_000, "a.jsonl, line 1: is not JSON"),
    ("a.json", b'[\n{"a": 1},\n{"a" 2}]', "a.json, line 3: is not JSON"),
    ("a.json", b'"text"', "a.json holds no list"),
    ("a.json", b"\xff\xfe", "a.json is not UTF-8"),
    ("a.csv", b"a,b\n1,2\n1,2,3\n", "a.csv, line 3: has 3 columns, the first line has 2"),
    ("a.csv", b"a,a\n1,2\n", "a.csv, line 1: names a column twice"),
    ("a.csv", b'a,b\n"x"y,2\n', "a.csv, line 2: is not csv"),
    ("a.parquet", b"PAR1", "a.parquet is none of"),
])
def test_bad_files(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RunEnded) as ended:
        list(read(tmp_path / name, name))
    assert ended.value.code == "bad-data"
    assert says in ended.value.detail


def test_parameters_are_those_of_the_file() -> None:
    assert [field.name for field in dataclasses.fields(Parameters)] == list(definitions())
    document = json.loads(FILE.read_text("utf-8"))
    for definition in document["parameters"]:
        assert definition["help"]["en"] and definition["help"]["zh"] and definition["source"]
        for task in document["tasks"]:
            default = definition.get("defaults", {}).get(task, definition["default"])
            assert getattr(Parameters.parse({definition["name"]: default}, task), definition["name"]) == default


@pytest.mark.parametrize(("given", "says"), [
    ({"lora_rank": 0}, "lora_rank must lie between 1 and 512"),
    ({"lora_rank": "8.5"}, "lora_rank must be a whole number"),
    ({"lora_rank": True}, "lora_rank must be a number"),
    ({"learning_rate": "nan"}, "learning_rate must be a finite number"),
    ({"learning_rate": "9" * 50}, "learning_rate must be a number"),
    ({"bits": 5}, "bits must be one of 0, 4, 8"),
    ({"max_steps": 0}, "max_steps must lie between -1 and 10000000, and not be 0"),
    ({"prompt_field": ""}, "prompt_field must not be empty"),
    ({"prefix": "x" * 5000}, "prefix must be at most 4096"),
    ({"prefix": ["x"]}, "prefix must be text"),
    ({"__class__": 1}, "__class__ is no parameter"),
])
def test_bad_parameters(given: dict[str, Any], says: str) -> None:
    with pytest.raises(RunEnded) as ended:
        Parameters.parse(given, "text-generation")
    assert ended.value.code == "bad-parameters"
    assert says in ended.value.detail


def test_forms_send_numbers_as_text() -> None:
    parsed = Parameters.parse({"lora_rank": "16", "learning_rate": "1e-3", "bits": "", "response_field": ""}, "question-answering")
    assert (parsed.lora_rank, parsed.learning_rate, parsed.bits, parsed.response_field) == (16, 1e-3, 0, "")
    assert parsed.prompt_field == "question"


@pytest.mark.parametrize("change", [
    {"base": {"repo": "../etc", "revision": "main"}}, {"base": {"repo": "a/b", "revision": "-x"}}, {"base": None},
    {"data": [{"repo": "a/d", "files": ["../x"]}]}, {"data": [{"repo": "a/d", "files": ["/etc/passwd"]}]},
    {"data": "a/d"}, {"seed": -1}, {"seed": "x"}, {"limits": {"cores": -1}}, {"parameters": ["x"]}, {"product": "a/b"},
])
def test_a_malformed_spec_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RunEnded):
        Spec.parse({"kind": "fine-tune", "base": {"repo": "a/m", "revision": "main"}} | change)


@pytest.mark.parametrize(("error", "code"), [
    (MemoryError(), "out-of-memory"),
    (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes"), "out-of-memory"),
    (OSError(28, "No space left on device"), "disk-full"),
    (RuntimeError("I/O error: No space left on device (os error 28)"), "disk-full"),
    (RunEnded("bad-data", "x"), "bad-data"),
    (ValueError("what"), "internal"),
])
def test_reasons(error: Exception, code: str) -> None:
    assert reason_of(error).code == code
    try:
        try:
            raise error
        except Exception as cause:
            raise ValueError("around it") from cause
    except ValueError as wrapped:
        assert reason_of(wrapped).code == code
