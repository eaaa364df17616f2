"""The counts of each month as SQL: triggers that keep them, the plain query they must equal, and counting anew.

Source of the measures: SKDN, ministry's guideline for posyandu (2011); prevalences, Permenkes 2/2020 with WHO's limits of the
plausible. A trigger works on all rows of a statement at once, so that an import of 100,000 rows pays it once a batch, and in the
order of the key, so that two imports do not wait for each other crosswise.
"""

from __future__ import annotations

import hashlib

import pgtrigger
from django.db import connection, transaction

from . import belonging

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
# of a person in a month, `r` and `m.month`; infants are those not yet a year old when the month ends
TARGETS = {"s": "true", "k": "r.has_kms", "infants": "r.birth_date > m.month - interval '11 months'"}
COUNTED = "\"left\" <> 'error'"  # people who are there at all: not entered by mistake, nor merged into another
IN_MONTHS = f"CROSS JOIN LATERAL {belonging.counted_months('r')} AS m(month)"
KEYS = {
    "posyandu_posyandumonth": ("posyandu_id", "p.id", "posyandu_id, month"),
    "posyandu_districtmonth": ("district_id", "left(p.village_id, 8)", "month, district_id"),
}
# of the codes of `tallied`: by posyandu, and by district for all above
FINDING_KEYS = {
    "posyandu_findingmonth": (("village_id", "posyandu_id"), "p.village_id, p.id AS posyandu_id"),
    "posyandu_districtfinding": (("district_id",), "left(p.village_id, 8) AS district_id"),
}
SIDES = {"Insert": ((1, "come"),), "Delete": ((-1, "gone"),), "Update": ((1, "come"), (-1, "gone"))}


def _changed(operation: str, where: str = "true") -> str:
    return " UNION ALL ".join(f"SELECT {way} AS way, {name}.* FROM {name} WHERE {where}" for way, name in SIDES[operation])


def _sums(measures: dict[str, str], way: str) -> str:
    parts = {name: way if condition == "true" else f"{way} * ({condition})::int" for name, condition in measures.items()}
    return ", ".join(f"sum({part}) AS {name}" for name, part in parts.items())


def _coalesced(measures: dict[str, str]) -> dict[str, str]:
    return {name: condition if condition == "true" else f"coalesce({condition}, false)" for name, condition in measures.items()}


def _upsert(table: str, measures: dict[str, str], rows: str, month: str, joined: str = "", place: str = "posyandu_id") -> str:
    column, key, conflict = KEYS[table]
    sums = _sums(_coalesced(measures), "r.way")
    kept = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in measures)
    zeros = [name for name in (*MEASURES, *TARGETS) if name not in measures]
    return f"""
INSERT INTO {table} AS kept ({column}, month, {", ".join(measures)}, {", ".join(zeros)})
SELECT {key}, {month}, {sums}, {", ".join("0" for _name in zeros)}
FROM ({rows}) r JOIN posyandu_posyandu p ON p.id = r.{place} {joined}
GROUP BY 1, 2 ORDER BY {conflict.replace(column, "1").replace("month", "2")}
ON CONFLICT ({conflict}) DO UPDATE SET {kept};"""


def _findings(table: str, rows: str, way: str) -> str:
    """Codes counted by month and place, from rows with posyandu_id, day and tallied."""
    columns, key = FINDING_KEYS[table]
    groups = ", ".join(str(place + 1) for place in range(2 + len(columns)))
    return f"""
SELECT date_trunc('month', r.day::timestamp)::date AS month, c.code, {key}, sum({way})::int AS n
FROM ({rows}) r JOIN posyandu_posyandu p ON p.id = r.posyandu_id CROSS JOIN LATERAL unnest(r.tallied) AS c(code)
GROUP BY {groups} ORDER BY {groups}"""


def _upsert_findings(table: str, rows: str) -> str:
    names = ", ".join(("month", "code", *FINDING_KEYS[table][0]))
    return f"""
INSERT INTO {table} AS kept ({names}, n) {_findings(table, rows, "r.way")}
ON CONFLICT ({names}) DO UPDATE SET n = kept.n + excluded.n;"""


def triggers(kind: str) -> list[pgtrigger.Trigger]:
    """Of a table: "visits" (GrowthVisit), "people" (Person), "stays" (PastStay) or "contacts" (Visit and Given). Before them those come
    that say where a child is counted."""
    made = belonging.triggers(kind) if kind in belonging.BODIES else []
    for operation in SIDES:
        if kind == "visits":
            rows = _changed(operation, "counted_at_id IS NOT NULL")
            month = "date_trunc('month', r.day::timestamp)::date"
            body = "".join(_upsert(table, MEASURES, rows, month, place="counted_at_id") for table in KEYS)
        elif kind in {"people", "stays"}:
            rows = _changed(operation, COUNTED if kind == "people" else "true")
            body = "".join(_upsert(table, TARGETS, rows, "m.month::date", IN_MONTHS) for table in KEYS)
            body = _unless_unchanged(body) if kind == "people" and operation == "Update" else body
        else:
            body = "".join(_upsert_findings(table, _changed(operation)) for table in FINDING_KEYS)
        names = {name: alias for alias, name in (("old", "gone"), ("new", "come")) if any(name == side for _way, side in SIDES[operation])}
        made.append(
            pgtrigger.Trigger(
                name=f"tally_{operation.lower()}",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=getattr(pgtrigger, operation),
                referencing=pgtrigger.Referencing(**{alias: name for name, alias in names.items()}),
                func=f"{belonging.nothing(operation)}\n{body}\nRETURN NULL;",
            )
        )
    return made


def _unless_unchanged(body: str) -> str:
    """Of people most changes have nothing to do with S."""
    before, after = (", ".join(f"{name}.{column}" for column in (*belonging.SAID, "has_kms")) for name in ("gone", "come"))
    return f"IF EXISTS (SELECT FROM come JOIN gone ON gone.id = come.id WHERE ({before}) IS DISTINCT FROM ({after})) THEN {body} END IF;"


# what must hold of the counts of a month; checked when a transaction ends
PARTS_OF = (
    ("d", "s"), ("k", "s"), ("infants", "s"), ("n + t + o + b", "d"), ("twice", "t"), ("bgm", "d"), ("orange", "d"), ("oedema", "d"),
    ("weighed", "d"), ("measured", "d"), ("proportioned", "d"), ("underweight", "weighed"), ("severely_underweight", "underweight"),
    ("stunted", "measured"), ("severely_stunted", "stunted"), ("wasted", "proportioned"), ("severely_wasted", "wasted"),
    ("overweight", "proportioned"),
)  # fmt: skip


def _wrong(row: str) -> str:
    def of(names: str) -> str:
        return " + ".join(f"{row}.{name}" for name in names.split(" + "))

    return " OR ".join([f"{of(part)} > {of(whole)}" for part, whole in PARTS_OF] + [f"{row}.{name} < 0" for name in (*TARGETS, *MEASURES)])


def part_of_trigger(table: str) -> pgtrigger.Trigger:
    """No part is larger than its whole, when a transaction ends: K, D and infants are part of S, N + T + O + B of D, and so on."""
    return pgtrigger.Trigger(
        name="parts",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Condition(_wrong("NEW")),
        func=f"""IF EXISTS (SELECT FROM {table} m WHERE m.id = NEW.id AND ({_wrong("m")})) THEN
RAISE EXCEPTION 'counts of {table} % are no parts of each other', NEW.id USING ERRCODE = 'check_violation'; END IF; RETURN NULL;""",
    )


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

    def moved_findings(village: str, sign: str) -> str:
        return f"""
INSERT INTO posyandu_districtfinding AS kept (month, code, district_id, n)
SELECT month, code, left({village}, 8), {sign}n FROM posyandu_findingmonth WHERE posyandu_id = NEW.id ORDER BY 1, 2
ON CONFLICT (month, code, district_id) DO UPDATE SET n = kept.n + excluded.n;"""

    return pgtrigger.Trigger(
        name="tally_village",
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__village__df=pgtrigger.F("new__village")),
        func=moved("OLD.village_id", "-")
        + moved("NEW.village_id", "")
        + moved_findings("OLD.village_id", "-")
        + moved_findings("NEW.village_id", "")
        + "\nUPDATE posyandu_findingmonth SET village_id = NEW.village_id WHERE posyandu_id = NEW.id;\nRETURN NULL;",
    )


def version() -> str:
    """Changes whenever anything counts otherwise."""
    placed = [belonging.settle_stays("people"), belonging.places("true")]
    counted = [*placed, *(_counted(table) for table in KEYS), *(_findings(table, TALLIED, "1") for table in FINDING_KEYS)]
    return hashlib.sha256("".join(counted).encode()).hexdigest()[:16]


OF_STAY = "posyandu_id, birth_date, joined_on, left_on, counted_from, counted_until, has_kms"
STAYS = f"SELECT {OF_STAY} FROM posyandu_person WHERE {COUNTED} UNION ALL SELECT {OF_STAY} FROM posyandu_paststay"


def _counted(table: str) -> str:
    """The plain query: every figure counted from the rows of people and visits."""
    key = KEYS[table][1]
    return f"""
SELECT key, month, {", ".join(f"sum({name})::int AS {name}" for name in (*TARGETS, *MEASURES))} FROM (
    SELECT {key} AS key, m.month::date AS month, {_sums(_coalesced(TARGETS), "1")}, {", ".join(f"0 AS {name}" for name in MEASURES)}
    FROM ({STAYS}) r JOIN posyandu_posyandu p ON p.id = r.posyandu_id {IN_MONTHS} GROUP BY 1, 2
    UNION ALL
    SELECT {key}, date_trunc('month', r.day::timestamp)::date, {", ".join("0" for _name in TARGETS)}, {_sums(_coalesced(MEASURES), "1")}
    FROM posyandu_growthvisit r JOIN posyandu_posyandu p ON p.id = r.counted_at_id GROUP BY 1, 2
) parts GROUP BY 1, 2"""


TALLIED = "SELECT posyandu_id, day, tallied FROM posyandu_visit UNION ALL SELECT posyandu_id, day, tallied FROM posyandu_given"


ASLEEP = tuple(
    f"posyandu.{model}:{name}_{operation}"
    for model in ("Person", "PastStay", "GrowthVisit")
    for name, operations in (("belong", ("insert", "update", "delete")), ("tally", ("insert", "update", "delete")))
    for operation in operations
    if not (model == "Person" and name == "belong" and operation != "update")
)


@transaction.atomic
def recount() -> None:
    """Count everything anew, also where each child is counted: after a posyandu moved to another village, or after rows were loaded past
    the triggers."""
    with pgtrigger.ignore(*ASLEEP):
        belonging.settle_all()
    with connection.cursor() as cursor:
        for table, (column, _key, _conflict) in KEYS.items():
            names = ", ".join((*TARGETS, *MEASURES))
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} ({column}, month, {names}) {_counted(table)}")
        for table, (columns, _key) in FINDING_KEYS.items():
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE; DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} (month, code, {', '.join(columns)}, n) {_findings(table, TALLIED, '1')}")


def differences() -> list[tuple[str, str, str]]:
    """(table, key, month) of every row that is not what counting gives; empty where all is exact. Reads everything."""
    found = [("posyandu_growthvisit", str(number), "counted elsewhere") for number in belonging.misplaced()]
    names = (*TARGETS, *MEASURES)
    with connection.cursor() as cursor:
        for table, (column, _key, _conflict) in KEYS.items():
            same = " AND ".join(f"coalesce(a.{name}, 0) = coalesce(b.{name}, 0)" for name in names)
            cursor.execute(
                f"SELECT coalesce(a.{column}, b.key)::text, coalesce(a.month, b.month)::text FROM {table} a "
                f"FULL JOIN ({_counted(table)}) b ON a.{column} = b.key AND a.month = b.month WHERE NOT ({same}) ORDER BY 1, 2 LIMIT 1000"
            )
            found += [(table, key, month) for key, month in cursor.fetchall()]
        for table, (columns, _key) in FINDING_KEYS.items():
            using = ", ".join(("month", "code", *columns))
            cursor.execute(
                f"SELECT {columns[-1]}::text || ' ' || code, month::text "
                f"FROM {table} a FULL JOIN ({_findings(table, TALLIED, '1')}) b USING ({using}) "
                "WHERE coalesce(a.n, 0) <> coalesce(b.n, 0) ORDER BY 1, 2 LIMIT 1000"
            )
            found += [(table, key, month) for key, month in cursor.fetchall()]
    return found
