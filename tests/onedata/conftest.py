"""A foreign server that the catalogue reads from."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


class Site:
    """A small server: `pages` maps paths to (content type, body), `packages` is what its CKAN holds."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self.packages: list[dict[str, Any]] = []
        self.status = 200
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                kind, body = site.answer(address.path, parse_qs(address.query))
                self.send_response(site.status if body else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, asked: dict[str, list[str]]) -> tuple[str, str]:
        if path == "/api/3/action/package_search":
            start, rows = int(asked["start"][0]), 2  # a server that gives fewer than asked
            found = {"success": True, "result": {"count": len(self.packages), "results": self.packages[start : start + rows]}}
            return "application/json", json.dumps(found)
        return self.pages.get(path + (f"?page={asked['page'][0]}" if "page" in asked else ""), ("text/plain", ""))


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    settings.FETCH_PRIVATE_ADDRESSES = True
    found = Site()
    yield found
    found.server.shutdown()
