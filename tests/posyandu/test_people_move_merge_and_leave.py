"""Moves keep their history, doubles become one and can be parted, names are found as they sound, each look is written down."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ntbportal.commons.audit import PersonalDataAccess
from ntbportal.commons.places import Region
from posyandu import people
from posyandu.contacts import record_contact, whole_form
from posyandu.models import FindingMonth, Given, Item, Merge, OpenDay, Person, Posyandu, PosyanduMonth
from posyandu.referrals import refer
from posyandu.tallying import differences
from posyandu.visits import Measurement, record_visit


def test_moving_keeps_visits_where_they_were_made(posyandu: Any, child: Any, cadre: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=Region.objects.get(code="52.07.02.2021"))
    today = timezone.localdate()
    kid = child(today - timedelta(days=400))
    visit = record_visit(kid, OpenDay.objects.create(posyandu=posyandu, day=today - timedelta(days=40)), Measurement(Decimal(9), confirmed=True), cadre)  # fmt: skip
    people.move(kid, other, today, cadre)
    kid.refresh_from_db()
    assert (kid.posyandu, kid.past_stays.get().posyandu, kid.household.posyandu) == (other, posyandu, other)
    visit.refresh_from_db()
    assert visit.posyandu == posyandu
    assert differences() == []
    with pytest.raises(ValidationError):
        people.move(kid, other, today, cadre)


def test_leaving_and_coming_back(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    kid = child(timezone.localdate() - timedelta(days=400))
    client = sign_in(cadre)
    page = f"/posyandu/cadre/people/{kid.pk}/"
    client.post(f"{page}change/", {"act": "leave", "why": "died", "day": timezone.localdate().isoformat()})
    kid.refresh_from_db()
    assert kid.died_on == kid.left_on == timezone.localdate()
    client.post(f"{page}change/", {"act": "return"})
    kid.refresh_from_db()
    assert (kid.died_on, kid.left_on) == (None, None)
    assert differences() == []


def test_two_records_of_one_child_become_one_and_two_again(child: Any, posyandu: Any, cadre: Any) -> None:
    born = timezone.localdate() - timedelta(days=400)
    one, two = child(born, name="Muhammad Rizki"), child(born + timedelta(days=2), name="Moh. Rizqi")
    months = [OpenDay.objects.create(posyandu=posyandu, day=timezone.localdate() - timedelta(days=back)) for back in (95, 62, 31)]
    record_visit(one, months[0], Measurement(Decimal("8.8"), confirmed=True), cadre)
    record_visit(two, months[1], Measurement(Decimal("8.7"), confirmed=True), cadre)
    record_visit(two, months[2], Measurement(Decimal("8.6"), confirmed=True), cadre)
    assert people.doubles_of(one) == [two]
    people.merge(one, two, cadre)
    assert list(one.growth_visits.order_by("day").values_list("status", "twice")) == [("B", False), ("T", False), ("T", True)]
    two.refresh_from_db()
    assert two.merged_into == one
    assert differences() == []
    people.undo(Merge.objects.get())
    assert [one.growth_visits.count(), two.growth_visits.count()] == [1, 2]
    two.refresh_from_db()
    assert (two.merged_into, two.left_on) == (None, None)
    assert list(two.growth_visits.order_by("day").values_list("status", flat=True)) == ["B", "T"]
    assert differences() == []


def test_doses_referrals_and_children_go_over_too_and_nothing_counts_twice(child: Any, posyandu: Any, cadre: Any) -> None:
    today = timezone.localdate()
    born = today - timedelta(days=400)
    one, two, baby = child(born, sex="F", name="Siti Aisyah"), child(born, sex="F", name="St. Aisyah"), child(today, name="Bayi")
    day = OpenDay.objects.create(posyandu=posyandu, day=today)
    basic = list(Item.objects.filter(is_basic=True, is_active=True).order_by("from_days", "position"))
    for item in basic:  # half was written down with the one, half with the other; the first with both
        on = born + timedelta(days=item.from_days + 1)
        for who in (one, two) if item == basic[0] else (one,) if item.position % 2 else (two,):
            Given.objects.create(person=who, item=item, posyandu=posyandu, day=on, tallied=[f"given:{item.code}"])
    for who in (one, two):
        record_contact(who, whole_form("balita"), today, {"fever": "yes"}, cadre, posyandu=posyandu, open_day=day)
        record_visit(who, day, Measurement(Decimal("8.8"), confirmed=True), cadre)
    refer(two, posyandu, today, cadre, "Demam")
    baby.mother = two
    baby.save()

    def counted(code: str) -> int:
        return sum(FindingMonth.objects.filter(code=code).values_list("n", flat=True))

    assert (counted("form:balita"), counted(f"given:{basic[0].code}"), counted("idl")) == (2, 2, 0)
    people.merge(one, two, cadre)
    assert one.given.count() == len(basic)
    assert (counted("form:balita"), counted(f"given:{basic[0].code}"), counted("idl")) == (1, 1, 1)
    assert sum(PosyanduMonth.objects.filter(month=today.replace(day=1)).values_list("d", flat=True)) == 1
    assert one.referrals.count() == 1
    baby.refresh_from_db()
    assert baby.mother == one
    assert differences() == []
    people.undo(Merge.objects.get())
    assert (counted("form:balita"), counted(f"given:{basic[0].code}"), counted("idl")) == (2, 2, 0)
    assert sum(PosyanduMonth.objects.filter(month=today.replace(day=1)).values_list("d", flat=True)) == 2
    assert (one.referrals.count(), two.referrals.count()) == (0, 1)
    baby.refresh_from_db()
    assert baby.mother == two
    assert differences() == []


def test_merges_made_when_doses_stayed_behind_take_them_over_once(child: Any, posyandu: Any, cadre: Any) -> None:
    born = timezone.localdate() - timedelta(days=400)
    one, two = child(born, name="Lalu Gede"), child(born, name="L. Gde")
    people.merge(one, two, cadre)
    bcg = Item.objects.get(code="bcg")
    Given.objects.create(person=two, item=bcg, posyandu=posyandu, day=born + timedelta(days=40), tallied=["given:bcg"])
    old = Merge.objects.get()
    for name in ("given", "referrals", "children", "silenced"):
        del old.moved[name]
    old.save()
    assert [people.mend_merges(), people.mend_merges()] == ["1 merges", "0 merges"]
    assert one.given.get().item == bcg
    people.undo(Merge.objects.get())
    assert two.given.get().item == bcg
    assert differences() == []


def test_names_are_found_as_they_sound_and_by_nik(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    kid = child(date(2025, 5, 5), name="Mochammad Fauzi")
    kid.nik = "5207020505250001"
    kid.save()
    child(date(2025, 5, 6), name="Siti Aisyah")
    client = sign_in(cadre)
    for asked in ("Muhamad Pauzi", "moh fausi", "5207 0205 0525 0001", "fauzi"):
        page = client.get("/posyandu/cadre/people/", {"q": asked}).content.decode()
        assert "Mochammad Fauzi" in page, asked
        assert "Siti Aisyah" not in page, asked
    assert "Mochammad Fauzi" not in client.get("/posyandu/cadre/people/", {"born": "2025-05-06"}).content.decode()
    assert PersonalDataAccess.objects.filter(user=cadre, subject=f"person:{kid.pk}").count() >= 4


def test_lists_leave_the_portal_only_with_a_reason(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    child(date(2025, 5, 5))
    client = sign_in(cadre)
    assert client.get("/posyandu/cadre/people/?export=csv").status_code == 302
    answer = client.get("/posyandu/cadre/people/?export=csv&reason=Rapat+desa+bulan+ini")
    assert answer.status_code == 200
    assert b"Rizki" in b"".join(answer.streaming_content)
    assert PersonalDataAccess.objects.filter(subject="export:people", page__contains="Rapat desa").exists()


def test_a_corrected_birth_date_has_all_weighings_judged_again(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    kid = child(date(2025, 5, 5))
    day = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 5, 10))
    before = record_visit(kid, day, Measurement(Decimal("8.6"), Decimal("72"), "L", confirmed=True), cadre).zwei
    form = {"name": kid.name, "sex": "M", "birth_date": "2025-09-05", "mother_name": "Aminah", "has_kms": "on"}
    assert sign_in(cadre).post(f"/posyandu/cadre/people/{kid.pk}/edit/", form).status_code == 302
    assert kid.growth_visits.get().zwei > before
    assert differences() == []


def test_a_corrected_sex_has_all_forms_judged_again(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    """Haemoglobin of 12.5 g/dL at sixteen: in order for a girl (12), anaemia for a boy (13), by WHO's limits."""
    today = timezone.localdate()
    youth = child(today - timedelta(days=16 * 366), sex="F", name="Putra")
    visit = record_contact(youth, whole_form("remaja"), today, {"hb": "12,5"}, cadre, posyandu=posyandu)[0]
    assert (visit.findings, visit.refer) == (["hb-normal"], False)
    form = {"name": "Putra", "sex": "M", "birth_date": youth.birth_date.isoformat(), "mother_name": "Aminah"}
    assert sign_in(cadre).post(f"/posyandu/cadre/people/{youth.pk}/edit/", form).status_code == 302
    visit.refresh_from_db()
    assert (visit.findings, visit.refer) == (["anaemia-youth"], True)
    assert FindingMonth.objects.get(code="remaja:anaemia-youth").n == 1
    assert differences() == []
    late = {**form, "birth_date": (today + timedelta(days=-3)).isoformat()}
    visit.day = today - timedelta(days=9)
    visit.save()
    assert sign_in(cadre).post(f"/posyandu/cadre/people/{youth.pk}/edit/", late).status_code == 422


def test_somebody_like_somebody_is_shown_before_being_added(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    child(today - timedelta(days=30), name="Muhammad Rizki")
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    form = {"name": "Moh. Rizqi", "sex": "M", "birth_date": (today - timedelta(days=30)).isoformat(), "has_kms": "on"}
    asked = client.post(f"{day}new/", form)
    assert asked.status_code == 422
    assert "Muhammad Rizki" in asked.content.decode()
    assert client.post(f"{day}new/", {**form, "is_new": "on"}).status_code == 302
    assert Person.objects.count() == 2
    wrong = client.post(f"{day}new/", {**form, "nik": "123"})
    assert wrong.status_code == 422
    assert "Moh. Rizqi" in wrong.content.decode()


def test_no_list_of_people_leaves_without_a_reason(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    child(timezone.localdate() - timedelta(days=100), name="Zidan Saputra")
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    for page in (day, f"{day}due/", "/posyandu/cadre/referrals/"):
        assert client.get(f"{page}?export=csv").status_code == 302, page
        assert client.get(f"{page}?export=csv&reason=Rapat+desa+bulan+ini").status_code == 200, page
    assert PersonalDataAccess.objects.filter(user=cadre, subject__startswith="export:").count() == 3


def test_who_went_away_and_comes_to_another_posyandu_was_not_here_in_between(posyandu: Any, child: Any, cadre: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    today = timezone.localdate()
    kid = child(today - timedelta(days=600))
    people.leave(kid, "away", today - timedelta(days=100))
    with pytest.raises(ValidationError):
        people.move(kid, other, today - timedelta(days=120), cadre)
    people.move(kid, other, today, cadre)
    kid.refresh_from_db()
    assert (kid.past_stays.get().left_on, kid.joined_on, kid.left_on) == (today - timedelta(days=100), today, None)
    assert differences() == []
    people.leave(kid, "died", today)
    with pytest.raises(ValidationError):
        people.move(kid, posyandu, today, cadre)


def test_a_double_of_another_posyandu_is_told_of_but_not_shown(posyandu: Any, child: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
    born = timezone.localdate() - timedelta(days=400)
    mine, theirs = child(born, name="Rizki Ramadhan"), child(born, name="Rizqi Ramadan", at=other)
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{mine.pk}/").content.decode()
    assert "Rizqi Ramadan" not in page
    assert "tercatat di posyandu lain" in page
    both = sign_in(person("midwife", region=posyandu.village_id)).get(f"/posyandu/cadre/people/{mine.pk}/").content.decode()
    assert f'name="double" value="{theirs.pk}"' in both
    from ntbportal.commons.audit import PersonalDataAccess

    assert PersonalDataAccess.objects.filter(subject=f"person:{theirs.pk}").exists()


def test_a_record_that_is_part_of_another_does_not_come_back_by_itself(child: Any, cadre: Any) -> None:
    born = timezone.localdate() - timedelta(days=400)
    kept, double = child(born, name="Rizki"), child(born, name="Rizqi")
    people.merge(kept, double, cadre)
    with pytest.raises(ValidationError):
        people.come_back(double)
