"""HfFileSystem: the hub as files, read in ranges and written as commits."""

import pytest
from huggingface_hub import HfFileSystem

from test_content import noise


@pytest.fixture
def files(alice):
    return HfFileSystem(endpoint=alice.gallery.url, token=alice.token, skip_instance_cache=True, use_listings_cache=False)


def test_written_listed_read_and_removed(files, alice, dataset):
    base = f"datasets/{dataset}"
    with files.open(f"{base}/data/a.csv", "w") as file:
        file.write("a,b\n1,2\n")
    files.pipe_file(f"{base}/data/b.bin", noise(300_000))
    assert sorted(files.ls(f"{base}/data", detail=False)) == [f"{base}/data/a.csv", f"{base}/data/b.bin"]
    assert files.glob(f"{base}/**/*.csv") == [f"{base}/data/a.csv"]
    assert files.read_text(f"{base}/data/a.csv") == "a,b\n1,2\n"
    assert files.info(f"{base}/data/b.bin")["size"] == 300_000
    assert files.isdir(f"{base}/data") and not files.exists(f"{base}/nope")
    files.cp_file(f"{base}/data/a.csv", f"{base}/copy.csv")
    files.rm(f"{base}/data/a.csv")
    assert sorted(files.find(base)) == [f"{base}/.gitattributes", f"{base}/copy.csv", f"{base}/data/b.bin"]
    with pytest.raises(FileNotFoundError):
        files.read_text(f"{base}/data/a.csv")


def test_ranges_anywhere(files, alice, model):
    data = noise(2_000_000)
    alice.api.upload_file(path_or_fileobj=data, path_in_repo="w.bin", repo_id=model)
    with files.open(f"{model}/w.bin", block_size=64 * 1024) as file:
        for start, length in ((0, 10), (1_999_990, 10), (65_530, 20), (1_000_000, 200_000)):
            file.seek(start)
            assert file.read(length) == data[start:start + length]
    assert files.cat_file(f"{model}/w.bin", start=5, end=25) == data[5:25]


def test_an_older_revision(files, alice, model):
    alice.api.upload_file(path_or_fileobj=b"one", path_in_repo="a.txt", repo_id=model)
    alice.api.create_tag(model, tag="v1")
    alice.api.upload_file(path_or_fileobj=b"two", path_in_repo="a.txt", repo_id=model)
    assert (files.read_text(f"{model}@v1/a.txt"), files.read_text(f"{model}/a.txt")) == ("one", "two")
    assert files.info(f"{model}/a.txt", expand_info=True)["last_commit"].title
