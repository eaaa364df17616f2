"""How somebody's figures went from visit to visit, what was corrected, and taking back what was written down by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.history import events_of, who_made

from .drawing import course, figure
from .models import Finding, GrowthVisit, Person, Visit, VisitForm, VisitQuestion

# what is worked out of the answers and worth following: code, title, unit
WORKED_OUT = (
    ("bmi", gettext_lazy("Body mass index"), "kg/m²"),
    ("zbmi", gettext_lazy("Body mass index for age"), "z"),
    ("weeks", gettext_lazy("Weeks of pregnancy"), ""),
    ("kspr", gettext_lazy("Risk score (Poedji Rochjati)"), ""),
    ("kpsp-yes", gettext_lazy("KPSP: what the child can do, of ten"), ""),
    ("food-groups", gettext_lazy("Kinds of food, of eight"), ""),
    ("adl", gettext_lazy("Daily life (ADL, of 20)"), ""),
    ("amt", gettext_lazy("Memory (AMT, of ten)"), ""),
    ("gds", gettext_lazy("Mood (GDS, of 15)"), ""),
)
UNFOLLOWED = {"weeks", "height"}  # told, not drawn
MEASURED = ("weight", "height", "measure", "head", "muac", "oedema")


@dataclass(frozen=True)
class Figure:
    """What is followed: of an answer or worked out."""

    code: str
    title: str
    unit: str


@dataclass(frozen=True)
class Course:
    """The visits by one form, newest first, each with its figures in the order of `figures` and what was found that is not good; a
    drawing of each figure that was measured twice."""

    form: VisitForm
    figures: list[Figure]
    rows: list[tuple[Visit, list[Any], list[Finding]]]
    drawings: list[tuple[Figure, SafeString]]


@dataclass(frozen=True)
class Change:
    """What stood there before, when and by whom it was written over."""

    at: datetime
    by: str
    before: list[tuple[str, str]]


def courses_of(visits: Iterable[Visit]) -> list[Course]:
    """`visits` newest first, with forms, questions and findings at hand."""
    by_form: dict[int, list[Visit]] = {}
    for visit in visits:
        by_form.setdefault(visit.form_id, []).append(visit)
    return [_course(rows[0].form, rows) for rows in by_form.values()]


def _course(form: VisitForm, visits: Sequence[Visit]) -> Course:
    known = [value_by_code(visit) for visit in visits]
    figures = [one for one in figures_of(form) if any(values.get(one.code) is not None for values in known)]
    rules = {rule.code: rule for rule in form.finding_rules.all()}
    rows = [
        (
            visit,
            ["–" if (value := values.get(one.code)) is None else figure(value) for one in figures],
            [rules[code] for code in visit.findings if code in rules and rules[code].tone != "good"],
        )
        for visit, values in zip(visits, known, strict=True)
    ]
    drawings = []
    for one in figures:
        points = [
            (visit.day, float(value))
            for visit, values in zip(reversed(visits), reversed(known), strict=True)
            if isinstance(value := values.get(one.code), int | float)
        ]
        if len(points) > 1 and one.code not in UNFOLLOWED:
            drawings.append((one, course(points, limits_of(form, one.code), one.title)))
    return Course(form, figures, rows, drawings)


def value_by_code(visit: Visit) -> dict[str, Any]:
    return {**visit.derived, **visit.answers}


def figures_of(form: VisitForm) -> list[Figure]:
    asked = [Figure(one.code, one.text, one.unit) for one in form.questions.all() if one.kind == "number"]
    derived = {rule["code"] for rule in form.derived}
    return asked + [Figure(code, str(title), unit) for code, title, unit in WORKED_OUT if code in derived]


def limits_of(form: VisitForm, code: str) -> list[float]:
    """Where what is found begins, of a figure."""
    found = set()
    for rule in form.finding_rules.all():
        if rule.tone != "good":
            for condition in rule.when:
                parts = condition[1] if condition[0] == "any" else [condition]
                mine = [(sign, wanted) for of, sign, wanted in parts if of == code]
                found |= {float(wanted) for sign, wanted in mine if sign not in {"=", "unknown"} and isinstance(wanted, int | float)}
    return sorted(found)


def answers_of(visit: Visit, form: VisitForm) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(question, answer in words)]) of what was answered."""
    sections: dict[str, list[tuple[str, str]]] = {}
    heading = ""
    for question in form.questions.all():
        heading = question.section or heading
        value = visit.answers.get(question.code)
        if value is not None and value != "":
            sections.setdefault(heading, []).append((question.text, in_words(question, value)))
    return list(sections.items())


def in_words(question: VisitQuestion, value: Any) -> str:
    if question.kind == "yesno":
        return _("Yes") if value == "yes" else _("No")
    if question.kind == "choice":
        return dict(question.told_choices).get(str(value), str(value))
    if question.kind == "date" and (day := parse_date(str(value))):
        return date_format(day)
    if question.kind == "number":
        return f"{figure(value)} {question.unit}".strip()
    return str(value)


def corrections_of_weighing(visit: GrowthVisit) -> list[Change]:
    """Newest first; those that only moved N, T or the month's last are none."""
    states = states_of(visit)
    changes = []
    for old, new in pairwise(states):
        if any(getattr(old, name) != getattr(new, name) for name in MEASURED):
            changes.append((old, weighed_in_words(old)))
    return told(changes)


def corrections_of_visit(visit: Visit, form: VisitForm) -> list[Change]:
    """Newest first, with the answers that were different."""
    states = states_of(visit)
    questions, changes = list(form.questions.all()), []
    for old, new in pairwise(states):
        differing = [one for one in questions if old.answers.get(one.code) != new.answers.get(one.code)]
        if differing:
            before = [
                (one.text, in_words(one, old.answers[one.code]) if old.answers.get(one.code) not in (None, "") else "–")
                for one in differing
            ]
            changes.append((old, before))
    return told(changes)


def weighed_in_words(visit: Any) -> list[tuple[str, str]]:
    rows = [
        (_("Weight"), visit.weight, "kg"), (_("Length or height"), visit.height, "cm"), (_("Head circumference"), visit.head, "cm"),
        (_("Upper arm (LiLA)"), visit.muac, "cm"),
    ]  # fmt: skip
    found = [(title, f"{figure(float(value))} {unit}") for title, value, unit in rows if value is not None]
    return [*found, (_("Oedema in both feet"), _("Yes"))] if visit.oedema else found


def states_of(visit: Any) -> list[Any]:
    """A visit as it was before each change, oldest first, and as it is."""
    events = events_of(type(visit)).objects.filter(pgh_obj_id=visit.pk, pgh_label="corrected")
    return [*events.select_related("pgh_context").order_by("pgh_id"), visit]


def told(changes: Sequence[tuple[Any, list[tuple[str, str]]]]) -> list[Change]:
    names = who_made(old for old, _before in changes)
    return [Change(old.pgh_created_at, names.get(old.pgh_id, ""), before) for old, before in reversed(changes)]


def taken_back(person: Person) -> list[tuple[date, str, Change]]:
    """(day of the visit, form, what was taken back), newest first."""
    removed = {"person": person, "pgh_label": "removed"}
    gone = events_of(GrowthVisit).objects.filter(**removed).select_related("pgh_context")
    others = events_of(Visit).objects.filter(**removed).select_related("pgh_context", "form")
    rows = [(one.day, _("Weighing"), one, weighed_in_words(one)) for one in gone] + [(one.day, one.form.title, one, []) for one in others]
    rows.sort(key=lambda row: row[2].pgh_created_at)
    names = who_made(row[2] for row in rows)
    return [(day, title, Change(one.pgh_created_at, names.get(one.pgh_id, ""), before)) for day, title, one, before in reversed(rows)]


@transaction.atomic
def remove_contact(visit: Visit) -> None:
    """Take back what a form was filled in with by mistake; it stays in the history, and the month counts it no longer."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.person_id)
    visit.delete()
