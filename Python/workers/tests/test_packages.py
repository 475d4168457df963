"""The way to the package index, as pip walks it: a proxy on a socket that knows few hosts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from gallery_workers.packages import Passage

Talk = Callable[[bytes], Coroutine[Any, Any, bytes]]


async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An index that answers with what it was asked, or a proxy that passes nothing on but says so."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"CONNECT"):
        writer.write(b"HTTP/1.1 200 Fine\r\n\r\n")
        head += await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n" + head)
    writer.close()


def through(path: Path, story: Callable[[Talk, int], Coroutine[Any, Any, None]], proxied: bool = False) -> None:
    async def tell() -> None:
        async with await asyncio.start_server(upstream, "127.0.0.1", 0) as index:
            port = index.sockets[0].getsockname()[1]
            hosts = frozenset({("index.example", 443)} if proxied else {("127.0.0.1", port)})
            passage = Passage(hosts, f"http://me:my%20word@127.0.0.1:{port}" if proxied else "")
            async with await asyncio.start_unix_server(passage.serve, path / "socket"):
                async def talk(data: bytes) -> bytes:
                    reader, writer = await asyncio.open_unix_connection(path / "socket")
                    writer.write(data)
                    answer = await asyncio.wait_for(reader.read(), 20)
                    writer.close()
                    return answer
                await story(talk, port)
    asyncio.run(tell())


def test_the_index_is_reached(tmp_path: Path) -> None:
    async def story(talk: Talk, port: int) -> None:
        plain = await talk(
            f"GET http://127.0.0.1:{port}/simple/x/?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nProxy-Connection: keep-alive\r\n\r\n".encode())
        assert plain.startswith(b"HTTP/1.1 200 OK")
        assert b"GET /simple/x/?a=b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" in plain
        tunnel = await talk(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n".encode())
        assert tunnel.startswith(b"HTTP/1.1 200 Connected\r\n\r\nHTTP/1.1 200 OK")
    through(tmp_path, story)


def test_nothing_else_is_reached(tmp_path: Path) -> None:
    async def story(talk: Talk, port: int) -> None:
        for request in (
            "CONNECT 127.0.0.1:22 HTTP/1.1", f"CONNECT localhost:{port} HTTP/1.1", "GET http://127.0.0.1/ HTTP/1.1", f"GET http://10.0.0.1:{port}/ HTTP/1.1",
            f"GET http://127.0.0.1:{port}@10.0.0.1/ HTTP/1.1", f"GET ftp://127.0.0.1:{port}/ HTTP/1.1", "GET / HTTP/1.1",
        ):
            assert (await talk(f"{request}\r\n\r\n".encode())).startswith(b"HTTP/1.1 403"), request
        for request in ("nonsense", "CONNECT 127.0.0.1:much HTTP/1.1", "GET http://127.0.0.1:99999999/ HTTP/1.1"):
            assert (await talk(f"{request}\r\n\r\n".encode())).startswith(b"HTTP/1.1 502"), request
    through(tmp_path, story)


def test_an_operators_proxy_is_used(tmp_path: Path) -> None:
    async def story(talk: Talk, port: int) -> None:
        answer = await talk(b"CONNECT index.example:443 HTTP/1.1\r\n\r\nhello\r\n\r\n")
        assert b"CONNECT index.example:443 HTTP/1.1\r\nHost: index.example:443\r\nProxy-Authorization: Basic bWU6bXkgd29yZA==" in answer
        assert answer.endswith(b"hello\r\n\r\n")
        assert (await talk(b"CONNECT other.example:443 HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 403")
    through(tmp_path, story, proxied=True)
