"""The gate before Django: what stands still, drips, is too large or breaks off never reaches a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from ntbportal import gate as server


class Django:
    """Stands for the application: says what came."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.calls.append(environ)
        start_response("200 OK", [("X-Length", str(len(environ["wsgi.input"].read())))])
        return [b"halo ", b"dunia"]


def ask(django: Django, pieces: list[Any], **scope: Any) -> tuple[int, bytes]:
    """Send pieces of a body (bytes; a number waits so many seconds; None breaks off); returns status and answer."""
    sent: list[dict[str, Any]] = []
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        while left:
            piece = left.pop(0)
            if isinstance(piece, float):
                await asyncio.sleep(piece)
            elif piece is None:
                return {"type": "http.disconnect"}
            else:
                return {"type": "http.request", "body": piece, "more_body": bool(left)}
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    usual = {
        "type": "http", "method": "POST", "path": "/x/", "raw_path": b"/x/", "query_string": b"a=1",
        "headers": [(b"host", b"localhost"), (b"content-length", b"9"), (b"cookie", b"a=1"), (b"cookie", b"b=2")],
    }  # fmt: skip
    asyncio.run(server.Gate(django, threads=1)({**usual, **scope}, receive, send))
    status = sent[0]["status"] if sent else 0
    return status, b"".join(message.get("body", b"") for message in sent)


def test_a_whole_body_reaches_django() -> None:
    django = Django()
    assert ask(django, [b"abc", b"defghi"]) == (200, b"halo dunia")
    [environ] = django.calls
    assert (environ["PATH_INFO"], environ["QUERY_STRING"], environ["HTTP_COOKIE"]) == ("/x/", "a=1", "a=1; b=2")


@pytest.mark.parametrize(
    ("pieces", "status"),
    [([b"abc", 0.3, b"def"], 408), ([b"a", 0.02] * 40 + [b"a"], 408), ([b"x" * 60, b"y" * 60], 413), ([b"abc", None], 0)],
)
def test_what_does_not_come_never_takes_a_thread(pieces: list[Any], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(server, "GRACE_SECONDS", 0.3)
    monkeypatch.setattr(server, "SLOWEST", 1000)
    monkeypatch.setattr(server, "MOST_BYTES", 100)
    django = Django()
    assert ask(django, pieces)[0] == status
    assert django.calls == []


def test_no_more_bodies_at_once_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_BODIES", 0)
    assert ask(Django(), [b"abc"])[0] == 503


def test_signs_of_an_address_come_as_they_were_sent() -> None:
    django = Django()
    ask(django, [], headers=[], method="GET", raw_path=b"/caf%C3%A9/%FF", path="/caf\u00e9/")
    assert django.calls[0]["PATH_INFO"].encode("latin-1") == b"/caf\xc3\xa9/\xff"
