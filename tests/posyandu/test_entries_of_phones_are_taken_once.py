"""What a phone wrote without signal arrives once, in any order; what differs from another's entry is shown, never overwritten."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from posyandu.models import Arrival, GrowthVisit, OpenDay, Person, SyncedEntry, Visit
from posyandu.people import merge
from posyandu.tallying import differences


@pytest.fixture
def today() -> Any:
    return timezone.localdate()


@pytest.fixture
def send(from_phone: Any) -> Any:
    return from_phone


def test_sent_twice_is_once(send: Any, entry: Any, child: Any, today: Any) -> None:
    weighed = entry("growth", child(today - timedelta(days=400)), weight=9.1, height=74.5, measure="L")
    first, again = send(weighed)[0], send(weighed)[0]
    assert first == again
    assert (first["state"], first["status"]) == ("kept", "B")
    assert GrowthVisit.objects.count() == SyncedEntry.objects.count() == 1
    assert str(GrowthVisit.objects.get().key) == weighed["key"]
    assert differences() == []


def test_a_new_person_and_visits_in_any_order(send: Any, entry: Any, today: Any) -> None:
    born = entry("person", name="Bayi Baru", sex="F", born=(today - timedelta(days=20)).isoformat(), mother="Rohani", consent=True)
    weighed = entry("growth", born["key"], weight=3.6)
    assert send(weighed)[0]["state"] == "wait"
    answers = send(weighed, entry("arrival", born["key"]), born)
    assert [one["state"] for one in answers] == ["kept", "kept", "kept"]
    found = Person.objects.get(name="Bayi Baru")
    assert (found.growth_visits.count(), found.household.consent_on, Arrival.objects.get().number) == (1, today, 1)


def test_another_entry_for_the_same_day_is_a_conflict_until_somebody_decides(send: Any, entry: Any, child: Any, today: Any) -> None:
    kid = child(today - timedelta(days=400))
    send(entry("growth", kid, weight=9.1, height=74.5, measure="L"))
    same = entry("growth", kid, weight="9.10", height=74.5, measure="L")
    assert send(same)[0]["state"] == "kept"
    other = entry("growth", kid, weight=9.6, height=74.5, measure="L")
    answer = send(other)[0]
    assert (answer["state"], answer["theirs"]["weight"]) == ("conflict", "9.10")
    assert str(GrowthVisit.objects.get().weight) == "9.10"
    assert send({**other, "replace": True})[0]["state"] == "kept"
    assert str(GrowthVisit.objects.get().weight) == "9.60"
    from django.apps import apps

    events = apps.get_model("posyandu", "GrowthVisitEvent").objects.filter(pgh_label="corrected")
    assert "9.10" in {str(event.weight) for event in events}  # what was there stays in the history


def test_a_correction_of_ones_own_entry_is_no_conflict(send: Any, entry: Any, child: Any, today: Any) -> None:
    kid = child(today - timedelta(days=400))
    first = entry("growth", kid, weight=9.1)
    send(first)
    assert send(entry("growth", kid, weight=9.2, corrects=first["key"]))[0]["state"] == "kept"
    assert str(GrowthVisit.objects.get().weight) == "9.20"


def test_forms_conflict_alike_and_are_judged_by_the_server(send: Any, entry: Any, child: Any, today: Any) -> None:
    elder = child(today - timedelta(days=70 * 366), name="Inaq Sahnim")
    first = send(entry("visit", elder, form="lansia", answers={"systolic": 185, "diastolic": "95"}))[0]
    assert first["findings"] == ["hypertension-crisis"]
    assert Visit.objects.get().refer
    assert send(entry("visit", elder, form="lansia", answers={"systolic": 130, "diastolic": 80}))[0]["theirs"]["systolic"] == 185


def test_somebody_who_sounds_like_somebody_is_asked_about(send: Any, entry: Any, child: Any, today: Any) -> None:
    kid = child(today - timedelta(days=300), name="Muhammad Rizki")
    new = entry("person", name="Moh. Rizqi", sex="M", born=kid.birth_date.isoformat())
    answer = send(new)[0]
    assert (answer["state"], answer["people"][0]["id"]) == ("double", kid.pk)
    assert send({**new, "is": kid.pk})[0]["person"] == kid.pk
    assert send(entry("growth", new["key"], weight=8))[0]["person"] == kid.pk
    assert Person.objects.count() == 1
    assert send({**new, "key": str(uuid.uuid4()), "is_new": True})[0]["state"] == "kept"
    assert Person.objects.count() == 2


def test_somebody_known_who_was_merged_meanwhile_is_found(send: Any, entry: Any, child: Any, cadre: Any, today: Any) -> None:
    kept, double = (child(today - timedelta(days=300), name=name) for name in ("Muhammad Rizki", "Moh. Rizqi"))
    new = entry("person", name="Moh. Rizqi", sex="M", born=double.birth_date.isoformat())
    assert send({**new, "is": double.pk})[0]["person"] == double.pk
    merge(kept, double, cadre)
    assert send(entry("growth", new["key"], weight=8))[0]["person"] == kept.pk
    assert send(entry("arrival", new["key"]))[0]["person"] == kept.pk


def test_what_was_given_comes_along_and_too_soon_is_told(send: Any, entry: Any, child: Any, today: Any) -> None:
    kid = child(today - timedelta(days=100))
    dose = entry("given", kid, item="dpt1")
    assert [one["state"] for one in send(dose, dose, entry("given", kid, item="dpt1"))] == ["kept"] * 3
    assert kid.given.count() == 1
    assert send(entry("given", kid, item="dpt2"))[0]["state"] == "refused"
    assert send(entry("given", kid, item="nasi"))[0]["state"] == "refused"


def test_a_wrong_clock_is_put_right(send: Any, entry: Any, child: Any, today: Any) -> None:
    kid, ahead = child(today - timedelta(days=400)), timedelta(days=31)
    weighed = entry("growth", kid, weight=9.1, day=(today + ahead).isoformat(), at=(timezone.now() + ahead).isoformat())
    assert send(weighed)[0]["state"] == "refused"  # the phone does not say that its clock is off
    answer = send(weighed, sent_at=timezone.now() + ahead)[0]
    assert answer["day"] == today.isoformat()
    assert OpenDay.objects.get(growth_visits__isnull=False).day == today
    assert abs((SyncedEntry.objects.get().written_at - timezone.now()).total_seconds()) < 120


def test_what_cannot_be_is_refused_and_the_rest_is_kept(send: Any, entry: Any, child: Any, today: Any, person: Any) -> None:
    kid = child(today - timedelta(days=400))
    answers = send(
        entry("growth", kid, weight=900),
        entry("growth", 999_999, weight=9),
        entry("visit", kid, form="lansia", answers={}),
        entry("dance", kid),
        {"kind": "growth"},
        "nonsense",
        entry("growth", kid, weight=30),
        entry("growth", kid, weight=9.3),
    )
    assert [one["state"] for one in answers] == ["refused"] * 6 + ["ask", "kept"]
    assert "200" in answers[0]["errors"][0]


def test_only_ones_own_posyandu(entry: Any, child: Any, today: Any, person: Any, sign_in: Any) -> None:
    stranger = sign_in(person("midwife", region="52.71"))
    body = {"sent_at": timezone.now().isoformat(), "entries": [entry("growth", child(today - timedelta(days=400)), weight=9)]}
    answer = stranger.post("/posyandu/cadre/send/", json.dumps(body), content_type="application/json")
    assert answer.status_code == 403 or answer.json()["answers"][0]["state"] == "refused"
    assert not GrowthVisit.objects.exists()


def test_the_pack_holds_what_forms_need_and_no_numbers_of_identity(cadre: Any, child: Any, today: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:  # fmt: skip
    for number in range(30):
        kid = child(today - timedelta(days=300 + number))
        kid.nik = f"52070212345678{number:02}"
        kid.save()
    client = sign_in(cadre)
    with django_assert_max_num_queries(36):
        pack = client.get("/posyandu/cadre/pack/").json()
    assert len(pack["people"]) == 30
    assert "520702123456" not in json.dumps(pack)
    assert {form["slug"] for form in pack["rules"]["forms"]} >= {"hamil", "balita", "remaja", "dewasa", "lansia"}
