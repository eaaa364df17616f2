"""A child that came alone is put into its family and knows its mother; a mother who is there already is asked about, by the page and by
the phone; nobody is put into a family of another posyandu."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ntbportal.commons.audit import PersonalDataAccess
from posyandu.models import Household, Person, Posyandu, Relation, SocialCheck
from posyandu.planning import month_targets
from posyandu.targets import months_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def mother(child: Any, today: date) -> Person:
    found = child(months_back(today, 12 * 27), sex="F", name="Rohana")
    found.relation = Relation.WIFE
    found.save()
    return found


@pytest.fixture
def baby(child: Any, today: date) -> Person:
    found = child(today - timedelta(days=20), sex="F", name="Nisa")
    found.mother_name = "Ruhana"  # as somebody else spelt it
    found.save()
    return found


def test_a_child_is_put_into_its_family_and_its_mother_is_called_after_the_birth(
    mother: Person, baby: Person, posyandu: Any, cadre: Any, sign_in: Any, today: date
) -> None:
    client, address = sign_in(cadre), f"/posyandu/cadre/people/{baby.pk}/family/"
    page = client.get(address).content.decode()  # the family of somebody called like the mother is proposed
    assert f'value="{mother.household_id}"' in page
    SocialCheck.objects.create(household=baby.household, posyandu=posyandu, day=today, found=["documents"])
    old = baby.household
    client.post(address, {"family": mother.household_id, "relation": "child"})
    baby.refresh_from_db()
    assert (baby.household, baby.mother, baby.relation) == (mother.household, mother, "child")
    assert SocialCheck.objects.get().household == mother.household  # nobody is left in the old family
    called = {one.person.pk: {need.kind for need in one.open} for one in month_targets(posyandu, today.replace(day=1), today)}
    assert "nursing" in called[mother.pk]
    shown = client.get("/posyandu/cadre/families/").content.decode()
    assert f"/families/{old.pk}/" not in shown
    assert f"/families/{old.pk}/" in client.get("/posyandu/cadre/families/", {"show": "empty"}).content.decode()


def test_a_family_of_their_own(mother: Person, cadre: Any, sign_in: Any) -> None:
    daughter = Person.objects.create(
        household=mother.household, posyandu=mother.posyandu, name="Dewi", sex="F", birth_date=date(2004, 3, 1), mother=mother
    )
    sign_in(cadre).post(f"/posyandu/cadre/people/{daughter.pk}/family/", {"family": "own", "relation": "child"})
    daughter.refresh_from_db()
    assert daughter.household != mother.household
    assert (daughter.household.head_name, daughter.relation, daughter.mother) == ("Dewi", "head", mother)


def test_nobody_is_put_into_a_family_of_another_posyandu(baby: Person, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    theirs = Household.objects.create(posyandu=other, head_name="Ahmad")
    address = f"/posyandu/cadre/people/{baby.pk}/family/"
    assert sign_in(cadre).post(address, {"family": theirs.pk, "relation": "child"}).status_code == 404
    stranger = person("cadre")
    other.cadres.add(stranger)
    assert sign_in(stranger).get(address).status_code == 403


def test_the_page_asks_whether_the_mother_is_one_of_the_posyandu(
    mother: Person, cadre: Any, posyandu: Any, sign_in: Any, today: date
) -> None:
    from posyandu.open_days import open_day_today

    client, day = sign_in(cadre), open_day_today(posyandu, cadre)
    typed = {
        "name": "Bayi Ani",
        "sex": "F",
        "birth_date": (today - timedelta(days=9)).isoformat(),
        "mother_name": "Ruhana",
        "consent": "on",
    }
    address = f"/posyandu/cadre/days/{day.pk}/new/"
    asked = client.post(address, typed)
    assert asked.status_code == 422
    assert f'name="mother_is" value="{mother.pk}"' in asked.content.decode()
    assert 'value="Bayi Ani"' in asked.content.decode()
    assert not Person.objects.filter(name="Bayi Ani").exists()
    assert PersonalDataAccess.objects.filter(user=cadre, subject=f"person:{mother.pk}", page=address).exists()
    client.post(address, {**typed, "mother_is": mother.pk})
    found = Person.objects.get(name="Bayi Ani")
    assert (found.mother, found.mother_name, found.household) == (mother, "Rohana", mother.household)
    assert found.household.consent_on == today
    client.post(address, {**typed, "name": "Bayi Lain", "birth_date": (today - timedelta(days=100)).isoformat(), "mother_is": "none"})
    other = Person.objects.get(name="Bayi Lain")
    assert (other.mother, other.mother_name) == (None, "Ruhana")
    assert other.household != mother.household


def test_a_mother_too_young_for_the_birth_date_is_refused(mother: Person, cadre: Any, sign_in: Any) -> None:
    address = f"/posyandu/cadre/families/{mother.household_id}/add/"
    born = (mother.birth_date + timedelta(days=9 * 365)).isoformat()
    wrong = sign_in(cadre).post(address, {"name": "Anak", "sex": "M", "birth_date": born, "mother": mother.pk, "is_new": "on"})
    assert wrong.status_code == 422
    assert "terlalu muda" in wrong.content.decode()


def test_a_kk_number_of_another_family_is_not_taken_over(baby: Person, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    Household.objects.create(posyandu=posyandu, head_name="Ahmad", kk="5207021203120007")
    typed = {"name": "Nisa", "sex": "F", "birth_date": baby.birth_date.isoformat(), "kk": "5207021203120007"}
    answer = sign_in(cadre).post(f"/posyandu/cadre/people/{baby.pk}/edit/", typed)
    assert answer.status_code == 422
    assert "Keluarga lain" in answer.content.decode()


def test_a_phone_names_the_mother_also_one_who_is_new_herself(from_phone: Any, entry: Any, mother: Person, today: date) -> None:
    born = (today - timedelta(days=12)).isoformat()
    assert (
        from_phone(entry("person", name="Bayi Satu", sex="M", born=born, mother="Ruhana", mother_id=mother.pk, consent=True))[0]["state"]
        == "kept"
    )
    first = Person.objects.get(name="Bayi Satu")
    assert (first.mother, first.household, first.household.consent_on) == (mother, mother.household, today)
    sri = entry("person", name="Sri", sex="F", born="1999-05-05", relation="other")
    child = entry("person", name="Bayi Dua", sex="M", born=born, mother="Sri", mother_id=sri["key"])
    assert from_phone(child)[0]["state"] == "wait"
    assert {one["state"] for one in from_phone(sri, child)} == {"kept"}
    second = Person.objects.get(name="Bayi Dua")
    assert (second.mother.name, second.household) == ("Sri", second.mother.household)
    assert second.mother.relation == "other"


def test_who_cannot_be_the_mother_is_not(from_phone: Any, entry: Any, baby: Person, today: date) -> None:
    born = (today - timedelta(days=12)).isoformat()
    assert from_phone(entry("person", name="Bayi", sex="M", born=born, mother="Nisa", mother_id=baby.pk))[0]["state"] == "kept"
    found = Person.objects.get(name="Bayi")
    assert found.mother is None
    assert found.household != baby.household
