"""Carries connections from the run's door, a unix socket, to the port on which the program listens."""

from __future__ import annotations

import asyncio
import os
import threading

PIECE = 64 << 10
MOST_AT_ONCE = 256


class Bridge:
    """Listens on `door` from `open` until `close`; safe to call from any thread."""

    def __init__(self, door: str, port: int) -> None:
        self._door = door
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._places = 0

    def open(self) -> None:
        if os.path.exists(self._door):
            os.unlink(self._door)
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True, name="bridge").start()
        ready.wait(10)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_unix_server(self._carry, self._door, limit=PIECE, backlog=128))
        ready.set()
        self._loop.run_forever()
        server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._places >= MOST_AT_ONCE:
            writer.close()
            return
        self._places += 1
        try:
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._port, limit=PIECE)
        except OSError:
            writer.close()
            self._places -= 1
            return
        try:
            # Whoever has said all may still listen; once either side is broken, both are.
            await asyncio.gather(_pump(reader, to_writer), _pump(to_reader, writer))
        except OSError:
            pass
        finally:
            to_writer.close()
            writer.close()
            self._places -= 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(PIECE):
        writer.write(piece)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
