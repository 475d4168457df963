"""The OpenAI API's requests, checked, and its answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_MESSAGES = 1000
LONGEST_PROMPT = 4 << 20
MOST_INPUTS = 256


class BadRequest(ValueError):
    """A request that is not taken; `status` goes to the caller with the sentence."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Generation:
    """What to generate: a conversation or a plain prompt, and how."""

    messages: tuple[dict[str, str], ...] = ()
    prompt: str = ""
    most_tokens: int | None = None
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    stream: bool = False
    stream_usage: bool = False

    @classmethod
    def chat(cls, body: Mapping[str, Any]) -> Generation:
        messages = body.get("messages")
        if not isinstance(messages, list) or not 0 < len(messages) <= MOST_MESSAGES:
            raise BadRequest(f"messages must be a list of 1 to {MOST_MESSAGES} messages.")
        most = body.get("max_completion_tokens", body.get("max_tokens"))
        return cls._parse(body, most, messages=tuple(_message(each) for each in messages))

    @classmethod
    def completion(cls, body: Mapping[str, Any]) -> Generation:
        prompt = body.get("prompt")
        if isinstance(prompt, list) and len(prompt) == 1:
            prompt = prompt[0]
        if not isinstance(prompt, str) or not prompt or len(prompt) > LONGEST_PROMPT:
            raise BadRequest("prompt must be a text.")
        return cls._parse(body, body.get("max_tokens", 16), prompt=prompt)

    @classmethod
    def _parse(cls, body: Mapping[str, Any], most: object, **what: Any) -> Generation:
        if body.get("n") not in (None, 1):
            raise BadRequest("n must be 1.")
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 1):
            raise BadRequest("max_tokens must be a whole number above 0.")
        seed = body.get("seed")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            raise BadRequest("seed must be a whole number.")
        options = body.get("stream_options")
        return cls(
            **what, most_tokens=most, temperature=_number(body, "temperature", 0, 2), top_p=_number(body, "top_p", 0, 1), seed=seed,
            stop=_stops(body.get("stop")), stream=body.get("stream") is True,
            stream_usage=isinstance(options, dict) and options.get("include_usage") is True)


def embedding_inputs(body: Mapping[str, Any]) -> list[str]:
    inputs = body.get("input")
    inputs = [inputs] if isinstance(inputs, str) else inputs
    if not isinstance(inputs, list) or not 0 < len(inputs) <= MOST_INPUTS or not all(isinstance(each, str) and each for each in inputs):
        raise BadRequest(f"input must be a text, or a list of 1 to {MOST_INPUTS} texts.")
    if sum(map(len, inputs)) > LONGEST_PROMPT:
        raise BadRequest("input is too long.")
    return inputs


def usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def error_body(detail: str, status: int) -> dict[str, Any]:
    kind = "invalid_request_error" if status < 500 else "server_error"
    return {"error": {"message": detail, "type": kind, "param": None, "code": None}}


def _message(value: object) -> dict[str, str]:
    role, content = (value.get("role"), value.get("content")) if isinstance(value, dict) else (None, None)
    if role == "developer":
        role = "system"
    if role not in ("system", "user", "assistant"):
        raise BadRequest("A message's role must be system, user or assistant.")
    if isinstance(content, list):
        if not all(isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str) for part in content):
            raise BadRequest("This model reads text only.")
        content = "".join(part["text"] for part in content)
    if not isinstance(content, str) or len(content) > LONGEST_PROMPT:
        raise BadRequest("A message's content must be a text.")
    return {"role": role, "content": content}


def _stops(value: object) -> tuple[str, ...]:
    values = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(values, list) or len(values) > 4 or not all(isinstance(each, str) and 0 < len(each) <= 200 for each in values):
        raise BadRequest("stop must be at most 4 texts of at most 200 characters.")
    return tuple(values)


def _number(body: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = body.get(name)
    if value is None:
        return 1.0
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not low <= value <= high:
        raise BadRequest(f"{name} must lie between {low} and {high}.")
    return float(value)
