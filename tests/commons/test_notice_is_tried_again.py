from datetime import timedelta

import pytest
from django.utils import timezone

from ntbportal.commons import channels
from ntbportal.commons.notices import PAUSES, Message, Notice, PermanentFailure, TemporaryFailure, announce, send_waiting


class FaultyMail:
    name = "email"

    def __init__(self, failure: Exception) -> None:
        self.failure, self.calls = failure, 0

    def reaches(self, user) -> bool:
        return True

    def send(self, notice) -> None:
        self.calls += 1
        raise self.failure


@pytest.fixture
def faulty(monkeypatch, db):
    def make(failure: Exception) -> FaultyMail:
        channel = FaultyMail(failure)
        monkeypatch.setattr(channels, "channel_named", lambda name: channel)
        announce(Message(event="e", subject="s", body="b"), addresses=[("a@example.org", "id")])
        return channel

    return make


def test_a_passing_failure_waits_longer_each_time_and_gives_up_at_last(faulty) -> None:
    channel = faulty(TemporaryFailure("server away"))
    for pause in PAUSES:
        send_waiting()
        notice = Notice.objects.get()
        assert notice.state == "waiting"
        assert notice.next_try_at - timezone.now() > pause - timedelta(seconds=5)
        Notice.objects.update(next_try_at=timezone.now())
    send_waiting()
    assert channel.calls == len(PAUSES) + 1
    assert Notice.objects.get().state == "failed"


def test_it_is_not_tried_before_its_time(faulty) -> None:
    channel = faulty(TemporaryFailure("server away"))
    send_waiting()
    send_waiting()
    assert channel.calls == 1


@pytest.mark.parametrize("failure", [PermanentFailure("no such address"), ValueError("broken channel")])
def test_a_lasting_failure_is_kept_with_its_reason(faulty, failure: Exception) -> None:
    faulty(failure)
    send_waiting()
    notice = Notice.objects.get()
    assert notice.state == "failed"
    assert str(failure) in notice.error
