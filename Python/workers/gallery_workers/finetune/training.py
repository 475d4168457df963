"""The training loop: deterministic, resumable at any step, and small enough to read.

The learning rate and the order of the data follow from the step and the seed alone, so a checkpoint holds only what
cannot be computed again: the adapter's weights, the optimizer and the sources of randomness.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from peft import get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file

from ..link import Link
from ..reasons import LOSS_NOT_FINITE, TIME_LIMIT, RunEnded, StopRequested
from .checkpoints import Checkpoints, restore_random
from .parameters import Parameters
from .samples import IGNORED, SampleFile

WEIGHTS = "adapter.safetensors"


@dataclass
class Training:
    """One training from its first or its saved step to its last."""

    model: Any
    parameters: Parameters
    seed: int
    samples: SampleFile
    chosen: Sequence[int]
    evaluation: SampleFile
    evaluated: Sequence[int]
    pad: int
    link: Link
    checkpoints: Checkpoints
    deadline: float | None = None
    clock: Callable[[], float] = time.monotonic
    step: int = 0
    results: dict[str, float] = field(default_factory=dict)
    _losses: list[float] = field(default_factory=list)
    _tokens: int = 0

    def __post_init__(self) -> None:
        self.trained = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        self.device = next(iter(self.trained.values())).device
        self.optimizer = torch.optim.AdamW(self.trained.values(), lr=self.parameters.learning_rate, weight_decay=0.0)
        per_step = self.parameters.per_device_train_batch_size * self.parameters.gradient_accumulation_steps
        self.per_epoch = math.ceil(len(self.chosen) / per_step)
        self.steps = self.per_epoch * self.parameters.num_train_epochs
        if self.parameters.max_steps > 0:
            self.steps = min(self.steps, self.parameters.max_steps)

    def run(self) -> None:
        """Trains to the end; a stop request or the time limit leaves a checkpoint and raises."""
        self._resume()
        if self.step == 0:
            self._evaluate()
        started, first = self.clock(), self.step
        self._mark = started
        while self.step < self.steps:
            self._ends_here()
            self._advance()
            done = self.step == self.steps
            if self.step % self.parameters.logging_steps == 0 or done:
                self._report((self.steps - self.step) * (self.clock() - started) / (self.step - first))
            if self.step % self.parameters.save_steps == 0 or done:
                self._evaluate()
                self._save()

    def learning_rate(self, step: int) -> float:
        """Rises linearly over the warm-up, then falls linearly to 0 after the last step."""
        warm = math.ceil(self.steps * self.parameters.warmup_ratio)
        part = (step + 1) / warm if step < warm else (self.steps - step) / max(1, self.steps - warm)
        return self.parameters.learning_rate * part

    def _advance(self) -> None:
        size = self.parameters.per_device_train_batch_size
        indices = self._indices(self.step)
        batches = [[self.samples[index] for index in indices[start : start + size]] for start in range(0, len(indices), size)]
        learned = sum(int((labels[1:] != IGNORED).sum()) for batch in batches for _, labels in batch)
        self.model.train()
        total = 0.0
        for batch in batches:
            loss = self._loss(batch) / max(1, learned)
            loss.backward()
            total += loss.item()
            self._tokens += sum(len(tokens) for tokens, _ in batch)
        if not math.isfinite(total):
            raise RunEnded(LOSS_NOT_FINITE, f"The loss became {total} at step {self.step + 1}. A lower learning rate, or max_grad_norm "
                           "above 0, usually helps; the last checkpoint is kept.")
        if self.parameters.max_grad_norm > 0:
            torch.nn.utils.clip_grad_norm_(self.trained.values(), self.parameters.max_grad_norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self.learning_rate(self.step)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._losses.append(total)
        self.step += 1

    def _indices(self, step: int) -> list[int]:
        """Which samples a step learns from: every epoch is a permutation of its own, made from seed and epoch."""
        epoch, within = divmod(step, self.per_epoch)
        if getattr(self, "_ordered", None) != epoch:
            generator = torch.Generator().manual_seed((self.seed * 1_000_003 + epoch) % 2**63)
            self._order = torch.randperm(len(self.chosen), generator=generator).tolist()
            self._ordered = epoch
        per_step = self.parameters.per_device_train_batch_size * self.parameters.gradient_accumulation_steps
        return [self.chosen[index] for index in self._order[within * per_step : (within + 1) * per_step]]

    def _loss(self, batch: Sequence[Any]) -> torch.Tensor:
        """The summed loss of one padded batch, over learned tokens only."""
        longest = max(len(tokens) for tokens, _ in batch)
        tokens = torch.full((len(batch), longest), self.pad)
        labels = torch.full((len(batch), longest), IGNORED)
        mask = torch.zeros((len(batch), longest), dtype=torch.long)
        for row, (sample, wanted) in enumerate(batch):
            tokens[row, : len(sample)] = torch.from_numpy(sample)
            labels[row, : len(sample)] = torch.from_numpy(wanted)
            mask[row, : len(sample)] = 1
        logits = self.model(input_ids=tokens.to(self.device), attention_mask=mask.to(self.device), use_cache=False).logits
        return torch.nn.functional.cross_entropy(
            logits[:, :-1].float().flatten(0, 1), labels[:, 1:].flatten().to(self.device), ignore_index=IGNORED, reduction="sum")

    @torch.no_grad()
    def _evaluate(self) -> None:
        if not self.evaluated:
            return
        before = self.clock()
        self.model.eval()
        total, learned = 0.0, 0
        size = self.parameters.per_device_train_batch_size
        for start in range(0, len(self.evaluated), size):
            self._ends_here()
            batch = [self.evaluation[index] for index in self.evaluated[start : start + size]]
            total += self._loss(batch).item()
            learned += sum(int((labels[1:] != IGNORED).sum()) for _, labels in batch)
        loss = total / max(1, learned)
        self.results["evaluation loss"] = loss
        self.link.metrics(self.step, {"evaluation loss": loss})
        self.link.log(f"step {self.step}: evaluation loss {loss:.4f}\n")
        self._mark = getattr(self, "_mark", before) + (self.clock() - before)

    def _report(self, left: float) -> None:
        now = self.clock()
        loss = sum(self._losses) / len(self._losses)
        self.results["loss"] = loss
        speed = self._tokens / max(1e-9, now - self._mark)
        rate = self.learning_rate(self.step - 1)
        self.link.metrics(self.step, {"loss": loss, "learning rate": rate, "tokens/s": speed, "seconds left": left, "epoch": self.step / self.per_epoch})
        self.link.log(f"step {self.step}/{self.steps}: loss {loss:.4f}, learning rate {rate:.3g}, {speed:.0f} tokens/s, {left:.0f} s left\n")
        self._losses, self._tokens, self._mark = [], 0, now

    def _ends_here(self) -> None:
        if self.link.stop_requested.is_set():
            if self.step:
                self._save()
            raise StopRequested(f"Stopped after step {self.step} of {self.steps}.")
        if self.deadline is not None and self.clock() >= self.deadline:
            if self.step:
                self._save()
            raise RunEnded(TIME_LIMIT, f"The time limit came after step {self.step} of {self.steps}; the checkpoint is kept.")

    def _save(self) -> None:
        self.link.state = "saving"
        state = {"optimizer": self.optimizer.state_dict(), "losses": self._losses, "results": self.results}
        folder = self.checkpoints.save(self.step, state, self._save_weights)
        self.link.checkpoint(self.step, folder.name)
        self.link.state = "training"

    def _save_weights(self, folder: Path) -> None:
        weights = get_peft_model_state_dict(self.model, save_embedding_layers=False)
        save_file({name: weight.detach().cpu().contiguous() for name, weight in weights.items()}, folder / WEIGHTS)

    def _resume(self) -> None:
        self.link.state = "training"
        found = self.checkpoints.latest(self.link.log)
        if found is None:
            return
        folder, state = found
        set_peft_model_state_dict(self.model, load_file(folder / WEIGHTS))
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self._losses = state["step"], list(state["losses"])
        self.results = dict(state["results"])
        restore_random(state["random"])
        self.link.log(f"Goes on after step {self.step} of {self.steps}.\n")
