"""Generates with transformers, one token of one request at a time: many requests take turns and none waits for another's end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from .protocol import BadRequest, Generation, usage


@dataclass
class Piece:
    """Text that came next; the last piece says why it ended and what was used."""

    text: str
    ended: str | None = None
    usage: dict[str, int] | None = None


class Engine:
    """A model and its tokenizer, safe to ask from many threads."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.longest = int(getattr(model.config, "max_position_embeddings", None) or 2048)
        self._turn = threading.Lock()
        ends = model.generation_config.eos_token_id if model.generation_config else None
        ends = ends if ends is not None else tokenizer.eos_token_id
        self._ends = set(ends if isinstance(ends, list) else [ends]) - {None}

    def generate(self, wanted: Generation) -> Iterator[Piece]:
        """Yields text as it comes; closing the iterator ends the work."""
        prompt = self._prompt(wanted)
        room = self.longest - len(prompt)
        if room < 1:
            raise BadRequest(f"The prompt has {len(prompt)} tokens; this model reads {self.longest - 1}.")
        most = min(room, wanted.most_tokens or room)
        return self._pieces(prompt, most, wanted)

    @torch.no_grad()
    def embed(self, text: str) -> tuple[list[float], int]:
        """The mean of the last layer's states, of length 1, and the number of tokens."""
        tokens = self.tokenizer(text, verbose=False)["input_ids"][: self.longest]
        if not tokens:
            raise BadRequest("input must not be empty.")
        with self._turn:
            states = self.model(input_ids=self._tensor(tokens), output_hidden_states=True, use_cache=False).hidden_states[-1]
        return torch.nn.functional.normalize(states[0].float().mean(0), dim=0).tolist(), len(tokens)

    def _prompt(self, wanted: Generation) -> list[int]:
        if not wanted.messages:
            return self.tokenizer(wanted.prompt, verbose=False)["input_ids"]
        messages = list(wanted.messages)
        if not getattr(self.tokenizer, "chat_template", None):
            text = "".join(f"{each['role'].capitalize()}: {each['content']}\n" for each in messages) + "Assistant:"
            return self.tokenizer(text, verbose=False)["input_ids"]
        try:
            text = self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        except Exception as error:
            raise BadRequest(f"The messages do not fit the model's chat template: {str(error)[:200]}") from None
        return self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]

    def _pieces(self, prompt: list[int], most: int, wanted: Generation) -> Iterator[Piece]:
        generator = torch.Generator()
        generator.manual_seed(wanted.seed % 2**63) if wanted.seed is not None else generator.seed()
        text = _Text(self.tokenizer, wanted.stop)
        cache, tokens, made = None, prompt, 0
        ended = "length"
        while made < most:
            with self._turn, torch.no_grad():
                output = self.model(input_ids=self._tensor(tokens), past_key_values=cache, use_cache=True, logits_to_keep=1)
            cache = output.past_key_values
            token = _sample(output.logits[0, -1].float().cpu(), wanted, generator)
            made += 1
            if token in self._ends:
                ended = "stop"
                break
            tokens = [token]
            piece = text.add(token)
            if piece:
                yield Piece(piece)
            if text.stopped:
                ended = "stop"
                break
        yield Piece(text.rest(), ended, usage(len(prompt), made))

    def _tensor(self, tokens: list[int]) -> torch.Tensor:
        return torch.tensor([tokens], device=self.model.device)


class _Text:
    """Tokens as text: whole characters only, and nothing that may yet become a stop text."""

    def __init__(self, tokenizer: Any, stops: tuple[str, ...]) -> None:
        self._tokenizer = tokenizer
        self._stops = stops
        self._tokens: list[int] = []
        self._given = ""  # what the tokens before said, as far as it was decoded
        self._held = ""
        self.stopped = False

    def add(self, token: int) -> str:
        self._tokens.append(token)
        decoded = self._tokenizer.decode(self._tokens, skip_special_tokens=True)
        if decoded.endswith("\ufffd") and len(self._tokens) < 64:
            return ""
        new = decoded[len(self._given) :]
        self._given = decoded
        if len(self._tokens) > 48 and not decoded.endswith("\ufffd"):
            # Decoding all from the start again would make long answers quadratic.
            self._tokens = self._tokens[-8:]
            self._given = self._tokenizer.decode(self._tokens, skip_special_tokens=True)
        return self._released(new)

    def rest(self) -> str:
        if self.stopped:
            return ""
        tail = self._tokenizer.decode(self._tokens, skip_special_tokens=True)[len(self._given) :] if self._tokens else ""
        text = self._released(tail)
        if not self.stopped:
            text, self._held = text + self._held, ""
        return text

    def _released(self, new: str) -> str:
        self._held += new
        found = min((place for stop in self._stops if (place := self._held.find(stop)) >= 0), default=-1)
        if found >= 0:
            self.stopped = True
            text, self._held = self._held[:found], ""
            return text
        keep = max((length for stop in self._stops for length in range(1, len(stop)) if self._held.endswith(stop[:length])), default=0)
        text, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return text


def _sample(logits: torch.Tensor, wanted: Generation, generator: torch.Generator) -> int:
    if wanted.temperature == 0 or wanted.top_p == 0:
        return int(logits.argmax())
    probabilities = torch.softmax(logits / wanted.temperature, dim=-1)
    if wanted.top_p < 1:
        ordered, indices = probabilities.sort(descending=True)
        ordered[ordered.cumsum(0) - ordered > wanted.top_p] = 0
        return int(indices[torch.multinomial(ordered, 1, generator=generator)])
    return int(torch.multinomial(probabilities, 1, generator=generator))
