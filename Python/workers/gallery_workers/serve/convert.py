"""Runs llama.cpp's converter: `python convert.py CONVERTER MODEL …`, a process of its own since it brings its own `gguf`.

The converter knows tokenizers by what they make of a test text. One that it does not know is taken where its way to split
text is GPT-2's to the letter; anything else would be converted to a model that reads other words than it was trained on.
"""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Becomes the converter, with its own folder in place of this one's."""
    converter = Path(sys.argv[1])
    sys.argv = [str(converter), *sys.argv[2:]]
    sys.path[0] = str(converter.parent)
    if (converter.parent / "conversion").is_dir():
        _know_gpt2()
    runpy.run_path(str(converter), run_name="__main__")


def _know_gpt2() -> None:
    from conversion.base import TextModel  # type: ignore[import-not-found]

    known = TextModel.get_vocab_base_pre

    def look(self: Any, tokenizer: Any) -> str:
        try:
            return known(self, tokenizer)
        except NotImplementedError:
            if splits_as_gpt2(Path(self.dir_model) / "tokenizer.json"):
                return "gpt-2"
            raise

    TextModel.get_vocab_base_pre = look


def splits_as_gpt2(path: Path) -> bool:
    """Whether a tokenizer.json changes nothing before it splits, and splits as GPT-2 does."""
    try:
        tokenizer = json.loads(path.read_bytes())
        before = tokenizer["pre_tokenizer"]
        return (
            tokenizer.get("normalizer") is None and tokenizer["model"]["type"] == "BPE" and before["type"] == "ByteLevel"
            and before.get("add_prefix_space") is False and before.get("use_regex", True) is True)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False


if __name__ == "__main__":
    main()
