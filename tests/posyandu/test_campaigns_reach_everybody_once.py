"""A campaign is planned for an area and an age, given once to everybody beside the schedule, on the page and by phone, and counted from
the province down to the posyandu."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import override

from ntbportal.commons.places import Region
from posyandu import immunisation, pack
from posyandu.campaigns import reach, total
from posyandu.models import Campaign, Given, Item, OpenDay, Posyandu
from posyandu.planning import month_targets
from posyandu.tallying import differences

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def polio(today: date) -> Campaign:
    return Campaign.objects.create(
        name="PIN Polio", item=Item.objects.get(code="opv4"), region_id="52.07", first_day=today - timedelta(days=5),
        last_day=today + timedelta(days=5), from_days=0, until_days=5 * 365, after_days=28,
    )  # fmt: skip


@pytest.fixture
def day(posyandu: Any, cadre: Any, today: date) -> OpenDay:
    return OpenDay.objects.create(posyandu=posyandu, day=today, opened_by=cadre)


def test_it_is_given_on_the_page_once_and_taken_back(polio: Any, child: Any, day: Any, cadre: Any, sign_in: Any, today: date) -> None:
    client, girl = sign_in(cadre), child(today - timedelta(days=700))
    path = f"/posyandu/cadre/days/{day.pk}/people/{girl.pk}/services/"
    assert "PIN Polio" in client.get(path).content.decode()
    for _time in range(2):
        client.post(path, {"campaign": polio.pk})
    given = Given.objects.get(person=girl)
    assert (given.campaign, given.day, given.open_day) == (polio, today, day)
    page = client.get(path).content.decode()
    assert f'name="campaign" value="{polio.pk}"' not in page
    client.post(path, {"drop": given.pk})
    assert not Given.objects.filter(person=girl).exists()
    assert differences() == []


def test_its_dose_stands_beside_the_schedule(polio: Any, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    girl = child(today - timedelta(days=300))
    immunisation.give_in_campaign(girl, polio, today, cadre, posyandu=posyandu)
    lines = immunisation.lines_for(girl, today, posyandu.village_id, immunisation.schedule(), list(girl.given.all()))
    assert {line.item.code: line.state for line in lines}["opv4"] != "given"
    assert Given.objects.get(person=girl).tallied == [polio.code]  # not among the routine doses that coverage counts
    with pytest.raises(ValidationError, match="PIN Polio"):  # nor taken for one that is written down for the same day
        immunisation.give(girl, polio.item, today, cadre, posyandu=posyandu)


@pytest.mark.parametrize(("age", "region", "late"), [(6 * 365, "52.07", 0), (300, "52.01", 0), (300, "52.07", 30)])
def test_it_is_for_its_age_its_area_and_its_days(
    polio: Any, child: Any, posyandu: Any, cadre: Any, today: date, age: int, region: str, late: int
) -> None:
    Campaign.objects.filter(pk=polio.pk).update(
        region_id=region, first_day=polio.first_day - timedelta(days=late), last_day=polio.last_day - timedelta(days=late)
    )
    polio.refresh_from_db()
    one = child(today - timedelta(days=age))
    assert immunisation.campaigns_for(one, today, posyandu.village_id) == []
    with pytest.raises(ValidationError):
        immunisation.give_in_campaign(one, polio, today, cadre, posyandu=posyandu)


def test_not_too_soon_after_a_dose_of_the_same_kind(polio: Any, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    girl = child(today - timedelta(days=80))
    immunisation.give(girl, Item.objects.get(code="opv1"), today - timedelta(days=10), cadre, posyandu=posyandu)
    with pytest.raises(ValidationError, match="28"):
        immunisation.give_in_campaign(girl, polio, today, cadre, posyandu=posyandu)


def test_phones_take_it_along_and_send_it_once(
    polio: Any, child: Any, posyandu: Any, cadre: Any, from_phone: Any, entry: Any, today: date
) -> None:
    girl = child(today - timedelta(days=700))
    taken = pack.pack_for(cadre, [posyandu])
    assert [(one["id"], one["name"], one["region"]) for one in taken["campaigns"]] == [(polio.pk, "PIN Polio", "52.07")]
    needs = {need[0]: need for need in taken["people"][0]["needs"]}
    assert needs["campaign"] == ["campaign", str(polio.pk), "PIN Polio", "PIN Polio", False]
    assert needs["weigh"][2:4] == ["Timbang; 3 bulan tidak ditimbang", "Weigh; not weighed for 3 months"]
    first, again = entry("given", girl, item="opv4", campaign=polio.pk), entry("given", girl, item="opv4", campaign=polio.pk)
    assert [one["state"] for one in from_phone(first, first, again)] == ["kept"] * 3
    assert Given.objects.filter(person=girl, campaign=polio).count() == 1
    told = {one["id"]: one for one in pack.pack_for(cadre, [posyandu])["people"]}[girl.pk]
    assert (told["campaigns"], told["given"]) == ([polio.pk], [])
    (refused,) = from_phone(entry("given", girl, item="opv4", campaign=999_999))
    assert refused["state"] == "refused"


def test_the_month_lists_whom_it_still_has_to_reach(polio: Any, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    child(today - timedelta(days=700), name="Belum")
    done = child(today - timedelta(days=700), name="Sudah")
    immunisation.give_in_campaign(done, polio, today, cadre, posyandu=posyandu)
    with override("id"):
        found = {one.person.name: one for one in month_targets(posyandu, today.replace(day=1), today)}
    assert "PIN Polio" in [need.text for need in found["Belum"].open]
    assert "campaign" in found["Sudah"].done


def test_figures_are_sums_from_the_regency_to_the_posyandu(polio: Any, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=Region.objects.filter(code__startswith="52.07.02.").earliest("code"))
    elsewhere = Posyandu.objects.create(
        name="Posyandu Jauh", village=Region.objects.filter(code__startswith="52.01.", level="village").earliest("code")
    )
    for place, number in ((posyandu, 3), (other, 2), (elsewhere, 4)):
        for n in range(number):
            one = child(today - timedelta(days=500), name=f"Anak {n}", at=place)
            if n == 0 and place is not elsewhere:
                immunisation.give_in_campaign(one, polio, today, cadre, posyandu=place)
    child(today - timedelta(days=9 * 365))
    regency, district, village = (Region.objects.get(code=code) for code in ("52.07", "52.07.02", "52.07.02.2021"))
    whole = total(reach(polio, regency, today), "52.07", "")
    assert (whole.due, whole.done, whole.left, whole.share) == (5, 2, 3, 0.4)
    assert total(reach(polio, district, today), "52.07.02", "").due == 5
    assert [(row.name, row.due, row.done) for row in reach(polio, village, today)] == [("Posyandu Melati", 3, 1)]
    assert [row.code for row in reach(polio, Region.objects.get(code="52"), today)] == ["52.07"]


def test_a_midwife_plans_one_for_her_area_and_nobody_elses(midwife: Any, sign_in: Any, person: Any, today: date) -> None:
    client = sign_in(midwife)
    data = {
        "name": "ORI Campak", "item": Item.objects.get(code="mr1").pk, "region": "52.07.02", "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=3)).isoformat(), "from_months": 9, "below_months": 60, "after_days": 28,
    }  # fmt: skip
    wrong = client.post("/posyandu/cadre/campaigns/new/", {**data, "last_day": (today - timedelta(days=3)).isoformat(), "below_months": 5})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Hari terakhir mendahului" in page
    assert "Harus di atas umur mulainya" in page
    assert 'value="ORI Campak"' in page
    assert client.post("/posyandu/cadre/campaigns/new/", {**data, "region": "52.01"}).status_code == 422
    assert client.post("/posyandu/cadre/campaigns/new/", data).status_code == 302
    made = Campaign.objects.get()
    assert (made.from_days, made.until_days, made.planned_by) == (274, 1825, midwife)
    stranger = sign_in(person("midwife", region="52.01"))
    assert stranger.get(f"/posyandu/leader/campaigns/{made.pk}/").status_code == 404
    assert stranger.get(f"/posyandu/cadre/campaigns/{made.pk}/").status_code == 403
    leader = sign_in(person("leader"))
    assert "ORI Campak" in leader.get("/posyandu/leader/campaigns/?state=running").content.decode()
    assert "ORI Campak" not in leader.get("/posyandu/leader/campaigns/?state=over").content.decode()
    assert "52.07.02" in leader.get(f"/posyandu/leader/campaigns/{made.pk}/?export=csv").getvalue().decode()


def test_what_has_begun_keeps_whom_it_is_for(midwife: Any, sign_in: Any, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    made = Campaign.objects.create(
        name="ORI", item=Item.objects.get(code="mr1"), region_id="52.07.02", first_day=today, last_day=today, from_days=274, until_days=1825
    )
    client = sign_in(midwife)
    immunisation.give_in_campaign(child(today - timedelta(days=600)), made, today, cadre, posyandu=posyandu)
    client.post(f"/posyandu/cadre/campaigns/{made.pk}/", {"act": "remove"})
    client.post(
        f"/posyandu/cadre/campaigns/{made.pk}/",
        {"name": "ORI Campak", "last_day": (today + timedelta(days=9)).isoformat(), "below_months": 200, "region": "52.07"},
    )
    made.refresh_from_db()
    assert (made.name, made.last_day, made.until_days, made.region_id) == ("ORI Campak", today + timedelta(days=9), 1825, "52.07.02")
