"""A pregnancy that ended without a birth of the register: she is expected no longer, and can be again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from posyandu import contacts, pregnancies
from posyandu import people as records
from posyandu.models import Person, PregnancyEnd
from posyandu.planning import month_targets

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def mother(child: Any, posyandu: Any, cadre: Any, today: date) -> Person:
    """Thirty weeks pregnant, seen forty days ago."""
    found = child(today - timedelta(days=28 * 365), sex="F", name="Ibu Rina")
    answers = {"last-period": (today - timedelta(weeks=30)).isoformat(), "systolic": "110", "diastolic": "70"}
    contacts.record_contact(
        found, contacts.whole_form("hamil"), today - timedelta(days=40), answers, cadre, posyandu=posyandu, confirmed=True
    )
    return found


def kinds(posyandu: Any, today: date) -> set[str]:
    return {need.kind for one in month_targets(posyandu, today.replace(day=1), today) for need in one.open if one.person.name == "Ibu Rina"}


def test_the_page_tells_the_weeks_and_the_birth_expected(mother: Person, cadre: Any, sign_in: Any, today: date) -> None:
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{mother.pk}/").content.decode()
    assert "Minggu ke-30" in page
    assert pregnancies.pregnancy_of(mother, today).expected == today + timedelta(days=280 - 210)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("how", "afterwards"), [("miscarriage", set()), ("stillbirth", {"nursing"}), ("elsewhere", {"nursing"}), ("mistaken", set())]
)
def test_she_is_expected_no_longer_and_after_a_birth_seen_all_the_same(
    mother: Person, posyandu: Any, cadre: Any, sign_in: Any, today: date, how: str, afterwards: set[str]
) -> None:
    assert "pregnancy" in kinds(posyandu, today)
    client = sign_in(cadre)
    client.post(f"/posyandu/cadre/people/{mother.pk}/change/", {"act": "end-pregnancy", "how": how, "day": today - timedelta(days=3)})
    assert kinds(posyandu, today) & {"pregnancy", "nursing"} == afterwards
    end = PregnancyEnd.objects.get()
    page = client.get(f"/posyandu/cadre/people/{mother.pk}/").content.decode()
    assert end.get_how_display() in page
    client.post(f"/posyandu/cadre/people/{mother.pk}/change/", {"act": "pregnancy-goes-on", "end": end.pk})
    assert "pregnancy" in kinds(posyandu, today)
    event = PregnancyEnd.pgh_event_models["removed"].objects.get()  # type: ignore[attr-defined]
    assert (event.how, event.pgh_context.metadata["user"]) == (how, cadre.pk)


def test_what_was_typed_is_kept_where_it_is_refused(mother: Person, posyandu: Any, cadre: Any, sign_in: Any, today: date) -> None:
    client, address = sign_in(cadre), f"/posyandu/cadre/people/{mother.pk}/change/"
    before = today - timedelta(weeks=31)
    answer = client.post(address, {"act": "end-pregnancy", "how": "stillbirth", "day": before})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "tidak mungkin berakhir sebelumnya" in page
    assert '<option value="stillbirth" selected>' in page
    assert f'value="{before}"' in page
    for act, wrong in (("leave", {"why": "died", "day": "?"}), ("move", {"posyandu": posyandu.pk, "day": "?"})):
        assert client.post(address, {"act": act, **wrong}).status_code == 422
    for act in ("pregnancy-goes-on", "undo", "merge"):  # numbers that are none
        assert client.post(address, {"act": act, "end": "x", "merge": "x", "double": "x"}).status_code == 404


def test_a_day_that_cannot_be_is_refused_and_so_is_an_end_without_a_pregnancy(mother: Person, child: Any, cadre: Any, today: date) -> None:
    for day in (today + timedelta(days=1), today - timedelta(weeks=31)):
        with pytest.raises(ValidationError):
            pregnancies.end(mother, "miscarriage", day, today, cadre)
    pregnancies.end(mother, "miscarriage", today, today, cadre)
    with pytest.raises(ValidationError):
        pregnancies.end(mother, "stillbirth", today, today, cadre)
    with pytest.raises(ValidationError):
        pregnancies.end(child(today - timedelta(days=9000), sex="F", name="Ibu Sari"), "miscarriage", today, today, cadre)


def test_the_next_pregnancy_is_expected_again(mother: Person, posyandu: Any, cadre: Any, today: date) -> None:
    pregnancies.end(mother, "miscarriage", today - timedelta(weeks=20), today, cadre)
    assert "pregnancy" not in kinds(posyandu, today)
    answers = {"last-period": (today - timedelta(weeks=10)).isoformat(), "systolic": "110", "diastolic": "70"}
    earlier = today.replace(day=1) - timedelta(days=3)
    contacts.record_contact(mother, contacts.whole_form("hamil"), earlier, answers, cadre, posyandu=posyandu, confirmed=True)
    assert "pregnancy" in kinds(posyandu, today)


def test_it_goes_over_with_a_double_and_back(mother: Person, child: Any, posyandu: Any, cadre: Any, today: date) -> None:
    pregnancies.end(mother, "stillbirth", today, today, cadre)
    kept = child(mother.birth_date, sex="F", name="Ibu Rina")
    merge = records.merge(kept, mother, cadre)
    assert [one.how for one in kept.pregnancy_ends.all()] == ["stillbirth"]
    records.undo(merge)
    assert [one.how for one in mother.pregnancy_ends.all()] == ["stillbirth"]
