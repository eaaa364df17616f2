"""Before a report is sent, open ones of the same thing nearby are shown; joining counts once and is told of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care import handling
from care.models import Case, CaseFollow, ReportDraft
from care.routing import route_case
from care.similar import affected, similar_cases
from ntbportal.commons.notices import Notice
from ntbportal.commons.places import Region

pytestmark = pytest.mark.django_db
TEXT = "Jalan berlubang besar di tikungan dekat pasar"


@pytest.fixture
def routed(report: Any) -> Any:
    def make(category: str = "jalan", **fields: Any) -> Case:
        case = report(category, **fields).case
        route_case(case.pk)
        case.refresh_from_db()
        return case

    return make


def found(case: Case, text: str = TEXT, latitude: float | None = None, longitude: float | None = None) -> list[str]:
    region = Region.objects.get(code="52.07.02.2021")
    alike = similar_cases(category=case.category_id, region=region, text=text, latitude=latitude, longitude=longitude)
    return [one.case.code for one in alike]


def test_alike_in_text_and_near_in_place(routed: Any) -> None:
    same = routed(description="Ada jalan berlubang besar dekat pasar, di tikungan.")
    other = routed(description="Lampu penerangan mati sejak kemarin malam.")
    far = routed(description=TEXT, region="52.06.01")
    secret = routed(description=TEXT, is_secret=True)
    waste = routed("sampah", description=TEXT)
    assert found(same) == [same.code]
    assert not {other.code, far.code, secret.code, waste.code} & set(found(same))


def test_very_near_counts_even_if_told_otherwise_and_far_does_not(routed: Any) -> None:
    near = routed(description="Aspal rusak parah", latitude=-8.745, longitude=116.85)
    away = routed(description=TEXT, latitude=-8.80, longitude=116.85)
    assert found(near, latitude=-8.7452, longitude=116.8501) == [near.code]
    assert away.code not in found(near, latitude=-8.745, longitude=116.85)


def test_answered_reports_are_not_offered(routed: Any, person: Any) -> None:
    same = routed(description=TEXT)
    handling.answer(same, person("officer", agency="pupr"), "Sudah ditambal.")
    assert found(same) == []


def test_joining_from_the_third_screen(routed: Any) -> None:
    same = routed(description=TEXT)
    client = Client()
    client.post("/care/new/", {"category": same.category_id, "asked": same.category_id, "description": TEXT})
    client.post("/care/new/where/", {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"})
    page = client.get("/care/new/who/").content.decode()
    assert "Apakah sudah dilaporkan?" in page
    assert f"/care/{same.code}/me-too/" in page
    for _time in range(2):
        client.post(f"/care/{same.code}/me-too/", {"act": "affected", "drop": "on", "email": "tetangga@example.org"})
    assert affected([same.pk]) == {same.pk: 1}
    assert not ReportDraft.objects.exists()
    assert Case.objects.count() == 1
    Client().post(f"/care/{same.code}/me-too/", {"act": "affected"})
    assert affected([same.pk]) == {same.pk: 2}


def test_followers_hear_of_the_answer_by_mail_or_account(routed: Any, person: Any, sign_in: Any) -> None:
    case = routed(description=TEXT)
    citizen = person("citizen", name="warga")
    sign_in(citizen).post(f"/care/{case.code}/me-too/", {"act": "follow"})
    stranger = Client()
    stranger.post(f"/care/{case.code}/me-too/", {"act": "follow"})
    stranger.post(f"/care/{case.code}/me-too/", {"act": "follow", "email": "bukan alamat"})
    assert CaseFollow.objects.count() == 1, "without an address nobody can be told"
    stranger.post(f"/care/{case.code}/me-too/", {"act": "follow", "email": "lain@example.org"})
    [asked] = Notice.objects.filter(event__endswith=":confirm")
    stranger.post(asked.path, {"act": "confirm"})
    handling.answer(case, person("officer", agency="pupr"), "Sudah ditambal.")
    told = Notice.objects.filter(event__contains=":followed:")
    assert {notice.user.username for notice in told if notice.user} == {"warga"}
    assert {notice.address for notice in told if not notice.user} == {"lain@example.org"}


def test_nobody_joins_what_is_not_public(routed: Any) -> None:
    secret = routed(description=TEXT, is_secret=True)
    assert Client().post(f"/care/{secret.code}/me-too/", {"act": "affected"}).status_code == 404
