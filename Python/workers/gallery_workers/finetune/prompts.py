"""How one record of the data becomes the text a model learns.

Plain form, used where templates are given or the model has no chat template:
`prefix` + for every earlier turn `instruction` prompt `response` answer + `instruction` prompt `response`, then the answer.
Only the last answer is learned. tests/prompts.json holds examples that every reader of this format must agree on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .parameters import Parameters

LONGEST_TEXT = 4 << 20
_PLACE = re.compile(r"\{([A-Za-z0-9_\u4e00-\u9fff -]{1,64})\}")

# Instruction and response of the plain form where neither is given, by task.
DEFAULT_TEMPLATES = {
    "text-generation": ("### Instruction:\n", "\n\n### Response:\n"),
    "question-answering": ("Question: ", "\nAnswer: "),
}


class BadRecord(ValueError):
    """Why a record cannot be learned from, in words for its owner."""


@dataclass(frozen=True)
class Message:
    role: str
    content: str


@dataclass(frozen=True)
class Sample:
    """What is given and what is learned; `messages` are the turns before the answer, for chat templates."""

    messages: tuple[Message, ...]
    answer: str
    plain_prompt: str


@dataclass(frozen=True)
class Formatter:
    """Turns records into samples by the mapping and templates of the parameters."""

    parameters: Parameters
    task: str

    @property
    def has_templates(self) -> bool:
        return bool(self.parameters.instruction_template or self.parameters.response_template)

    def sample(self, record: object) -> Sample:
        if not isinstance(record, dict):
            raise BadRecord("is not an object with named columns")
        parameters = self.parameters
        value = self._column(record, parameters.prompt_field)
        if not parameters.response_field and not isinstance(value, list):
            return Sample((), parameters.prefix + _text(value, parameters.prompt_field), "")
        turns = self._history(record)
        if isinstance(value, list):
            turns += _messages(value, parameters.prompt_field)
        else:
            turns.append(Message("user", _text(value, parameters.prompt_field)))
        if parameters.response_field and (not isinstance(value, list) or parameters.response_field in record):
            answer = _text(self._column(record, parameters.response_field), parameters.response_field)
        elif turns and turns[-1].role == "assistant":
            answer = turns.pop().content
        else:
            raise BadRecord(f"ends with no answer in column {parameters.prompt_field!r}")
        if not turns:
            raise BadRecord("has an answer but no prompt")
        turns[-1] = Message(turns[-1].role, self._contextual(record, turns[-1].content))
        system = [Message("system", parameters.prefix)] if parameters.prefix else []
        return Sample(tuple(system + turns), answer, self._plain(record, turns))

    def _plain(self, record: Mapping[str, Any], turns: Sequence[Message]) -> str:
        instruction, response = self._templates(record)
        parts = [self.parameters.prefix]
        for turn in turns:
            if turn.role == "assistant":
                parts += [response, turn.content, "\n\n"]
            elif turn.role == "system":
                parts += [turn.content, "\n\n"]
            elif "{prompt}" in instruction:
                parts.append(instruction.replace("{prompt}", turn.content))
            else:
                parts += [instruction, turn.content]
        return "".join(parts + [response])

    def _templates(self, record: Mapping[str, Any]) -> tuple[str, str]:
        if not self.has_templates:
            return DEFAULT_TEMPLATES[self.task]
        return self._filled(self.parameters.instruction_template, record), self._filled(self.parameters.response_template, record)

    def _filled(self, template: str, record: Mapping[str, Any]) -> str:
        def column(match: re.Match[str]) -> str:
            name = match[1]
            return match[0] if name == "prompt" or name not in record else _text(record[name], name, may_be_empty=True)
        return _PLACE.sub(column, template)

    def _contextual(self, record: Mapping[str, Any], prompt: str) -> str:
        """Questions about a text carry the text in a column `context`, unless a template places it."""
        context = record.get("context")
        if self.task != "question-answering" or not isinstance(context, str) or not context.strip():
            return prompt
        if "{context}" in self.parameters.instruction_template or "context" in (self.parameters.prompt_field, self.parameters.response_field):
            return prompt
        return f"{context}\n\n{prompt}"

    def _history(self, record: Mapping[str, Any]) -> list[Message]:
        name = self.parameters.history_field
        value = record.get(name) if name else None
        if value is None or value == "":
            return []
        if isinstance(value, str):
            value = _parsed(value)
        if not isinstance(value, list) or len(value) > 1000:
            raise BadRecord(f"column {name!r} is not a list of earlier turns")
        if value and all(isinstance(turn, dict) for turn in value):
            return _messages(value, name)
        turns: list[Message] = []
        for pair in value:
            if not isinstance(pair, list) or len(pair) != 2:
                raise BadRecord(f"column {name!r} holds something else than [prompt, response] pairs")
            turns += [Message("user", _text(pair[0], name)), Message("assistant", _text(pair[1], name))]
        return turns

    @staticmethod
    def _column(record: Mapping[str, Any], name: str) -> Any:
        if name not in record:
            columns = ", ".join(str(key)[:40] for key in list(record)[:20] if key is not None)
            raise BadRecord(f"has no column {name!r} (it has: {columns})")
        return record[name]


def _parsed(text: str) -> object:
    """Tables have no lists: there the earlier turns are written as JSON in the cell."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _messages(value: list[Any], name: str) -> list[Message]:
    if len(value) > 1000:
        raise BadRecord(f"column {name!r} holds more than 1000 messages")
    messages = []
    for each in value:
        role = each.get("role") if isinstance(each, dict) else None
        if role not in ("system", "user", "assistant"):
            raise BadRecord(f"column {name!r} holds a message whose role is not system, user or assistant")
        messages.append(Message(role, _text(each.get("content"), name)))
    return messages


def _text(value: object, name: str, may_be_empty: bool = False) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadRecord(f"column {name!r} is not text")
    if not may_be_empty and not value.strip():
        raise BadRecord(f"column {name!r} is empty")
    if len(value) > LONGEST_TEXT:
        raise BadRecord(f"column {name!r} is longer than {LONGEST_TEXT >> 20} million characters")
    return value
