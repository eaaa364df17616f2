"""Visits of every age: which form fits whom, what follows from the answers, and how it is kept.

The rules are data (VisitForm, VisitQuestion, Finding; loaded from data/visit_forms.json, sources there). What is worked out and
found here is worked out and found alike on the phone without signal: static/portal/posyandu-rules.js is the same text in
JavaScript, and tests/posyandu compare the two.

A condition is [code, operator, value] with <, <=, >, >=, =, != or "in"; or ["any", [conditions]]. One that asks for an answer
which was not given does not hold. Codes are answers, what was worked out, and age_months, age_years, sex.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.reference_data import keep_current

from .growth.zscores import school_age_scores
from .models import Finding, GrowthFinding, OpenDay, Person, Posyandu, QuestionKind, Visit, VisitForm, VisitQuestion
from .visits import NeedsConfirmation

Values = dict[str, Any]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
    "in": lambda value, many: value in many,
}


def holds(conditions: Iterable[list[Any]], values: Mapping[str, Any]) -> bool:
    """Whether all conditions hold."""
    return all(_holds(condition, values) for condition in conditions)


def _holds(condition: list[Any], values: Mapping[str, Any]) -> bool:
    if condition[0] == "any":
        return any(_holds(one, values) for one in condition[1])
    code, sign, wanted = condition
    value = values.get(code)
    if value is None or value == "":
        return False
    if isinstance(wanted, int | float) and not isinstance(value, int | float):
        return False
    return OPERATORS[sign](value, wanted)


def rounded(value: float, decimals: int) -> float:
    """Halves away from zero, as JavaScript's Math.round does for what is positive."""
    scale = 10**decimals
    return int(value * scale + 0.5) / scale


def derive(form: VisitForm, values: Values, day: date) -> Values:
    """What is worked out of the answers, by code; nothing where something needed is missing.

    bmi: kg and cm; zbmi: WHO 2007; weeks: completed weeks since a date, with trimester (1-12, 13-27, 28-); count, count_no: how
    many of the answers given are yes, no; sum: of points, all needed; points: base and weights of what is answered yes (or no).
    """
    found: Values = {}
    for rule in form.derived:
        known = {**values, **found}
        of = rule["of"]
        codes = [item[0] if isinstance(item, list) else item for item in of]
        given = [known[code] for code in codes if known.get(code) not in (None, "")]
        formula = rule["formula"]
        if not given or (len(given) < len(codes) and (formula in {"bmi", "zbmi", "sum", "weeks"} or rule.get("complete"))):
            continue
        code = rule["code"]
        if formula == "bmi":
            found[code] = rounded(given[0] / (given[1] / 100) ** 2, 1)
        elif formula == "zbmi":
            z = float(school_age_scores("bmi_for_age", [known["sex"]], [known["age_days"]], [given[0] / (given[1] / 100) ** 2])[0])
            if z == z:
                found[code] = z
        elif formula == "weeks":
            weeks = (day - date.fromisoformat(given[0])).days // 7
            if 0 <= weeks <= 45:
                found[code] = weeks
                found["trimester"] = 1 if weeks < 13 else 2 if weeks < 28 else 3
        elif formula in {"count", "count_no"}:
            found[code] = given.count("yes" if formula == "count" else "no")
        elif formula == "sum":
            found[code] = sum(given)
        elif formula == "points":
            found[code] = rule.get("base", 0) + sum(item[1] for item in of if known.get(item[0]) == (item[2] if len(item) > 2 else "yes"))
    return found


def findings_of(form: VisitForm, values: Mapping[str, Any]) -> list[Finding]:
    """The first of each kind that holds, in the order of the form."""
    found: dict[str, Finding] = {}
    for rule in form.finding_rules.all():
        if rule.group not in found and holds(rule.when, values):
            found[rule.group] = rule
    return list(found.values())


def tallied(form: VisitForm, values: Mapping[str, Any], findings: list[Finding]) -> list[str]:
    """What the month counts of a visit: "form:SLUG"; "KIND?" for each kind examined; "KIND!" for each finding that is not good;
    and the findings by code."""
    examined = {rule.group for rule in form.finding_rules.all() if rule.measured and values.get(rule.measured) not in (None, "")}
    codes = {f"form:{form.slug}"} | {f"{form.slug}:{group}?" for group in examined}
    for rule in findings:
        codes.add(f"{form.slug}:{rule.code}")
        if rule.tone in {"alert", "wait"}:
            codes.add(f"{form.slug}:{rule.group}!")
    return sorted(codes)


def basics(person: Person, day: date) -> Values:
    months = person.age_in_months(day)
    return {"age_days": person.age_in_days(day), "age_months": months, "age_years": months // 12, "sex": person.sex}


def forms_for(person: Person, day: date, forms: Iterable[VisitForm] | None = None) -> list[VisitForm]:
    """The forms that fit age and sex on a day; those for a condition (pregnant, nursing) come last and are for the cadre to choose."""
    months = person.age_in_months(day)
    rows = VisitForm.objects.filter(is_active=True) if forms is None else forms
    fitting = [row for row in rows if row.months_from <= months < row.months_to and row.sex in ("", person.sex)]
    return sorted(fitting, key=lambda row: (bool(row.condition), row.position))


@dataclass
class Examined:
    """What answers come to: errors by code (nothing is kept), questions to confirm, what was worked out, what was found."""

    answers: Values
    errors: dict[str, str] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    derived: Values = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tallied: list[str] = field(default_factory=list)

    @property
    def refer(self) -> bool:
        return any(rule.refer for rule in self.findings)

    @property
    def urgent(self) -> bool:
        return any(rule.urgent for rule in self.findings)


def examine(form: VisitForm, person: Person, day: date, given: Mapping[str, Any], before: Visit | None = None) -> Examined:
    """Read, check and judge the answers of one visit. Answers to what is not asked of this person are left out."""
    known = basics(person, day)
    result = Examined({})
    for question in form.questions.all():
        if not holds(question.when, {**known, **result.answers}):
            continue
        raw = given.get(question.code)
        text = "" if raw is None else str(raw).strip()
        if not text:
            if question.is_required:
                result.errors[question.code] = _("This must be answered.")
            continue
        value, problem = read_answer(question, text, day)
        if problem:
            result.errors[question.code] = problem
        else:
            result.answers[question.code] = value
            result.questions += unusual(question, value, before)
    if not result.answers and not result.errors:
        result.errors[""] = _("Nothing is filled in yet.")
    result.derived = derive(form, {**known, **result.answers}, day)
    values = {**known, **result.answers, **result.derived}
    result.findings = findings_of(form, values)
    result.tallied = tallied(form, values, result.findings)
    return result


def read_answer(question: VisitQuestion, text: str, day: date) -> tuple[Any, str]:
    """(value, what is wrong with it or "")."""
    if question.kind == QuestionKind.NUMBER:
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            return None, _("Write a number.")
        if value != value or abs(value) == float("inf"):
            return None, _("Write a number.")
        least, most = question.least, question.most
        if (least is not None and value < least) or (most is not None and value > most):
            low, high = (number_format("–" if limit is None else limit, use_l10n=True) for limit in (least, most))
            return None, _("Must lie between %(low)s and %(high)s %(unit)s.") % {"low": low, "high": high, "unit": question.unit}
        return rounded(value, question.decimals), ""
    if question.kind == QuestionKind.YES_NO:
        return (text, "") if text in {"yes", "no"} else (None, _("Choose one of the list."))
    if question.kind == QuestionKind.CHOICE:
        points = {str(choice[0]): choice[0] for choice in question.choices}
        return (points[text], "") if text in points else (None, _("Choose one of the list."))
    if question.kind == QuestionKind.DATE:
        try:
            found = date.fromisoformat(text)
        except ValueError:
            return None, _("Write the date in full.")
        if found > day:
            return None, _("The date lies after the visit.")
        return found.isoformat(), ""
    return text[:500].replace("\x00", ""), ""


# how much a body changes from one visit to the next before the figure is asked about
STEADY = {"weight": 0.15, "height": 0.05, "waist": 0.2, "muac": 0.15}


def unusual(question: VisitQuestion, value: Any, before: Visit | None) -> list[str]:
    """What is to be asked of a number: outside the usual, or far from the last one of the same person."""
    if question.kind != QuestionKind.NUMBER:
        return []
    asked = []
    shown = f"{number_format(value, question.decimals, use_l10n=True)} {question.unit}".strip()
    if (question.low is not None and value < question.low) or (question.high is not None and value > question.high):
        asked.append(_("%(question)s: %(value)s is very unusual. Is it right?") % {"question": question.text, "value": shown})
    last = before.answers.get(question.code) if before else None
    share = STEADY.get(question.code)
    if share and isinstance(last, int | float) and last and abs(value - last) > share * last:
        asked.append(
            _("%(question)s: last time it was %(before)s. Is %(now)s right?")
            % {"question": question.text, "before": number_format(last, question.decimals, use_l10n=True), "now": shown}
        )
    return asked


def whole_form(slug: str) -> VisitForm:
    """A form with its questions and findings; VisitForm.DoesNotExist."""
    return VisitForm.objects.prefetch_related("questions", "finding_rules").get(slug=slug)


def visit_before(person: Person, form: VisitForm, day: date) -> Visit | None:
    return Visit.objects.filter(person=person, form=form, day__lt=day).order_by("-day").first()


@transaction.atomic
def record_contact(
    person: Person,
    form: VisitForm,
    day: date,
    given: Mapping[str, Any],
    by: User,
    *,
    posyandu: Posyandu,
    open_day: OpenDay | None = None,
    confirmed: bool = False,
    key: UUID | None = None,
) -> tuple[Visit, Examined]:
    """Keep a visit; a second one by the same form on the same day corrects the first, whose answers stay in the history.

    Raises ValidationError by code for what cannot be, NeedsConfirmation for what is unusual and not yet confirmed.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if day < person.birth_date or day > timezone.localdate():
        raise ValidationError({"": [_("The visit must lie between birth and today.")]})
    examined = examine(form, person, day, given, visit_before(person, form, day))
    if examined.errors:
        raise ValidationError({code: [text] for code, text in examined.errors.items()})
    if examined.questions and not confirmed:
        raise NeedsConfirmation(examined.questions)
    visit, _created = Visit.objects.update_or_create(
        person=person,
        form=form,
        day=day,
        defaults={
            "posyandu": posyandu,
            "open_day": open_day,
            "answers": examined.answers,
            "derived": examined.derived,
            "findings": [rule.code for rule in examined.findings],
            "tallied": examined.tallied,
            "refer": examined.refer,
            "confirmed": bool(examined.questions),
            "recorded_by": by,
            "recorded_at": timezone.now(),
            **({"key": key} if key else {}),
        },
    )
    return visit, examined


def judge_again(person: Person) -> None:
    """What follows from the answers of all visits anew: sex or birth date were corrected. Answers stay as they were given."""
    rows = person.visits.select_related("form").prefetch_related("form__questions", "form__finding_rules")
    for visit in rows:
        known = basics(person, visit.day)
        derived = derive(visit.form, {**known, **visit.answers}, visit.day)
        values = {**known, **visit.answers, **derived}
        findings = findings_of(visit.form, values)
        fresh = (derived, [rule.code for rule in findings], tallied(visit.form, values, findings), any(rule.refer for rule in findings))
        if fresh != (visit.derived, visit.findings, visit.tallied, visit.refer):
            visit.derived, visit.findings, visit.tallied, visit.refer = fresh
            visit.save(update_fields=["derived", "findings", "tallied", "refer"])


def load_forms(text: str) -> str:
    """Add or renew forms, questions and findings; what an administrator has edited is left alone."""
    changed = 0
    for row in json.loads(text):
        parts = {name: row.pop(name) for name in ("questions", "findings")}
        form, _created = VisitForm.objects.get_or_create(slug=row["slug"], defaults=row)
        for model, name in ((VisitQuestion, "questions"), (Finding, "findings")):
            defaults = {"source": form.source} if model is Finding else {}
            rows = [{"position": place, **defaults, **values} for place, values in enumerate(parts[name], start=1)]
            changed += keep_current(model, rows, form=form)
    return f"{changed} questions and findings"


def load_growth_findings(text: str) -> str:
    """The same for what weighings show."""
    rows = [{"position": place, **values} for place, values in enumerate(json.loads(text), start=1)]
    return f"{keep_current(GrowthFinding, rows)} findings about growth"
