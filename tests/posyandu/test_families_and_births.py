"""A family is found by anybody in it; its card is corrected; twins are born in one act, and with them their weights and mother."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ntbportal.commons.audit import PersonalDataAccess
from posyandu.families import Baby, record_birth
from posyandu.models import Came, Household, Person, Posyandu, PosyanduMonth, Relation
from posyandu.people import doubles_of
from posyandu.tallying import differences
from posyandu.targets import months_back

pytestmark = pytest.mark.django_db
KK = "5207021203120007"


@pytest.fixture
def mother(child) -> Person:
    found = child(months_back(timezone.localdate(), 12 * 27), sex="F", name="Rohana")
    found.relation = Relation.WIFE
    found.save()
    return found


def test_a_family_is_written_down_with_its_members(cadre, posyandu, sign_in) -> None:
    client = sign_in(cadre)
    answer = client.post(
        f"/posyandu/cadre/families/new/{posyandu.pk}/",
        {"head_name": "Lalu Arya", "kk": "5207 0212 0312 0007", "address": "RT 4", "consent": "on"},
    )
    family = Household.objects.get()
    assert (family.head_name, family.kk, family.consent_on) == ("Lalu Arya", KK, timezone.localdate())
    assert answer.url == f"/posyandu/cadre/families/{family.pk}/add/"
    client.post(answer.url, {"name": "Baiq Nadia", "sex": "F", "birth_date": "1998-03-02", "relation": "wife"})
    for text in ("Nadia", "Arya", "RT 4", KK):
        page = client.get("/posyandu/cadre/families/", {"q": text}).content.decode()
        assert "Lalu Arya" in page, text
    assert "Lalu Arya" not in client.get("/posyandu/cadre/families/", {"q": "Jumenah"}).content.decode()
    page = client.get(f"/posyandu/cadre/families/{family.pk}/").content.decode()
    assert "Baiq Nadia" in page
    assert PersonalDataAccess.objects.filter(subject=f"household:{family.pk}").exists()


def test_a_kk_number_belongs_to_one_family(cadre, posyandu, sign_in) -> None:
    Household.objects.create(posyandu=posyandu, head_name="Ahmad", kk=KK)
    answer = sign_in(cadre).post(f"/posyandu/cadre/families/new/{posyandu.pk}/", {"head_name": "Salah", "kk": KK})
    assert answer.status_code == 422
    assert "keluarga lain" in answer.content.decode()
    assert 'value="Salah"' in answer.content.decode()


def test_twins_are_born(cadre, mother, sign_in) -> None:
    client, day = sign_in(cadre), timezone.localdate() - timedelta(days=3)
    address = f"/posyandu/cadre/families/{mother.household_id}/birth/"
    page = client.get(address, {"babies": "2"}).content.decode()
    assert page.count("Berat saat lahir") == 2
    typed = {
        "babies": "2", "mother": str(mother.pk), "day": day.isoformat(), "baby0-name": "", "baby0-sex": "F", "baby0-weight": "2,3",
        "baby0-length": "46", "baby1-name": "Bagus", "baby1-sex": "M", "baby1-weight": "2,6",
    }  # fmt: skip
    wrong = client.post(address, {**typed, "baby1-sex": ""})
    assert wrong.status_code == 422
    assert 'value="Bagus"' in wrong.content.decode()
    assert not Person.objects.filter(birth_date=day).exists()  # both or none
    told = client.post(address, typed, follow=True).content.decode()
    first, second = Person.objects.filter(birth_date=day).order_by("pk")
    assert (first.name, second.name) == ("Bayi Rohana 1", "Bagus")
    assert {(one.mother, one.household, one.came, one.relation) for one in (first, second)} == {
        (mother, mother.household, Came.BORN, Relation.CHILD)
    }
    assert (first.birth_weight, first.low_birth_weight, second.low_birth_weight) == (Decimal("2.30"), True, False)
    assert "BBLR" in told
    month = PosyanduMonth.objects.get(posyandu=mother.posyandu, month=day.replace(day=1))
    assert (month.s, month.infants) == (2, 2)


@pytest.mark.parametrize(
    ("shift", "why"),
    [(timedelta(days=1), "masa depan"), (timedelta(days=-20 * 365), "terlalu muda")],
)  # fmt: skip
def test_a_birth_that_cannot_be_is_refused(mother, shift, why) -> None:
    with pytest.raises(ValidationError, match=why):
        record_birth(mother, timezone.localdate() + shift, [Baby("Ani", "F")])


def test_a_family_moves_together_or_not_at_all(cadre, mother, posyandu, sign_in) -> None:
    today = timezone.localdate()
    (baby,) = record_birth(mother, today - timedelta(days=40), [Baby("Ani", "F")])
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    other.cadres.add(cadre)
    client, address = sign_in(cadre), f"/posyandu/cadre/families/{mother.household_id}/"
    before_birth = {"act": "move", "posyandu": other.pk, "day": (today - timedelta(days=50)).isoformat()}
    assert client.post(address, before_birth).status_code == 422  # the baby was not born then
    assert set(Person.objects.values_list("posyandu", flat=True)) == {posyandu.pk}
    page = client.post(address, {**before_birth, "day": (today - timedelta(days=3)).isoformat()}, follow=True).content.decode()
    assert "Posyandu Mawar" in page
    assert set(Person.objects.values_list("posyandu", flat=True)) == {other.pk}
    assert (Household.objects.get().posyandu, mother.past_stays.count(), baby.past_stays.count()) == (other, 1, 1)
    assert differences() == []


def test_of_who_went_to_anothers_posyandu_only_the_name_is_shown(cadre, mother, child, posyandu, sign_in) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    away = child(timezone.localdate() - timedelta(days=400), name="Ani", at=other)
    away.household = mother.household
    away.save()
    day = other.open_days.create(day=timezone.localdate() - timedelta(days=30))
    away.growth_visits.create(posyandu=other, open_day=day, day=day.day, weight=Decimal("7.77"), status="B")
    page = sign_in(cadre).get(f"/posyandu/cadre/families/{mother.household_id}/").content.decode()
    assert "Ani" in page
    assert "Posyandu Mawar" in page
    assert "7,77" not in page
    assert f"/posyandu/cadre/people/{away.pk}/" not in page
    assert not PersonalDataAccess.objects.filter(subject=f"person:{away.pk}").exists()


def test_twins_are_not_taken_for_doubles_of_each_other(mother) -> None:
    first, second = record_birth(mother, timezone.localdate(), [Baby("Ani", "F"), Baby("Ani", "F")])
    assert doubles_of(first) == doubles_of(second) == []
    Person.objects.filter(pk=second.pk).update(mother=None)
    assert doubles_of(first) == [second]


def test_the_same_birth_twice_is_refused(mother) -> None:
    record_birth(mother, timezone.localdate(), [Baby("Ani", "F")])
    with pytest.raises(ValidationError, match="sudah dicatat"):
        record_birth(mother, timezone.localdate(), [Baby("Ani", "F")])


def test_weight_at_birth_is_the_first_point_of_the_card(cadre, child, sign_in) -> None:
    kid = child(timezone.localdate() - timedelta(days=90), name="Ani")
    kid.birth_weight, kid.birth_length = Decimal("3.10"), Decimal("49")
    kid.save()
    day = kid.posyandu.open_days.create(day=timezone.localdate() - timedelta(days=30))
    kid.growth_visits.create(posyandu=kid.posyandu, open_day=day, day=day.day, weight=Decimal("5.2"), status="B")
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{kid.pk}/").content.decode()
    assert page.count("kms-dot") == 2
    assert "3,10 kg" in page


def test_infants_of_a_month_are_those_not_yet_a_year_old_at_its_end(child, posyandu) -> None:
    child(date(2025, 9, 30))
    child(date(2025, 10, 1))
    child(date(2025, 10, 2))
    months = dict(PosyanduMonth.objects.filter(posyandu=posyandu).values_list("month", "infants"))
    assert [months[date(2026, month, 1)] for month in (7, 8, 9, 10)] == [3, 3, 1, 0]  # a month ends when the next begins
