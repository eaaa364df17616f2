"""up, kill -9 of everything, up again: nothing that was committed is lost; backup and restore bring it to another place."""

import contextlib
import json
import urllib.request

import psutil
from django.conf import settings

from tests.browser.conftest import Portal

MAKE = "from ntbportal.commons.people import User; User.objects.create_user('tetap', 'tetap@example.org', 'x', phone='081234567890'); print('made')"
COUNT = "from ntbportal.commons.people import User; print('kept', User.objects.get(username='tetap').phone)"


def ours(portal: Portal) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            mine = process.environ().get("PORTAL_HOUSE") == str(portal.var) or process.cwd().startswith(str(portal.var))
            if mine:
                found.append(process)
    return found


def ready(portal: Portal) -> dict:
    request = urllib.request.Request(f"http://127.0.0.1:{portal.port}/healthz/ready")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def up(portal: Portal) -> None:
    done = portal.run("up", "--detach", "--no-demo", "--port", str(portal.port))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "demo accounts" not in done.stdout.lower()


def test_from_up_over_kill_and_backup_to_restore(plain_portal: Portal, tmp_path) -> None:
    portal = plain_portal
    up(portal)
    assert ready(portal) == {"status": "ok", "database": "ok", "redis": "ok"}
    assert "made" in portal.run("manage", "shell", "-c", MAKE).stdout
    again = portal.run("up", "--detach", "--no-demo", "--port", str(portal.port))
    assert "Already running" in again.stdout

    victims = ours(portal)
    names = {process.name() for process in victims}
    assert any(name.startswith("postgres") for name in names)
    assert any(name.startswith("redis") for name in names)
    for process in victims:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(victims, timeout=10)
    assert portal.run("status").returncode != 0

    up(portal)
    assert ready(portal)["status"] == "ok"
    assert "kept 081234567890" in portal.run("manage", "shell", "-c", COUNT).stdout

    copy = tmp_path / "backup"
    done = portal.run("backup", str(copy))
    assert done.returncode == 0, done.stderr
    assert (copy / "database.dump").stat().st_size > 10_000
    assert "FIELD_KEYS" in done.stdout
    assert "is not empty" in portal.run("backup", str(copy)).stderr
    assert "stop it" in portal.run("restore", str(copy)).stderr

    assert portal.run("down").stdout.strip().endswith("Stopped.")
    assert ours(portal) == []

    elsewhere = Portal(settings.ROOT / "var" / "test" / "elsewhere")
    try:
        done = elsewhere.run("restore", str(copy))
        assert done.returncode == 0, done.stdout + done.stderr
        assert "kept 081234567890" in elsewhere.run("manage", "shell", "-c", COUNT).stdout
    finally:
        elsewhere.run("down")
        import shutil

        shutil.rmtree(elsewhere.var, ignore_errors=True)
