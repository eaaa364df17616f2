"""Alerts by area and category, confirmed first, one mail a morning; the leaders' weekly mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from care import together
from care.models import AreaAlert
from care.routing import route_case
from ntbportal.commons.notices import Notice


@pytest.fixture
def alert(db: None) -> AreaAlert:
    Client().post("/care/alerts/", {"regency": "52.07", "email": "warga@example.org"})
    return AreaAlert.objects.get()


def told() -> list[Notice]:
    return list(Notice.objects.filter(event__regex=r"^alert:\d+:\d"))


def test_an_address_is_asked_before_it_is_written_to(alert: AreaAlert, report: Any) -> None:
    route_case(report().case.pk)
    assert together.send_alerts() == 0
    path = Notice.objects.get(event=f"alert:{alert.pk}:confirm").path
    Client().get(path)
    assert together.send_alerts() == 0  # a mail filter looked
    Client().post(path, {"act": "confirm"})
    case = report(description="Jalan ambles di dekat kantor desa.").case
    route_case(case.pk)
    assert together.send_alerts() == 1
    notice = told()[0]
    assert notice.address == "warga@example.org"
    assert case.code in notice.body
    assert together.send_alerts() == 0  # told once


def test_only_what_is_public_and_of_the_area_and_category(alert: AreaAlert, report: Any, category: Any) -> None:
    alert.confirmed_at, alert.told_until = timezone.now(), timezone.now() - timedelta(minutes=1)
    alert.category = category("jalan")
    alert.save()
    other_place, other_kind = report(region="52.01.01").case, report("sampah").case
    secret, finer = report(is_secret=True).case, report("jembatan", description="Jembatan gantung putus.").case
    for case in (other_place, other_kind, secret, finer):
        route_case(case.pk)
    together.send_alerts()
    body = told()[0].body
    assert finer.code in body
    assert all(case.code not in body for case in (other_place, other_kind, secret))


def test_it_ends_by_its_link_and_twice_is_once(alert: AreaAlert) -> None:
    Client().post("/care/alerts/", {"regency": "52.07", "email": "Warga@example.org"})
    assert AreaAlert.objects.count() == 1
    Client().post(together.alert_path(alert), {"act": "end"})
    assert not AreaAlert.objects.exists()
    assert Client().get(together.alert_path(alert)).status_code == 404


def test_somebody_signed_in_needs_no_confirmation(person: Any, sign_in: Any) -> None:
    client = sign_in(person("citizen"))
    client.post("/care/alerts/", {"district": "52.07.02"})
    assert AreaAlert.objects.get().confirmed_at is not None
    assert "Taliwang" in client.get("/care/alerts/").content.decode()


def test_leaders_and_coordinators_hear_once_a_week(person: Any, report: Any) -> None:
    leader, coordinator = person("leader"), person("coordinator")
    person("citizen")
    route_case(report("bencana").case.pk)
    assert together.send_weekly() == 2
    together.send_weekly()
    notices = Notice.objects.filter(event__startswith="care-weekly", channel="email")
    assert {notice.user for notice in notices} == {leader, coordinator}
    assert notices.count() == 2
    assert "Diterima: 1 (darurat: 1)" in notices[0].body
