"""Peers that misbehave on purpose: a proxy before a real server, and a server that plays a script.

Both run in a thread with a loop of its own, listen on a free port of the loopback, and keep what the
client has sent.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from tests.integration.mail_servers import Authority

Script = Callable[[bytes], bytes | None]
"""What a scripted server answers to one line of the client; None cuts the connection."""

THINKING = b"..."
"""As an answer: the server never gives one, but murmurs."""


class _Listener:
    """A listening socket and the loop behind it."""

    def __init__(self, authority: Authority | None) -> None:
        self._tls: ssl.SSLContext | None = None
        if authority is not None:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.server.configure_cert(self._tls)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0
        self.sent = bytearray()  # by all clients
        self.connections = 0
        self._writers: list[asyncio.StreamWriter] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    @property
    def lines(self) -> list[bytes]:
        """What clients have sent, line by line."""
        return bytes(self.sent).split(b"\r\n")[:-1]

    def commands(self) -> list[str]:
        """The IMAP commands that clients have sent, without their tags and arguments."""
        words = [line.decode("latin-1").split() for line in self.lines]
        return [
            " ".join(line[1:3]) if line[1:2] == ["UID"] else line[:2][-1] for line in words if line
        ]

    def hang_up(self) -> None:
        """End every connection that there is, as a server does that restarts."""

        async def end() -> None:
            for writer in self._writers:
                writer.transport.abort()

        self._run(end())

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(
            self._serve_safely, "127.0.0.1", 0, ssl=self._tls, limit=2**20
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # the transports close in the loop's next turns

    async def _serve_safely(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        raise NotImplementedError


class Proxy(_Listener):
    """Between a client and a real server: counts, changes, holds back and cuts what the server says.

    With an authority it speaks TLS to both sides and sees what is said; without, it passes bytes on.
    """

    def __init__(self, server_port: int, authority: Authority | None, trusted: Path | None) -> None:
        super().__init__(authority)
        self._server_port = server_port
        self._upstream = ssl.create_default_context(cafile=trusted) if authority else None
        self.change: Callable[[bytes], bytes] = lambda data: data
        self.budget: int | None = None  # bytes of the server that pass, on each connection
        self.then: Literal["stall", "cut"] = "stall"
        self.passed = 0  # bytes of the server, on all connections

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        below, above = await asyncio.open_connection(
            "127.0.0.1",
            self._server_port,
            ssl=self._upstream,
            server_hostname="localhost" if self._upstream else None,
        )
        up = asyncio.create_task(self._up(reader, above))
        try:
            await self._down(below, writer)
        finally:
            up.cancel()
            above.transport.abort()

    async def _up(self, reader: asyncio.StreamReader, above: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(2**16):
                self.sent += data
                above.write(data)
                await above.drain()
            above.transport.abort()

    async def _down(self, below: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        given = 0
        while data := self.change(await below.read(2**16)):
            if self.budget is not None and given + len(data) > self.budget:
                writer.write(data[: max(0, self.budget - given)])
                await writer.drain()
                if self.then == "stall":
                    await asyncio.sleep(3600)
                writer.close()
                return
            given += len(data)
            self.passed += len(data)
            writer.write(data)
            await writer.drain()


class Peer(_Listener):
    """A server that plays a script, one for each connection; with an authority over TLS."""

    def __init__(
        self, authority: Authority | None, greeting: bytes, script: Callable[[], Script]
    ) -> None:
        super().__init__(authority)
        self._greeting = greeting
        self._script = script
        self.murmur = b""  # said again and again while an answer is being thought about

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = self._script()
        writer.write(self._greeting)
        while line := await reader.readline():
            self.sent += line
            said = answer(line.rstrip(b"\r\n"))
            while said == THINKING:
                writer.write(self.murmur)
                await writer.drain()
                await asyncio.sleep(0.1)
            if said is None:
                return
            writer.write(said)
            await writer.drain()
