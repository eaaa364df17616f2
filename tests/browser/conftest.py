"""A whole portal of its own, started by the launcher as a newcomer would, with demo data, and a real Chromium.

The xdist workers share it: the first to need it starts it, the last to finish stops it.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
CHROMIUM = os.environ.get("PORTAL_CHROMIUM", "")
# what the test run set for itself and the portal must choose anew
OURS = (
    "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEYS", "ALLOWED_HOSTS", "BASE_URL", "HTTPS", "VAR_DIR", "STATIC_ROOT",
    "EMAIL_URL", "PORT", "PORTAL_DEMO", "PORTAL_DEMO_PASSWORD", "PORTAL_HOUSE",
)  # fmt: skip


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


class Portal:
    def __init__(self, var: Path) -> None:
        self.var = var
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {key: value for key, value in os.environ.items() if key not in OURS}
        self.environment["PORTAL_VAR"] = str(var)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ntbportal.launcher", *arguments],
            cwd=settings.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    @property
    def password(self) -> str:
        return (self.var / "secrets" / "demo_password").read_text()


SHARED = settings.ROOT / "var" / "test" / "browser"


@contextmanager
def alone() -> Iterator[Path]:
    """Hold the lock of the shared portal; gives the file in which the workers using it are counted."""
    SHARED.parent.mkdir(parents=True, exist_ok=True)
    with (SHARED.parent / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield SHARED.parent / f"browser.{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine, and CI=true")
        pytest.skip("no Chromium on this machine")
    running = Portal(SHARED)
    with alone() as counted:
        users, port = map(int, counted.read_text().split()) if counted.exists() else (0, running.port)
        running.port = port
        if not users:
            shutil.rmtree(SHARED, ignore_errors=True)
            done = running.run("up", "--detach", "--port", str(running.port))
            assert done.returncode == 0, done.stdout + done.stderr
        counted.write_text(f"{users + 1} {running.port}")
    yield running
    with alone() as counted:
        users, _port = map(int, counted.read_text().split())
        counted.write_text(f"{users - 1} {running.port}")
        if users == 1:
            counted.unlink()
            running.run("down")


@pytest.fixture(scope="session")
def browser(portal: Portal) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        )  # fmt: skip
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: visit("/care/desk/", who="petugas.pupr", phone=True). Script errors fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(path: str, *, who: str = "", phone: bool = False, **options: Any) -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, base_url=portal.address, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: problems.append(f"{page.url}: {message.text}") if is_problem(message) else None)
        if who:
            page.goto("/accounts/login/")
            page.fill("[name=login]", f"{who}@demo.ntb.test")
            page.fill("[name=password]", portal.password)
            page.click("main form button:has-text('Masuk') >> nth=0")
            page.wait_for_url("**/me/")
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def is_problem(message: Any) -> bool:
    # a form sent back with its errors (422), a desk that has not changed, a line that a test broke are no fault of the page
    return message.type == "error" and not re.search(
        r"status of (422|403|404|410|413)|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED)|htmx:(afterRequest|sendError)", message.text
    )
