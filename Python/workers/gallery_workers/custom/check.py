"""What the folder gallery_train of a custom model must be; `tests/custom_cases.json` holds what every reader of the format agrees on."""

from __future__ import annotations

import ast
import json
import math
import re
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = "gallery_train"
SCRIPT, PARAMETERS, DATA, REQUIREMENTS = "train.py", "train_params.json", "dataset_readme.md", "requirement.txt"
LARGEST = {SCRIPT: 1 << 20, PARAMETERS: 256 << 10, DATA: 1 << 20, REQUIREMENTS: 64 << 10}
MOST_METHODS, MOST_HYPERPARAMETERS, MOST_REQUIREMENTS = 20, 100, 200
LONGEST_NAME, LONGEST_HELP, LONGEST_VALUE = 64, 20, 1000
TYPES = ("float", "int", "str", "bool")

_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_FLOAT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_INT = re.compile(r"[+-]?[0-9]{1,19}")
_VERSION = r"(===?|~=|!=|<=?|>=?)\s*[A-Za-z0-9][A-Za-z0-9._+!*-]*"
_MARK = r"[a-z_]+\s*(===?|~=|!=|<=?|>=?|in|not in)\s*(\"[^\"]*\"|'[^']*')"
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\s*(\[[A-Za-z0-9._, -]*\])?\s*"
    rf"({_VERSION}(\s*,\s*{_VERSION})*)?\s*(;\s*{_MARK}(\s+(and|or)\s+{_MARK})*)?")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: which rule, in which file, where in it, and what to do."""

    rule: str
    file: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}{', ' if self.place else ''}{self.place}: {self.text}"


def check(files: Mapping[str, bytes]) -> list[Problem]:
    """All that is wrong with a repository of these files; those that are not looked into may be empty."""
    found: list[Problem] = []

    def problem(rule: str, name: str, place: str, text: str) -> None:
        found.append(Problem(rule, f"{FOLDER}/{name}" if name else FOLDER, place, text))

    if not any(path.startswith(f"{FOLDER}/") for path in files):
        nested = sorted({path[: path.index(f"/{FOLDER}/") + len(FOLDER) + 1] for path in files if f"/{FOLDER}/" in path})
        if nested:
            return [Problem("nested-folder", nested[0], "", f"{FOLDER} must lie at the top of the repository, not in another folder.")]
        return [Problem("no-folder", FOLDER, "", f"The repository has no folder {FOLDER}.")]
    readers: dict[str, Callable[[str], Iterator[tuple[str, str, str]]]] = {
        SCRIPT: _script, PARAMETERS: _parameters, DATA: lambda _: iter(()), REQUIREMENTS: _requirements}
    for name, reader in readers.items():
        data = files.get(f"{FOLDER}/{name}")
        if data is None:
            if name != REQUIREMENTS:
                problem("missing-file", name, "", "This file is required.")
        elif len(data) > LARGEST[name]:
            problem("too-large", name, "", f"The file is larger than {LARGEST[name] >> 10} KiB.")
        elif not data.strip():
            problem("empty-file", name, "", "The file is empty.")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                problem("not-text", name, f"byte {error.start}", "The file is not text in UTF-8.")
                continue
            for rule, place, words in reader(text):
                problem(rule, name, place, words)
    return found


def check_folder(repository: Path) -> list[Problem]:
    """`check` of a repository that lies in a folder."""
    files: dict[str, bytes] = {}
    for path in repository.rglob("*"):
        if path.is_file() and FOLDER in path.relative_to(repository).parts[:-1]:
            name = path.relative_to(repository).as_posix()
            files[name] = _head(path) if path.parent == repository / FOLDER and path.name in LARGEST else b""
    return check(files)


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(LARGEST[path.name] + 1)


def _script(text: str) -> Iterator[tuple[str, str, str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        yield "syntax", f"line {error.lineno}", f"Python cannot read it: {error.msg}."
    except (ValueError, RecursionError, MemoryError) as error:
        yield "syntax", "", f"Python cannot read it: {error}."


def _requirements(text: str) -> Iterator[tuple[str, str, str]]:
    lines = text.splitlines()
    if len(lines) > MOST_REQUIREMENTS:
        yield "too-many", "", f"The file has more than {MOST_REQUIREMENTS} lines."
        return
    for number, line in enumerate(lines, 1):
        wanted = requirement(line)
        if wanted and not _REQUIREMENT.fullmatch(wanted):
            yield "bad-requirement", f"line {number}", "A line is a package's name with its versions; addresses, paths and options are not taken."


def requirement(line: str) -> str:
    """A line of requirement.txt without its comment."""
    return re.sub(r"(^|\s)#.*", "", line).strip()


def _parameters(text: str) -> Iterator[tuple[str, str, str]]:
    try:
        value = json.loads(text)
    except RecursionError:
        yield "not-json", "", "The file is not JSON: too deep."
        return
    except ValueError as error:
        yield "not-json", "", f"The file is not JSON: {error}."
        return
    if not isinstance(value, dict):
        yield "wrong-type", "", "The file must hold an object."
        return
    methods = yield from _list(value, "training_methods", "training_methods", MOST_METHODS)
    if methods is not None and not methods:
        yield "empty-list", "training_methods", "At least one training method is needed."
    seen: set[str] = set()
    for index, method in enumerate(methods or []):
        yield from _method(method, f"training_methods[{index}]", seen)


def _method(method: object, place: str, seen: set[str]) -> Iterator[tuple[str, str, str]]:
    if not isinstance(method, dict):
        yield "wrong-type", place, "A training method is an object with name and hyperparameters."
        return
    name = yield from _text(method, "name", place)
    if name is not None:
        if not 0 < len(name.strip()) or len(name) > LONGEST_NAME or not name.isprintable():
            yield "bad-name", f"{place}.name", f"A method's name has 1 to {LONGEST_NAME} characters."
        elif name in seen:
            yield "duplicate-name", f"{place}.name", f"Another method is called {name} as well."
        seen.add(name)
    hyperparameters = yield from _list(method, "hyperparameters", f"{place}.hyperparameters", MOST_HYPERPARAMETERS)
    names: set[str] = set()
    for index, each in enumerate(hyperparameters or []):
        yield from _hyperparameter(each, f"{place}.hyperparameters[{index}]", names)


def _hyperparameter(value: object, place: str, seen: set[str]) -> Iterator[tuple[str, str, str]]:
    if not isinstance(value, dict):
        yield "wrong-type", place, "A hyperparameter is an object with name, type, required, default and help."
        return
    name = yield from _text(value, "name", place)
    if name is not None:
        if not _NAME.fullmatch(name):
            yield "bad-name", f"{place}.name", f"A name has 1 to {LONGEST_NAME} letters, digits or underscores."
        elif name in seen:
            yield "duplicate-name", f"{place}.name", f"Another hyperparameter of this method is called {name} as well."
        seen.add(name)
    kind = yield from _text(value, "type", place)
    if kind is not None and kind not in TYPES:
        yield "bad-type", f"{place}.type", f"The type is one of {', '.join(TYPES)}."
    if "required" not in value:
        yield "missing", f"{place}.required", "required is missing: true or false."
    elif not isinstance(value["required"], bool):
        yield "wrong-type", f"{place}.required", "required is true or false, without quotation marks."
    default = value.get("default", "")
    if kind in TYPES and default != "" and _default(kind, default) is None:
        yield "bad-default", f"{place}.default", f'The default is no {kind}; "" stands for none.'
    text = value.get("help", "")
    if not isinstance(text, str):
        yield "wrong-type", f"{place}.help", "help is a text."
    elif len(text) > LONGEST_HELP:
        yield "help-too-long", f"{place}.help", f"help has at most {LONGEST_HELP} characters; here it has {len(text)}."


def _default(kind: str, value: object) -> str | None:
    if kind == "int" and isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return str(int(value))
    return as_string(kind, value)


def as_string(kind: str, value: object) -> str | None:
    """What a hyperparameter's value becomes in ENV_AG_USER_PARAMS; None where it is not of its type."""
    if kind == "str":
        return value if isinstance(value, str) and len(value) <= LONGEST_VALUE and "\0" not in value else None
    if kind == "bool":
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else value if value in ("true", "false") else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)) or kind == "int" and isinstance(value, float):
        return None
    text = str(value).strip() if isinstance(value, str) else str(value)
    if kind == "int":
        return text if _INT.fullmatch(text) and -(2**63) <= int(text) < 2**63 else None
    return text if len(text) <= LONGEST_VALUE and _FLOAT.fullmatch(text) and math.isfinite(float(text)) else None


def _text(value: Mapping[str, Any], name: str, place: str) -> Generator[tuple[str, str, str], None, str | None]:
    if name not in value:
        yield "missing", f"{place}.{name}", f"{name} is missing."
    elif not isinstance(value[name], str):
        yield "wrong-type", f"{place}.{name}", f"{name} is a text."
    else:
        return value[name]
    return None


def _list(value: Mapping[str, Any], name: str, place: str, most: int) -> Generator[tuple[str, str, str], None, list[Any] | None]:
    if name not in value:
        yield "missing", place, f"{name} is missing."
    elif not isinstance(value[name], list):
        yield "wrong-type", place, f"{name} is a list."
    elif len(value[name]) > most:
        yield "too-many", place, f"{name} has more than {most} entries."
    else:
        return value[name]
    return None
