"""The gate before Django: no slow line takes a thread.

A WSGI server gives a request its thread before the body has come, so that eight people who send three
bytes and fall silent hold eight threads, and nobody gets a page. Here bodies are read without a thread,
into memory and then a file, and given up when they stand still or drip; only a request that has come
whole gets one of THREADS. Answers leave the same way: a reader who takes them slowly holds no thread.

Django itself runs as under WSGI: its threads live on, and with them their connections to the database.
"""

from __future__ import annotations

import asyncio
import io
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import unquote_to_bytes

THREADS = int(os.environ.get("BLOCKING_THREADS", "4"))
IDLE_SECONDS = 20.0  # a body may stand still so long
GRACE_SECONDS = 30.0  # after that it comes at least at SLOWEST bytes a second: 2G brings a thousand
SLOWEST = 300
MOST_BODIES = 500  # that are under way at once, for each process
MOST_BYTES = 1_100_000_000
IN_MEMORY = 1_000_000
SEND_SECONDS = 60.0  # in which a reader must take one piece of an answer
PIECE = 64 * 1024

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class GivenUp(Exception):
    """A request that did not come whole: `status` is the answer, 0 where nobody is there to read it."""

    def __init__(self, status: int = 0) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Answer:
    """What Django said; `body` is spooled or a file, `close` ends it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]
    close: Callable[[], None]


class Gate:
    """The ASGI application: one for each process."""

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int = THREADS) -> None:
        self.application = application
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self.bodies = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await self._read(scope, receive)
        except GivenUp as given_up:
            if given_up.status:
                await _say(send, given_up.status)
            return
        with body:
            environ = environ_of(scope, body)
            loop = asyncio.get_running_loop()
            answer = await loop.run_in_executor(self.pool, self._answer, environ)
            try:
                await self._send(answer, send, head=scope["method"] == "HEAD")
            finally:
                await loop.run_in_executor(self.pool, answer.close)

    async def _read(self, scope: dict[str, Any], receive: Receive) -> IO[bytes]:
        """The whole body. Raises GivenUp where it stands still, drips, is too large, or too many come."""
        names = {name.lower() for name, _value in scope["headers"]}
        if not names & {b"content-length", b"transfer-encoding"}:
            return io.BytesIO()
        if self.bodies >= MOST_BODIES:
            raise GivenUp(503)
        self.bodies += 1
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by who gets it
        try:
            await _fill(spool, receive)
        except BaseException:
            spool.close()
            raise
        finally:
            self.bodies -= 1
        spool.seek(0)
        return spool

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """Run Django, in a thread of the pool; what it streams from the database is spooled here."""
        said: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            said["status"] = int(status.split(" ", 1)[0])
            said["headers"] = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

        result = self.application(environ, start_response)
        file = getattr(result, "filelike", None)  # a file of ours: read piece by piece as it is taken
        close = getattr(result, "close", lambda: None)
        if file is not None:
            return Answer(said["status"], said["headers"], file, close)
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the answer
        try:
            for piece in result:
                spool.write(piece)
        except BaseException:
            spool.close()
            raise
        finally:
            close()
        spool.seek(0)
        return Answer(said["status"], said["headers"], spool, spool.close)

    async def _send(self, answer: Answer, send: Send, *, head: bool) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        loop = asyncio.get_running_loop()
        more = not head
        while more:
            if isinstance(answer.body, tempfile.SpooledTemporaryFile) and not answer.body._rolled:  # type: ignore[attr-defined]
                piece = answer.body.read(IN_MEMORY)
            else:
                piece = await loop.run_in_executor(None, answer.body.read, PIECE)
            if not piece:
                break
            async with asyncio.timeout(SEND_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _fill(spool: IO[bytes], receive: Receive) -> None:
    began, size = time.monotonic(), 0
    while True:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                message = await receive()
        except TimeoutError:
            raise GivenUp(408) from None
        if message["type"] == "http.disconnect":
            raise GivenUp
        piece = message.get("body", b"")
        size += len(piece)
        spool.write(piece)
        if size > MOST_BYTES:
            raise GivenUp(413)
        if not message.get("more_body"):
            return
        took = time.monotonic() - began
        if took > GRACE_SECONDS and size < took * SLOWEST:
            raise GivenUp(408)


async def _say(send: Send, status: int) -> None:
    """A short answer that Django has no part in."""
    texts = {408: b"The request did not come in time.\n", 413: b"Too large.\n", 503: b"Busy. Try again soon.\n"}
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), (b"retry-after", b"10")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": texts.get(status, b""), "more_body": False})


def environ_of(scope: dict[str, Any], body: IO[bytes]) -> dict[str, Any]:
    """The request as PEP 3333 has it."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path = unquote_to_bytes(raw.partition(b"?")[0]).decode("latin-1")
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileOfOurs,
    }
    for name, value in scope["headers"]:
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        text = value.decode("latin-1")
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" in environ:
        environ["CONTENT_LENGTH"] = str(body.seek(0, io.SEEK_END))
        body.seek(0)
    return environ


class FileOfOurs:
    """What Django wraps files in that it answers with (PEP 3333, wsgi.file_wrapper)."""

    def __init__(self, filelike: IO[bytes], block_size: int = PIECE) -> None:
        self.filelike, self.block_size = filelike, block_size

    def __iter__(self) -> FileOfOurs:
        return self

    def __next__(self) -> bytes:
        piece = self.filelike.read(self.block_size)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        if hasattr(self.filelike, "close"):
            self.filelike.close()
