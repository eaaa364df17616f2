"""Where a child is counted in a month, as SQL: the rule of S, and what is not in S is in nothing else.

The rule. A child of 0-59 months belongs to a posyandu on every day from its birth, or coming there, up to its death, departure, move or
the day before its fifth birthday, these days included. S of a month counts whoever belonged on any day of it, once in the province: at
the posyandu where the weighing that counts was made, if the child belonged there in that month, else at the last one it belonged to. A
weighing counts (D, and N, T, B, O and all that is measured) where S counts the child, never elsewhere: so D is part of S, N of D.

Source: ministry's guideline for posyandu (2011), "S: semua balita di wilayah kerja posyandu", which names no day of the month. Any day is
our reading, to be confirmed by the province's health office: with the last day of the month, who was weighed and then died, moved or
became five would be in D and not in S.

Stays (a person's present one, and PastStay) have `counted_from` and `counted_until`, months that narrow what their own days say; they are
set only for people who moved. Weighings have `counted_at`. Triggers keep all three, whatever writes.
"""

from __future__ import annotations

import pgtrigger
from django.db import connection

EARLIEST = "2015-01-01"  # months before are nobody's concern
NEVER_FROM, NEVER_UNTIL = "9999-01-01", "1900-01-01"


def last_day(birth: str) -> str:
    """The last day of the 59th month of life; born on 29 February, that is 28 February or the 29th."""
    return f"greatest(({birth} - 1 + interval '5 years')::date, ({birth} + interval '5 years')::date - 1)"


def first_month(row: str) -> str:
    return f"date_trunc('month', greatest({row}.birth_date, {row}.joined_on, '{EARLIEST}')::timestamp)::date"


def last_month(row: str) -> str:
    """Before any first month where the stay has no day below five years, as of who moved after the fifth birthday."""
    first, last = f"greatest({row}.birth_date, {row}.joined_on)", f"least({last_day(f'{row}.birth_date')}, {row}.left_on)"
    return f"CASE WHEN {last} >= {first} THEN date_trunc('month', {last}::timestamp)::date ELSE '{NEVER_UNTIL}'::date END"


def counted_months(row: str) -> str:
    """A set of the months in which a stay counts."""
    first = f"greatest({first_month(row)}, {row}.counted_from)"
    last = f"least({last_month(row)}, {row}.counted_until)"
    return f"generate_series({first}::timestamp, {last}::timestamp, interval '1 month')"


def is_counted(row: str, month: str) -> str:
    return f"{month} BETWEEN greatest({first_month(row)}, {row}.counted_from) AND least({last_month(row)}, {row}.counted_until)"


def _stays(people: str) -> str:
    """Of `people` (a query of numbers) those who moved: each stay with its months, the present one last."""
    return f"""
SELECT 'past' AS kind, s.id, s.person_id, s.posyandu_id, s.left_on AS until, {first_month("s")} AS first, {last_month("s")} AS last
FROM posyandu_paststay s JOIN posyandu_person p ON p.id = s.person_id WHERE s.person_id IN ({people}) AND p."left" <> 'error'
UNION ALL
SELECT 'now', p.id, p.id, p.posyandu_id, 'infinity'::date, {first_month("p")}, {last_month("p")}
FROM posyandu_person p WHERE p.id IN ({people}) AND p."left" <> 'error'
AND EXISTS (SELECT FROM posyandu_paststay s WHERE s.person_id = p.id)"""


def _won(people: str) -> str:
    """(kind, id, first month, last month) of the stays that count in any month."""
    return f"""
SELECT kind, id, min(month) AS first, max(month) AS last FROM (
    SELECT s.kind, s.id, m.month::date AS month, row_number() OVER (
        PARTITION BY s.person_id, m.month ORDER BY coalesce(s.posyandu_id = v.posyandu_id, false) DESC, s.until DESC, s.kind, s.id DESC
    ) AS place
    FROM ({_stays(people)}) s CROSS JOIN LATERAL generate_series(s.first::timestamp, s.last::timestamp, interval '1 month') AS m(month)
    LEFT JOIN posyandu_growthvisit v ON v.person_id = s.person_id AND v.counts
    AND v.day >= m.month AND v.day < m.month + interval '1 month'
) ranked WHERE place = 1 GROUP BY kind, id"""


def settle_stays(people: str) -> str:
    """Statements that say in which months each stay of `people` counts, where it is said otherwise."""
    return f"""
UPDATE posyandu_paststay t SET counted_from = w.first, counted_until = w.last FROM (
    SELECT s.id, won.first, coalesce(won.last, '{NEVER_UNTIL}') AS last FROM posyandu_paststay s
    LEFT JOIN ({_won(people)}) won ON won.kind = 'past' AND won.id = s.id WHERE s.person_id IN ({people})
) w WHERE w.id = t.id AND (t.counted_from, t.counted_until) IS DISTINCT FROM (w.first, w.last);
UPDATE posyandu_person t SET counted_from = w.first FROM (
    SELECT p.id, CASE WHEN EXISTS (SELECT FROM posyandu_paststay s WHERE s.person_id = p.id)
        THEN coalesce(won.first, '{NEVER_FROM}') END AS first
    FROM posyandu_person p LEFT JOIN ({_won(people)}) won ON won.kind = 'now' AND won.id = p.id WHERE p.id IN ({people})
) w WHERE w.id = t.id AND t.counted_from IS DISTINCT FROM w.first;"""


MONTH_OF_VISIT = "date_trunc('month', v.day::timestamp)::date"


def places(visits: str) -> str:
    """(id, place) of weighings that fit a condition on `v`: the posyandu that counts each, NULL where none does."""
    return f"""
SELECT v.id, CASE WHEN v.counts AND v.day BETWEEN p.birth_date AND {last_day("p.birth_date")} AND p."left" <> 'error' THEN coalesce(
    (SELECT s.posyandu_id FROM posyandu_paststay s WHERE s.person_id = p.id AND {is_counted("s", MONTH_OF_VISIT)} LIMIT 1),
    CASE WHEN {is_counted("p", MONTH_OF_VISIT)} THEN p.posyandu_id END
) END AS place FROM posyandu_growthvisit v JOIN posyandu_person p ON p.id = v.person_id WHERE {visits}"""


def settle_visits(visits: str) -> str:
    """A statement that says where weighings are counted, where it is said otherwise."""
    return f"""
UPDATE posyandu_growthvisit t SET counted_at_id = w.place FROM ({places(visits)}) w
WHERE w.id = t.id AND t.counted_at_id IS DISTINCT FROM w.place;"""


MOVED = "SELECT s.person_id FROM posyandu_paststay s WHERE s.person_id IN ({people})"


def _of_visits(operation: str) -> str:
    """Body of the trigger on weighings."""
    new, old = "SELECT person_id FROM come", "SELECT person_id FROM gone"
    people = {"Insert": new, "Delete": old, "Update": f"{new} UNION {old}"}[operation]
    moved = MOVED.format(people=people)
    body = f"IF EXISTS ({moved}) THEN {settle_stays(moved)} {settle_visits(f'v.person_id IN ({moved})')} END IF;"
    return body if operation == "Delete" else f"{settle_visits('v.id IN (SELECT id FROM come)')} {body}"


SAID = ("posyandu_id", "birth_date", "joined_on", "left_on", '"left"', "counted_from", "merged_into_id")


def _of_people(operation: str) -> str:
    """Body of the trigger on people. New ones have no weighings yet."""
    before, after = (", ".join(f"{name}.{column}" for column in SAID) for name in ("gone", "come"))
    people = f"SELECT come.id FROM come JOIN gone ON gone.id = come.id WHERE ({before}) IS DISTINCT FROM ({after})"
    moved = MOVED.format(people=people)
    settle = f"IF EXISTS ({moved}) THEN {settle_stays(moved)} END IF; {settle_visits(f'v.person_id IN ({people})')}"
    return f"IF EXISTS ({people}) THEN {settle} END IF;"


def _of_stays(operation: str) -> str:
    """Body of the trigger on past stays."""
    sides = {"Insert": ("come",), "Delete": ("gone",), "Update": ("come", "gone")}[operation]
    people = " UNION ".join(f"SELECT person_id FROM {side}" for side in sides)
    return f"{settle_stays(people)} {settle_visits(f'v.person_id IN ({people})')}"


BODIES = {"visits": _of_visits, "people": _of_people, "stays": _of_stays}
OPERATIONS = {"visits": ("Insert", "Update", "Delete"), "people": ("Update",), "stays": ("Insert", "Update", "Delete")}
SIDES = {"Insert": {"new": "come"}, "Delete": {"old": "gone"}, "Update": {"new": "come", "old": "gone"}}


def nothing(operation: str) -> str:
    """A statement that changes no row fires its triggers too: they end here, or would call each other without end."""
    return f"IF NOT EXISTS (SELECT FROM {next(iter(SIDES[operation].values()))}) THEN RETURN NULL; END IF;"


def triggers(kind: str) -> list[pgtrigger.Trigger]:
    """Of a table: "visits" (GrowthVisit), "people" (Person) or "stays" (PastStay). They come before those that count."""
    return [
        pgtrigger.Trigger(
            name=f"belong_{operation.lower()}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=getattr(pgtrigger, operation),
            referencing=pgtrigger.Referencing(**SIDES[operation]),
            func=f"{nothing(operation)}\n{BODIES[kind](operation)}\nRETURN NULL;",
        )
        for operation in OPERATIONS[kind]
    ]


EVERYBODY = "SELECT id FROM posyandu_person"
# in the month of a fifth birthday the last weighing before it counts, and none after it ever does
BY_AGE = f"""
UPDATE posyandu_growthvisit v SET counts = false FROM posyandu_person p
WHERE p.id = v.person_id AND v.counts AND v.day > {last_day("p.birth_date")};
UPDATE posyandu_growthvisit t SET counts = true FROM (
    SELECT DISTINCT ON (v.person_id) v.id FROM posyandu_growthvisit v JOIN posyandu_person p ON p.id = v.person_id
    WHERE p.merged_into_id IS NULL AND v.day <= {last_day("p.birth_date")}
    AND {MONTH_OF_VISIT} = date_trunc('month', {last_day("p.birth_date")}::timestamp)::date
    ORDER BY v.person_id, v.day DESC, v.id DESC
) w WHERE w.id = t.id AND NOT t.counts AND NOT EXISTS (
    SELECT FROM posyandu_growthvisit o WHERE o.person_id = t.person_id AND o.counts
    AND date_trunc('month', o.day::timestamp) = date_trunc('month', t.day::timestamp)
);"""


def settle_all() -> None:
    """Say anew of everybody where they are counted. Inside the caller's transaction, with the triggers asleep."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BY_AGE} {settle_stays(EVERYBODY)} {settle_visits('true')}")


def misplaced(limit: int = 1000) -> list[int]:
    """Weighings that are counted elsewhere than the rule says; empty where all is exact. Reads everything."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w.id FROM ({places('true')}) w JOIN posyandu_growthvisit t ON t.id = w.id "
            f"WHERE t.counted_at_id IS DISTINCT FROM w.place ORDER BY 1 LIMIT {limit}"
        )
        return [number for (number,) in cursor.fetchall()]
