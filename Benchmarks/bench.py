"""Measures the gallery beside its yardsticks and prints one table."""

import argparse
import hashlib
import http.client
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import assets
import gateway
import runs
import settle
from gallery import Gallery, cpu_seconds, free_port, memory_mib
from yardsticks import Nginx, build_generator, download, rate, timed

PARTS = ["start", "download", "upload", "head", "info", "tree", "small", "search", "settle", "finetune", "runs", "gateway"]


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, value, goal="", met=None):
        mark = {True: "yes", False: "NO", None: ""}[met]
        self.rows.append((what, value, goal, mark))
        print(f"  {what}: {value}  {'(goal ' + goal + ': ' + mark + ')' if goal else ''}", flush=True)

    def table(self):
        rows = [("what", "measured", "goal", "met")] + self.rows
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(lines)


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.report = options, folder, Report()
        self.gallery = Gallery(options.binary, folder, {"GALLERY_COMPUTE_WORKERS": str(options.workers)})
        self.large = folder / "large.bin"
        self.digest = ""
        self.trainer = None
        self.generator = build_generator(folder)

    def run(self, parts):
        if "start" in parts:
            self.start()
        self.gallery.start()
        self.gallery.sign_up()
        self.gallery.create("m")
        self.gallery.commit("m", [self.gallery.regular("config.json", b'{"model_type": "bert"}')])
        time.sleep(2)
        idle = memory_mib(self.gallery.process.pid, "VmRSS")
        self.report.add("memory at rest, MiB", f"{idle:.0f}", "< 100", idle < 100)
        for part in parts:
            if part != "start":
                print(part, flush=True)
                getattr(self, part)()
        peak = memory_mib(self.gallery.process.pid, "VmHWM")
        self.report.add("memory at its highest, MiB", f"{peak:.0f}")
        self.gallery.stop()

    def start(self):
        seconds = []
        for _ in range(5):
            seconds.append(self.gallery.start())
            self.gallery.stop()
        median = statistics.median(seconds)
        self.report.add("start to ready, s", f"{median:.3f}", "< 1", median < 1)

    def make_large(self):
        if self.digest:
            return
        noise = os.urandom(1 << 20)
        hasher = hashlib.sha256()
        with open(self.large, "wb") as file:
            for index in range(self.options.size_mib):
                block = index.to_bytes(8, "big") + noise[8:]
                hasher.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        self.digest = hasher.hexdigest()

    def download(self):
        self.make_large()
        self.gallery.upload_large("m", "large.bin", self.large, self.digest)
        size = self.large.stat().st_size
        packs = [path for path in self.gallery.data.rglob("*") if path.is_file() and path.stat().st_size == size]
        if not packs:
            raise SystemExit("the pack of the large file was not found")
        root = self.folder / "nginx-root"
        root.mkdir(exist_ok=True)
        # The same bytes, so that both send from the same page cache.
        os.link(packs[0], root / "large.bin")
        with Nginx(self.folder, root, free_port()) as nginx:
            for connections in (1, 16):
                self.compare_downloads(nginx, connections)

    def compare_downloads(self, nginx, connections):
        ours, theirs = [], []
        sides = [
            (theirs, nginx.port, "/large.bin", nginx.process.pid),
            (ours, self.gallery.port, "/bench/m/resolve/main/large.bin", self.gallery.process.pid),
        ]
        for round_ in range(self.options.rounds + 1):
            for results, port, path, pid in sides:
                cpu = cpu_seconds(pid)
                seconds, count = download(port, path, connections)
                if round_ > 0:
                    gib = count / (1 << 30)
                    results.append((gib / seconds, (cpu_seconds(pid) - cpu) / gib))
        speeds = [statistics.median(result[0] for result in side) for side in (ours, theirs)]
        cpus = [statistics.median(result[1] for result in side) for side in (ours, theirs)]
        ratio = speeds[0] / speeds[1]
        name = f"download, {connections} connection{'s' if connections > 1 else ''}"
        self.report.add(f"{name}, of nginx", f"{ratio:.2f} x ({speeds[0]:.2f} to {speeds[1]:.2f} GiB/s)", ">= 1.0", ratio >= 1)
        self.report.add(f"{name}, CPU s per GiB", f"{cpus[0]:.2f} (nginx {cpus[1]:.2f})")

    def upload(self):
        self.make_large()
        gib = self.large.stat().st_size / (1 << 30)
        hashing, copying, sending = [], [], []
        for round_ in range(self.options.rounds):
            hashing.append(timed("openssl", "dgst", "-sha256", self.large))
            copying.append(timed("dd", f"if={self.large}", f"of={self.folder}/copy.bin", "bs=1M", "conv=fsync"))
            (self.folder / "copy.bin").unlink()
            # Other bytes each time: known ones would not be sent.
            with open(self.large, "r+b") as file:
                file.write(f"round {round_}".encode())
                os.fsync(file.fileno())
            digest = subprocess.run(["openssl", "dgst", "-sha256", "-r", self.large], capture_output=True, text=True, check=True)
            sending.append(self.gallery.upload_large("m", f"upload-{round_}.bin", self.large, digest.stdout.split()[0]))
        self.digest = ""
        hash_time, copy_time, send_time = (statistics.median(one[0] for one in side) for side in (hashing, copying, sending))
        hash_cpu, send_cpu = (statistics.median(one[1] for one in side) for side in (hashing, sending))
        ratio = max(hash_time, copy_time) / send_time
        detail = f"{gib / send_time:.2f} GiB/s; hash {gib / hash_time:.2f}, synced copy {gib / copy_time:.2f}"
        self.report.add("LFS upload, of the slower of hash and copy", f"{ratio:.2f} x ({detail})", ">= 0.9", ratio >= 0.9)
        cpu_ratio = send_cpu / hash_cpu
        self.report.add("LFS upload, CPU of hashing alone", f"{cpu_ratio:.2f} x ({send_cpu / gib:.2f} s/GiB)", "<= 1.25", cpu_ratio <= 1.25)
        self.upload_by_xet(max(hash_time, copy_time), gib)

    def upload_by_xet(self, yardstick, gib):
        """With the real client, whose own chunking and hashing share the processors."""
        python = self.options.python or sys.executable
        if subprocess.run([python, "-c", "import hf_xet, huggingface_hub"], capture_output=True).returncode != 0:
            self.report.add("Xet upload", "not measured: hf_xet is not installed")
            return
        with open(self.large, "r+b") as file:
            file.write(b"by xet")
        code = "import sys; from huggingface_hub import upload_file; upload_file(path_or_fileobj=sys.argv[1], path_in_repo='xet.bin', repo_id='bench/m')"
        environment = dict(
            os.environ, HF_ENDPOINT=f"http://localhost:{self.gallery.port}", HF_TOKEN=self.gallery.token, HF_HOME=str(self.folder / "hf"))
        begun, cpu = time.monotonic(), cpu_seconds(self.gallery.process.pid)
        done = subprocess.run([python, "-c", code, self.large], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            self.report.add("Xet upload", "failed: " + done.stderr.strip().splitlines()[-1][:200])
            return
        seconds, used = time.monotonic() - begun, cpu_seconds(self.gallery.process.pid) - cpu
        self.report.add(
            "Xet upload with the real client, of the same", f"{yardstick / seconds:.2f} x ({gib / seconds:.2f} GiB/s, {used / gib:.2f} CPU s/GiB)")

    def head(self):
        self.requests("HEAD resolve", "HEAD", "/bench/m/resolve/main/config.json", 10_000, 5)

    def info(self):
        self.requests("model info", "GET", "/api/models/bench/m", 5_000, 10)

    def requests(self, name, method, path, least, most):
        rate(self.generator, self.gallery.port, method, path, 2)
        for who, token in (("", None), (" with a token", self.gallery.token)):
            per_second, p95 = rate(self.generator, self.gallery.port, method, path, self.options.seconds, token)
            goal = f">= {least}/s, p95 < {most} ms" if not who else ""
            met = (per_second >= least and p95 < most) if not who else None
            self.report.add(f"{name}{who}", f"{per_second:.0f}/s, p95 {p95:.1f} ms", goal, met)

    def tree(self):
        count, per_folder = self.options.files, 1000
        self.gallery.create("big")
        for start in range(0, count, 10_000):
            files = [
                self.gallery.regular(f"part-{index // per_folder:04d}/file-{index:06d}.txt", b"%d\n" % index)
                for index in range(start, min(start + 10_000, count))
            ]
            self.gallery.commit("big", files, f"part {start}")
        link = http.client.HTTPConnection("127.0.0.1", self.gallery.port, timeout=600)
        base = "/api/models/bench/big/tree/main"
        for name, path in (("root", base), ("a folder of 1,000", f"{base}/part-0000"), ("recursive, first page", f"{base}?recursive=true")):
            p90 = self.percentile(lambda path=path: self.gallery.must("GET", path, connection=link), 100)
            self.report.add(f"tree of {count} files, {name}, p90 ms", f"{p90:.1f}", "< 25", p90 < 25)
        number = iter(range(10**9))

        def one():
            index = next(number)
            self.gallery.commit("big", [self.gallery.regular(f"part-0001/new-{index}.txt", b"%d" % index)], connection=link)

        self.report.add(f"one-file commit to {count} files, p90 ms", f"{self.percentile(one, 50):.1f}")

    def search(self):
        """Lists and searches among many assets: the page as people get it, the API, and the hub API; on PostgreSQL too where
        GALLERY_TEST_POSTGRES names one."""
        galleries = {"SQLite": self.gallery}
        self.gallery.stop()
        assets.fill(self.gallery.data / "gallery.sqlite", self.options.assets)
        self.index("SQLite", self.gallery)
        if url := os.environ.get("GALLERY_TEST_POSTGRES"):
            (self.folder / "postgres").mkdir()
            other = Gallery(self.options.binary, self.folder / "postgres", {"GALLERY_DATABASE_URL": url})
            other.start()
            other.sign_up()
            other.stop()
            assets.fill_postgres(url, self.options.assets)
            self.index("PostgreSQL", other)
            subprocess.run(["psql", "-qX", url, "-c", "VACUUM ANALYZE"], check=True)
            galleries["PostgreSQL"] = other
        print("measuring", flush=True)
        for database, gallery in galleries.items():
            gallery.start()
            self.ask(database, gallery)
            if gallery is not self.gallery:
                gallery.stop()

    def settle(self):
        """Books of their own, so that nothing else is in them; on PostgreSQL too where GALLERY_TEST_POSTGRES names one."""
        self.settling("settle", settle.SQLite)
        if url := os.environ.get("GALLERY_TEST_POSTGRES"):
            name = "settle_" + os.urandom(4).hex()
            subprocess.run(["psql", "-qX", url, "-c", f"CREATE DATABASE {name}"], check=True)
            self.settling("settle-postgres", settle.PostgreSQL, url.rpartition("/")[0] + "/" + name)

    def finetune(self):
        self.training(runs.finetune)

    def runs(self):
        self.training(runs.overhead)

    def gateway(self):
        self.training(gateway.gateway)

    def training(self, measure):
        python = runs.python(self.options)
        if not python:
            self.report.add(measure.__name__, "not measured: scripts/setup-workers has not been run")
            return
        if not self.trainer:
            folder = self.folder / "runs"
            folder.mkdir()
            cores = min(2, os.cpu_count() or 1)
            self.trainer = runs.Runs(self.gallery, folder, python, cores)
        measure(self.trainer, self.options.rounds, self.report)

    def settling(self, name, database, url=""):
        folder = self.folder / name
        folder.mkdir()
        gallery = Gallery(self.options.binary, folder, {"GALLERY_DATABASE_URL": url} if url else None)
        gallery.start()
        gallery.stop()
        settle.measure(gallery, database(url or gallery.data / "gallery.sqlite"), self.options.intervals, self.report)

    def index(self, database, gallery):
        begun = time.monotonic()
        gallery.admin("reindex")
        self.report.add(f"index of {self.options.assets} assets on {database}, s", f"{time.monotonic() - begun:.0f}")

    def ask(self, database, gallery):
        link = http.client.HTTPConnection("127.0.0.1", gallery.port, timeout=600)
        asked = [("page", "/search?", assets.QUESTIONS), ("API", "/api/v1/assets?", assets.QUESTIONS),
                 ("hub API", "/api/models?limit=30&", assets.HUB_QUESTIONS)]
        for name, base, questions in asked:
            times = []
            for question in questions:
                own = []
                for _ in range(21):
                    begun = time.monotonic()
                    link.request("GET", urllib.parse.quote(base + question, safe="/?&=+"))
                    answer = link.getresponse()
                    answer.read()
                    if answer.status != 200:
                        raise SystemExit(f"{base}{question}: {answer.status}")
                    own.append(time.monotonic() - begun)
                times += own
                if self.options.verbose:
                    print(f"  {database} {name} {question}: median {statistics.median(own) * 1000:.1f}, worst {max(own) * 1000:.1f} ms")
            p95 = statistics.quantiles(times, n=20)[18] * 1000
            self.report.add(f"search of {self.options.assets} assets, {database}, {name}, p95 ms", f"{p95:.1f}", "< 50", p95 < 50)

    @staticmethod
    def percentile(action, times):
        seconds = []
        for _ in range(times):
            begun = time.monotonic()
            action()
            seconds.append(time.monotonic() - begun)
        return statistics.quantiles(seconds, n=10)[8] * 1000

    def small(self):
        count = self.options.small
        tree = self.folder / "small"
        tree.mkdir()
        contents = {f"d{index // 500:03d}/f{index:05d}.txt": os.urandom(12).hex().encode() * 20 for index in range(count)}
        for path, data in contents.items():
            (tree / path).parent.mkdir(exist_ok=True)
            (tree / path).write_bytes(data)
        subprocess.run(["git", "init", "-q", tree], check=True)
        name = ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "core.fsync=all"]
        adding = timed("git", *name, "add", "-A", cwd=tree)[0]
        adding += timed("git", *name, "commit", "-qm", "all", cwd=tree)[0]
        self.gallery.create("small")
        begun = time.monotonic()
        paths = list(contents)
        for start in range(0, count, 250):
            files = [{"path": path, "sample": "", "size": len(contents[path])} for path in paths[start:start + 250]]
            self.gallery.must("POST", "/api/models/bench/small/preupload/main", {"files": files})
        self.gallery.commit("small", [self.gallery.regular(path, data) for path, data in contents.items()])
        seconds = time.monotonic() - begun
        self.report.add(f"{count} small files, of git add and commit", f"{adding / seconds:.2f} x ({seconds:.1f} s to {adding:.1f} s)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--binary", type=pathlib.Path, default=root / ".build/release/gallery")
    parser.add_argument("--only", default=",".join(PARTS), help="some of: " + ", ".join(PARTS))
    parser.add_argument("--size-mib", type=int, default=2048, help="size of the large file")
    parser.add_argument("--files", type=int, default=100_000, help="files of the large repository")
    parser.add_argument("--assets", type=int, default=100_000, help="assets to search among")
    parser.add_argument("--intervals", type=int, default=1_000_000, help="intervals of use to settle")
    parser.add_argument("--small", type=int, default=20_000, help="small files in one commit")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of each measurement of a rate")
    parser.add_argument("--python", help="a Python with huggingface_hub and hf_xet, for the Xet upload")
    parser.add_argument("--workers", type=pathlib.Path, default=root / ".venv-workers", help="the environment of the workers")
    parser.add_argument("--folder", help="where to put data; needs about six times the large file")
    parser.add_argument("--verbose", action="store_true", help="tell each question of the search")
    parser.add_argument("--json", type=pathlib.Path, help="also write the results here")
    options = parser.parse_args()
    parts = [part for part in PARTS if part in options.only.split(",")]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gallery-bench-", dir=options.folder))
    bench = Bench(options, folder)
    try:
        bench.run(parts)
    finally:
        if bench.gallery.process and bench.gallery.process.poll() is None:
            bench.gallery.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{os.cpu_count()} processors shared with the load, {platform.platform()}\n\n{bench.report.table()}")
    if options.json:
        options.json.write_text(json.dumps(bench.report.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
