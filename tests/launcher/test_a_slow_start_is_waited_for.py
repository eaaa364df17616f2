"""A busy machine is slow, not broken: the start is waited for as long as something moves."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from ntbportal.launcher import running
from ntbportal.launcher.house import LauncherError
from ntbportal.launcher.keeper import LONGEST_PAUSE, Backoff, Part, keep, parts_of


class Alive:
    """Stands for the keeper's process."""

    pid = 1

    def __init__(self, code: int | None = None) -> None:
        self.code = code

    def poll(self) -> int | None:
        return self.code


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(running, "time", made)
    return made


def test_ten_minutes_of_work_are_waited_for(clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(running, "signs_of_life", lambda _pid: (int(clock.now / 30), 0))
    monkeypatch.setattr(running, "is_ready", lambda _port: clock.now > 600)
    running.wait_until_ready(8000, Alive())  # type: ignore[arg-type]
    assert "still starting" in capsys.readouterr().out


def test_a_start_in_which_nothing_moves_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "signs_of_life", lambda _pid: (7, 7))
    monkeypatch.setattr(running, "is_ready", lambda _port: False)
    with pytest.raises(LauncherError, match="nothing has moved"):
        running.wait_until_ready(8000, Alive())  # type: ignore[arg-type]
    assert clock.now < 2 * running.QUIET_SECONDS


def test_wait_bounds_it(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "signs_of_life", lambda _pid: (int(clock.now), 0))
    monkeypatch.setattr(running, "is_ready", lambda _port: False)
    with pytest.raises(LauncherError, match="--wait"):
        running.wait_until_ready(8000, Alive(), 20)  # type: ignore[arg-type]


def test_a_keeper_that_ended_is_told_at_once(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "signs_of_life", lambda _pid: (0, 0))
    with pytest.raises(LauncherError, match="ended"):
        running.wait_until_ready(8000, Alive(1))  # type: ignore[arg-type]
    assert clock.now < 1


def test_pauses_double_up_to_half_a_minute_and_begin_anew_after_a_minute_of_health() -> None:
    backoff, pauses = Backoff(), []
    for now in range(8):
        backoff.started = now
        backoff.ended(now + 1)
        pauses.append(backoff.pause)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    backoff.ended(backoff.started + 61)
    assert backoff.pause == 1


def test_one_parts_end_touches_no_other() -> None:
    steady, frail = Part("steady", "sleep 60"), Part("frail", "true")
    looks = []

    def is_over() -> bool:
        looks.append(steady.process.pid if steady.process else 0)
        return len(looks) > 6

    keep([steady, frail], [], is_over)
    assert len(set(looks[1:])) == 1, "the same process all the time"
    assert steady.process is not None
    assert steady.process.poll() is not None, "ended with the keeper"
    assert frail.backoff.pause >= 1


def test_a_checkout_may_be_moved() -> None:
    """The scripts of an environment name the place where they were made; modules do not."""
    for part in parts_of((settings.ROOT / "Procfile").read_text()):
        assert part.command.startswith("python -m "), part.command
