"""Keeps the parts of a running portal alive: web, worker and beat, and the embedded servers.

A part that ends, by whatever signal, is started again after a pause that doubles from one second to
half a minute; one that has run for a minute begins anew. One part's end touches no other. Run as
`python -m ntbportal.launcher.keeper`; ends with all parts on SIGTERM.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .house import HOUSE, ROOT, LauncherError

KEPT = "PORTAL_KEEPS"  # the embedded servers to look after
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 60.0
LOOK_SECONDS = 0.5
SERVER_SECONDS = 2.0
END_SECONDS = 15.0


@dataclass
class Backoff:
    """When something that ended may be started again."""

    pause: float = 0.0
    not_before: float = 0.0
    started: float = 0.0

    def ended(self, now: float) -> None:
        healthy = now - self.started >= HEALTHY_SECONDS
        self.pause = 1.0 if healthy or not self.pause else min(self.pause * 2, LONGEST_PAUSE)
        self.not_before = now + self.pause

    def may_start(self, now: float) -> bool:
        return now >= self.not_before


class Part:
    """One line of the Procfile."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command, self.backoff = name, command, Backoff()
        self.process: subprocess.Popen[bytes] | None = None

    def look(self, now: float) -> None:
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.process = None
            self.backoff.ended(now)
            say(f"{self.name} ended ({code}); again in {self.backoff.pause:.0f} s")
        elif self.backoff.may_start(now):
            self.start(now)

    def start(self, now: float) -> None:
        self.backoff.started = now
        # a group of its own: a worker's children end with it, and Ctrl-C reaches the keeper only
        self.process = subprocess.Popen(["sh", "-c", f"exec {self.command}"], cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)

    def end(self, how: int) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)


class Server:
    """An embedded server: started again by its own program where it no longer runs."""

    def __init__(self, name: str, server: Any) -> None:
        self.name, self.server, self.backoff = name, server, Backoff()
        self.next_look = 0.0

    def look(self, now: float) -> None:
        if now < self.next_look or not self.backoff.may_start(now):
            return
        self.next_look = now + SERVER_SECONDS
        if self.server.is_running():
            return
        self.backoff.ended(now)
        say(f"{self.name} is gone; starting it again")
        try:
            self.server.start()
            self.backoff.started = now
        except LauncherError as error:
            say(str(error))


def say(text: str) -> None:
    print(f"portal keeper: {text}", file=sys.stderr, flush=True)


def parts_of(procfile: str) -> list[Part]:
    """The lines of a Procfile."""
    lines = [line for line in procfile.splitlines() if line.strip() and not line.startswith("#")]
    return [Part(name.strip(), command.strip()) for name, _colon, command in (line.partition(":") for line in lines)]


def servers() -> list[Server]:
    from .running import postgres_of, redis_of

    # the environment names the servers by now, embedded or not: what is ours was written down before
    ours = os.environ.get(KEPT, "").split()
    found = []
    if "postgres" in ours:
        found.append(Server("PostgreSQL", postgres_of(HOUSE)))
    if "redis" in ours:
        found.append(Server("Redis", redis_of(HOUSE)))
    return found


def keep(parts: list[Part], kept: list[Server], is_over: Callable[[], bool]) -> None:
    """Look after all of them until it is over, then end the parts."""
    while not is_over():
        now = time.monotonic()
        for one in (*kept, *parts):
            one.look(now)
        time.sleep(LOOK_SECONDS)
    for part in parts:
        part.end(signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    for part in parts:
        with contextlib.suppress(subprocess.TimeoutExpired):
            if part.process is not None:
                part.process.wait(max(0.1, deadline - time.monotonic()))
        part.end(signal.SIGKILL)


def main() -> None:
    over = False

    def finish(*_: object) -> None:
        nonlocal over
        over = True

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    keep(parts_of((ROOT / "Procfile").read_text()), servers(), lambda: over)


if __name__ == "__main__":
    main()
