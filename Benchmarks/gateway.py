"""The gateway beside the engine behind it: tokens a second, time to the first one, and how soon a service is there again."""

import asyncio
import itertools
import json
import os
import pathlib
import statistics
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEIGHTS = ROOT / ".samples/gallery/models/samples/SmolLM2-135M-Instruct-GGUF/SmolLM2-135M-Instruct.Q4_1.gguf"
TOKENS = 64
STREAMS = (1, 16, 64)
PAIRS = 200
# A question is asked once, so that neither side finds the other's in the engine's cache.
NUMBERS = itertools.count(1000)


class Served:
    """A real model behind the gateway, on as many cores as leave one to the gallery."""

    def __init__(self, runs):
        self.gallery = runs.gallery
        runs.put("models", "served", {WEIGHTS.name: WEIGHTS})
        self.offer(max(1, (os.cpu_count() or 2) - 1))
        body = {"name": "served", "model": "bench/served", "flavor": "one-free", "tariff": "free", "region": "local"}
        self.service = self.gallery.must("POST", "/api/v1/services", body)["id"]
        self.wait()

    def offer(self, cores):
        """A flavor of so many cores."""
        mine = self.gallery.token
        self.gallery.admin("create-user", "operator", "--role", "admin", "--email", "operator@example.org", "--password-stdin",
                           text="correct horse battery staple\n")
        self.gallery.token = self.gallery.admin("create-token", "operator", "--scope", "admin")
        name = {"en": "One free", "zh": "One free"}
        self.gallery.must("PUT", "/api/v1/console/flavors/one-free",
                          {"name": name, "cores": cores, "memoryGiB": 4, "services": ["inference"]})
        self.gallery.must("PUT", "/api/v1/console/flavors/one-free/offers/local/free", {"isOpen": True})
        self.gallery.token = mine

    def show(self):
        return self.gallery.must("GET", f"/api/v1/services/{self.service}")

    def wait(self):
        begun = time.monotonic()
        while not (found := self.show())["ready"]:
            if found["state"] == "failed":
                raise SystemExit(f"the service failed: {found}")
            time.sleep(0.02)
        return time.monotonic() - begun

    def stop(self):
        self.gallery.must("POST", f"/api/v1/services/{self.service}/stop", {})
        while self.show()["state"] != "stopped":
            time.sleep(0.05)

    def start(self):
        """Seconds from the order until it answers, with its files in the caches of the machine."""
        begun = time.monotonic()
        self.gallery.must("POST", f"/api/v1/services/{self.service}/start", {})
        self.wait()
        return time.monotonic() - begun

    @property
    def door(self):
        """The engine's own socket."""
        run = self.show()["runs"][-1]
        return self.gallery.data / "runs" / run["run"] / str(run["attempt"]) / "door.sock"

    def through(self):
        return lambda: asyncio.open_connection("127.0.0.1", self.gallery.port), f"/gateway/{self.service}/v1/chat/completions", {
            "Authorization": f"Bearer {self.gallery.token}"}

    def bare(self):
        door = str(self.door)
        return lambda: asyncio.open_unix_connection(door), "/v1/chat/completions", {}


class Line:
    """A connection to one side, held as OpenAI's client does: kept for the next question where the other side keeps it."""

    def __init__(self, side):
        self.connect, self.path, self.headers = side
        self.reader = self.writer = None

    async def ask(self, number, tokens=TOKENS):
        """Seconds to the first word, and how many came."""
        body = json.dumps({
            "model": "m", "stream": True, "max_tokens": tokens, "temperature": 0, "ignore_eos": True,
            "messages": [{"role": "user", "content": f"Tell me a long story about the number {number}."}]}).encode()
        lines = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": str(len(body))} | self.headers
        head = f"POST {self.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
        begun = time.monotonic()
        if not self.reader or self.reader.at_eof():
            self.reader, self.writer = await self.connect()
        self.writer.write(head.encode() + body)
        first, words = None, 0
        status = await self.reader.readline()
        if b" 200 " not in status:
            raise SystemExit(f"{self.path}: {status} {await self.reader.read()}")
        # The last chunk is empty.
        while (line := await self.reader.readline()) not in (b"0\r\n", b""):
            if line.startswith(b"data: {") and b'"content":"' in line.replace(b'": "', b'":"'):
                first = first or time.monotonic() - begun
                words += 1
        await self.reader.readline()
        return first, words


async def load(side, streams):
    begun = time.monotonic()
    told = await asyncio.gather(*(Line(side).ask(next(NUMBERS)) for _ in range(streams)))
    return sum(words for _, words in told) / (time.monotonic() - begun), statistics.median(first for first, _ in told)


async def first_tokens(ours, theirs, pairs):
    """Milliseconds to the first token on both sides, asked in turns. The question is known to the engine from the first
    pair on, so that how long it thinks varies little."""
    lines, took = [Line(ours), Line(theirs)], ([], [])
    for pair in range(pairs + 5):
        for side in (0, 1) if pair % 2 else (1, 0):
            first, _ = await lines[side].ask(0, tokens=3)
            if pair >= 5:
                took[side].append(first * 1000)
            # What hangs up does it now.
            await asyncio.sleep(0.01)
    return took


def gateway(runs, rounds, report):
    if not WEIGHTS.exists():
        return report.add("gateway", "not measured: scripts/samples has not been run")
    served = Served(runs)
    # The first request through the gateway finds the door.
    asyncio.run(load(served.through(), 1))
    for streams in STREAMS:
        ours, theirs = [], []
        for _ in range(rounds):
            theirs.append(asyncio.run(load(served.bare(), streams)))
            ours.append(asyncio.run(load(served.through(), streams)))
        speed = [statistics.median(rate for rate, _ in side) for side in (ours, theirs)]
        ratio = speed[0] / speed[1]
        report.add(f"tokens through the gateway, {streams} at once, of the bare engine",
                   f"{ratio:.3f} x ({speed[0]:.0f} to {speed[1]:.0f} a second)", ">= 0.98", ratio >= 0.98)
        if streams > 1:
            first = [statistics.median(first for _, first in side) for side in (ours, theirs)]
            report.add(f"first token, {streams} at once, s", f"{first[0]:.2f} (engine {first[1]:.2f})")
    ours, theirs = asyncio.run(first_tokens(served.through(), served.bare(), PAIRS))
    # The gateway adds the same however long the engine takes, so the difference of the least is what it adds.
    added, median = min(ours) - min(theirs), statistics.median(ours) - statistics.median(theirs)
    report.add("first token through the gateway, ms more",
               f"{added:.2f} ({min(ours):.1f} to {min(theirs):.1f}; of the medians {median:.2f})", "<= 1", added <= 1)
    seconds = []
    for _ in range(rounds):
        served.stop()
        seconds.append(served.start())
    report.add("start of a warm service, s", f"{statistics.median(seconds):.2f}")
    served.stop()
