"""The card of a product: the base model's own text, with the lineage in the front matter."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import yaml

from ..spec import Run

KEPT = ("license", "license_name", "license_link", "language", "pipeline_tag", "tags")
LORA, CUSTOM = "lora", "custom"
LARGEST_CARD = 1 << 20
_MARK = "---"


def card(base_card: str, run: Run, results: Mapping[str, float]) -> str:
    """README.md of the product, from the base model's README.md."""
    facts, text = _parts(base_card[:LARGEST_CARD])
    spec = run.spec
    kept = KEPT if spec.task != CUSTOM else (*KEPT, "library_name")
    front: dict[str, Any] = {name: facts[name] for name in kept if name in facts}
    front |= {
        "base_model": spec.base.repo,
        "base_model_relation": "finetune" if spec.keeps_merged or spec.task == CUSTOM else "adapter",
        "datasets": list(dict.fromkeys(each.repo for each in spec.data)),
    }
    if spec.task != CUSTOM:
        tags = facts.get("tags")
        front["tags"] = list(dict.fromkeys([*(str(tag) for tag in tags[:50]), LORA])) if isinstance(tags, list) else [LORA]
        front["library_name"] = "transformers" if spec.keeps_merged else "peft"
        front.setdefault("pipeline_tag", "text-generation")
    front["lineage"] = {
        "run": run.id,
        "base": {"repo": spec.base.repo, "revision": spec.base.revision},
        "data": [{"repo": each.repo, "revision": each.revision, "files": list(each.files)} for each in spec.data],
        "task": spec.task,
        "method": spec.method,
        "parameters": "training_logs/user_params.json",
        "seed": spec.seed,
        "environment": environment(),
        "results": {name: round(value, 6) for name, value in results.items()},
    }
    body = text.strip() or f"# {spec.product or spec.base.repo}"
    return f"{_MARK}\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False)}{_MARK}\n\n{body}\n"


def environment() -> dict[str, str]:
    """The versions that a repetition needs."""
    packages = ("torch", "transformers", "peft", "tokenizers", "safetensors")
    return {"python": platform.python_version(), "machine": platform.machine()} | {name: metadata.version(name) for name in packages}


def _parts(card: str) -> tuple[dict[str, Any], str]:
    """Front matter and text; front matter that is not YAML is dropped."""
    lines = card.lstrip("\ufeff").splitlines(keepends=True)
    if not lines or lines[0].strip() != _MARK:
        return {}, card
    for index, line in enumerate(lines[1:], 1):
        if line.strip() == _MARK:
            return _facts("".join(lines[1:index])), "".join(lines[index + 1 :])
    return {}, card


def _facts(text: str) -> dict[str, Any]:
    # An alias can unfold to gigabytes when it is written again; no card needs one.
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            return {}
        facts = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}
