"""The stratum follows from twelve months of records; the page says what is missing; changes are kept as history."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from posyandu import contacts, strata
from posyandu.models import OpenDay, Posyandu, PosyanduPlan, StratumRecord
from posyandu.targets import months_back
from posyandu.visits import Measurement, record_visit


def open_eight_months(posyandu: Any, child: Any) -> None:
    """An open day in each of eight months, on which somebody was served."""
    kid = child(timezone.localdate() - timedelta(days=500), name="Rutin")
    for back in range(8):
        day = OpenDay.objects.create(posyandu=posyandu, day=months_back(timezone.localdate(), back))
        record_visit(kid, day, Measurement(Decimal("9.1"), confirmed=True), None)  # type: ignore[arg-type]


def test_from_pratama_to_madya_and_what_is_missing(posyandu: Any, child: Any, person: Any) -> None:
    today = timezone.localdate()
    found = strata.assess(posyandu, today)
    assert (found.stratum, len(found.missing)) == ("pratama", 2)
    open_eight_months(posyandu, child)
    posyandu.cadres.add(*(person("cadre") for _number in range(5)))
    found = strata.assess(posyandu, today)
    assert found.stratum == "madya"
    assert any("50" in text for text in found.missing)
    PosyanduPlan.objects.create(posyandu=posyandu, active_cadres=3)
    assert strata.assess(posyandu, today).facts["cadres"] == 5  # those with an account count too


def test_purnama_and_mandiri(posyandu: Any, child: Any, person: Any, monkeypatch: Any) -> None:
    today = timezone.localdate()
    open_eight_months(posyandu, child)
    child(today - timedelta(days=400))
    plan = PosyanduPlan.objects.create(posyandu=posyandu, active_cadres=5, extra_programmes=1)
    monkeypatch.setattr(strata, "_programmes", lambda *_of: dict.fromkeys(("kia", "kb", "immunisation", "nutrition", "diarrhoea"), 0.5))
    assert strata.assess(posyandu, today).stratum == "purnama"
    plan.fund_households = 1
    plan.save()
    found = strata.assess(posyandu, today)
    assert (found.stratum, found.missing) == ("mandiri", [])


def test_family_posyandu_serves_all_five(posyandu: Any, child: Any, person: Any) -> None:
    today, cadre = timezone.localdate(), person("cadre")
    day = OpenDay.objects.create(posyandu=posyandu, day=today)
    record_visit(child(today - timedelta(days=300)), day, Measurement(Decimal("8.5"), confirmed=True), cadre)
    for years, slug, answers in ((30, "hamil", {"hb": 12}), (14, "remaja", {"school": "yes"}), (40, "dewasa", {"smokes": "no"})):
        someone = child(date(today.year - years, 1, 1), sex="F", name=f"P{years}")
        contacts.record_contact(someone, contacts.whole_form(slug), today, answers, cadre, posyandu=posyandu)
    found = strata.assess(posyandu, today)
    assert not found.is_family
    assert len(found.missing_groups) == 1
    old = child(date(today.year - 70, 1, 1), name="Tua")
    contacts.record_contact(old, contacts.whole_form("lansia"), today, {"systolic": 120, "diastolic": 80}, cadre, posyandu=posyandu)
    assert strata.assess(posyandu, today).is_family


def test_history_grows_only_with_changes(posyandu: Any, child: Any, person: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    for back in (60, 30, 0):
        strata.keep(posyandu, today - timedelta(days=back))
    assert StratumRecord.objects.count() == 1
    cadre = person("cadre")
    posyandu.cadres.add(cadre)
    open_eight_months(posyandu, child)
    page = f"/posyandu/cadre/stratum/{posyandu.pk}/"
    client = sign_in(cadre)
    assert client.post(page, {"active_cadres": 6, "extra_programmes": 0, "fund_households": 0, "plan": "Latih kader."}).status_code == 302
    assert list(posyandu.strata.values_list("stratum", flat=True)) == ["madya", "pratama"]
    assert "Latih kader." in client.get(page).content.decode()


def test_leaders_see_the_strata_of_an_area_and_of_each_posyandu(posyandu: Any, person: Any, sign_in: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    Posyandu.objects.create(name="Posyandu Baru", village=posyandu.village)
    facts = {"open_days": 12, "cadres": 6, "coverage": 0.61}
    for place, stratum, day in (
        (posyandu, "pratama", date(2026, 1, 1)),
        (posyandu, "madya", date(2026, 6, 1)),
        (other, "pratama", date(2026, 1, 1)),
    ):
        StratumRecord.objects.create(posyandu=place, day=day, stratum=stratum, is_family=stratum == "madya", facts=facts)
    client = sign_in(person("leader"))
    code = posyandu.village.code[:8]
    page = client.get(f"/posyandu/leader/strata/?area={code}").content.decode()
    row = page[page.index(f"area={posyandu.village.code}") :][:400]
    assert [int(n) for n in re.findall(r'"number">(\d+)<', row)[:5]] == [1, 1, 0, 0, 1]
    assert "61" in page
    only = client.get(f"/posyandu/leader/strata/?area={code}&stratum=pratama").content.decode()
    assert "Posyandu Mawar" in only
    assert "Posyandu Melati" not in only
    assert "Posyandu Baru" in client.get(f"/posyandu/leader/strata/?area={code}&stratum=none").content.decode()
    table = client.get(f"/posyandu/leader/strata/?area={code}&export=csv").getvalue().decode()
    assert "Posyandu Melati" in table
    assert "madya" in table
