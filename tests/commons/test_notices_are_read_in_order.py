"""A person's notices: all of them, one line a thing, paged, marked read together; none leads to a closed door."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from care import clock, handling
from care.models import Case, DutyShift
from care.routing import route_case
from ntbportal.commons.notices import Message, Notice, announce


def tell(user: Any, event: str, path: str) -> None:
    with transaction.atomic():
        announce(Message(event=event, subject=f"Kabar {event}", body="Isi", path=path), users=[user])


def test_eighty_notices_are_all_there(person: Any, sign_in: Any) -> None:
    user = person("citizen")
    for number in range(80):
        tell(user, f"n{number}", f"/care/?n={number}")
    client, seen, address = sign_in(user), set(), "/me/notices/"
    for _ in range(4):
        page = client.get(address).content.decode()
        seen |= {number for number in range(80) if f"Kabar n{number}<" in page}
        if older := re.search(r'btn-quiet" href="\?before=(\d+)"', page):
            address = f"/me/notices/?before={older[1]}"
    assert len(seen) == 80


def test_an_emergency_with_its_reminders_is_one_line(person: Any, sign_in: Any) -> None:
    user = person("citizen")
    for number in range(9):
        tell(user, f"climb{number}", "/care/desk/AAAA-AAAA/")
    page = sign_in(user).get("/me/notices/").content.decode()
    assert page.count("Kabar climb") == 1
    assert "9 pemberitahuan tentang ini" in page


def test_all_are_marked_read(person: Any, sign_in: Any) -> None:
    user = person("citizen")
    for number in range(30):
        tell(user, f"n{number}", f"/care/?n={number}")
    client = sign_in(user)
    client.post("/me/notices/", {"act": "all"})
    assert Notice.objects.unread_count(user) == 0
    assert "Kabar" not in client.get("/me/notices/?unread=1").content.decode()
    assert "Kabar" in client.get("/me/notices/").content.decode()


def test_opening_one_reads_all_of_the_thing_and_none_of_others(person: Any, sign_in: Any) -> None:
    user, other = person("citizen"), person("citizen")
    for number in range(3):
        tell(user, f"a{number}", "/care/?a")
        tell(user, f"b{number}", "/care/?b")
        tell(other, f"a{number}", "/care/?a")
    sign_in(user).get(f"/me/notices/{Notice.objects.filter(user=user, path='/care/?a').first().pk}/")
    assert Notice.objects.unread_count(user) == 3
    assert Notice.objects.unread_count(other) == 3


@pytest.mark.parametrize("odd", ["²", "x", "-1", "9" * 40, "0"])
def test_odd_pages_are_the_first(odd: str, person: Any, sign_in: Any) -> None:
    assert sign_in(person("citizen")).get("/me/notices/", {"before": odd}).status_code == 200


def test_nobody_is_told_of_what_they_may_not_open(report: Any, person: Any, sign_in: Any) -> None:
    """Everything that NTB Care tells of, to everybody whom it tells, leads to a page that opens."""
    officer, unit = person("officer", agency="bpbd"), person("officer", agency="pupr")
    coordinator, leader = person("coordinator"), person("leader")
    regent = person("leader", region="52.07")
    cadre = person("cadre")
    DutyShift.objects.create(person=cadre, region_id="52")
    urgent = report("bencana", description="Longsor, orang tertimbun.").case
    road = report("jalan").case
    secret = report("kekerasan-anak", description="Anak dipukul terus.").case
    for case in (urgent, road, secret):
        route_case(case.pk)
    Case.objects.update(created_at=timezone.now() - timedelta(days=9), due_at=timezone.now() - timedelta(days=8))
    clock.climb()
    clock.remind_and_escalate()
    handling.take(Case.objects.get(pk=urgent.pk), officer)
    Case.objects.update(due_at=timezone.now() - timedelta(days=8))
    clock.chase_taken()
    handling.ask_to_explain(Case.objects.get(pk=road.pk), leader, "Mengapa?")
    people = {user.pk: user for user in (officer, unit, coordinator, leader, regent, cadre)}
    notices = Notice.objects.filter(channel="in_app", user__in=people)
    assert set(notices.values_list("user", flat=True)) == set(people), "everybody is told of something"
    for user, path in set(notices.exclude(path="").values_list("user", "path")):
        assert sign_in(people[user]).get(path).status_code == 200, (people[user].username, path)


def test_leaders_see_how_it_stands_and_ask_but_not_who(report: Any, person: Any, sign_in: Any) -> None:
    officer = person("officer", agency="pupr")
    case = report("jalan", name="Sri Wahyuni", phone="081234567890").case
    route_case(case.pk)
    client = sign_in(person("leader"))
    page = client.get(f"/care/desk/{case.code}/").content.decode()
    assert "Sri Wahyuni" not in page
    assert "081234567890" not in page
    client.post(f"/care/desk/{case.code}/", {"text": "Mengapa belum dijawab?"})
    assert "Mengapa belum dijawab?" in Notice.objects.filter(user=officer, channel="in_app").latest("pk").body
    assert client.post(f"/care/desk/{case.code}/take/", {}).status_code == 403
    secret = report("kekerasan-anak", description="Anak dipukul terus.").case
    route_case(secret.pk)
    assert "dipukul" not in client.get(f"/care/desk/{secret.code}/").content.decode()
    assert sign_in(person("leader", region="52.01")).get(f"/care/desk/{case.code}/").status_code == 403
