"""An address is written to only after its owner said so, and every mail that is not an answer to one's
own report ends with one click (RFC 8058)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from care import handling
from care.clock import remind_and_escalate
from care.models import AreaAlert, Case
from care.routing import route_case
from care.together import send_alerts
from ntbportal.commons.notices import Notice, send_waiting


@pytest.fixture
def case(report: Any) -> Case:
    made = report("jalan", email="pelapor@example.org").case
    route_case(made.pk)
    return Case.objects.get(pk=made.pk)


@pytest.fixture(autouse=True)
def _letters(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def letters_to(address: str) -> list[Any]:
    send_waiting()
    return [letter for letter in mail.outbox if letter.to == [address]]


def test_anybodys_address_gets_one_question_and_no_news(case: Case, person: Any) -> None:
    for _ in range(3):
        Client().post(f"/care/{case.code}/me-too/", {"act": "follow", "email": "korban@example.org"})
    client = Client()
    for _ in range(3):
        client.post(f"/care/{case.code}/me-too/", {"act": "affected", "email": "korban2@example.org"})
    handling.answer(case, person("officer", agency="pupr"), "Sudah ditambal.")
    assert len(letters_to("korban2@example.org")) == 1
    assert all("Sudah ditambal." not in letter.body for letter in letters_to("korban@example.org"))


def test_after_the_click_news_come_and_end_with_one_click(case: Case, person: Any) -> None:
    Client().post(f"/care/{case.code}/me-too/", {"act": "follow", "email": "tetangga@example.org"})
    [question] = letters_to("tetangga@example.org")
    path = Notice.objects.get(event__endswith=":confirm").path
    assert path in question.body
    Client().get(path)
    assert case.follows.get().confirmed_at is None, "mail filters open links"
    Client().post(path, {"act": "confirm"})
    handling.answer(case, person("officer", agency="pupr"), "Sudah ditambal.")
    news = letters_to("tetangga@example.org")[-1]
    assert "Sudah ditambal." in news.body
    out = news.extra_headers["List-Unsubscribe"].strip("<>")
    assert news.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert out in news.body
    address = "/" + out.split("/", 3)[3]
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(address).status_code == 200
    assert case.follows.get().email, "looking ends nothing"
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not case.follows.get().email


def test_every_mail_but_the_answer_to_ones_own_report(case: Case, person: Any) -> None:
    """All sorts of mail the portal sends here; only those to the reporter of this report have no way out."""
    officer, leader = person("officer", agency="pupr"), person("leader")
    person("coordinator")
    AreaAlert.objects.create(email="pagi@example.org", confirmed_at=timezone.now(), told_until=timezone.now() - timedelta(days=1))
    send_alerts()
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(days=9))
    remind_and_escalate()
    handling.ask_to_explain(case, leader, "Mengapa terlambat?")
    handling.answer(case, officer, "Sudah ditambal.")
    send_waiting()
    assert len(mail.outbox) >= 6
    for letter in mail.outbox:
        own = letter.to == ["pelapor@example.org"]
        assert ("List-Unsubscribe" in letter.extra_headers) != own, (letter.to, letter.subject)


def test_whoever_wants_no_mail_still_gets_emergencies(person: Any, report: Any) -> None:
    officer = person("officer", agency="bpbd")
    officer.wants_mail = False
    officer.save()
    route_case(report("bencana", description="Mohon sosialisasi gempa.").case.pk)
    assert letters_to(officer.email) == []
    route_case(report("bencana", description="Longsor, orang tertimbun.").case.pk)
    assert len(letters_to(officer.email)) == 1


def test_a_link_that_is_not_ours_ends_nothing(db: None) -> None:
    for token in ("follow:1", "follow:1:abc", "x", "mail:1:zzz"):
        assert Client().post(f"/stop/{token}/").status_code == 404
