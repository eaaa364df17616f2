"""Exact figures, in which one cell is often one child, are for whoever answers for the area: others see areas above theirs by regency and
district, never by village or posyandu."""

from __future__ import annotations

from typing import Any

import pytest

OWN, NEAR, FAR = "52.07.02", "52.07.03", "52.71.01"
PAGES = (
    "/posyandu/leader/?area=",
    "/posyandu/leader/report/?area=",
    "/posyandu/leader/dhis2.json?area=",
    "/posyandu/leader/?export=csv&area=",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["midwife", "leader"])
@pytest.mark.parametrize(
    ("area", "allowed"),
    [
        ("52", True), ("52.07", True), (OWN, True), (f"{OWN}.2021", True), (NEAR, False), ("52.71", False), (FAR, False),
        (f"{FAR}.1001", False),
    ],
)  # fmt: skip
def test_by_area(person: Any, sign_in: Any, page: str, role: str, area: str, allowed: bool) -> None:
    from ntbportal.commons.places import Region

    if not Region.objects.filter(code=area).exists():
        area = Region.objects.filter(level="village", code__startswith=f"{FAR}.").order_by("code")[0].code
    answer = sign_in(person(role, region=OWN)).get(page + area)
    assert (answer.status_code == 200) is allowed, area
    assert answer.status_code in {200, 403}


@pytest.mark.parametrize(("level", "status"), [("village", 403), ("district", 403), ("regency", 200)])
def test_a_deeper_level_is_no_way_round(person: Any, sign_in: Any, level: str, status: int) -> None:
    address = f"/posyandu/leader/dhis2.json?area=52&level={level}"
    assert sign_in(person("midwife", region=OWN)).get(address).status_code == status
    assert sign_in(person("leader")).get(address).status_code == 200
    assert sign_in(person("admin")).get(address).status_code == 200


def test_the_village_midwife_sees_her_village(person: Any, sign_in: Any) -> None:
    client = sign_in(person("midwife", region=f"{OWN}.2021"))
    assert client.get(f"/posyandu/leader/?area={OWN}.2021").status_code == 200
    assert client.get(f"/posyandu/leader/?area={OWN}").status_code == 403  # its rows are other villages
    assert client.get("/posyandu/leader/").status_code == 200


def test_no_link_leads_to_a_page_that_refuses(person: Any, sign_in: Any, posyandu: Any) -> None:
    import re

    from ntbportal.commons.places import Region
    from posyandu.models import Posyandu

    for code in (NEAR, "52.71"):
        Posyandu.objects.create(name=code, village=Region.objects.filter(level="village", code__startswith=f"{code}.")[0])
    client = sign_in(person("midwife", region=OWN))
    for area in ("52", "52.07", OWN):
        page = client.get(f"/posyandu/leader/?area={area}").content.decode()
        for address in set(re.findall(r"\?area=([\d.]+)&amp;month", page)):
            assert client.get(f"/posyandu/leader/?area={address}").status_code == 200, (area, address)
