"""Reads data files record by record, whatever they hold: jsonl, json, csv and txt."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from ..reasons import BAD_DATA, RunEnded

SUFFIXES = (".jsonl", ".json", ".csv", ".txt")
LARGEST_FILE = 5 << 30
LARGEST_JSON = 512 << 20
LONGEST_LINE = 16 << 20

# Where a record stands in its file, in words, and the record itself.
Record = tuple[str, object]


def read(path: Path, name: str) -> Iterator[Record]:
    """Yields every record with its place; `name` is how the owner knows the file."""
    if path.stat().st_size > LARGEST_FILE:
        raise RunEnded(BAD_DATA, f"{name} is larger than 5 GB.")
    reader = {".jsonl": _lines_of_json, ".json": _json, ".csv": _csv, ".txt": _text}.get(path.suffix.lower())
    if reader is None:
        raise RunEnded(BAD_DATA, f"{name} is none of {', '.join(SUFFIXES)}.")
    yield from reader(path, name)


def bad(name: str, place: str, why: str) -> RunEnded:
    return RunEnded(BAD_DATA, f"{name}, {place}: {why}")


def _lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    with open(path, "rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise bad(name, f"line {number}", "is longer than 16 MiB.")
            try:
                yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise bad(name, f"line {number}", "is not UTF-8 text.") from None


def _lines_of_json(path: Path, name: str) -> Iterator[Record]:
    for number, line in _lines(path, name):
        if not line.strip():
            continue
        try:
            yield f"line {number}", json.loads(line)
        except (ValueError, RecursionError) as error:
            raise bad(name, f"line {number}", f"is not JSON ({_reason(error)}).") from None


def _json(path: Path, name: str) -> Iterator[Record]:
    if path.stat().st_size > LARGEST_JSON:
        raise RunEnded(BAD_DATA, f"{name} is larger than 512 MiB; as jsonl it may have 5 GB.")
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise RunEnded(BAD_DATA, f"{name} is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise bad(name, f"line {error.lineno}", f"is not JSON ({error.msg}).") from None
    except (ValueError, RecursionError) as error:
        raise RunEnded(BAD_DATA, f"{name} is not JSON ({_reason(error)}).") from None
    if isinstance(document, dict):
        lists = [value for value in document.values() if isinstance(value, list)]
        if len(lists) != 1:
            raise RunEnded(BAD_DATA, f"{name} holds no list of records.")
        document = lists[0]
    if not isinstance(document, list):
        raise RunEnded(BAD_DATA, f"{name} holds no list of records.")
    for index, record in enumerate(document, 1):
        yield f"record {index}", record


def _csv(path: Path, name: str) -> Iterator[Record]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader((line for _, line in _lines(path, name)), strict=True)
    try:
        header = next(reader, [])
        if len(set(header)) != len(header):
            raise bad(name, "line 1", "names a column twice.")
        for row in reader:
            place = f"line {reader.line_num}"
            if not row:
                continue
            if len(row) != len(header):
                raise bad(name, place, f"has {len(row)} columns, the first line has {len(header)}.")
            yield place, dict(zip(header, row))
    except csv.Error as error:
        raise bad(name, f"line {reader.line_num}", f"is not csv ({error}).") from None


def _text(path: Path, name: str) -> Iterator[Record]:
    """Paragraphs, lines up to an empty one, in a column called text."""
    paragraph: list[str] = []
    start = 1
    for number, line in _lines(path, name):
        if line.strip():
            start = start if paragraph else number
            paragraph.append(line)
            continue
        if paragraph:
            yield f"line {start}", {"text": "".join(paragraph).strip()}
            paragraph = []
    if paragraph:
        yield f"line {start}", {"text": "".join(paragraph).strip()}


def _reason(error: Exception) -> str:
    return getattr(error, "msg", None) or "too deeply nested"
