"""Merges an adapter into its base: `python -m gallery_workers.serve.merge BASE ADAPTER TARGET`, so that the memory for it is given back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ..models import load_model, load_tokenizer


def merged(base: Path, adapter: Path) -> Any:
    """The base model with the adapter in its weights, where it costs nothing at each token."""
    from peft import PeftModel

    return PeftModel.from_pretrained(load_model(base), adapter).merge_and_unload()


def main() -> None:
    base, adapter, target = map(Path, sys.argv[1:4])
    merged(base, adapter).save_pretrained(target, safe_serialization=True)
    load_tokenizer(adapter if (adapter / "tokenizer.json").is_file() else base).save_pretrained(target)


if __name__ == "__main__":
    main()
