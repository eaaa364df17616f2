"""Conditions of the rules, in three values: true, false, and unknown (None), as Kleene has them. What is unknown never counts as normal.

A condition is [code, operator, value] with <, <=, >, >=, =, != or "in"; [code, "unknown", true], which holds where nothing is known of
the code; or ["any", [conditions]]. Codes are answers, what was worked out of them, and age_days, age_months, age_years, sex. The phone
has the same in static/portal/posyandu-rules.js, and tests/browser compare the two.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from .growth.zscores import school_age_scores

Values = dict[str, Any]
WEEKS_KNOWN = 45  # a last period further back says nothing of this pregnancy any more
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
    "in": lambda value, many: value in many,
}
OF_PERSON = frozenset({"age_days", "age_months", "age_years", "sex"})


class Between(NamedTuple):
    """A count of which only the limits are known, since not everything was answered."""

    low: float
    high: float


class Rule(Protocol):
    """What a finding has to have to be judged; Finding and GrowthFinding do."""

    group: str
    when: list[Any]
    tone: str
    code: str


def is_given(value: Any) -> bool:
    return value is not None and value != ""


def truth(conditions: Iterable[Sequence[Any]], values: Mapping[str, Any]) -> bool | None:
    """Whether all conditions hold; None where that depends on something unknown."""
    found: bool | None = True
    for condition in conditions:
        one = _truth(condition, values)
        if one is False:
            return False
        if one is None:
            found = None
    return found


def holds(conditions: Iterable[Sequence[Any]], values: Mapping[str, Any]) -> bool:
    """Whether all conditions are known to hold."""
    return truth(conditions, values) is True


def _truth(condition: Sequence[Any], values: Mapping[str, Any]) -> bool | None:
    if condition[0] == "any":
        parts = [_truth(one, values) for one in condition[1]]
        return True if True in parts else None if None in parts else False
    code, sign, wanted = condition
    value = values.get(code)
    if sign == "unknown":
        return not is_given(value) or isinstance(value, Between)
    if not is_given(value):
        return None
    if isinstance(value, Between):
        ends = {OPERATORS[sign](one, wanted) for one in value}
        inside = sign in {"=", "!=", "in"} and value.low != value.high
        return None if len(ends) > 1 or inside else ends.pop()
    if isinstance(wanted, int | float) and not isinstance(value, int | float):
        return None
    return OPERATORS[sign](value, wanted)


@dataclass
class Judged:
    """`found`: of each kind the first rule that holds. `open`: kinds that could not be judged to the end."""

    found: list[Any] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def judge(rules: Iterable[Rule], values: Mapping[str, Any]) -> Judged:
    """Rules of a kind stand gravest first. Where a graver one might hold, as far as is known, a later one that says all is well is not
    found; one that does not say so is found all the same, and the kind stays open."""
    result, done, in_doubt = Judged(), set[str](), dict[str, None]()
    for rule in rules:
        if rule.group in done:
            continue
        is_true = truth(rule.when, values)
        if is_true and not (rule.group in in_doubt and rule.tone == "good"):
            result.found.append(rule)
            done.add(rule.group)
        elif is_true is not False:
            in_doubt[rule.group] = None
    result.open = list(in_doubt)
    return result


def codes_of(conditions: Iterable[Sequence[Any]]) -> set[str]:
    """All codes that conditions ask for."""
    found: set[str] = set()
    for condition in conditions:
        found |= codes_of(condition[1]) if condition[0] == "any" else {condition[0]}
    return found


def needed_for(codes: Iterable[str], derived: Iterable[Mapping[str, Any]]) -> set[str]:
    """The answers that codes are made of."""
    rules = [rule for rule in derived if rule["formula"] != "earlier"]
    made = {rule["code"]: [one[0] if isinstance(one, list) else one for one in rule["of"]] for rule in rules}
    made |= {"trimester": made["weeks"]} if "weeks" in made else {}
    return {answer for code in codes for answer in made.get(code, [code])} - OF_PERSON


def rounded(value: float, decimals: int) -> float:
    """Halves away from zero, as JavaScript's Math.round does for what is positive."""
    scale = 10**decimals
    return int(value * scale + 0.5) / scale


def derive(
    rules: Iterable[Mapping[str, Any]], values: Values, day: date, asked: Callable[[str], bool], earlier: Mapping[str, Any] | None = None
) -> Values:
    """What is worked out of the answers, by code, exact; nothing where something needed is missing, Between where only some of what is
    counted was answered.

    earlier: what an earlier visit knows (`earlier`) and this one does not say; bmi: kg and cm; zbmi: WHO 2007; weeks: completed weeks
    since a date, with trimester (1-12, 13-27, 28-); count, count_no: how many are yes, no; sum: of points, all needed; points: base and
    weights of what is answered yes (or no). `asked`: whether a code is asked of this person at all.
    """
    found: Values = {}
    for rule in rules:
        known, formula, code = {**values, **found}, rule["formula"], rule["code"]
        if formula == "earlier":
            of = [one for one in rule["of"] if not is_given(known.get(one)) and is_given((earlier or {}).get(one))]
            found |= {one: (earlier or {})[one] for one in of}
            continue
        codes = [item[0] if isinstance(item, list) else item for item in rule["of"]]
        given = [known[one] for one in codes if is_given(known.get(one))]
        missing = [one for one in codes if not is_given(known.get(one)) and asked(one)]
        is_whole = formula in {"bmi", "zbmi", "sum", "weeks"} or rule.get("complete")
        if not given or (is_whole and len(given) < len(codes)):
            continue
        if formula == "bmi":
            found[code] = _bmi(*given)
        elif formula == "zbmi":
            z = float(school_age_scores("bmi_for_age", [known["sex"]], [known["age_days"]], [_bmi(*given)])[0])
            if z == z:
                found[code] = z
        elif formula == "weeks":
            weeks = (day - date.fromisoformat(given[0])).days // 7
            if 0 <= weeks <= WEEKS_KNOWN:
                found[code] = weeks
                found["trimester"] = 1 if weeks < 13 else 2 if weeks < 28 else 3
        elif formula in {"count", "count_no"}:
            n = given.count("yes" if formula == "count" else "no")
            found[code] = Between(n, n + len(missing)) if missing else n
        elif formula == "sum":
            found[code] = sum(given)
        elif formula == "points":
            n = rule.get("base", 0) + sum(item[1] for item in rule["of"] if known.get(item[0]) == _scored(item))
            more = sum(item[1] for item in rule["of"] if item[0] in missing)
            found[code] = Between(n, n + more) if missing else n
    return found


def _bmi(weight: float, height: float) -> float:
    metres = height / 100
    return float(weight / (metres * metres))


def _scored(item: Sequence[Any]) -> str:
    return str(item[2]) if len(item) > 2 else "yes"


def kept(derived: Mapping[str, Any]) -> Values:
    """What is written down of what was worked out: judged exactly, shown with two decimals; what is not known exactly is not kept."""
    return {code: rounded(value, 2) if code == "bmi" else value for code, value in derived.items() if not isinstance(value, Between)}
