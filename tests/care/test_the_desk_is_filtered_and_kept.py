"""An officer narrows the desk, sees it on the map and keeps the view under a name."""

from __future__ import annotations

from typing import Any

import pytest

from care.models import Case, SavedView
from care.routing import route_case


@pytest.fixture
def routed(report: Any) -> Any:
    def make(**fields: Any) -> Case:
        case = report(**fields).case
        route_case(case.pk)
        return Case.objects.get(pk=case.pk)

    return make


@pytest.fixture
def officer(person: Any, sign_in: Any) -> Any:
    return sign_in(person("officer", agency="pupr"))


def codes(client: Any, **query: Any) -> str:
    return str(client.get("/care/desk/", {"queue": "all", **query}).content.decode())


def test_place_category_and_words_narrow_the_queue(officer: Any, routed: Any) -> None:
    here = routed(region="52.07.02.2021", description="Jembatan gantung putus satu tali.")
    there = routed(region="52.01.01.1001")
    page = codes(officer, place="52.07")
    assert here.code in page
    assert there.code not in page
    assert here.code in codes(officer, q="gantung")
    assert there.code not in codes(officer, q="gantung")
    assert there.code in codes(officer, q=there.code[:5].lower())


def test_words_of_an_anonymous_report_that_its_officer_may_not_read_do_not_find_it(officer: Any, routed: Any) -> None:
    case = routed(description="Saya Nurhayati, jalan depan rumah saya rusak.", name="Nurhayati", is_anonymous=True)
    assert case.code not in codes(officer, q="Nurhayati")
    assert case.code in codes(officer, q="depan rumah")
    known = routed(description="Saya Nurhayati, jembatan putus.", name="Nurhayati")
    assert known.code in codes(officer, q="Nurhayati")


def test_the_map_beside_the_desk_holds_the_desks_cases_secret_ones_too(officer: Any, routed: Any, person: Any, sign_in: Any) -> None:
    secret = routed(is_secret=True)
    routed(category="sampah")  # another agency's
    query = {"queue": "all", "zoom": 8, "box": "115.7,-9.2,119.45,-7.9"}
    assert sum(one[2] for one in officer.get("/care/desk/map.json", query).json()["clusters"]) == 1
    assert secret.code in officer.get("/care/desk/map/reports/", query).content.decode()
    other = sign_in(person("officer", agency="dinsos"))
    assert other.get("/care/desk/map.json", query).json() == {"clusters": []}


def test_a_view_is_kept_by_name_and_dropped(officer: Any, routed: Any) -> None:
    assert officer.post("/care/desk/views/", {"name": "Jalan KSB", "query": "queue=late&place=52.07"}).url.endswith(
        "?queue=late&place=52.07"
    )
    officer.post("/care/desk/views/", {"name": "Jalan KSB", "query": "queue=new&place=52.07"})  # replaced
    page = codes(officer)
    assert 'href="?queue=new&amp;place=52.07">Jalan KSB</a>' in page
    officer.post("/care/desk/views/", {"drop": SavedView.objects.get().pk})
    assert "Jalan KSB" not in codes(officer)


def test_views_are_ones_own(officer: Any, person: Any, sign_in: Any) -> None:
    officer.post("/care/desk/views/", {"name": "Punya saya", "query": "queue=new"})
    other = sign_in(person("officer", agency="pupr"))
    assert "Punya saya" not in codes(other)
    other.post("/care/desk/views/", {"drop": SavedView.objects.get().pk})
    assert SavedView.objects.count() == 1


def test_a_view_without_a_name_is_not_kept(officer: Any) -> None:
    officer.post("/care/desk/views/", {"name": " ", "query": "queue=new"})
    assert not SavedView.objects.exists()
