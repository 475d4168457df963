"""The model with its adapter: new and seeded, or an earlier one to go on from."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy
import torch
from peft import LoraConfig, PeftConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training

from ..models import load_model
from ..reasons import BAD_MODEL, INTERNAL, RunEnded, reason_of
from .parameters import Parameters


def seeded_adapter(base: Path, parameters: Parameters, seed: int, earlier: Path | None) -> Any:
    """Loads the base model and adds LoRA to all its linear layers; the same seed gives the same first weights."""
    model = load_model(base, parameters.bits)
    if parameters.bits:
        model = prepare_model_for_kbit_training(model)
    random.seed(seed)
    numpy.random.seed(seed % 2**32)
    torch.manual_seed(seed)
    try:
        if earlier is not None:
            config = PeftConfig.from_pretrained(earlier)
            if config.peft_type != "LORA":
                raise RunEnded(BAD_MODEL, f"The earlier adapter is {config.peft_type}, not LoRA.")
            return PeftModel.from_pretrained(model, earlier, is_trainable=True)
        return get_peft_model(model, LoraConfig(
            task_type="CAUSAL_LM", target_modules="all-linear", r=parameters.lora_rank, lora_alpha=parameters.lora_alpha,
            lora_dropout=parameters.lora_dropout))
    except RunEnded:
        raise
    except Exception as error:
        reason = reason_of(error)
        raise reason if reason.code != INTERNAL else RunEnded(BAD_MODEL, f"LoRA does not fit this model: {str(error)[:1000]}") from error
