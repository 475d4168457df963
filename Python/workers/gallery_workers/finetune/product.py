"""The folder that becomes the product repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..models import load_model
from ..spec import Run
from .card import card
from .parameters import Parameters

ADAPTER = "adapter"


def make_product(run: Run, model: Any, tokenizer: Any, base: Path, parameters: Parameters, results: Mapping[str, float]) -> Path:
    """Adapter, or merged weights with the adapter beside them, tokenizer, card and the parameters used."""
    folder = run.folder / "product"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    merged = run.spec.keeps_merged
    adapter = folder / ADAPTER if merged else folder
    model.save_pretrained(adapter, safe_serialization=True, save_embedding_layers=False)
    (adapter / "README.md").unlink(missing_ok=True)
    _name_base(adapter / "adapter_config.json", run)
    if merged:
        _merged(model, adapter, base, parameters).save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    logs = folder / "training_logs"
    logs.mkdir()
    used = parameters.as_dict() | {"task": run.spec.task, "method": run.spec.method, "seed": run.spec.seed}
    (logs / "user_params.json").write_text(json.dumps(used, ensure_ascii=False, indent=2) + "\n")
    readme = base / "README.md"
    text = readme.read_text("utf-8", "replace") if readme.is_file() else ""
    (folder / "README.md").write_text(card(text, run, results), "utf-8")
    return folder


def _merged(model: Any, adapter: Path, base: Path, parameters: Parameters) -> Any:
    """Quantised weights are merged into their originals, not into what quantising left of them."""
    if not parameters.bits:
        return model.merge_and_unload()
    from peft import PeftModel

    return PeftModel.from_pretrained(load_model(base), adapter).merge_and_unload()


def _name_base(path: Path, run: Run) -> None:
    """The adapter says which repository and commit it belongs to, not which folder it was made in."""
    config = json.loads(path.read_text())
    config |= {"base_model_name_or_path": run.spec.base.repo, "revision": run.spec.base.revision}
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
