"""The parameters of a fine-tune: parameters.json names them with type, limits and default; here values are checked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from ..reasons import BAD_PARAMETERS, RunEnded

FILE = Path(__file__).with_name("parameters.json")


@dataclass(frozen=True)
class Parameters:
    """Every parameter with its value; the names are those of parameters.json."""

    data_url: str
    train_url: str
    train_data_file: str
    test_data_file: str
    prompt_field: str
    response_field: str
    history_field: str
    prefix: str
    instruction_template: str
    response_template: str
    lora_rank: int
    lora_alpha: int
    lora_dropout: float
    finetuned_model: str
    bits: int
    per_device_train_batch_size: int
    gradient_accumulation_steps: int
    max_steps: int
    num_train_epochs: int
    save_steps: int
    logging_steps: int
    learning_rate: float
    max_grad_norm: float
    warmup_ratio: float
    max_seq_length: int
    max_eval_samples: int

    @classmethod
    def parse(cls, given: Mapping[str, Any], task: str) -> Parameters:
        """Checks every value and fills in defaults; says all that is wrong at once."""
        table = definitions()
        if task not in tasks():
            raise RunEnded(BAD_PARAMETERS, f"The task {task[:60]!r} is not among {', '.join(tasks())}.")
        wrong = [f"{name[:60]} is no parameter of LoRA." for name in given if name not in table]
        values: dict[str, Any] = {}
        for name, definition in table.items():
            value = given.get(name)
            # An answer column emptied on purpose means "learn the whole text": only what is absent takes the default.
            if value is None or (value == "" and definition["type"] in ("integer", "number")):
                values[name] = definition.get("defaults", {}).get(task, definition["default"])
                continue
            try:
                values[name] = _checked(value, definition)
            except ValueError as error:
                wrong.append(f"{name} {error}")
        if wrong:
            raise RunEnded(BAD_PARAMETERS, " ".join(wrong))
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@cache
def _document() -> dict[str, Any]:
    return json.loads(FILE.read_text("utf-8"))


@cache
def definitions() -> dict[str, dict[str, Any]]:
    return {definition["name"]: definition for definition in _document()["parameters"]}


def tasks() -> list[str]:
    return _document()["tasks"]


def _checked(value: object, definition: Mapping[str, Any]) -> Any:
    kind = definition["type"]
    if kind in ("integer", "number"):
        number = _number(value, whole=kind == "integer")
        if "choices" in definition and number not in definition["choices"]:
            raise ValueError(f"must be one of {', '.join(map(str, definition['choices']))}.")
        low, high = definition.get("min"), definition.get("max")
        if low is not None and number < low or high is not None and number > high or number in definition.get("refused", []):
            raise ValueError(f"must lie between {low} and {high}" + "".join(f", and not be {each}" for each in definition.get("refused", [])) + ".")
        return number
    if not isinstance(value, str):
        raise ValueError("must be text.")
    if "\0" in value or len(value) > definition["max"]:
        raise ValueError(f"must be at most {definition['max']} characters.")
    if definition["required"] and not value:
        raise ValueError("must not be empty.")
    return value


def _number(value: object, whole: bool) -> float | int:
    """Numbers come as JSON numbers, or as text where a form sent them."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or isinstance(value, str) and len(value) > 40:
        raise ValueError("must be a number.")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError("must be a number.") from None
    if not math.isfinite(number):
        raise ValueError("must be a finite number.")
    if not whole:
        return number
    if number != int(number):
        raise ValueError("must be a whole number.")
    return int(number)
