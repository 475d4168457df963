"""Samples as tokens: the data, formatted and tokenised once into a flat file, so 5 GB of text need no memory."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy

from ..reasons import BAD_DATA, RunEnded
from .prompts import BadRecord, Formatter, Sample
from .records import bad, read

IGNORED = -100
SHARE_HELD_OUT = 10


class SampleFile:
    """Token lists on disk, in order; written once, then read by index."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = open(path, "wb")
        self._ends = array("q", [0])
        self._learned_from = array("i")
        self._tokens: Any = None

    def append(self, tokens: Sequence[int], learned_from: int) -> None:
        self._file.write(numpy.asarray(tokens, dtype=numpy.int32).tobytes())
        self._ends.append(self._ends[-1] + len(tokens))
        self._learned_from.append(learned_from)

    def close(self) -> None:
        self._file.close()
        if len(self):
            self._tokens = numpy.memmap(self._path, dtype=numpy.int32, mode="r")

    def __len__(self) -> int:
        return len(self._learned_from)

    def __getitem__(self, index: int) -> tuple[numpy.ndarray, numpy.ndarray]:
        """Tokens and labels of one sample; what is given, not learned, is labelled IGNORED."""
        tokens = numpy.array(self._tokens[self._ends[index] : self._ends[index + 1]], dtype=numpy.int64)
        labels = tokens.copy()
        labels[: self._learned_from[index]] = IGNORED
        return tokens, labels


@dataclass(frozen=True)
class Encoder:
    """Turns samples into tokens, cut to the longest length."""

    tokenizer: Any
    formatter: Formatter

    @property
    def uses_chat_template(self) -> bool:
        return bool(getattr(self.tokenizer, "chat_template", None)) and not self.formatter.has_templates

    def encode(self, sample: Sample) -> list[tuple[list[int], int]]:
        """One list of tokens and where learning begins in it; long plain texts become several."""
        longest = self.formatter.parameters.max_seq_length
        end = [self.tokenizer.eos_token_id] if self.tokenizer.eos_token_id is not None else []
        begin = [self.tokenizer.bos_token_id] if getattr(self.tokenizer, "add_bos_token", False) and self.tokenizer.bos_token_id is not None else []
        if not sample.messages:
            tokens = begin + self._tokens(sample.answer) + end
            return [(piece, 0) for start in range(0, len(tokens), longest) if len(piece := tokens[start : start + longest]) > 1]
        prompt, answer = self._texts(sample)
        if prompt is None:
            given, learned = begin + self._tokens(sample.plain_prompt), self._tokens(sample.answer) + end
        else:
            given, learned = self._tokens(prompt), self._tokens(answer)
        learned = learned[: longest - 1]
        given = given[max(0, len(given) + len(learned) - longest) :]
        return [(given + learned, len(given))]

    def _texts(self, sample: Sample) -> tuple[str | None, str]:
        """The conversation by the model's chat template, split where the answer begins; None where it has none."""
        if not self.uses_chat_template:
            return None, ""
        messages = [{"role": each.role, "content": each.content} for each in sample.messages]
        try:
            prompt = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            whole = self.tokenizer.apply_chat_template(
                [*messages, {"role": "assistant", "content": sample.answer}], tokenize=False)
        except Exception as error:
            raise BadRecord(f"does not fit the model's chat template ({str(error)[:200]})") from None
        return (prompt, whole[len(prompt) :]) if whole.startswith(prompt) else (None, "")

    def _tokens(self, text: str) -> list[int]:
        return self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]


def encode_files(files: Sequence[tuple[Path, str]], encoder: Encoder, target: SampleFile, check: Callable[[], None]) -> None:
    """Reads, formats and tokenises `files` (path and the name its owner knows); `check` may end it between records."""
    plain_parameters = replace(encoder.formatter.parameters, prompt_field="text", response_field="", history_field="")
    plain = replace(encoder, formatter=replace(encoder.formatter, parameters=plain_parameters))
    for path, name in files:
        chosen = plain if path.suffix.lower() == ".txt" else encoder
        for place, record in read(path, name):
            check()
            try:
                for tokens, learned_from in chosen.encode(chosen.formatter.sample(record)):
                    target.append(tokens, learned_from)
            except BadRecord as error:
                raise bad(name, place, f"{error}.") from None
    target.close()
    if not len(target):
        raise RunEnded(BAD_DATA, f"There is nothing to learn in {', '.join(name for _, name in files)[:500]}.")


def split(count: int, most_held_out: int, seed: int) -> tuple[list[int], list[int]]:
    """Which samples are trained on and which are held out: at most a tenth, the same for the same seed."""
    held_out = min(most_held_out, count // SHARE_HELD_OUT)
    chosen = set(random.Random(f"split {seed}").sample(range(count), held_out))
    return [index for index in range(count) if index not in chosen], sorted(chosen)
