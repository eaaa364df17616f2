"""What leaves for other systems: FHIR R4 resources as HL7 defines them, and DHIS2 values that equal the figures on the page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from ntbportal.commons.audit import PersonalDataAccess
from posyandu import contacts
from posyandu.immunisation import give
from posyandu.models import Item, OpenDay
from posyandu.skdn import FIELDS, skdn_by
from posyandu.visits import Measurement, record_visit


@pytest.fixture
def recorded(posyandu: Any, child: Any, person: Any) -> Any:
    cadre, today = person("cadre"), date(2026, 10, 10)
    posyandu.cadres.add(cadre)
    day = OpenDay.objects.create(posyandu=posyandu, day=today)
    kid = child(today - timedelta(days=300))
    kid.nik, kid.birth_weight = "5207021401260001", Decimal("2.45")
    kid.save()
    measured = Measurement(Decimal("8.25"), Decimal("70.5"), "L", head=Decimal("44.1"), muac=Decimal("13.2"), confirmed=True)
    record_visit(kid, day, measured, cadre)
    give(kid, Item.objects.get(code="bcg"), today - timedelta(days=260), cadre, posyandu=posyandu, batch="B123")
    mother = child(date(1995, 1, 1), sex="F", name="Aminah")
    answers = {"systolic": 118, "diastolic": 76, "hb": "11,2", "weight": 55, "height": 150}
    contacts.record_contact(mother, contacts.whole_form("dewasa"), today, answers, cadre, posyandu=posyandu, open_day=day)
    return cadre, kid, mother


def test_a_bundle_is_valid_fhir_with_satusehats_codes(recorded: Any, posyandu: Any, sign_in: Any) -> None:
    cadre, kid, _mother = recorded
    client = sign_in(cadre)
    assert client.get(f"/posyandu/cadre/fhir/{posyandu.pk}/").status_code == 302  # without a reason
    answer = client.get(f"/posyandu/cadre/fhir/{posyandu.pk}/?reason=Kirim+ke+SATUSEHAT")
    assert answer["Content-Type"] == "application/fhir+json"
    bundle = Bundle.model_validate_json(answer.content)  # HL7's own definitions, by fhir.resources
    kinds: dict[str, list[Any]] = {}
    for entry in bundle.entry:
        kinds.setdefault(type(entry.resource).__name__, []).append(entry.resource)
    assert {name: len(rows) for name, rows in kinds.items()} == {
        "Organization": 1,
        "Patient": 2,
        "Encounter": 2,
        "Observation": 10,
        "Immunization": 1,
    }
    values = {row.code.coding[0].code: (float(row.valueQuantity.value), row.valueQuantity.code) for row in kinds["Observation"]}
    assert values["8339-4"] == (2.45, "kg")
    assert values["8306-3"] == (70.5, "cm")
    assert values["9843-4"] == (44.1, "cm")
    assert values["8480-6"] == (118.0, "mm[Hg]")
    assert {row.identifier[0].value for row in kinds["Patient"]} >= {"5207021401260001"}
    assert kinds["Immunization"][0].lotNumber == "B123"
    assert PersonalDataAccess.objects.filter(user=cadre, subject=f"export:posyandu:{posyandu.pk}", page__contains="SATUSEHAT").exists()
    alone = client.get(f"/posyandu/cadre/people/{kid.pk}/fhir.json").json()
    assert sum(entry["resource"]["resourceType"] == "Patient" for entry in alone["entry"]) == 1


def test_dhis2_values_equal_the_figures(recorded: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    answer = sign_in(person("leader")).get("/posyandu/leader/dhis2.json?month=2026-10&area=52.07&level=village")
    sent = json.loads(answer.content)
    assert (sent["period"], sent["dataSet"]) == ("202610", "POSYANDU_SKDN")
    row = next(one for one in skdn_by("village", posyandu.village.parent, date(2026, 10, 1)) if one.area == posyandu.village_id)
    values = {one["dataElement"]: int(one["value"]) for one in sent["dataValues"] if one["orgUnit"] == posyandu.village_id}
    assert values == {f"POSYANDU_{name.upper()}": getattr(row, name) for name in FIELDS if getattr(row, name)}
    assert values["POSYANDU_D"] == 1
