"""Visits of every age: which form fits whom, what follows from the answers, and how it is kept.

The rules are data (VisitForm, VisitQuestion, Finding; loaded from data/visit_forms.json, sources there). What is worked out and
found here is worked out and found alike on the phone without signal: static/portal/posyandu-rules.js is the same text in
JavaScript, and tests/posyandu compare the two.

Conditions, and what unknown answers mean for them, are in conditions.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from ntbportal.commons.history import events_of
from ntbportal.commons.people import User
from ntbportal.commons.reference_data import keep_current

from .conditions import WEEKS_KNOWN, Values, codes_of, derive, holds, is_given, judge, kept, needed_for, truth
from .models import (
    Condition,
    Finding,
    GrowthFinding,
    OpenDay,
    Person,
    Posyandu,
    QuestionKind,
    Visit,
    VisitForm,
    VisitQuestion,
)
from .visits import NeedsConfirmation

Answers = Mapping[str, Any]


@dataclass
class WorkedOut:
    """What answers come to: `values` by which rules are judged, `derived` to be kept, the findings, and the codes of questions without
    which something could not be judged."""

    values: Values
    derived: Values
    findings: list[Finding]
    open_groups: list[str]
    unjudged: list[str]


def work_out(form: VisitForm, known: Answers, answers: Answers, day: date, earlier: Answers | None = None) -> WorkedOut:
    """`known`: of the person (basics); `earlier`: what earlier visits know and this one need not say again (known_before)."""
    said = {**known, **answers}
    questions = {one.code: one for one in form.questions.all()}
    asked = {code for code, one in questions.items() if truth(one.when, said) is not False}
    found = derive(form.derived, said, day, lambda code: code in asked, earlier)
    values, rules = {**said, **found}, list(form.finding_rules.all())
    judged = judge(rules, values)
    missing: list[str] = []
    for group in judged.open:
        codes = {code for rule in rules if rule.group == group for code in codes_of(rule.when)}
        needed = needed_for(codes, form.derived)
        if any(is_given(answers.get(code)) for code in needed):
            missing += [code for code in questions if code in needed & asked and not is_given(values.get(code))]
    return WorkedOut(values, kept(found), judged.found, judged.open, list(dict.fromkeys(missing)))


def known_before(person: Person, form: VisitForm, day: date) -> Values:
    """What earlier visits by a form know, by the form's rules "earlier": the last answer before a day, not older than the rule says. Of a
    pregnancy only what was said in it. One question to the database, three of a pregnant woman; none where the form has no such rule."""
    oldest = max((rule["days"] for rule in form.derived if rule["formula"] == "earlier"), default=0)
    if not oldest:
        return {}
    since = day - timedelta(days=oldest)
    if form.condition == Condition.PREGNANT:
        born = Person.objects.filter(mother=person, merged_into=None, birth_date__lte=day).aggregate(last=Max("birth_date"))["last"]
        ended = person.pregnancy_ends.filter(day__lte=day).aggregate(last=Max("day"))["last"]
        since = max(since, born or since, ended or since)
    visits = Visit.objects.filter(person=person, form=form, day__gte=since, day__lt=day).order_by("-day", "-pk")
    return earlier_answers(form, visits.values_list("day", "answers"), day)


def earlier_answers(form: VisitForm, visits: Iterable[tuple[date, Answers]], day: date) -> Values:
    """Of visits (day, answers), newest first, what the rules "earlier" let stand in on a day."""
    return {code: value for code, (value, _on) in earlier_with_days(form, visits, day).items()}


def earlier_with_days(form: VisitForm, visits: Iterable[tuple[date, Answers]], day: date) -> dict[str, tuple[Any, date]]:
    """The same, each with the day on which it was said."""
    rows, found = list(visits), dict[str, tuple[Any, date]]()
    for rule in form.derived:
        if rule["formula"] != "earlier":
            continue
        for code in rule["of"]:
            for on, answers in rows:
                value = answers.get(code)
                if is_given(value) and on < day <= on + timedelta(days=rule["days"]):
                    if value in rule.get("values", [value]):
                        found[code] = (value, on)
                    break
    return found


def tallied(form: VisitForm, worked: WorkedOut) -> list[str]:
    """What the month counts of a visit: "form:SLUG"; "KIND?" for each kind examined, which means judged to the end or found; "KIND!" for
    each finding that is not good; and the findings by code."""
    findings = worked.findings
    open_groups = set(worked.open_groups) - {rule.group for rule in findings}
    measured = {rule.group for rule in form.finding_rules.all() if rule.measured and is_given(worked.values.get(rule.measured))}
    examined = (measured | {rule.group for rule in findings if rule.measured}) - open_groups
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
    unjudged: list[str] = field(default_factory=list)

    @property
    def refer(self) -> bool:
        return any(rule.refer for rule in self.findings)

    @property
    def urgent(self) -> bool:
        return any(rule.urgent for rule in self.findings)


def examine(
    form: VisitForm, person: Person, day: date, given: Mapping[str, Any], before: Visit | None = None, earlier: Answers | None = None
) -> Examined:
    """Read, check and judge the answers of one visit. Answers to what is not asked of this person are left out. `earlier`: see
    known_before()."""
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
    result.questions += too_long_ago(form, result.answers, day)
    worked = work_out(form, known, result.answers, day, earlier)
    result.derived, result.findings, result.unjudged = worked.derived, worked.findings, worked.unjudged
    result.tallied = tallied(form, worked)
    return result


def too_long_ago(form: VisitForm, answers: Answers, day: date) -> list[str]:
    """To be asked where a date of which weeks are counted lies further back than a pregnancy lasts."""
    dates = [rule["of"][0] for rule in form.derived if rule["formula"] == "weeks" and rule["of"][0] in answers]
    limit = day - timedelta(weeks=WEEKS_KNOWN + 1)
    return [
        _("%(question)s: %(day)s is more than %(weeks)s weeks ago. Is it right?")
        % {"question": question.text, "day": date_format(date.fromisoformat(answers[question.code])), "weeks": WEEKS_KNOWN}
        for question in form.questions.all()
        if question.code in dates and date.fromisoformat(answers[question.code]) <= limit
    ]


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
        return value, ""  # judged as it was measured, never after rounding
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
    try:
        person.refuse_after_death(day)
    except ValidationError as error:
        raise ValidationError({"": error.messages}) from None
    examined = examine(form, person, day, given, visit_before(person, form, day), known_before(person, form, day))
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
        earlier = known_before(person, visit.form, visit.day)
        worked = work_out(visit.form, basics(person, visit.day), visit.answers, visit.day, earlier)
        findings = worked.findings
        fresh = (worked.derived, [rule.code for rule in findings], tallied(visit.form, worked), any(rule.refer for rule in findings))
        if fresh != (visit.derived, visit.findings, visit.tallied, visit.refer):
            visit.derived, visit.findings, visit.tallied, visit.refer = fresh
            visit.save(update_fields=["derived", "findings", "tallied", "refer"])


def keep_form(row: dict[str, Any]) -> VisitForm:
    """A form that came with the portal, as it comes now; one that somebody has edited is left alone."""
    form, created = VisitForm.objects.get_or_create(slug=row["slug"], defaults=row)
    if not created and not is_edited(form):
        differing = [name for name, value in row.items() if getattr(form, name) != value]
        for name in differing:
            setattr(form, name, row[name])
        if differing:
            form.save(update_fields=differing)
    return form


def is_edited(row: Any) -> bool:
    """Whether somebody has changed a row, as its history tells."""
    events = events_of(type(row)).objects.filter(pgh_obj_id=row.pk)
    return bool(events.filter(pgh_context__metadata__user__isnull=False).exists())


def load_forms(text: str) -> str:
    """Add or renew forms, questions and findings; what an administrator has edited is left alone."""
    changed = 0
    for row in json.loads(text):
        parts = {name: row.pop(name) for name in ("questions", "findings")}
        form = keep_form(row)
        for model, name in ((VisitQuestion, "questions"), (Finding, "findings")):
            defaults = {"source": form.source} if model is Finding else {}
            rows = [{"position": place, **defaults, **values} for place, values in enumerate(parts[name], start=1)]
            changed += keep_current(model, rows, form=form)
    return f"{changed} questions and findings"


def load_growth_findings(text: str) -> str:
    """The same for what weighings show."""
    rows = [{"position": place, **values} for place, values in enumerate(json.loads(text), start=1)]
    return f"{keep_current(GrowthFinding, rows)} findings about growth"
