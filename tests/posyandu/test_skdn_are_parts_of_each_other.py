"""S is who belonged to the posyandu on any day of the month, once in the province; K, D and all that is weighed are parts of it, whatever
happens: births, deaths, moves, fifth birthdays, corrections, merges, imports."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntbportal.commons.places import Region
from posyandu import people as records
from posyandu.contacts import record_contact, whole_form
from posyandu.immunisation import give
from posyandu.models import (
    DistrictMonth,
    GrowthVisit,
    Household,
    Item,
    Left,
    Merge,
    OpenDay,
    Person,
    Posyandu,
    PosyanduMonth,
)
from posyandu.models.families import months_between
from posyandu.skdn import skdn_by
from posyandu.tallying import PARTS_OF, differences, recount
from posyandu.visits import Measurement, record_visit, remove_visit

pytestmark = pytest.mark.django_db
NOVEMBER = date(2025, 11, 1)


def row(posyandu: Any, month: date = NOVEMBER) -> PosyanduMonth:
    return PosyanduMonth.objects.filter(posyandu=posyandu, month=month).first() or PosyanduMonth()


def weigh(child: Any, posyandu: Any, day: date, by: Any, weight: str = "10") -> GrowthVisit:
    opened, _new = OpenDay.objects.get_or_create(posyandu=posyandu, day=day)
    return record_visit(child, opened, Measurement(Decimal(weight), confirmed=True), by)


@pytest.fixture
def other(db: None) -> Any:
    return Posyandu.objects.create(name="Posyandu Mawar", village=Region.objects.filter(level="village", code__startswith="52.71.")[0])


def test_one_month_of_a_birthday_a_death_a_move_and_an_older_child(posyandu: Any, other: Any, child: Any, cadre: Any) -> None:
    five, old, dies, moves = (
        child(born, name=name)
        for name, born in (
            ("Lima", date(2020, 11, 15)), ("Tua", date(2018, 3, 1)), ("Wafat", date(2024, 1, 1)), ("Pindah", date(2024, 2, 1)),
        )
    )  # fmt: skip
    weigh(five, posyandu, date(2025, 11, 10), cadre)
    weigh(old, posyandu, date(2025, 11, 10), cadre, "20")
    weigh(dies, posyandu, date(2025, 11, 10), cadre)
    weigh(moves, posyandu, date(2025, 11, 5), cadre)
    records.leave(dies, Left.DIED, date(2025, 11, 20))
    records.move(moves, other, date(2025, 11, 15), cadre)
    here, there = row(posyandu), row(other)
    assert (here.s, here.k, here.d) == (3, 3, 3)
    assert (there.s, there.d) == (0, 0)
    assert (row(other, date(2025, 12, 1)).s, row(posyandu, date(2025, 12, 1)).s) == (1, 0)
    assert sum(one.s for one in skdn_by("regency", Region.objects.get(code="52"), NOVEMBER)) == 3
    assert differences() == []


def test_who_moves_unweighed_is_counted_where_they_are_last(posyandu: Any, other: Any, child: Any, cadre: Any) -> None:
    moves = child(date(2024, 2, 1))
    records.move(moves, other, date(2025, 11, 15), cadre)
    assert (row(posyandu).s, row(other).s) == (0, 1)
    weigh(moves, other, date(2025, 11, 20), cadre)
    assert (row(other).s, row(other).d, row(posyandu).s) == (1, 1, 0)
    visit = weigh(moves, posyandu, date(2025, 11, 25), cadre)  # brought back for a day: the last weighing of the month counts
    assert (row(posyandu).s, row(posyandu).d, row(other).s, row(other).d) == (1, 1, 0, 0)
    remove_visit(visit)
    assert (row(posyandu).s, row(posyandu).d, row(other).s, row(other).d) == (0, 0, 1, 1)
    assert differences() == []


def test_in_the_month_of_the_fifth_birthday_the_last_weighing_before_it_counts(posyandu: Any, child: Any, cadre: Any) -> None:
    five = child(date(2020, 11, 15))
    first = weigh(five, posyandu, date(2025, 11, 10), cadre)
    second = weigh(five, posyandu, date(2025, 11, 20), cadre)
    for one in (first, second):
        one.refresh_from_db()
    assert (first.counts, second.counts, row(posyandu).d) == (True, False, 1)


@pytest.mark.parametrize("born", [date(2020, 2, 29), date(2021, 3, 1), date(2021, 2, 28), date(2020, 12, 31)])
def test_the_days_about_a_fifth_birthday(posyandu: Any, child: Any, cadre: Any, born: date) -> None:
    kid = child(born)
    day = date(born.year + 5, born.month, min(born.day, 28)) - timedelta(days=4)
    for number in range(9):
        visit = weigh(kid, posyandu, day + timedelta(days=number), cadre)
        visit.refresh_from_db()
        assert (visit.counted_at_id is not None) == (months_between(born, visit.day) < 60), visit.day
        visit.delete()


def test_whatever_is_written_after_a_death_is_refused(posyandu: Any, child: Any, cadre: Any, from_phone: Any, entry: Any) -> None:
    kid, today = child(date(2024, 1, 1)), date.today()
    records.leave(kid, Left.DIED, today - timedelta(days=20))
    with pytest.raises(ValidationError):
        weigh(kid, posyandu, today, cadre)
    with pytest.raises(ValidationError):
        give(kid, Item.objects.get(code="mr1"), today, cadre, posyandu=posyandu)
    with pytest.raises(ValidationError):
        record_contact(kid, whole_form("balita"), today, {"fever": "no"}, cadre, posyandu=posyandu)
    assert from_phone(entry("growth", kid, weight=10))[0]["state"] == "refused"
    assert weigh(kid, posyandu, today - timedelta(days=20), cadre)


def test_nobody_dies_before_they_were_weighed(posyandu: Any, child: Any, cadre: Any) -> None:
    kid = child(date(2024, 1, 1))
    weigh(kid, posyandu, date(2025, 11, 12), cadre)
    with pytest.raises(ValidationError):
        records.leave(kid, Left.DIED, date(2025, 11, 10))
    assert records.leave(kid, Left.DIED, date(2025, 11, 12))


def test_an_import_makes_none_of_them_either(send: Any, posyandu: Any, child: Any) -> None:
    dead = child(date(2024, 1, 1), name="Wafat")
    records.leave(dead, Left.DIED, date(2025, 11, 5))
    rows = [
        "Nama,JK,Tgl Lahir,Posyandu,Tanggal Pengukuran,Berat", "Wafat,L,2024-01-01,Melati,2025-11-10,10",
        "Tua,L,2018-03-01,Melati,2025-11-10,22", "Lima,P,2020-11-15,Melati,2025-11-10,15", "Lima,P,2020-11-15,Melati,2025-11-20,15",
    ]  # fmt: skip
    looked = send("\n".join(rows).encode(), "a.csv")
    assert [problem[:2] for problem in looked.problems] == [[2, "Tanggal Pengukuran"]]
    send.bring(looked)
    assert (row(posyandu).s, row(posyandu).d) == (2, 1)  # who died on the fifth belonged till then
    assert differences() == []


def test_the_database_refuses_parts_larger_than_their_whole(posyandu: Any, child: Any) -> None:
    child(date(2024, 1, 1))
    for field in ("d", "k", "n"):
        with pytest.raises(IntegrityError), transaction.atomic():
            PosyanduMonth.objects.filter(posyandu=posyandu, month=NOVEMBER).update(**{field: 99})
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_was_counted_otherwise_is_put_right_when_counted_anew(posyandu: Any, child: Any, cadre: Any) -> None:
    import pgtrigger

    visit = weigh(child(date(2024, 1, 1)), posyandu, date(2025, 11, 10), cadre)
    with pgtrigger.ignore("posyandu.GrowthVisit:belong_update"):
        GrowthVisit.objects.filter(pk=visit.pk).update(counted_at=None)
    assert differences()
    recount()
    assert (row(posyandu).d, differences()) == (1, [])


# --- random lives against a plain recount

ACTS = ("birth", "weigh", "move", "leave", "back", "correct", "remove", "merge", "undo", "kms", "import")
FIRST = date(2025, 7, 1)


def plain() -> dict[str, Counter[tuple[int, date]]]:
    """S, K, D, N by posyandu and month, counted one child after the other in plain Python."""
    found: dict[str, Counter[tuple[int, date]]] = {name: Counter() for name in ("s", "k", "d", "n")}
    for person in Person.objects.exclude(left=Left.ERROR):
        stays = [(one.posyandu_id, one.joined_on, one.left_on) for one in person.past_stays.order_by("left_on", "pk")]
        stays.append((person.posyandu_id, person.joined_on, person.left_on))
        for number in range(24):
            month = date(2024 + (number + 12) // 12, (number + 12) % 12 + 1, 1)
            days = [month + timedelta(days=step) for step in range(31) if (month + timedelta(days=step)).month == month.month]
            under_five = [day for day in days if day >= person.birth_date and months_between(person.birth_date, day) < 60]
            at = [
                place for place, since, until in stays
                if any((since is None or day >= since) and (until is None or day <= until) for day in under_five)
            ]  # fmt: skip
            if not at:
                continue
            weighed = [one for one in person.growth_visits.order_by("day", "pk") if one.counts and one.day in under_five]
            place = weighed[-1].posyandu_id if weighed and weighed[-1].posyandu_id in at else at[-1]
            found["s"][place, month] += 1
            found["k"][place, month] += person.has_kms
            found["d"][place, month] += bool(weighed)
            found["n"][place, month] += bool(weighed and weighed[-1].status == "N")
    return found


def counted() -> dict[str, Counter[tuple[int, date]]]:
    found: dict[str, Counter[tuple[int, date]]] = {name: Counter() for name in ("s", "k", "d", "n")}
    for one in PosyanduMonth.objects.filter(month__gte=date(2025, 1, 1), month__lt=date(2027, 1, 1)):
        for name in found:
            found[name][one.posyandu_id, one.month] += getattr(one, name)
    return {name: Counter({key: n for key, n in many.items() if n}) for name, many in found.items()}


class Lives:
    """Acts of a village, each as the portal does it; what it refuses is refused."""

    def __init__(self, rng: random.Random, by: Any) -> None:
        self.rng, self.by = rng, by
        villages = Region.objects.filter(level="village").order_by("code")
        self.posts = [Posyandu.objects.create(name=f"P{n}", village=villages[n * 300]) for n in range(3)]
        for _number in range(4):
            self.birth()

    def somebody(self) -> Person:
        return self.rng.choice(list(Person.objects.filter(merged_into=None).order_by("pk")))

    def day(self) -> date:
        return FIRST + timedelta(days=self.rng.randrange(150))

    def birth(self) -> None:
        place = self.rng.choice(self.posts)
        born = self.rng.choice(
            [self.day(), self.day() - timedelta(days=self.rng.randrange(1700, 1830)), date(2020, 8, 31), date(2024, 2, 29)]
        )
        home = Household.objects.create(posyandu=place, head_name="A")
        name = f"Anak {Person.objects.count()}"
        Person.objects.create(household=home, posyandu=place, name=name, sex="F", birth_date=born, has_kms=self.rng.random() < 0.7)

    def weigh(self) -> None:
        kid = self.somebody()
        place = kid.posyandu if self.rng.random() < 0.8 else self.rng.choice(self.posts)
        weigh(kid, place, self.day(), self.by, f"{8 + self.rng.random() * 3:.1f}")

    def move(self) -> None:
        records.move(self.somebody(), self.rng.choice(self.posts), self.day(), self.by)

    def leave(self) -> None:
        records.leave(self.somebody(), self.rng.choice([Left.DIED, Left.AWAY, Left.ERROR]), self.day())

    def back(self) -> None:
        records.come_back(self.somebody())

    def correct(self) -> None:
        kid = self.somebody()
        kid.birth_date += timedelta(days=self.rng.randrange(-40, 40))
        kid.save()
        kid.past_stays.update(birth_date=kid.birth_date)
        records.renew_statuses(kid)

    def remove(self) -> None:
        if visit := GrowthVisit.objects.filter(person__merged_into=None).order_by("?").first():
            remove_visit(visit)

    def merge(self) -> None:
        records.merge(self.somebody(), self.somebody(), self.by)

    def undo(self) -> None:
        if done := Merge.objects.filter(undone_at=None).first():
            records.undo(done)

    def kms(self) -> None:
        kid = self.somebody()
        kid.has_kms = not kid.has_kms
        kid.save()
        kid.past_stays.update(has_kms=kid.has_kms)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.lists(st.sampled_from(ACTS[:-1]), min_size=3, max_size=30))
def test_random_lives_are_counted_as_a_plain_recount_counts_them(person: Any, seed: int, acts: list[str]) -> None:
    with transaction.atomic():
        lives = Lives(random.Random(seed), person("cadre"))
        for act in acts:
            try:
                with transaction.atomic():
                    getattr(lives, act)()
            except ValidationError:
                continue
        expected = {name: Counter({key: n for key, n in many.items() if n}) for name, many in plain().items()}
        assert counted() == expected
        assert differences() == []
        for table in (PosyanduMonth, DistrictMonth):
            for one in table.objects.all():
                for part, whole in PARTS_OF:
                    assert sum(getattr(one, name) for name in part.split(" + ")) <= getattr(one, whole)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)
