"""What a cluster's node does for a run: it starts the worker in the sandbox, below a supervisor, and tells how it ended.

It runs as the entry point of a job, with `launch.json` beside it, and needs nothing but Python. Each line that it writes is
a JSON object: `{"output": …}` what the worker wrote, `{"door": {…}}` where it is reached, `{"end": …}` how it ended,
`{"fault": …}` why it did not begin. What the worker writes never becomes a line of its own.
"""

import asyncio
import codecs
import contextlib
import ctypes
import glob
import hmac
import json
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

GROUPS = Path("/sys/fs/cgroup")
PROCESSES = 1024
LISTENS_WITHIN = 10
DEATH_OF_PARENT = 1
#: The exit code of a node that could not begin.
FAULT = 126


class Fault(Exception):
    """Why nothing was begun."""


def tell(**line):
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Attempt:
    """The folders of an attempt, and the commands in its launch."""

    def __init__(self, launch):
        self.launch = launch
        run = Path(launch["folder"]) / launch["run"]
        self.folder = run / str(launch["attempt"])
        self.work = self.folder / "work"
        self.door = self.work / "door.sock"
        self.checkpoints = run / "checkpoints"
        # Addresses of sockets have 107 bytes, so they lie in a folder with a short path of its own.
        self.short = Path("/tmp") / f"gallery-{os.getpid()}-{launch['secret'][:8]}"
        self.gate = self.short / "gate"
        self.groups = []

    def prepare(self):
        os.umask(0o077)
        if self.folder.exists():
            # The cluster began this attempt before and lost it: what it left is another's no more.
            shutil.rmtree(self.folder)
        for folder in (self.work, self.checkpoints, self.gate):
            folder.mkdir(parents=True, exist_ok=True)
        if self.launch["attempt"] > 1:
            self.take_over()
        (self.short / "run").symlink_to(self.folder)
        for name, content in self.launch["files"].items():
            (self.work / name).write_bytes(codecs.decode(content.encode(), "base64"))

    def take_over(self):
        """Makes the folder of checkpoints anew. An earlier attempt may live on where nobody hears of it: it keeps the old one."""
        run = self.checkpoints.parent
        new, old = run / f"checkpoints-{self.launch['attempt']}", run / f"left-{self.launch['attempt']}"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        for entry in self.checkpoints.iterdir():
            target = new / entry.name
            try:
                if entry.is_dir() and not entry.is_symlink():
                    shutil.copytree(entry, target, symlinks=True, copy_function=linked)
                else:
                    linked(entry, target, follow_symlinks=False)
            except (OSError, shutil.Error):
                # It went away meanwhile, as what is half written does.
                shutil.rmtree(target, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
        self.checkpoints.rename(old)
        new.rename(self.checkpoints)
        shutil.rmtree(old, ignore_errors=True)

    def replaced(self, words):
        link = self.short / "run"
        places = {"{work}": self.work, "{checkpoints}": self.checkpoints, "{gate}": self.gate, "{link}": link,
                  "{door}": link / "work/door.sock", "{folder}": self.folder}  # fmt: skip
        pattern = re.compile("|".join(re.escape(name) for name in places))
        return [pattern.sub(lambda match: str(places[match.group()]), word) for word in words]

    def clear(self):
        for group in self.groups:
            with contextlib.suppress(OSError):
                os.rmdir(group)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.short, ignore_errors=True)


def linked(source, target, *, follow_symlinks=True):
    """The same file under another name; what is complete is not written to any more."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=follow_symlinks)


def control_groups(launch):
    """Groups for memory, cores and processes, in version 2 or 1; nothing where the node gives none."""
    name = f"gallery-{launch['run']}-{launch['attempt']}"
    cores, memory = launch["cores"], launch["memoryBytes"]
    if (GROUPS / "cgroup.controllers").exists():
        with contextlib.suppress(OSError):
            (GROUPS / "cgroup.subtree_control").write_text("+memory +cpu +pids")
        wanted = [(GROUPS / name, {"memory.max": memory, "cpu.max": f"{cores * 100000} 100000", "pids.max": PROCESSES})]
    else:
        wanted = [
            (GROUPS / "memory" / name, {"memory.limit_in_bytes": memory}),
            (GROUPS / "cpu" / name, {"cpu.cfs_period_us": 100000, "cpu.cfs_quota_us": cores * 100000}),
            (GROUPS / "pids" / name, {"pids.max": PROCESSES}),
        ]
    made = []
    try:
        for folder, values in wanted:
            folder.mkdir(exist_ok=True)
            made.append(str(folder))
            for file, value in values.items():
                with open(folder / file, "r+") as handle:
                    handle.write(str(value))
        return made
    except OSError:
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        return []


def accelerators():
    """Devices that the cluster gave, and how programs call them."""
    given = [word for word in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if word]
    known = []
    for path in sorted(glob.glob("/proc/driver/nvidia/gpus/*/information")):
        facts = dict(re.findall(r"^([^:\n]+):\s*(.*?)\s*$", Path(path).read_text(), re.M))
        known.append((facts.get("GPU UUID", ""), facts.get("Device Minor", "")))
    chosen = [known[int(word)] for word in given if word.isdigit() and int(word) < len(known)]
    chosen += [one for one in known if one[0] in given]
    devices = [f"/dev/nvidia{minor}" for _, minor in chosen]
    if devices:
        devices += ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"]
    return ",".join(uuid for uuid, _ in chosen), [word for path in devices for word in ("--dev-bind-try", path, path)]


def variables(values):
    words = ["--clearenv"]
    for name, value in sorted(values.items()):
        words += ["--setenv", name, value]
    return b"".join(word.encode() + b"\0" for word in words)


async def pass_on(reader, writer, other_reader, other_writer):
    async def one_way(source, sink):
        try:
            while data := await source.read(1 << 16):
                sink.write(data)
                await sink.drain()
            if sink.can_write_eof():
                sink.write_eof()
        except (ConnectionError, OSError):
            sink.close()

    try:
        await asyncio.gather(one_way(reader, other_writer), one_way(other_reader, writer))
    finally:
        for each in (writer, other_writer):
            each.close()


class Node:
    def __init__(self, launch):
        self.launch = launch
        self.attempt = Attempt(launch)
        self.supervisor, self.must_die, self.shown = None, False, 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.tasks = set()

    async def run(self):
        attempt = self.attempt
        attempt.prepare()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.kill)
        gate = await asyncio.start_unix_server(self.at_the_gate, str(attempt.gate / "socket"))
        host = node_address()
        door = await asyncio.start_server(self.at_the_door, host, 0)
        tell(door={"host": host, "port": door.sockets[0].getsockname()[1]})
        # Whose child it is belongs to the cluster: without it nobody knows of this node any more.
        cluster = os.getppid()
        self.begin()
        while self.supervisor.poll() is None:
            if self.must_die or os.getppid() != cluster:
                self.signal(signal.SIGKILL)
            self.show()
            await asyncio.sleep(0.1)
        for server in (gate, door):
            server.close()
        self.show(is_last=True)
        end = ""
        with contextlib.suppress(OSError):
            end = (attempt.folder / "ended").read_text().strip("\0 \n")
        if not end:
            raise Fault("its supervisor fell")
        tell(end=end)
        words = end.split()
        code = int(words[1])
        # How it ended is in the line; the cluster keeps a failed job's last lines even when the node is gone.
        return code if "1" not in (words[2], words[3], *words[6:7]) else code or 1

    def begin(self):
        attempt, launch = self.attempt, self.launch
        attempt.groups = control_groups(launch)
        if launch["isStrangers"] and not attempt.groups:
            raise Fault("this node has no control groups, so it cannot confine code that users bring")
        visible, devices = accelerators()
        sandbox = attempt.replaced(launch["sandbox"])
        place = sandbox.index("--proc")
        sandbox[place:place] = devices
        probe = subprocess.run(
            [*(word for word in sandbox if word not in ("--args", launch["descriptor"])), "/bin/true"],
            env={}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        if probe.returncode != 0:
            reason = probe.stdout.decode(errors="replace").strip() or f"code {probe.returncode}"
            raise Fault(f"this node cannot confine it: {reason}")
        given = dict(zip(launch["places"], attempt.replaced(launch["places"].values())))
        values = given | {"CUDA_VISIBLE_DEVICES": visible} | launch["variables"]
        (attempt.folder / "variables").write_bytes(variables(values))
        space = 0 if attempt.groups else launch["memoryBytes"] // 1024
        arguments = [
            str(attempt.folder), str(launch["seconds"]), str(launch["grace"]), str(launch["output"]),
            str(launch["diskBytes"] // 1024), str(space), " ".join(attempt.groups),
        ]  # fmt: skip
        libc = ctypes.CDLL(None)
        # With the supervisor ends the wrapper, and with that the worker: nothing is left that nobody knows of.
        self.supervisor = subprocess.Popen(
            ["/bin/sh", "-c", launch["supervisor"], "gallery-run", *arguments, *sandbox, *launch["command"]],
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=lambda: libc.prctl(DEATH_OF_PARENT, signal.SIGKILL),
        )  # fmt: skip

    def show(self, is_last=False):
        with contextlib.suppress(OSError), open(self.attempt.folder / "output", "rb") as file:
            file.seek(self.shown)
            data = file.read(1 << 20)
            while data or is_last:
                self.shown += len(data)
                text = self.decoder.decode(data, final=is_last and not data)
                if text:
                    tell(output=text)
                if not data:
                    break
                data = file.read(1 << 20) if is_last else b""

    # What is asked of it from outside.

    def worker(self):
        with contextlib.suppress(OSError, ValueError):
            number = int((self.attempt.folder / "worker").read_text())
            return number if number > 1 else None

    def signal(self, number):
        worker = self.worker()
        if worker is None:
            return
        try:
            os.killpg(worker, number)
        except OSError:
            with contextlib.suppress(OSError):
                os.kill(worker, number)

    def kill(self):
        self.must_die = True

    def stop(self):
        """Once, and to a worker that listens: before it stands there itself, what is said is lost."""
        asked = self.attempt.folder / "asked"
        worker = self.worker()
        if worker is None or asked.exists():
            return
        is_heard = any(listens(process) for process in members(worker))
        self.signal(signal.SIGTERM)
        if is_heard:
            asked.mkdir()

    async def at_the_door(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        try:
            line = await asyncio.wait_for(reader.readuntil(b"\n"), LISTENS_WITHIN)
            secret, _, wish = line.decode("ascii", "replace").strip().partition(" ")
            if not hmac.compare_digest(secret.encode(), self.launch["secret"].encode()):
                return
            if wish in ("stop", "kill"):
                self.stop() if wish == "stop" else self.kill()
                writer.write(b"done\n")
                await writer.drain()
            elif wish == "look":
                with the_socket(self.attempt.door) as path:
                    writer.write(b"open\n" if path else b"shut\n")
                await writer.drain()
            elif wish == "door":
                with the_socket(self.attempt.door) as path:
                    worker = await asyncio.open_unix_connection(path) if path else None
                if worker:
                    await pass_on(reader, writer, *worker)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError, OSError):
            pass
        finally:
            self.tasks.discard(asyncio.current_task())
            writer.close()

    async def at_the_gate(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        try:
            url = urlsplit(self.launch["gallery"])
            is_secure = url.scheme == "https"
            context = ssl.create_default_context() if is_secure else None
            other = await asyncio.open_connection(url.hostname, url.port or (443 if is_secure else 80), ssl=context)
            await pass_on(reader, writer, *other)
        except OSError:
            pass
        finally:
            self.tasks.discard(asyncio.current_task())
            writer.close()


@contextlib.contextmanager
def the_socket(path):
    """A path to the very socket that lies there now, and to no other of this node: a worker may lay links there."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield f"/proc/self/fd/{descriptor}" if stat.S_ISSOCK(os.fstat(descriptor).st_mode) else None
    finally:
        os.close(descriptor)


def node_address():
    """Under which the cluster reaches this node: where its way to the head begins."""
    head = os.environ.get("RAY_ADDRESS", "").rpartition(":")[0].strip("[]") or "127.0.0.1"
    try:
        family, *_, place = socket.getaddrinfo(head, 9, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(place)
            return probe.getsockname()[0]
    except OSError:
        return "127.0.0.1"


def members(group):
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            fields = Path(path).read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX" and int(fields[2]) == group:
                yield Path(path).parent


def listens(process):
    with contextlib.suppress(OSError):
        found = re.search(r"^SigIgn:\s*([0-9a-f]+)", (process / "status").read_text(), re.M)
        return bool(found) and not int(found.group(1), 16) >> (signal.SIGTERM - 1) & 1
    return False


def main():
    launch = json.loads(Path("launch.json").read_text())
    # It holds the worker's token, and the cluster keeps its packages for a while.
    Path("launch.json").unlink()
    node = Node(launch)
    try:
        code = asyncio.run(node.run())
    except (Fault, OSError) as fault:
        tell(fault=str(fault))
        code = FAULT
    finally:
        node.attempt.clear()
    sys.exit(code)


if __name__ == "__main__":
    main()
