"""A mother finds the posyandu near her, when it opens, and what her child is given on which days; nothing of it is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ntbportal.commons.places import Region
from posyandu.finding import childhood, nearest, point_of
from posyandu.immunisation import schedule
from posyandu.models import OpenDay, Posyandu

pytestmark = pytest.mark.django_db


def test_the_nearest_come_first_with_how_far_they_are(client: Any, posyandu: Posyandu) -> None:
    village = Region.objects.get(code=posyandu.village_id)
    Posyandu.objects.create(name="Jauh", village=village, latitude=-8.5, longitude=117.4)
    # a tenth of a degree of latitude is 11.1 km anywhere (WGS84: 110.6 km a degree at the equator, 111.7 at the poles)
    Posyandu.objects.create(name="Sebelas", village=village, latitude=-8.683, longitude=116.117)
    Posyandu.objects.create(name="Dekat", village=village, latitude=-8.584, longitude=116.117)
    Posyandu.objects.create(name="Tutup", village=village, latitude=-8.583, longitude=116.117, is_active=False)
    found = nearest(Posyandu.objects.filter(latitude__isnull=False, is_active=True), -8.583, 116.117)
    assert [one.name for one in found] == ["Dekat", "Sebelas", "Jauh"]
    assert found[1].km == pytest.approx(11.1, abs=0.1)  # type: ignore[attr-defined]
    page = client.get("/posyandu/?near=-8.583,116.117").content.decode()
    assert page.index("Dekat") < page.index("Sebelas") < page.index("Jauh")
    assert "11,1 km" in page
    assert "Tutup" not in page


@pytest.mark.parametrize("text", ["", "x", "1", "91,2", "1,181", "1,2,3", "nan,1"])
def test_what_is_no_place_is_left_aside(client: Any, posyandu: Posyandu, text: str) -> None:
    assert point_of(text) is None
    assert client.get("/posyandu/", {"near": text}).status_code == 200


def test_its_page_says_where_and_when_and_whether_it_is_open(client: Any, posyandu: Posyandu) -> None:
    address = f"/posyandu/{posyandu.pk}/"
    page = client.get(address).content.decode()
    assert "Melati" in page
    assert "Buka hari ini" not in page
    OpenDay.objects.create(posyandu=posyandu, day=timezone.localdate())
    assert "Buka hari ini" in client.get(address).content.decode()
    answer = client.get(f"{address}open-days.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer.content.decode().count("BEGIN:VEVENT") == 12
    for page in ("/sitemap.xml", "/search/?q=Melati"):
        assert address in client.get(page, headers={"accept-language": "en"}).content.decode()
    posyandu.is_active = False
    posyandu.save()
    assert client.get(address).status_code == 404


def test_the_days_of_a_child_are_those_of_the_ministry(client: Any) -> None:
    """Routine schedule of the Ministry of Health 2023: HB0 at birth, BCG and OPV1 at 1 month, … measles-rubella at 9 and 18."""
    by_month = {age.months: [one.item.code for one in age.planned] for age in childhood(schedule(), date(2025, 3, 1), date(2026, 11, 1))}
    assert by_month[0] == ["hb0"]
    assert by_month[1] == ["bcg", "opv1"]
    assert by_month[2] == ["dpt1", "opv2", "pcv1", "rv1"]
    assert {"dpt3", "opv4", "ipv1"} <= set(by_month[4])
    assert "mr1" in by_month[9]
    assert {"dpt4", "mr2"} <= set(by_month[18])
    assert by_month[84] == ["bias-mr", "bias-dt"]  # grade 1; Td in 2 and 5, HPV in 5
    assert (by_month[96], by_month[132]) == (["bias-td2"], ["bias-td5", "bias-hpv"])
    assert not any("je" in codes or "iron-youth" in codes for codes in by_month.values())  # not given in NTB; later


def test_a_birth_date_gives_days_what_is_due_and_what_is_over(client: Any) -> None:
    today = timezone.localdate()
    born = today - timedelta(days=100)
    page = client.get("/posyandu/schedule/", {"born": born.isoformat()}).content.decode()
    assert "sudah waktunya" in page
    assert "hanya untuk anak yang lebih muda" in page  # HB0
    states = {one.item.code: one.state for age in childhood(schedule(), born, today) for one in age.planned}
    assert (states["hb0"], states["hexa1"], states["hexa3"]) == ("over", "due", "coming")
    calendar = client.get("/posyandu/schedule/", {"born": born.isoformat(), "ics": "1"}).content.decode()
    assert (born + timedelta(days=122)).strftime("DTSTART;VALUE=DATE:%Y%m%d") in calendar
    assert born.strftime("DTSTART;VALUE=DATE:%Y%m%d") not in calendar


def test_vitamin_a_waits_for_its_months_and_is_not_called_due_in_november(client: Any) -> None:
    """February and August only (Permenkes 21/2015)."""
    born, november = date(2026, 3, 5), date(2026, 11, 28)
    ages = childhood(schedule(), born, november)
    states = {one.item.code: one.state for age in ages for one in age.planned}
    assert (states["vita-blue"], states["vita-red"], states["hexa1"]) == ("again", "coming", "due")
    assert next(age for age in ages if age.months == 6).from_that_day == []
    today = timezone.localdate()
    calendar = client.get("/posyandu/schedule/", {"born": today.isoformat(), "ics": "1"}).content.decode()
    assert "Vitamin A" not in calendar
    assert "MR1" in calendar


@pytest.mark.parametrize("days", [-1, 5000])
def test_a_date_that_cannot_be_is_told_and_kept_in_the_form(client: Any, days: int) -> None:
    born = (timezone.localdate() - timedelta(days=days)).isoformat()
    page = client.get("/posyandu/schedule/", {"born": born}).content.decode()
    assert "born-wrong" in page
    assert born in page
    assert client.get("/posyandu/schedule/", {"born": "2026-13-45"}).status_code == 200


def test_what_each_age_is_looked_after_for(client: Any) -> None:
    page = client.get("/posyandu/health/hamil/").content.decode()
    assert "Tanda bahaya kehamilan" in page
    assert page.count("<dt>Anemia") == 1
    assert "60 tahun ke atas" in page
    assert client.get("/posyandu/health/kpsp/").status_code == 404
    assert client.get("/posyandu/health/tidak-ada/").status_code == 404
