"""The counts of each month as SQL: triggers that keep them, the plain query they must equal, and counting anew.

Source of the measures: SKDN, ministry's guideline for posyandu (2011); prevalences, Permenkes 2/2020 with WHO's limits of the
plausible. A trigger works on all rows of a statement at once, so that an import of 100,000 rows pays it once a batch, and in the
order of the key, so that two imports do not wait for each other crosswise.
"""

from __future__ import annotations

import hashlib

import pgtrigger
from django.db import connection, transaction

# of the latest visit of a child in a month, `r`
MEASURES = {
    "d": "true",
    "n": "r.status = 'N'",
    "t": "r.status = 'T'",
    "o": "r.status = 'O'",
    "b": "r.status = 'B'",
    "twice": "r.twice",
    "bgm": "r.zwei < -3",
    "orange": "r.zwei > 1",
    "oedema": "r.oedema",
    "weighed": "r.zwei BETWEEN -6 AND 5",
    "underweight": "r.zwei >= -6 AND r.zwei < -2",
    "severely_underweight": "r.zwei >= -6 AND r.zwei < -3",
    "measured": "r.zlen BETWEEN -6 AND 6",
    "stunted": "r.zlen >= -6 AND r.zlen < -2",
    "severely_stunted": "r.zlen >= -6 AND r.zlen < -3",
    "proportioned": "r.zwfl BETWEEN -5 AND 5 OR r.oedema",
    "wasted": "r.zwfl >= -5 AND r.zwfl < -2 OR r.oedema",
    "severely_wasted": "r.zwfl >= -5 AND r.zwfl < -3 OR r.oedema",
    "overweight": "r.zwfl > 2 AND r.zwfl <= 5",
}
TARGETS = {"s": "true", "k": "r.has_kms"}
# first and last month in which a person is an under-five of the posyandu: born and there before the month ends, not yet five and
# not gone when it ends; months before 2015 are nobody's concern
IN_MONTHS = """generate_series(
    date_trunc('month', greatest(r.birth_date, r.joined_on, '2015-01-01')::timestamp),
    date_trunc('month', least((r.birth_date - 1 + interval '5 years')::date, r.left_on)::timestamp) - interval '1 month',
    interval '1 month')"""
KEYS = {
    "posyandu_posyandumonth": ("posyandu_id", "p.id", "posyandu_id, month"),
    "posyandu_districtmonth": ("district_id", "left(p.village_id, 8)", "month, district_id"),
}
SIDES = {"Insert": ((1, "come"),), "Delete": ((-1, "gone"),), "Update": ((1, "come"), (-1, "gone"))}


def _changed(operation: str, where: str = "true") -> str:
    return " UNION ALL ".join(f"SELECT {way} AS way, {name}.* FROM {name} WHERE {where}" for way, name in SIDES[operation])


def _sums(measures: dict[str, str], way: str) -> str:
    parts = {name: way if condition == "true" else f"{way} * ({condition})::int" for name, condition in measures.items()}
    return ", ".join(f"sum({part}) AS {name}" for name, part in parts.items())


def _coalesced(measures: dict[str, str]) -> dict[str, str]:
    return {name: condition if condition == "true" else f"coalesce({condition}, false)" for name, condition in measures.items()}


def _upsert(table: str, measures: dict[str, str], rows: str, month: str, joined: str = "") -> str:
    column, key, conflict = KEYS[table]
    sums = _sums(_coalesced(measures), "r.way")
    kept = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in measures)
    zeros = [name for name in (*MEASURES, *TARGETS) if name not in measures]
    return f"""
INSERT INTO {table} AS kept ({column}, month, {", ".join(measures)}, {", ".join(zeros)})
SELECT {key}, {month}, {sums}, {", ".join("0" for _name in zeros)}
FROM ({rows}) r JOIN posyandu_posyandu p ON p.id = r.posyandu_id {joined}
GROUP BY 1, 2 ORDER BY {conflict.replace(column, "1").replace("month", "2")}
ON CONFLICT ({conflict}) DO UPDATE SET {kept};"""


def triggers(kind: str) -> list[pgtrigger.Trigger]:
    """Of a table: "visits" (GrowthVisit), "people" (Person and PastStay) or "contacts" (Visit and Given)."""
    made = []
    for operation in SIDES:
        if kind == "visits":
            rows = _changed(operation, "counts")
            body = "".join(_upsert(table, MEASURES, rows, "date_trunc('month', r.day::timestamp)::date") for table in KEYS)
        elif kind == "people":
            rows = _changed(operation)
            body = "".join(_upsert(table, TARGETS, rows, "m.month::date", f"CROSS JOIN LATERAL {IN_MONTHS} AS m(month)") for table in KEYS)
        else:
            body = f"""
INSERT INTO posyandu_findingmonth AS kept (month, code, village_id, posyandu_id, n)
SELECT date_trunc('month', r.day::timestamp)::date, c.code, p.village_id, p.id, sum(r.way)
FROM ({_changed(operation)}) r JOIN posyandu_posyandu p ON p.id = r.posyandu_id CROSS JOIN LATERAL unnest(r.tallied) AS c(code)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (month, code, village_id, posyandu_id) DO UPDATE SET n = kept.n + excluded.n;"""
        names = {name: alias for alias, name in (("old", "gone"), ("new", "come")) if any(name == side for _way, side in SIDES[operation])}
        made.append(
            pgtrigger.Trigger(
                name=f"tally_{operation.lower()}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=getattr(pgtrigger, operation),
                referencing=pgtrigger.Referencing(**{alias: name for name, alias in names.items()}),
                func=f"{body}\nRETURN NULL;",
            )
        )
    return made


def village_trigger() -> pgtrigger.Trigger:
    """A posyandu that is put into another village takes its counts along, to another district too."""
    names = (*TARGETS, *MEASURES)
    kept = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in names)

    def moved(village: str, sign: str) -> str:
        return f"""
INSERT INTO posyandu_districtmonth AS kept (district_id, month, {", ".join(names)})
SELECT left({village}, 8), month, {", ".join(sign + name for name in names)}
FROM posyandu_posyandumonth WHERE posyandu_id = NEW.id ORDER BY 2, 1
ON CONFLICT (month, district_id) DO UPDATE SET {kept};"""

    return pgtrigger.Trigger(
        name="tally_village",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__village__df=pgtrigger.F("new__village")),
        func=moved("OLD.village_id", "-")
        + moved("NEW.village_id", "")
        + "\nUPDATE posyandu_findingmonth SET village_id = NEW.village_id WHERE posyandu_id = NEW.id;\nRETURN NULL;",
    )


def version() -> str:
    """Changes whenever anything counts otherwise."""
    return hashlib.sha256("".join((_counted("posyandu_posyandumonth"), _counted("posyandu_districtmonth"), FINDINGS)).encode()).hexdigest()[
        :16
    ]


STAYS = """SELECT posyandu_id, birth_date, joined_on, left_on, has_kms FROM posyandu_person
UNION ALL SELECT posyandu_id, birth_date, joined_on, left_on, has_kms FROM posyandu_paststay"""


def _counted(table: str) -> str:
    """The plain query: every figure counted from the rows of people and visits."""
    key = KEYS[table][1]
    return f"""
SELECT key, month, {", ".join(f"sum({name})::int AS {name}" for name in (*TARGETS, *MEASURES))} FROM (
    SELECT {key} AS key, m.month::date AS month, {_sums(_coalesced(TARGETS), "1")}, {", ".join(f"0 AS {name}" for name in MEASURES)}
    FROM ({STAYS}) r JOIN posyandu_posyandu p ON p.id = r.posyandu_id CROSS JOIN LATERAL {IN_MONTHS} AS m(month) GROUP BY 1, 2
    UNION ALL
    SELECT {key}, date_trunc('month', r.day::timestamp)::date, {", ".join("0" for _name in TARGETS)}, {_sums(_coalesced(MEASURES), "1")}
    FROM posyandu_growthvisit r JOIN posyandu_posyandu p ON p.id = r.posyandu_id WHERE r.counts GROUP BY 1, 2
) parts GROUP BY 1, 2"""


FINDINGS = """
SELECT date_trunc('month', r.day::timestamp)::date AS month, c.code, p.village_id, p.id AS posyandu_id, count(*)::int AS n
FROM (SELECT posyandu_id, day, tallied FROM posyandu_visit UNION ALL SELECT posyandu_id, day, tallied FROM posyandu_given) r
JOIN posyandu_posyandu p ON p.id = r.posyandu_id
CROSS JOIN LATERAL unnest(r.tallied) AS c(code) GROUP BY 1, 2, 3, 4"""


@transaction.atomic
def recount() -> None:
    """Count everything anew: after a posyandu moved to another village, or after rows were loaded past the triggers."""
    with connection.cursor() as cursor:
        for table, (column, _key, _conflict) in KEYS.items():
            names = ", ".join((*TARGETS, *MEASURES))
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} ({column}, month, {names}) {_counted(table)}")
        cursor.execute("DELETE FROM posyandu_findingmonth")
        cursor.execute(f"INSERT INTO posyandu_findingmonth (month, code, village_id, posyandu_id, n) {FINDINGS}")


def differences() -> list[tuple[str, str, str]]:
    """(table, key, month) of every row that is not what counting gives; empty where all is exact. Reads everything."""
    found = []
    names = (*TARGETS, *MEASURES)
    with connection.cursor() as cursor:
        for table, (column, _key, _conflict) in KEYS.items():
            same = " AND ".join(f"coalesce(a.{name}, 0) = coalesce(b.{name}, 0)" for name in names)
            cursor.execute(
                f"SELECT coalesce(a.{column}, b.key)::text, coalesce(a.month, b.month)::text FROM {table} a "
                f"FULL JOIN ({_counted(table)}) b ON a.{column} = b.key AND a.month = b.month WHERE NOT ({same}) ORDER BY 1, 2 LIMIT 1000"
            )
            found += [(table, key, month) for key, month in cursor.fetchall()]
        cursor.execute(
            "SELECT coalesce(a.posyandu_id, b.posyandu_id)::text || ' ' || coalesce(a.code, b.code), coalesce(a.month, b.month)::text "
            f"FROM posyandu_findingmonth a FULL JOIN ({FINDINGS}) b USING (month, code, village_id, posyandu_id) "
            "WHERE coalesce(a.n, 0) <> coalesce(b.n, 0) LIMIT 1000"
        )
        found += [("posyandu_findingmonth", key, month) for key, month in cursor.fetchall()]
    return found
