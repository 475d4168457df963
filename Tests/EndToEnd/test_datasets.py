"""Datasets are loaded, streamed and pushed."""

import json
import os

import pytest

os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")

import datasets  # noqa: E402
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402

ROWS = [{"id": number, "text": f"第{number}行 line {number}", "score": number / 2} for number in range(100)]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch, alice):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "datasets")
    monkeypatch.setenv("HF_TOKEN", alice.token)


def encoded(form: str, tmp_path) -> bytes:
    if form == "csv":
        return ("id,text,score\n" + "".join(f"{row['id']},{row['text']},{row['score']}\n" for row in ROWS)).encode()
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), tmp_path / "x.parquet")
    return (tmp_path / "x.parquet").read_bytes()


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_load_and_stream(alice, dataset, tmp_path, form):
    alice.api.upload_file(path_or_fileobj=encoded(form, tmp_path), path_in_repo=f"data/train.{form}", repo_id=dataset, repo_type="dataset")
    loaded = datasets.load_dataset(dataset, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == ROWS
    streamed = datasets.load_dataset(dataset, split="train", streaming=True)
    assert list(streamed) == ROWS
    assert next(iter(streamed.skip(50)))["id"] == 50


def test_push_and_load_again(alice, name, tmp_path):
    repo = f"alice/{name}"
    datasets.Dataset.from_list(ROWS).train_test_split(test_size=0.2, seed=1).push_to_hub(repo, private=True)
    loaded = datasets.load_dataset(repo, cache_dir=str(tmp_path / "cache"))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 80, "test": 20}
    assert sorted(row["id"] for rows in loaded.values() for row in rows) == list(range(100))
    datasets.Dataset.from_list(ROWS[:10]).push_to_hub(repo, "small")
    assert set(datasets.get_dataset_config_names(repo)) == {"default", "small"}
    assert len(datasets.load_dataset(repo, "small", split="train", cache_dir=str(tmp_path / "cache"))) == 10


def test_a_private_dataset_needs_its_owner(alice, bob, name, tmp_path, monkeypatch):
    repo = f"alice/{name}"
    datasets.Dataset.from_list(ROWS).push_to_hub(repo, private=True)
    monkeypatch.setenv("HF_TOKEN", bob.token)
    with pytest.raises(datasets.exceptions.DatasetNotFoundError):
        datasets.load_dataset(repo, cache_dir=str(tmp_path / "cache"), token=bob.token)


def test_a_revision_and_a_sub_folder(alice, dataset, tmp_path):
    for part in ("de", "zh"):
        alice.api.upload_file(path_or_fileobj=f"a\n{part}\n".encode(), path_in_repo=f"{part}/train.csv", repo_id=dataset, repo_type="dataset")
    alice.api.create_tag(dataset, tag="v1", repo_type="dataset")
    alice.api.delete_folder("zh", dataset, repo_type="dataset")
    rows = datasets.load_dataset(dataset, data_dir="zh", revision="v1", split="train", cache_dir=str(tmp_path / "cache"))
    assert rows["a"][:] == ["zh"]
