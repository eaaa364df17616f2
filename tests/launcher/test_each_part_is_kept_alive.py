"""What is killed is started again by its keeper, alone; without its database the portal says when to come back."""

import contextlib
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message

import psutil
import pytest

from ntbportal.launcher.house import House
from tests.browser.conftest import Portal

from .test_recovers_from_kill_minus_nine import ours, ready, up


def heads(portal: Portal, word: str) -> list[psutil.Process]:
    """Processes of the portal whose command line holds a word, without those that are children of others of them."""
    found = []
    for process in ours(portal):
        with contextlib.suppress(psutil.Error):
            if any(word in part for part in process.cmdline()):
                found.append(process)
    pids = {process.pid for process in found}
    return [process for process in found if process.ppid() not in pids]


def wait_for(what: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, psutil.Error, urllib.error.URLError):
            if what():
                return
        time.sleep(0.2)
    pytest.fail("it did not come back")


def status(portal: Portal, path: str) -> tuple[int, Message]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}{path}", timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_redis_postgres_and_the_workers_head(plain_portal: Portal) -> None:
    portal = plain_portal
    up(portal)
    keeper = heads(portal, "ntbportal.launcher.keeper")
    web = {process.pid for process in heads(portal, "ntbportal.server")}
    assert keeper
    assert web
    for word in ("redis-server", "celery"):
        before = {process.pid for process in heads(portal, word)}
        for process in heads(portal, word):
            process.send_signal(signal.SIGKILL)
        wait_for(lambda word=word, before=before: {one.pid for one in heads(portal, word)} - before)
        wait_for(lambda: ready(portal)["status"] == "ok")
    assert {process.pid for process in heads(portal, "ntbportal.server")} == web, "nobody else was touched"

    server = [one for one in ours(portal) if one.name().startswith("postgres") and "-D" in one.cmdline()]
    for process in server:
        process.send_signal(signal.SIGKILL)
    code, headers = status(portal, "/onedata/")
    assert code in {200, 503}, code
    if code == 503:
        assert headers["Retry-After"]
    wait_for(lambda: ready(portal)["status"] == "ok")
    wait_for(lambda: status(portal, "/onedata/")[0] == 200)


def test_the_database_lets_nobody_else_in(plain_portal: Portal) -> None:
    up(plain_portal)
    rules = (plain_portal.var / "postgres" / "pg_hba.conf").read_text()
    assert "trust" not in rules
    assert "peer map=portal" in rules
    sockets = [path for path in House(plain_portal.var).run.glob(".s.PGSQL.*") if not path.name.endswith(".lock")]
    assert sockets
    for path in (*sockets, House(plain_portal.var).run, plain_portal.var / "postgres"):
        assert path.stat().st_mode & 0o077 == 0, path
    for folder in ("media", "mail", "secrets"):
        if (plain_portal.var / folder).exists():
            assert (plain_portal.var / folder).stat().st_mode & 0o077 == 0, folder
