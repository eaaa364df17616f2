"""A task that kills its process is tried a few times and set aside; one without end is ended; the rest go on."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from ntbportal.celery import MOST_DEATHS
from ntbportal.commons.failures import FailedTask, send_again


@pytest.fixture
def worker(transactional_db: None, tmp_path: Path) -> Iterator[Any]:
    """A real worker on a broker and the test database of its own."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
    broker = settings.REDIS_URL.partition("?")[0]
    name = connection.settings_dict["NAME"]
    database = os.environ["DATABASE_URL"].replace("/ntb?", f"/{name}?")
    environment = {
        **os.environ, "DATABASE_URL": database, "PORTAL_DEMO": "on", "PYTHONPATH": str(settings.ROOT), "PORTAL_DEMO_PASSWORD": "x",
        "CELERY_BROKER_URL": f"{broker.replace('unix://', 'redis+socket://')}?virtual_host={13 + number % 2}",
    }  # fmt: skip
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "tests.house.poison", "worker", "-c", "1", "--without-gossip", "--without-mingle"],
        cwd=settings.ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip

    def send(task: str, argument: str) -> None:
        program = f"from tests.house.poison import app; app.send_task({task!r}, args=({argument!r},))"
        subprocess.run([sys.executable, "-c", program], cwd=settings.ROOT, env=environment, check=True)

    yield send
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def wait_for(what: Any, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not what():
        time.sleep(0.3)
    assert what()


def test_all_of_them(worker: Any, tmp_path: Path) -> None:
    deaths, ends, good = tmp_path / "deaths", tmp_path / "ends", tmp_path / "good"
    worker("tests.poison", str(deaths))
    worker("tests.endless", str(ends))
    worker("tests.fails", "tak terbaca")
    worker("tests.good", str(good))
    wait_for(lambda: FailedTask.objects.filter(name="tests.poison").exists())
    assert len(deaths.read_text()) == MOST_DEATHS
    wait_for(lambda: FailedTask.objects.filter(name="tests.endless").exists())
    wait_for(good.exists)
    failed = FailedTask.objects.get(name="tests.fails")
    assert "tak terbaca" in failed.error
    send_again(failed)
    failed.refresh_from_db()
    assert failed.sent_again_at


def test_every_task_has_both_limits() -> None:
    from ntbportal.celery import app

    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit
    app.loader.import_default_modules()
    for name, limits in settings.CELERY_TASK_ANNOTATIONS.items():
        assert name in app.tasks, f"{name} is no task"
        assert limits["soft_time_limit"] < limits["time_limit"] < 3600
