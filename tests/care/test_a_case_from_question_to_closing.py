"""Asked, replied, answered, judged; reopened once; closed by silence; put together; referred: with its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from care import clock, duplicates, handling
from care.models import Case, CaseMove
from care.routing import route_case
from ntbportal.commons.notices import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(report: Any) -> Case:
    found = report("jalan", email="warga@example.org").case
    route_case(found.pk)
    found.refresh_from_db()
    return found


@pytest.fixture
def officer(person: Any) -> Any:
    return person("officer", agency="pupr", name="petugas")


def later(case: Case, **changes: Any) -> Case:
    Case.objects.filter(pk=case.pk).update(**changes)
    return Case.objects.get(pk=case.pk)


def test_the_clock_stands_while_the_reporter_is_asked(case: Case, officer: Any) -> None:
    left = case.due_at - timezone.now()
    case = handling.ask(case, officer, "Di sebelah mana jembatannya?")
    assert (case.state, case.due_at) == ("needs_info", None)
    assert abs(case.time_left - left) < timedelta(seconds=5)
    assert [notice.address for notice in Notice.objects.filter(event__startswith=f"case:{case.pk}:move")] == ["warga@example.org"]
    case = later(case, paused_at=timezone.now() - timedelta(days=9))
    case = handling.reply(case, "Sebelah timur pasar.")
    assert case.state == "in_progress"
    assert abs((case.due_at - timezone.now()) - left) < timedelta(seconds=5), "nine days of waiting do not count"
    assert Notice.objects.filter(user=officer, event__startswith=f"case:{case.pk}:office").exists()


def test_the_clock_of_an_emergency_does_not_stop(report: Any, person: Any) -> None:
    found = report("darurat-sosial").case
    route_case(found.pk)
    with pytest.raises(ValidationError):
        handling.ask(found, person("officer", agency="dinsos"), "Di mana?")


def test_not_solved_reopens_once_and_the_coordinator_again(case: Case, officer: Any, person: Any) -> None:
    case = handling.answer(case, officer, "Sudah ditambal.")
    assert case.reply_until > timezone.now() + timedelta(days=9)
    case = handling.reply(case, "Masih berlubang.")
    assert (case.state, case.was_reopened) == ("in_progress", True)
    assert case.due_at is not None
    case = handling.answer(case, officer, "Sudah diperbaiki lagi.")
    with pytest.raises(ValidationError):
        handling.reply(case, "Belum juga.")
    case = handling.reopen(case, person("coordinator", region="52"), "Warga mengirim foto baru.")
    assert case.state == "in_progress"


def test_silence_closes_and_a_late_reply_does_not_open(case: Case, officer: Any) -> None:
    case = handling.answer(case, officer, "Sudah ditambal.")
    assert clock.close_silent() == 0
    case = later(case, reply_until=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError):
        handling.reply(case, "Terlambat")
    assert clock.close_silent() == 1
    assert clock.close_silent() == 0
    case.refresh_from_db()
    assert (case.state, case.closed_at is not None) == ("closed", True)


def test_the_reporter_judges_once_on_the_page(case: Case, officer: Any, client: Any, sign_in: Any) -> None:
    from care.models.cases import new_pin, pin_digest

    pin = new_pin()
    later(case, pin_digest=pin_digest(case.code, pin))
    address = case.get_absolute_url()
    assert client.post(f"{address}rate/", {"stars": 5}).status_code == 302
    assert Case.objects.get(pk=case.pk).rating is None, "strangers do not judge"
    client.post("/care/track/", {"code": case.code, "pin": pin})
    assert "Tambahkan sesuatu" in client.get(address).content.decode()
    handling.answer(case, officer, "Sudah ditambal.")
    page = client.get(address).content.decode()
    assert "Apakah sudah beres?" in page
    assert client.post(f"{address}rate/", {"stars": "9"}).status_code == 422
    client.post(f"{address}rate/", {"stars": 4, "why": "Cepat"})
    case.refresh_from_db()
    assert (case.state, case.rating, case.rating_reason) == ("closed", 4, "Cepat")
    assert "Dinilai 4 dari 5" in client.get(address).content.decode()
    assert client.post(f"{address}rate/", {"stars": 1}).status_code == 422
    assert client.post(f"{address}reply/", {"text": ""}).status_code == 422


def test_a_double_follows_the_first_report(case: Case, officer: Any, report: Any, sign_in: Any, client: Any) -> None:
    double = report("jalan", email="tetangga@example.org").case
    route_case(double.pk)
    desk = sign_in(officer)
    wrong = desk.post(f"/care/desk/{double.code}/merge/", {"original": "ZZZZ-ZZZZ"})
    assert wrong.status_code == 422
    desk.post(f"/care/desk/{double.code}/merge/", {"original": case.code.lower()})
    double.refresh_from_db()
    assert (double.state, double.duplicate_of) == ("duplicate", case)
    handling.answer(case, officer, "Sudah ditambal.")
    told = {notice.address for notice in Notice.objects.filter(channel="email", subject__contains="Jawaban")}
    assert told == {"warga@example.org", "tetangga@example.org"}
    with pytest.raises(ValidationError):
        duplicates.merge(case, officer, double)


def test_a_secret_original_is_not_shown_to_another_reporter(report: Any, officer: Any) -> None:
    secret, plain = report("jalan", is_secret=True).case, report("jalan").case
    for one in (secret, plain):
        route_case(one.pk)
    with pytest.raises(ValidationError):
        duplicates.merge(plain, officer, secret)


def test_given_to_an_officer_and_referred(case: Case, officer: Any, person: Any, sign_in: Any) -> None:
    other, stranger = person("officer", agency="pupr", name="rekan"), person("officer", agency="dinsos")
    with pytest.raises(ValidationError):
        handling.assign(case, officer, stranger)
    desk = sign_in(officer)
    desk.post(f"/care/desk/{case.code}/assign/", {"officer": other.pk})
    case.refresh_from_db()
    assert case.officer == other
    assert Notice.objects.filter(user=other, event__startswith=f"case:{case.pk}:assigned").exists()
    assert desk.post(f"/care/desk/{case.code}/refer/", {"reason": ""}).status_code == 422
    desk.post(f"/care/desk/{case.code}/refer/", {"reason": "Jalan nasional: BPJN NTB."})
    case.refresh_from_db()
    assert (case.state, case.due_at) == ("referred", None)


def test_two_officers_never_overwrite_each_other(case: Case, officer: Any) -> None:
    seen = case.updated_at.isoformat()
    handling.take(case, officer, seen_at=seen)
    for act in (handling.ask, handling.refer):
        with pytest.raises(handling.ChangedMeanwhile):
            act(case, officer, "x", seen_at=seen)


def test_a_template_begins_the_answer(case: Case, officer: Any, sign_in: Any) -> None:
    from care.models import AnswerTemplate

    template = AnswerTemplate.objects.get(title="Sudah kami terima")
    page = sign_in(officer).get(f"/care/desk/{case.code}/?template={template.pk}").content.decode()
    assert f"laporan {case.code}" in page
    assert "Dinas PUPR" in page


def test_reminders_and_escalation_come_once(case: Case, officer: Any, person: Any) -> None:
    coordinator, leader = person("coordinator", region="52", name="koor"), person("leader", region="52", name="pemimpin")

    def told(user: Any) -> set[str]:
        return {event.split(":")[2] for event in Notice.objects.filter(user=user, channel="in_app").values_list("event", flat=True)}

    later(case, due_at=timezone.now() + timedelta(hours=5))
    for _run in range(2):
        clock.remind_and_escalate()
    assert "soon" in told(officer)
    assert "late" not in told(coordinator)
    due = timezone.now() - timedelta(hours=1)
    later(case, due_at=due)
    clock.remind_and_escalate()
    assert "late" in told(coordinator)
    assert told(leader) == set()
    later(case, due_at=due - timedelta(days=4))
    for _run in range(2):
        clock.remind_and_escalate()
    assert told(leader) == {"very-late"}
    assert Notice.objects.filter(user=leader, channel="in_app").count() == 1


def test_an_emergency_climbs_until_somebody_takes_it(report: Any, person: Any) -> None:
    officer = person("officer", agency="dinsos", name="siaga")
    coordinator, leader = person("coordinator", region="52", name="koor"), person("leader", region="52", name="pemimpin")
    found = report("darurat-sosial").case
    route_case(found.pk)
    assert clock.climb() == 0
    for minutes, people in ((16, {officer, coordinator}), (31, {officer, coordinator, leader}), (46, {officer, coordinator, leader})):
        later(found, created_at=timezone.now() - timedelta(minutes=minutes))
        assert clock.climb() == 1
        assert clock.climb() == 0
        turn = minutes // 15
        assert {n.user for n in Notice.objects.filter(event=f"case:{found.pk}:climb:{turn}", channel="in_app")} == people
    handling.take(found, officer)
    later(found, created_at=timezone.now() - timedelta(minutes=61))
    assert clock.climb() == 0
    assert CaseMove.objects.filter(case=found, what="escalated").count() == 3


@pytest.mark.parametrize(
    ("text", "emergency"), [("Ada orang PINGSAN di jalan", True), ("anak hanyut di kali", True), ("Jalan kepingsanan", False)]
)
def test_words_make_an_emergency(report: Any, text: str, emergency: bool) -> None:
    assert report("jalan", description=text).case.is_emergency is emergency


def test_the_public_does_not_read_what_is_inside(case: Case, client: Any) -> None:
    CaseMove.objects.create(case=case, what="escalated", to_state=case.state, inside_note="1")
    page = client.get(case.get_absolute_url()).content.decode()
    assert "Dinaikkan" not in page
