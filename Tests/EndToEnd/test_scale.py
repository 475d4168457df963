"""Many files, as one folder and as one tree."""

from huggingface_hub import CommitOperationAdd


def test_ten_thousand_files(alice, model, tmp_path):
    operations = [CommitOperationAdd(f"part-{number % 100:02}/{number:05}.txt", f"file {number}".encode()) for number in range(10_000)]
    alice.api.create_commit(model, operations, commit_message="Ten thousand files")
    listed = [entry for entry in alice.api.list_repo_tree(model, recursive=True) if hasattr(entry, "size")]
    assert len(listed) == 10_001
    # One more changes its path alone.
    alice.api.upload_file(path_or_fileobj=b"one more", path_in_repo="part-50/more.txt", repo_id=model)
    assert len(list(alice.api.list_repo_tree(model, "part-50"))) == 101
    alice.api.delete_folder("part-51", model)
    assert len(alice.api.list_repo_files(model)) == 10_001 + 1 - 100
    path = alice.api.hf_hub_download(model, "part-99/09999.txt", cache_dir=tmp_path)
    assert open(path).read() == "file 9999"


def test_a_folder_of_a_thousand_files_in_several_commits(alice, model, tmp_path):
    for number in range(1000):
        (tmp_path / f"{number}.{'bin' if number % 10 == 0 else 'json'}").write_bytes(b"%d" % number * 50)
    alice.api.upload_folder(folder_path=tmp_path, repo_id=model)
    folder = alice.api.snapshot_download(model, cache_dir=tmp_path / "cache", allow_patterns="*7.json")
    assert open(f"{folder}/997.json", "rb").read() == b"997" * 50
    assert len(alice.api.list_repo_files(model)) == 1001
