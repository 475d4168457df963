"""gallery-cli against the built server, printing what the guide shows."""

import hashlib
import os
import random
import re
import subprocess
import time

import pytest

from gallery import PROGRAMS
from test_content import noise

CRYPT = '''
def my_encrypt_func(text):
    return "".join(reversed(text))


def my_decrypt_func(cipher):
    return "".join(reversed(cipher))
'''


@pytest.fixture
def cli(gallery, alice, tmp_path):
    """Runs gallery-cli with a configuration of its own, signed in as alice by password."""
    configuration = tmp_path / "config.env"

    def configure(**values):
        settings = {"iam_url": f"{gallery.url}/v3/auth/tokens", "iam_project": "home", "repo_url": gallery.url,
                    "cached_dir": str(tmp_path / "cache")} | values
        configuration.write_text("# a comment\n" + "".join(f"{key}={value}\n" for key, value in settings.items()))

    def run(*arguments: str, fails: bool = False, stdin: str = "") -> str:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
        done = subprocess.run([PROGRAMS / "gallery-cli", *arguments], env=environment | {"SDK_CONFIG_PATH": str(configuration)},
                              capture_output=True, text=True, timeout=120, cwd=tmp_path, input=stdin)
        assert (done.returncode != 0) == fails, f"gallery-cli {arguments}: {done.stdout}{done.stderr}"
        run.complaint = done.stderr
        return done.stdout

    run.configure = configure
    run.cache = tmp_path / "cache"
    configure(iam_domain="alice", iam_user="alice", iam_password="correct horse battery")
    return run


@pytest.fixture
def filled(alice, model):
    files = {"config.json": b'{"a": 1}', "vocab.json": b"[]" * 1000, "merges.txt": b"a b\n" * 2000, "model.safetensors": noise(3_000_000)}
    for path, data in files.items():
        alice.api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id=model)
    return model, files


def folder_of(cli, model):
    return cli.cache / model.replace("/", "--")


def test_sign_in_and_out(cli):
    assert cli("login").strip() == str(cli.cache / "token")
    assert any((cli.cache / "token").iterdir())
    for file in (cli.cache / "token").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    assert "alice" in cli("whoami")
    assert cli("logout").strip() == "Logout successful!"
    assert not (cli.cache / "token").exists()


def test_a_wrong_password_is_refused(cli):
    cli.configure(iam_domain="alice", iam_user="alice", iam_password="wrong")
    cli("login", fails=True)
    assert cli.complaint and "wrong" not in cli.complaint.replace("is wrong", "").replace("are wrong", "")


def test_tokens_are_stored_as_the_configured_function_says(cli, tmp_path):
    (tmp_path / "crypt.py").write_text(CRYPT)
    cli.configure(iam_domain="alice", iam_user="alice", iam_password="{Crypto}" + "correct horse battery"[::-1],
                  sdk_encrypt_implementation_func=f"{tmp_path}/crypt.py.my_encrypt_func",
                  sdk_decrypt_implementation_func=f"{tmp_path}/crypt.py.my_decrypt_func")
    cli("login")
    kept = "".join(file.read_text() for file in (cli.cache / "token").iterdir())
    assert "hf_" not in kept
    assert "alice" in cli("whoami")


def test_one_file(cli, filled):
    model, files = filled
    cli("login")
    out = cli("download", model, "config.json")
    assert out.strip().splitlines()[-1] == str(folder_of(cli, model) / "config.json")
    assert re.search(r"Download config\.json: 100%\|", out + cli.complaint)
    assert (folder_of(cli, model) / "config.json").read_bytes() == files["config.json"]


def test_patterns(cli, filled):
    model, _ = filled
    cli("login")
    out = cli("download", model, "--include", "*.json")
    assert out.strip().splitlines()[-1] == str(folder_of(cli, model))
    assert re.search(r"Download 1/2 config\.json: 100%\|", out + cli.complaint)
    assert {file.name for file in folder_of(cli, model).iterdir() if file.is_file()} == {"config.json", "vocab.json"}


def test_everything_but(cli, filled, tmp_path):
    model, files = filled
    cli("login")
    cli("download", model, "--exclude", "*.json", "--local-dir", str(tmp_path / "here"))
    assert (tmp_path / "here/model.safetensors").read_bytes() == files["model.safetensors"]
    assert not (tmp_path / "here/config.json").exists()


def test_up_and_down_again(cli, alice, name, tmp_path):
    cli("login")
    repo = f"alice/{name}"
    cli("repo", "create", repo)
    source = tmp_path / "source"
    (source / "数据").mkdir(parents=True)
    files = {"config.json": b"{}", "数据/中文.txt": "你好".encode(), "empty": b"", "w.bin": noise(20_000_000)}
    for path, data in files.items():
        (source / path).write_bytes(data)
    cli("upload", repo, str(source))
    assert set(files) <= set(alice.api.list_repo_files(repo))
    assert "w.bin" in cli("ls", repo)
    cli("download", repo)
    for path, data in files.items():
        assert (folder_of(cli, repo) / path).read_bytes() == data
    cli("rm", repo, "w.bin")
    assert "w.bin" not in alice.api.list_repo_files(repo)
    assert name in cli("repo", "list")
    cli("repo", "delete", repo, "--yes")
    assert not alice.api.repo_exists(repo)


def test_what_is_private_needs_a_sign_in(cli, alice, name):
    repo = alice.api.create_repo(f"alice/{name}", private=True).repo_id
    alice.api.upload_file(path_or_fileobj=b"{}", path_in_repo="config.json", repo_id=repo)
    cli("download", repo, fails=True)
    assert "login" in cli.complaint
    cli("login")
    cli("download", repo)


def test_help_and_completion(cli):
    out = cli("--help")
    for word in ("download", "login", "logout", "--install-completion", "--show-completion"):
        assert word in out
    assert "REPO_ID" in cli("download", "--help").upper().replace("-", "_")


def test_an_unknown_key_pair_is_refused(cli):
    cli.configure(iam_ak="AAAAAAAAAAAAAAAAAAAA", iam_sk="b" * 40)
    cli("login", fails=True)
    assert "b" * 40 not in cli.complaint


def test_every_fault_of_the_settings_is_told_at_once(cli):
    cli.configure(iam_timeout="soon", iam_user="alice", iam_ak="a", repo_url="nowhere")
    cli("login", fails=True)
    for word in ("iam_timeout", "repo_url", "not both"):
        assert word in cli.complaint


def test_the_lines_are_those_of_the_guide(cli, filled):
    model, files = filled
    one = cli("download", model, "config.json")
    bar = r"100%\|#+\| "
    assert re.fullmatch(rf"Download config\.json: {bar}8\.00/8\.00 \[00:00<\?, \?B/s\]\n\n{folder_of(cli, model)}/config\.json\n", one)
    several = cli("download", model, "config.json", "model.safetensors").splitlines()
    assert re.fullmatch(rf"Download 1/2 config\.json: {bar}8\.00/8\.00 \[00:00<\?, \?B/s\]", several[0])
    assert re.match(rf"Download 2/2 model\.safetensors: {bar}3\.00M/3\.00M \[00:00<", several[1])
    assert several[2:] == ["", str(folder_of(cli, model))]
    assert "\r" not in one and len(files) == 4


def test_names_that_are_not_there_are_all_told(cli, filled):
    model, _ = filled
    cli("download", model, "config.json", "a.txt", "b.txt", fails=True)
    assert "a.txt" in cli.complaint and "b.txt" in cli.complaint
    assert not folder_of(cli, model).exists()
    cli("download", model, "--include", "*.nothing", fails=True)


def test_what_is_there_is_not_fetched_again_and_what_is_damaged_is(cli, filled):
    model, files = filled
    cli("download", model)
    file = folder_of(cli, model) / "model.safetensors"
    before = file.stat().st_ino
    cli("download", model)
    assert file.stat().st_ino == before
    file.write_bytes(noise(3_000_000)[::-1])
    cli("download", model)
    assert file.read_bytes() == files["model.safetensors"]


def test_an_interrupted_download_goes_on(cli, alice, model, tmp_path):
    data = noise(150_000_000)
    alice.api.upload_file(path_or_fileobj=data, path_in_repo="w.bin", repo_id=model)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    for _ in range(20):
        process = subprocess.Popen([PROGRAMS / "gallery-cli", "download", model, "w.bin"], stdout=subprocess.DEVNULL,
                                   env=environment | {"SDK_CONFIG_PATH": str(tmp_path / "config.env")}, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.05, 0.2))
        process.kill()
        process.wait()
    cli("download", model, "w.bin")
    assert (folder_of(cli, model) / "w.bin").read_bytes() == data
    assert not (folder_of(cli, model) / ".gallery-partial").exists()


def test_an_unchanged_folder_makes_no_commit(cli, alice, model, tmp_path):
    cli("login")
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.txt").write_text("a")
    (source / "w.bin").write_bytes(noise(1_000_000))
    cli("upload", model, str(source), "sub", "--message", "first")
    commits = len(alice.api.list_repo_commits(model))
    assert "unchanged" in cli("upload", model, str(source), "sub")
    assert len(alice.api.list_repo_commits(model)) == commits
    assert {"sub/a.txt", "sub/w.bin"} <= set(alice.api.list_repo_files(model))


def test_a_name_shared_by_a_model_and_a_dataset_must_be_told_apart(cli, alice, filled):
    model, _ = filled
    alice.api.create_repo(model, repo_type="dataset")
    cli("download", model, fails=True)
    assert "--repo-type" in cli.complaint
    cli("download", model, "config.json", "--repo-type", "model")


def test_usage_faults_end_with_2(cli):
    for arguments in (["download"], ["download", "nameless"], ["download", "a/b", "x", "--include", "*"], ["nonsense"]):
        done = subprocess.run([PROGRAMS / "gallery-cli", *arguments], capture_output=True, text=True)
        assert done.returncode == 2 and done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_each_shell(shell, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SHELL": f"/bin/{shell}"}
    for option in ("--show-completion", "--install-completion", "--install-completion"):
        done = subprocess.run([PROGRAMS / "gallery-cli", option], env=environment, capture_output=True, text=True)
        assert done.returncode == 0 and done.stdout, done.stderr


FULL_DISK = """
mount -t tmpfs -o size=24M none "$1" || exit 99
trap 'umount -l "$1"' EXIT
"$2" login > "$1/said" && "$2" download "$3"
echo "ended $?"
find "$1/cache" -name "*.bin"
cat "$1"/cache/*/.gallery-partial/*.json
mount -o remount,size=100M "$1"
"$2" download "$3" > "$1/said" && sha256sum "$1"/cache/*/*.bin
"""


def test_a_full_disk_ends_a_download_and_a_later_run_goes_on(cli, alice, model, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    cli.configure(iam_domain="alice", iam_user="alice", iam_password="correct horse battery", cached_dir=str(disk / "cache"))
    # Each file finds room enough when it begins, and both together do not.
    digests = []
    for seed, path in enumerate(["a.bin", "b.bin"]):
        data = noise(14_000_000, seed)
        digests.append(hashlib.sha256(data).hexdigest())
        alice.api.upload_file(path_or_fileobj=data, path_in_repo=path, repo_id=model)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    unshare = ["unshare", "--mount"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode:
        # In a root folder that is no mount point nothing can be made private; the small disk is taken away at the end then.
        unshare += ["--propagation", "unchanged"]
    done = subprocess.run(
        [*unshare, "sh", "-c", FULL_DISK, "sh", disk, PROGRAMS / "gallery-cli", model],
        env=environment | {"SDK_CONFIG_PATH": str(tmp_path / "config.env")}, capture_output=True, text=True, timeout=120)
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("mounting a small disk is not allowed here")
    assert done.returncode == 0, done.stderr
    assert f"No space left in {disk}/cache/{model.replace('/', '--')}. What has arrived is kept" in done.stderr
    notes = done.stdout.split("ended 1\n")[1]
    # One of them may have arrived whole before the other found no room.
    assert "/a.bin" in notes or "/b.bin" in notes or max(int(count) for count in re.findall(r'"done":(\d+)', notes)) > 5_000_000
    assert re.findall(r"[0-9a-f]{64}", notes)[-2:] == digests
