"""A worker's application with a task that kills its process; see test_poison_tasks_are_set_aside.py."""

import os
import signal
import time

from celery import shared_task

from ntbportal.celery import app

__all__ = ["app"]


@shared_task(name="tests.poison")
def poison(path: str) -> None:
    with open(path, "a") as log:
        log.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="tests.endless", soft_time_limit=1, time_limit=2)
def endless(path: str) -> None:
    with open(path, "a") as log:
        log.write("x")
    while True:
        try:
            time.sleep(60)
        except BaseException:  # noqa: BLE001, S112 - it does not even end when it is told to
            continue


@shared_task(name="tests.fails")
def fails(path: str) -> None:
    raise ValueError(path)


@shared_task(name="tests.good")
def good(path: str) -> None:
    with open(path, "a") as log:
        log.write("done")
