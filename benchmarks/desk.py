"""What 300 open desks cost: their question "has it changed?" against the desk page itself and the health page.

    ./portal up --detach && ./portal bench desk

Sends requests to the running portal on this machine only, 8 at a time, for a few seconds each.
"""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from ntbportal.launcher.house import HOUSE
from ntbportal.launcher.running import running_port

SECONDS, CONNECTIONS = 4.0, 8


class Visitor:
    """A small HTTP client that keeps its connection and cookies."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": BASE}
        self.connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, answer.read().decode(errors="replace")


def rate(path: str, cookies: dict[str, str], port: int) -> float:
    done, until = [0] * CONNECTIONS, time.perf_counter() + SECONDS

    def work(number: int) -> None:
        visitor = Visitor(port)
        visitor.cookies = dict(cookies)
        while time.perf_counter() < until:
            status, _text = visitor.ask(path)
            if status >= 400:
                raise SystemExit(f"{path}: {status}")
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def main() -> None:
    global BASE
    port = running_port()
    password = HOUSE.var / "secrets" / "demo_password"
    if port is None or not password.exists():
        sys.exit("start the portal with demo data first: ./portal up --detach")
    BASE = f"http://localhost:{port}"
    visitor = Visitor(port)
    _status, page = visitor.ask("/accounts/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    visitor.ask(
        "/accounts/login/", {"csrfmiddlewaretoken": token[1], "login": "petugas.pupr@demo.ntb.test", "password": password.read_text()}
    )
    _status, page = visitor.ask("/care/desk/")
    poll = re.search(r'hx-get="([^"]*/care/desk/changes/[^"]*)"', page)
    assert poll, "not signed in"
    figures = {
        "desk asks whether it changed": rate(unescape(poll[1]), visitor.cookies, port),
        "desk page": rate("/care/desk/", visitor.cookies, port),
        "health page (one query)": rate("/healthz/ready", {}, port),
    }
    for name, value in figures.items():
        print(f"{name:32} {value:8,.0f} requests/s")
    asks, page_rate = figures["desk asks whether it changed"], figures["desk page"]
    print(f"ratio {asks / page_rate:.0f}; 300 desks asking once a second take {300 / asks:.0%} of what this machine can answer")


BASE = ""

if __name__ == "__main__":
    main()
