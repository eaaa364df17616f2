"""What the database knows about the people of a batch: who they are, and their weighings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection

from ..models import GrowthVisit, Person
from .reading import Known, Row


def array(values: Iterable[str]) -> str:
    """A parameter for a cast to an array; a list would be looked at value by value. Of words without quotation marks and backslashes:
    figures, days, names as they sound."""
    return "{" + ",".join([f'"{value}"' for value in values]) + "}"


def find_people(rows: list[Row]) -> None:
    """Sets `person` of the rows whose person is known, by NIK, else by posyandu, birth date, sex and sound of the name where not both
    have a NIK. Two queries."""
    by_nik = {}
    wanted = {row.nik_index for row in rows if row.nik}
    if wanted:
        people = Person.objects.filter(merged_into=None, nik_index__in=wanted)
        for one in people.values_list("pk", "posyandu_id", "birth_date", "sex", "died_on", "nik_index"):
            by_nik[one[-1]] = Known(*one[:-1])
    asked: list[Row] = []
    for row in rows:
        row.person = by_nik.get(row.nik_index) if row.nik else None
        if row.person is None:
            asked.append(row)
    if not asked:
        return
    columns = [(str(row.posyandu.pk), str(row.born), row.sex, row.sound, "t" if row.nik else "f") for row in asked]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.place - 1, c.id, c.died_on FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::bool[]) WITH ORDINALITY "
            "w(posyandu, born, sex, sound, numbered, place) JOIN posyandu_person c "
            "ON c.posyandu_id = w.posyandu AND c.birth_date = w.born AND c.sex = w.sex AND c.sound = w.sound "
            "WHERE c.merged_into_id IS NULL AND NOT (w.numbered AND c.nik_index <> '') ORDER BY c.id DESC",
            [array(column) for column in zip(*columns, strict=True)],
        )
        for place, number, died_on in cursor.fetchall():  # of several the first
            row = asked[place]
            row.person = Known(number, row.posyandu.pk, row.born, row.sex, died_on)


def weighings(since: Mapping[int, date]) -> dict[int, list[GrowthVisit]]:
    """Of each of these people (by number), the weighings that judging needs: from a day on, and the last one before it. One query."""
    found: dict[int, list[GrowthVisit]] = defaultdict(list)
    if not since:
        return found
    rows = GrowthVisit.objects.raw(
        "SELECT v.* FROM unnest(%s::bigint[], %s::date[]) AS w(person, since) "
        "CROSS JOIN LATERAL (SELECT * FROM posyandu_growthvisit a WHERE a.person_id = w.person AND a.day >= "
        "coalesce((SELECT max(b.day) FROM posyandu_growthvisit b WHERE b.person_id = w.person AND b.day < w.since), w.since)) v",
        [array(map(str, since)), array(map(str, since.values()))],
    )
    for visit in rows:
        found[visit.person_id].append(visit)
    return found
