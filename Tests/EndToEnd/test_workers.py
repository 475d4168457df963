"""What runs inside jobs reads its inputs from the gallery and commits its product there."""

from __future__ import annotations

import sys

import pytest

from gallery import ROOT

sys.path.insert(0, str(ROOT / "Python/workers"))

from gallery_workers.hub import Hub  # noqa: E402
from gallery_workers.reasons import RunEnded  # noqa: E402
from gallery_workers.spec import Asset, Run, Spec  # noqa: E402


@pytest.fixture
def hub(alice, tmp_path, monkeypatch):
    for name in ("HF_ENDPOINT", "HF_HOME", "HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS"):
        monkeypatch.setenv(name, "")
    spec = Spec.parse({"kind": "fine-tune", "base": {"repo": "alice/m"}})
    return Hub(Run(alice.gallery.url, "r1", 1, alice.token, spec, tmp_path, tmp_path / "checkpoints"))


def test_a_model_comes_at_its_revision_without_code(alice, model, hub):
    alice.api.upload_file(path_or_fileobj=b"{}", path_in_repo="config.json", repo_id=model)
    first = alice.api.model_info(model).sha
    alice.api.upload_file(path_or_fileobj=b"import os", path_in_repo="modeling.py", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b"\x80\x04", path_in_repo="pytorch_model.bin", repo_id=model)
    alice.api.upload_file(path_or_fileobj=b'{"later": 1}', path_in_repo="config.json", repo_id=model)
    folder = hub.model(Asset(model, first))
    assert (folder / "config.json").read_bytes() == b"{}"
    folder = hub.model(Asset(model, "main"))
    assert (folder / "config.json").read_bytes() == b'{"later": 1}'
    assert not (folder / "modeling.py").exists() and not (folder / "pytorch_model.bin").exists()


def test_chosen_files_of_a_data_set(alice, dataset, hub):
    for path in ("a.jsonl", "deep/b[1].csv", "c.bin"):
        alice.api.upload_file(path_or_fileobj=b"x", path_in_repo=path, repo_id=dataset, repo_type="dataset")
    folder = hub.data(Asset(dataset, "main", "dataset", ("deep/b[1].csv",)), (".jsonl",))
    assert sorted(path.name for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts) == ["b[1].csv"]
    folder = hub.data(Asset(dataset, "main", "dataset"), (".jsonl", ".csv"))
    assert not (folder / "c.bin").exists() and (folder / "a.jsonl").exists()


def test_a_custom_model_comes_whole(alice, model, hub, tmp_path):
    for path in ("gallery_train/train.py", "gallery_train/requirement.txt", "weights.bin"):
        alice.api.upload_file(path_or_fileobj=path.encode(), path_in_repo=path, repo_id=model)
    folder = hub.files(Asset(model, "main"), None, tmp_path / "model" / model.replace("/", "--"))
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"gallery_train/train.py", "gallery_train/requirement.txt", "weights.bin"} <= found
    assert not any("huggingface" in path for path in found)
    folder = hub.files(Asset(model, "main"), ["gallery_train/*"], tmp_path / "script")
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {"train.py", "requirement.txt"}


def test_a_product_is_committed_once(alice, name, hub, tmp_path):
    product = tmp_path / "product"
    product.mkdir()
    (product / "README.md").write_text("# Tuned\n")
    (product / "adapter_model.safetensors").write_bytes(bytes(20_000))
    first = hub.commit(f"alice/{name}", product, "Fine-tune")
    assert alice.api.model_info(f"alice/{name}").sha == first
    assert alice.api.model_info(f"alice/{name}").private
    assert hub.commit(f"alice/{name}", product, "Fine-tune") == first


def test_what_is_not_there_ends_the_run(hub):
    with pytest.raises(RunEnded) as ended:
        hub.model(Asset("alice/nowhere-at-all", "main"))
    assert ended.value.code == "bad-model"
    with pytest.raises(RunEnded) as ended:
        hub.data(Asset("alice/nowhere-at-all", "main", "dataset"), (".csv",))
    assert ended.value.code == "bad-data"
