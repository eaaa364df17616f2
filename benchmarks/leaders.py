"""Leaders' figures on 15,000,000 visits of 450,000 children, against the plain GROUP BY and against a tenth of the visits.

    ./portal up --detach && ./portal bench leaders

A scratch database is filled in bulk past the triggers, then counted anew. What is measured: the queries behind each part of the
dashboard (skdn.skdn_by, skdn.trend, every_age.immunised; of_every_age is alike), the same figures counted plainly from people and visits, and
that the counts are exact after visits were written, corrected and taken back one by one.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from _scratch import scratch

NAME, ROUNDS, MONTH = "ntb_bench_leaders", 9, date(2026, 9, 1)
POSTS, MONTHS, EACH = 7700, 70, 34
SIZES = (45_000, 450_000)
POSYANDU = """
INSERT INTO posyandu_posyandu (name, village_id, hamlet, address, open_day_of_month, is_active, is_demo)
SELECT 'Posyandu ' || n, v.code, '', '', 10, true, false
FROM generate_series(1, %(posts)s) n JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS nr, count(*) OVER () AS many
    FROM commons_region WHERE level = 'village') v ON v.nr = n %% v.many
"""
DAYS = """
INSERT INTO posyandu_openday (posyandu_id, day) SELECT p.id, (m + interval '9 days')::date FROM posyandu_posyandu p
CROSS JOIN generate_series(date '2026-10-01' - make_interval(months => %(months)s - 1), date '2026-10-01', interval '1 month') m
"""
PEOPLE = """
WITH posts AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS nr FROM posyandu_posyandu), homes AS (
    INSERT INTO posyandu_household (posyandu_id, head_name, kk, kk_index, address, phone, is_demo)
    SELECT p.id, 'Ahmad', '', '', '', '', false FROM generate_series(%(first)s, %(last)s) n JOIN posts p ON p.nr = n %% %(posts)s
    RETURNING id, posyandu_id)
INSERT INTO posyandu_person (household_id, posyandu_id, name, sex, birth_date, nik, nik_index, mother_name, has_kms, relation, came, "left",
    sound, is_demo)
SELECT id, posyandu_id, 'Anak ' || id, CASE WHEN random() < 0.5 THEN 'F' ELSE 'M' END,
    (date '2026-10-01' - make_interval(months => floor(random() * 37)::int + 33))::date + floor(random() * 9)::int, '', '', 'Aminah',
    random() < 0.95, 'child', 'registered', '', '', false FROM homes
"""
VISITS = """
INSERT INTO posyandu_growthvisit (person_id, posyandu_id, open_day_id, day, weight, height, measure, oedema, zwei, zlen, zwfl, zbmi,
    is_implausible, confirmed, status, twice, counts, recorded_at)
SELECT c.id, c.posyandu_id, d.id, d.day, 3 + age * 0.3, 50 + age, CASE WHEN age < 24 THEN 'L' ELSE 'H' END, false,
    round((random() * 5 - 3.4)::numeric, 2), round((random() * 5 - 3.6)::numeric, 2), round((random() * 5 - 2.6)::numeric, 2), 0,
    false, false, (ARRAY['N','N','N','T','T','O','B'])[1 + floor(random() * 7)], random() < 0.08, true, now()
FROM posyandu_person c CROSS JOIN generate_series(0, %(each)s - 1) age
JOIN posyandu_openday d ON d.posyandu_id = c.posyandu_id
    AND d.day = (date_trunc('month', c.birth_date::timestamp) + make_interval(months => age) + interval '9 days')::date
WHERE c.id > %(after)s
"""
GIVEN = """
INSERT INTO posyandu_given (key, person_id, item_id, posyandu_id, day, batch, elsewhere, tallied, recorded_at)
SELECT gen_random_uuid(), c.id, i.id, c.posyandu_id, c.birth_date + i.from_days, '', '', ARRAY['given:' || i.code], now()
FROM posyandu_person c CROSS JOIN posyandu_item i WHERE c.id > %(after)s AND i.code = ANY(%(codes)s) AND random() < 0.9
"""
DOSES = ["hb0", "bcg", "dpt1", "dpt3", "opv4", "ipv1", "mr1"]
YEAR = date(2023, 9, 1)  # when these children were infants


def seconds(act: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Median; the first call, which may wait for the disk, is not counted."""
    act()
    waits = []
    for _round in range(rounds):
        begun = time.perf_counter()
        act()
        waits.append(time.perf_counter() - begun)
    return statistics.median(waits)


def plain(connection: Any, width: int, within: str, first: date, until: date, by: str = "area") -> Callable[[], list[Any]]:
    """The same figures counted from the rows of people and visits with GROUP BY."""
    from posyandu.tallying import MEASURES

    sums = ", ".join(f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in MEASURES.items())
    area = {"area": "left(p.village_id, %(width)s)", "posyandu": "p.id::text", "month": "date_trunc('month', r.day::timestamp)::text"}[by]
    inside = "(p.village_id = %(within)s OR p.village_id LIKE %(beneath)s)"
    people = (
        "" if by == "month" else
        f"SELECT {area}, count(*), count(*) FILTER (WHERE r.has_kms) FROM posyandu_person r JOIN posyandu_posyandu p ON p.id = r.posyandu_id "
        f"WHERE {inside} AND r.birth_date < %(until)s AND r.birth_date > %(until)s - interval '5 years' AND (r.left_on IS NULL OR r.left_on >= %(until)s) GROUP BY 1"
    )  # fmt: skip
    visits = f"SELECT {area}, {sums} FROM posyandu_growthvisit r JOIN posyandu_posyandu p ON p.id = r.posyandu_id WHERE {inside} AND r.counts AND r.day >= %(first)s AND r.day < %(until)s GROUP BY 1"  # fmt: skip
    values = {"width": width, "within": within, "beneath": f"{within}.%", "first": first, "until": until}

    def ask() -> list[Any]:
        with connection.cursor() as cursor:
            rows = []
            for query in filter(None, (people, visits)):
                cursor.execute(query, values)
                rows += cursor.fetchall()
            return rows

    return ask


def fill(connection: Any, first: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no triggers, no looking up of foreign keys
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'posyandu_growthvisit' AND indexdef NOT LIKE '%UNIQUE%'"
        )
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        if first == 0:
            cursor.execute(POSYANDU, {"posts": POSTS})
            cursor.execute(DAYS, {"months": MONTHS})
        cursor.execute("SELECT coalesce(max(id), 0) FROM posyandu_person")
        after = cursor.fetchone()[0]
        cursor.execute(PEOPLE, {"first": first, "last": last - 1, "posts": POSTS})
        cursor.execute(VISITS, {"each": EACH, "after": after})
        cursor.execute(GIVEN, {"after": after, "codes": DOSES})
        for _name, definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")


def questions(connection: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """By name: (from the counts, counted plainly)."""
    from ntbportal.commons.places import Region
    from posyandu.every_age import immunised
    from posyandu.skdn import skdn_by, trend

    until, asked = date(2026, 10, 1), {}
    district = Region.objects.filter(code__startswith="52.01.", level="district").order_by("code")[0].code
    village = Region.objects.filter(code__startswith=f"{district}.").order_by("code")[0].code
    for name, level, code, width, by in (
        ("province by regency", "regency", "52", 5, "area"),
        ("regency by district", "district", "52.01", 8, "area"),
        ("district by village", "village", district, 13, "area"),
        ("village by posyandu", "posyandu", village, 13, "posyandu"),
    ):
        region = Region.objects.get(code=code)
        asked[name] = (partial(skdn_by, level, region, MONTH), plain(connection, width, code, MONTH, until, by))
    province = Region.objects.get(code="52")
    asked["province, 24 months"] = (partial(trend, province, MONTH, 24), plain(connection, 2, "52", date(2024, 10, 1), until, "month"))
    asked["immunisation of a year"] = (lambda: immunised(province, YEAR, trend(province, YEAR, 24)), doses_plainly(connection))
    return asked


def doses_plainly(connection: Any) -> Callable[[], list[Any]]:
    """Doses from January to September of the province, and the infants of each of these months, counted from the rows."""
    doses = "SELECT i.code, count(*) FROM posyandu_given r JOIN posyandu_item i ON i.id = r.item_id WHERE r.day >= '2023-01-01' AND r.day < '2023-10-01' GROUP BY 1"
    infants = (
        "SELECT m, count(*) FROM generate_series(date '2023-01-01', date '2023-09-01', interval '1 month') m JOIN posyandu_person r "
        "ON r.birth_date < m + interval '1 month' AND r.birth_date > m - interval '11 months' GROUP BY 1"
    )

    def ask() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(doses)
            found = cursor.fetchall()
            cursor.execute(infants)
            return found + cursor.fetchall()

    return ask


def main() -> None:
    with scratch(NAME) as database:
        run(database)


def run(database: Any) -> None:
    from ntbportal.commons.people import User
    from posyandu.models import GrowthVisit, OpenDay, Person
    from posyandu.open_days import open_day_today
    from posyandu.tallying import differences, recount
    from posyandu.visits import Measurement, record_visit, remove_visit

    before = 0
    results: dict[str, list[float]] = {}
    for size in SIZES:
        begun = time.perf_counter()
        fill(database, before, size)
        before = size
        filled = time.perf_counter()
        recount()
        with database.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("SELECT count(*) FROM posyandu_growthvisit")
            visits = cursor.fetchone()[0]
        print(
            f"{visits:,} visits of {size:,} children: filled in {filled - begun:.0f} s, counted anew in {time.perf_counter() - filled:.0f} s"
        )
        for name, (ours, theirs) in questions(database).items():
            mine, counted = seconds(ours), seconds(theirs, 3)
            results.setdefault(name, []).append(mine)
            growth = f"   against a tenth of the visits {mine / results[name][0]:.2f}" if len(results[name]) > 1 else ""
            print(f"  {name:22} {mine * 1000:8.2f} ms   plain GROUP BY {counted * 1000:9.1f} ms   {counted / mine:7.0f}x{growth}")
    rng, cadre = random.Random(1), User.objects.create_user("bench", password="x")
    children = list(Person.objects.filter(birth_date__gt=date(2023, 6, 1)).order_by("pk")[:400])
    waits = []
    for child in children:
        day = open_day_today(child.posyandu, cadre)
        weight = Decimal(rng.randrange(60, 160)) / 10
        begun = time.perf_counter()
        record_visit(child, day, Measurement(weight, Decimal(rng.randrange(600, 950)) / 10, "", confirmed=True), cadre)
        waits.append(time.perf_counter() - begun)
    for child in children[:100]:
        record_visit(child, OpenDay.objects.get(posyandu=child.posyandu, day=open_day_today(child.posyandu, cadre).day), Measurement(Decimal(9), confirmed=True), cadre)  # fmt: skip
    for visit in GrowthVisit.objects.filter(person__in=children[100:150]).order_by("-day")[:50]:
        remove_visit(visit)
    print(f"400 visits written ({statistics.median(waits) * 1000:.1f} ms each, with all counts), 100 corrected, 50 taken back")
    begun = time.perf_counter()
    print(f"rows that differ from counting everything: {len(differences())} (asked in {time.perf_counter() - begun:.0f} s)")


if __name__ == "__main__":
    main()
