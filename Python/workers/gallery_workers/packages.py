"""The way to the package index, and to nowhere else: `python -m gallery_workers.packages SOCKET`.

What installs packages has a network of its own in which only this answers, as an HTTP proxy. It passes connections to the hosts in
`GALLERY_PACKAGES_HOSTS` (`host:port`, parted by blanks), by the proxy in `GALLERY_PACKAGES_PROXY` where one is named.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import sys
from urllib.parse import unquote, urlsplit

LONGEST_HEAD = 64 << 10
SECONDS = 30.0
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Refused(Exception):
    """Somebody wants what is not passed on."""


class Passage:
    def __init__(self, hosts: frozenset[tuple[str, int]], proxy: str) -> None:
        self._hosts = hosts
        self._proxy = urlsplit(proxy) if proxy else None

    @classmethod
    def from_environment(cls) -> Passage:
        words = os.environ.get("GALLERY_PACKAGES_HOSTS", "").split()
        pairs = (word.rpartition(":") for word in words)
        return cls(frozenset((host.lower().strip("[]"), int(port)) for host, _, port in pairs), os.environ.get("GALLERY_PACKAGES_PROXY", ""))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        try:
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                back, there = await self._answered(head, writer)
            await asyncio.gather(_pass(reader, there), _pass(back, writer))
        except Refused as refused:
            writer.write(f"HTTP/1.1 403 {refused}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.write(b"HTTP/1.1 502 The package index is not reached\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        finally:
            for each in (there, writer):
                if each is not None:
                    with contextlib.suppress(OSError):
                        each.close()

    async def _answered(self, head: bytes, writer: asyncio.StreamWriter) -> Streams:
        line, *fields = head.decode("latin-1").split("\r\n")
        method, target, version = line.split(" ")
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            streams = await self._tunnel(self._allowed(host, int(port)))
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            return streams
        url = urlsplit(target)
        if url.scheme != "http" or url.hostname is None:
            raise Refused("Only HTTP is passed on")
        place = self._allowed(url.hostname, url.port or 80)
        # One request each: the next may be for another host.
        kept = [each for each in fields if each and not each.lower().startswith(("proxy-", "connection:"))]
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        streams = await self._tunnel(place)
        streams[1].write("\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""]).encode("latin-1"))
        return streams

    def _allowed(self, host: str, port: int) -> tuple[str, int]:
        place = (host.lower().strip("[]"), port)
        if place not in self._hosts:
            raise Refused("This host is not of the package index")
        return place

    async def _tunnel(self, place: tuple[str, int]) -> Streams:
        if self._proxy is None or self._proxy.hostname is None:
            return await asyncio.open_connection(*place)
        reader, writer = await asyncio.open_connection(self._proxy.hostname, self._proxy.port or 3128, limit=LONGEST_HEAD)
        to = f"{place[0]}:{place[1]}"
        words = [f"CONNECT {to} HTTP/1.1", f"Host: {to}"]
        if self._proxy.username:
            secret = f"{unquote(self._proxy.username)}:{unquote(self._proxy.password or '')}"
            words.append(f"Proxy-Authorization: Basic {base64.b64encode(secret.encode()).decode()}")
        writer.write("\r\n".join([*words, "", ""]).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        if answer.split(b" ", 2)[1:2] != [b"200"]:
            writer.close()
            raise OSError("the proxy refuses")
        return reader, writer


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(64 << 10):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()


async def main(path: str) -> None:
    passage = Passage.from_environment()
    server = await asyncio.start_unix_server(passage.serve, path, limit=LONGEST_HEAD)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
