from datetime import date, timedelta
from decimal import Decimal

import pytest

from ntbportal.commons.places import Region
from posyandu.models import GrowthVisit, Household, OpenDay, Person, Posyandu
from posyandu.skdn import skdn_by, total

MONTH = date(2026, 10, 1)


@pytest.fixture
def two_villages(db):
    """Two posyandu in two regencies: 4 and 3 children; the first weighs three (N, T, B), the second one (O) who is stunted."""
    in_mataram = Region.objects.filter(code__startswith="52.71.", level="village").values_list("code", flat=True)[0]
    for village, count, statuses in (("52.07.02.2021", 4, "NTB"), (in_mataram, 3, "O")):
        post = Posyandu.objects.create(name=f"P {village}", village=Region.objects.get(code=village))
        day = OpenDay.objects.create(posyandu=post, day=date(2026, 10, 12))
        for number in range(count):
            child = Person.objects.create(
                household=Household.objects.create(posyandu=post, head_name="A"),
                posyandu=post,
                name=f"C{number}",
                sex="F",
                birth_date=date(2025, 1, 1) + timedelta(days=number),
                has_kms=number > 0,
            )
            if number < len(statuses):
                GrowthVisit.objects.create(
                    person=child,
                    posyandu=post,
                    open_day=day,
                    day=day.day,
                    weight=Decimal(9),
                    status=statuses[number],
                    zwei=-3.2 if statuses[number] == "T" else 0,
                    zlen=-2.5 if statuses[number] == "O" else 0,
                )
        # five years old on the last day of the month, and gone on its second day: both belonged on some day of it, and count
        Person.objects.create(household=Household.objects.first(), posyandu=post, name="Tua", sex="M", birth_date=date(2021, 10, 31))
        Person.objects.create(household=Household.objects.first(), posyandu=post, name="Pindah", sex="M", birth_date=date(2025, 1, 1), left_on=date(2026, 10, 2))  # fmt: skip


def test_counts_and_ratios(two_villages) -> None:
    rows = {row.area: row for row in skdn_by("regency", Region.objects.get(code="52"), MONTH)}
    first = rows["52.07"]
    assert (first.s, first.k, first.d, first.n, first.t, first.b, first.o, first.bgm) == (6, 5, 3, 1, 1, 1, 0, 1)
    assert first.participation == pytest.approx(3 / 6)
    assert first.success == pytest.approx(1 / 2)  # N / (D - O - B)
    assert rows["52.71"].success is None
    assert rows["52.71"].stunting == 1.0


def test_every_level_adds_up_to_the_one_above(two_villages) -> None:
    province = Region.objects.get(code="52")
    sums = [total(skdn_by(level, province, MONTH), "52", "NTB") for level in ("province", "regency", "district", "village")]
    assert len(set(sums)) == 1
    assert sums[0].s == 11


def test_a_month_without_weighings_shows_its_children_all_the_same(two_villages) -> None:
    rows = skdn_by("province", Region.objects.get(code="52"), date(2026, 11, 1))
    assert rows[0].d == 0
    assert rows[0].s > 0
    assert rows[0].participation == 0


@pytest.mark.django_db
def test_the_leaders_page_shows_no_names(two_villages, person, sign_in) -> None:
    page = sign_in(person("leader")).get("/posyandu/leader/?month=2026-10&area=52.07").content.decode()
    assert "Kabupaten Sumbawa Barat" in page
    assert "C0" not in page
