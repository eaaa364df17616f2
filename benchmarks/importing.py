"""Bringing in 100,000 weighings, against a bare COPY of the same rows (without and with the foreign keys of visits) and stock
django-import-export row by row (2,000 of them).

    ./portal up --detach && ./portal bench importing

In a scratch database. Ours is the whole act: reading CSV, finding people, z-scores, COPY, counts of the months, N and T judged.
"""

from __future__ import annotations

import csv
import random
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from _scratch import scratch

NAME, ROWS, PEER_ROWS, POSTS, TIMES = "ntb_bench_importing", 100_000, 2_000, 2_000, 3


def main() -> None:
    with scratch(NAME) as database:
        run(database)


def run(database: Any) -> None:
    import pgtrigger
    from django.core.files import File
    from django.db import transaction
    from django.test.utils import override_settings
    from import_export import resources
    from tablib import Dataset

    from ntbportal.commons.people import Membership, User
    from ntbportal.commons.places import Region
    from posyandu import importing
    from posyandu.importing.copying import COLUMNS
    from posyandu.models import GrowthVisit, Household, OpenDay, Person, Posyandu, VisitImport
    from posyandu.tallying import differences, recount

    rng, day = random.Random(3), date(2026, 9, 14)
    villages = list(Region.objects.filter(level="village").order_by("code"))
    posts = Posyandu.objects.bulk_create(Posyandu(name=f"Posyandu {n}", village=villages[n % len(villages)]) for n in range(POSTS))
    homes = Household.objects.bulk_create((Household(posyandu=posts[n % POSTS], head_name="A") for n in range(ROWS)), batch_size=2000)
    from posyandu.sounds import sound_of

    with pgtrigger.ignore("posyandu.Person:tally_insert"):
        people = Person.objects.bulk_create(
            (
                Person(household=homes[n], posyandu=posts[n % POSTS], name=f"Anak {n}", sound=sound_of(f"Anak {n}"), sex=rng.choice("FM"),
                       birth_date=day - timedelta(days=rng.randrange(60, 1700)))
                for n in range(ROWS)
            ),
            batch_size=2000,
        )  # fmt: skip
    recount()
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    admin = User.objects.create_superuser("bench", password="x")
    Membership.objects.create(user=admin, role="admin")
    with tempfile.TemporaryDirectory() as folder, override_settings(VAR_DIR=Path(folder), MEDIA_ROOT=Path(folder) / "media"):
        row = VisitImport.objects.create(user=admin, name="a.csv", state="waiting")
        source = Path(folder) / "a.csv"
        with source.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["Nama", "JK", "Tgl Lahir", "Posyandu", "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur"])
            for person in people:
                age = (day - person.birth_date).days
                writer.writerow([person.name, "L" if person.sex == "M" else "P", person.birth_date, person.posyandu.name, day, round(4 + age / 130 + rng.random(), 1), round(52 + age / 30 + rng.random(), 1), "Terlentang" if age < 731 else "Berdiri"])  # fmt: skip
        with source.open("rb") as file:
            importing.keep(row, File(file))
        begun = time.perf_counter()
        importing.run(row.pk)
        looked = time.perf_counter() - begun
        row.refresh_from_db()
        importing.begin(row)
        begun = time.perf_counter()
        importing.run(row.pk)
        ours = time.perf_counter() - begun
        row.refresh_from_db()
    assert (row.state, row.new_visits) == ("done", ROWS), (row.state, row.new_visits, row.problems[:3])
    exact = differences()
    # the same rows, bare, as one transaction: into a table of the same columns and indexes, and into one that has the foreign keys too
    columns = ", ".join(COLUMNS)
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM posyandu_growthvisit")
        kept = cursor.fetchall()
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'posyandu_growthvisit'::regclass AND contype = 'f'"
        )
        keys = [definition for (definition,) in cursor.fetchall()]
    bare: dict[str, list[float]] = {}
    for name, constraints in [("bare COPY", []), ("COPY with the foreign keys", keys)] * TIMES:
        with database.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bare; CREATE TABLE bare (LIKE posyandu_growthvisit INCLUDING ALL)")
            for definition in constraints:
                cursor.execute(f"ALTER TABLE bare ADD {definition}")
        begun = time.perf_counter()
        with transaction.atomic(), database.cursor() as cursor, cursor.copy(f"COPY bare ({columns}) FROM STDIN") as copy:
            for line in kept:
                copy.write_row(line)
        bare.setdefault(name, []).append(time.perf_counter() - begun)
    sample = kept[:PEER_ROWS]
    GrowthVisit.objects.filter(person__in=[line[0] for line in sample]).delete()
    days = dict(OpenDay.objects.values_list("pk", "posyandu"))

    class GrowthResource(resources.ModelResource):
        class Meta:
            model = GrowthVisit
            fields = ("id", "person", "posyandu", "open_day", "day", "weight", "height", "measure", "status")

    table = Dataset(headers=["id", "person", "posyandu", "open_day", "day", "weight", "height", "measure", "status"])
    for line in sample:
        table.append(["", line[0], days[line[2]], line[2], line[3], line[4], line[5], line[6], "B"])
    begun = time.perf_counter()
    result = GrowthResource().import_data(table, dry_run=False, raise_errors=True)
    theirs = (time.perf_counter() - begun) / PEER_ROWS * ROWS
    assert not result.has_errors()
    print(
        f"{ROWS:,} rows: looked through in {looked:.1f} s, brought in in {ours:.1f} s ({ROWS / ours:,.0f} rows/s); rows that differ from counting: {len(exact)}"
    )
    for name, times in bare.items():
        print(f"{name} {' '.join(f'{one:.1f}' for one in times)} s: ours is {median(times) / ours:.2f} of it")
    print(f"stock django-import-export {theirs:.0f} s for as many: ours is {theirs / ours:.0f}x")


if __name__ == "__main__":
    main()
