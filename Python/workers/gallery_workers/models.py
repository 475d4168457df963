"""Loads causal language models from a folder of weights, without ever running code that lies there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, GgufConfig
from transformers.utils import logging

from .reasons import BAD_MODEL, INTERNAL, RunEnded, reason_of

logging.disable_progress_bar()


def device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def use_threads(cores: int) -> None:
    """More threads than granted cores cost an order of magnitude."""
    torch.set_num_threads(cores)


def load_tokenizer(folder: Path) -> Any:
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **_gguf(folder))
    except Exception as error:
        raise _bad(error, "tokenizer") from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(folder: Path, bits: int = 0) -> Any:
    """The weights, in full precision on a processor and in half on an accelerator; `bits` quantises them."""
    options: dict[str, Any] = {"dtype": torch.bfloat16 if device() == "cuda" else torch.float32}
    gguf = _gguf(folder)
    if gguf:
        options |= gguf | {"quantization_config": GgufConfig(dequantize=True)}
        if bits:
            raise RunEnded(BAD_MODEL, "Weights in GGUF cannot be quantised once more: set bits to 0.")
    elif bits:
        options["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=bits == 4, load_in_8bit=bits == 8, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=options["dtype"])
    try:
        model = AutoModelForCausalLM.from_pretrained(folder, trust_remote_code=False, use_safetensors=None if gguf else True, **options)
    except Exception as error:
        raise _bad(error, "weights") from error
    return model if bits else model.to(device())


def _gguf(folder: Path) -> dict[str, str]:
    """Which file to read where the folder holds GGUF weights alone."""
    if any(folder.glob("*.safetensors")):
        return {}
    files = sorted(folder.glob("*.gguf"))
    return {"gguf_file": files[0].name} if files else {}


def _bad(error: Exception, what: str) -> RunEnded:
    reason = reason_of(error)
    if reason.code != INTERNAL:
        return reason
    return RunEnded(BAD_MODEL, f"The {what} of the model cannot be loaded: {str(error)[:1000]}")
