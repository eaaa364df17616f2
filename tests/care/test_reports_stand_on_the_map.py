"""The public map: every public report once, gathered into clusters, sensitive ones only roughly, and chosen by the filters."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from care.models import Case
from care.public_map import SIDE, Box, degrees, pixel, replace_on_map
from care.routing import route_case
from ntbportal.commons.places import Region

NTB = "115.7,-9.2,119.45,-7.9"
MARKET = (-8.58333, 116.11667)


@pytest.fixture
def public(report: Any) -> Any:
    def make(**fields: Any) -> Case:
        case = report(**fields).case
        route_case(case.pk)
        return Case.objects.get(pk=case.pk)

    return make


def on_map(**query: Any) -> list[Any]:
    answer = Client().get("/care/map.json", {"zoom": 8, "box": NTB, **query})
    assert answer.status_code == 200
    return answer.json()["clusters"]


def test_pixels_are_those_of_the_web_mercator_map() -> None:
    """By the other common form of the formula, with asinh (OpenStreetMap wiki, Slippy map tilenames)."""
    latitude, longitude = MARKET
    x = (longitude + 180) / 360 * SIDE
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * SIDE
    assert pixel(latitude, longitude) == (int(x), int(y))
    assert degrees(x, y) == pytest.approx(MARKET)
    assert pixel(0, 0) == (SIDE // 2, SIDE // 2)


def test_near_reports_are_one_cluster_and_part_when_looked_at_closely(public: Any) -> None:
    near = public(latitude=MARKET[0], longitude=MARKET[1])
    public(latitude=MARKET[0] + 0.004, longitude=MARKET[1])
    public(latitude=-8.46, longitude=118.72)
    assert sorted(one[2] for one in on_map()) == [1, 2]
    close = on_map(zoom=16, box="116.10,-8.60,116.13,-8.57")
    assert sorted(one[2] for one in close) == [1, 1]
    found = next(one for one in close if one[4] == near.code)
    assert found[:2] == pytest.approx(MARKET, abs=1e-5)


def test_each_public_report_is_counted_once_whatever_the_zoom(public: Any) -> None:
    for number in range(12):
        public(latitude=-8.5 - number * 0.01, longitude=116.1 + number * 0.013)
    assert {sum(one[2] for one in on_map(zoom=zoom)) for zoom in (6, 8, 11, 14)} == {12}


def test_open_ones_are_told_apart(public: Any) -> None:
    public(latitude=MARKET[0], longitude=MARKET[1])
    case = public(latitude=MARKET[0], longitude=MARKET[1])
    Case.objects.filter(pk=case.pk).update(state="closed")
    assert [one[2:4] for one in on_map()] == [[2, 1]]


def test_what_is_not_public_is_not_there(public: Any, report: Any) -> None:
    public(is_secret=True)
    report()  # not forwarded yet
    Case.objects.filter(pk=public().pk).update(hidden_at=timezone.now())
    assert on_map() == []


def test_a_sensitive_report_is_never_shown_exactly(public: Any, category: Any) -> None:
    case = public(category="kependudukan", latitude=-8.583337, longitude=116.116667)
    [shown] = on_map(zoom=18, box="116.10,-8.60,116.13,-8.57")
    off = math.hypot(shown[0] - case.latitude, shown[1] - case.longitude)
    assert 0.0001 < off < 0.001
    page = Client().get(f"/care/{case.code}/").content.decode()
    assert "116.116667" not in page
    assert "116.117" in page


def test_a_category_made_sensitive_moves_its_reports(public: Any, category: Any) -> None:
    public(latitude=-8.583337, longitude=116.116667)
    road = category("jalan")
    road.is_sensitive = True
    road.save()
    assert replace_on_map(road) == 1
    assert on_map(zoom=18, box="116.10,-8.60,116.13,-8.57")[0][1] == pytest.approx(116.117, abs=1e-5)


@pytest.mark.parametrize(("region", "point"), [("52.01.01.1001", "52.01.01.1001"), ("52.07.02.2021", "52.07.02")])
def test_without_a_place_it_stands_at_its_village_or_else_its_district(public: Any, region: str, point: str) -> None:
    public(region=region)
    [shown] = on_map()
    where = Region.objects.get(code=point)
    assert shown[:2] == pytest.approx((where.latitude, where.longitude), abs=1e-5)


def test_filters_choose_for_map_list_and_feed_alike(public: Any) -> None:
    road = public(region="52.07.02.2021")
    waste = public(region="52.01.01.1001", category="sampah")
    old = public(region="52.07.02.2021", category="lampu-jalan")
    Case.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=40), state="closed")
    day = (timezone.localdate() - timedelta(days=40)).isoformat()
    for query, wanted in (
        ({"category": "jalan"}, {road, old}),
        ({"category": "lampu-jalan"}, {old}),
        ({"place": "52.07"}, {road, old}),
        ({"place": "52.01.01"}, {waste}),
        ({"regency": "52.01"}, {waste}),  # how it was called before
        ({"state": "open"}, {road, waste}),
        ({"state": "done"}, {old}),
        ({"days": "30"}, {road, waste}),
        ({"since": day, "until": day}, {old}),
        ({"place": "52.07", "days": "30"}, {road}),
        ({"since": "2026-02-31", "place": "Mataram", "days": "-1"}, {road, waste, old}),  # makes no sense, chooses nothing
    ):
        for path in ("/care/", "/care/feed.atom"):
            page = Client().get(path, query).content.decode()
            assert {case for case in (road, waste, old) if case.code in page} == wanted, (path, query)
        assert sum(one[2] for one in on_map(**query)) == len(wanted), query


def test_another_regency_leaves_the_old_district_behind(public: Any) -> None:
    public(region="52.07.02.2021")
    waste = public(region="52.01.01.1001", category="sampah")
    page = Client().get("/care/?place=52.01&place=52.07.02").content.decode()
    assert waste.code in page
    assert "Taliwang" not in page.split("</form>")[1]
    assert "Gerung" in page  # the districts of the new regency to choose from


def test_the_list_beside_the_map_holds_what_lies_in_the_box(public: Any) -> None:
    inside = public(latitude=MARKET[0], longitude=MARKET[1])
    outside = public(latitude=-8.46, longitude=118.72)
    page = Client().get("/care/map/reports/", {"box": "116.10,-8.60,116.13,-8.57"}).content.decode()
    assert inside.code in page
    assert outside.code not in page


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "119,-7,115,-9", "nan,nan,nan,nan", "-999,-999,999,999"])
def test_a_box_that_is_none_is_the_whole_province(public: Any, box: str) -> None:
    public()
    assert sum(one[2] for one in on_map(box=box)) == 1


def test_the_map_without_scripts_counts_by_regency(public: Any) -> None:
    public(region="52.07.02.2021")
    public(region="52.07.02.2021")
    page = Client().get("/care/?view=map").content.decode()
    assert "<title>Kabupaten Sumbawa Barat: 2</title>" in page


def test_questions_do_not_grow_with_reports(public: Any, django_assert_max_num_queries: Any) -> None:
    for number in range(8):
        public(latitude=-8.5 - number * 0.05, longitude=116.1)
    with django_assert_max_num_queries(3):
        on_map(zoom=14)
    with django_assert_max_num_queries(9):
        Client().get("/care/?view=map")
    assert Box.parse("1,2,3,4") == Box(1, 2, 3, 4)
