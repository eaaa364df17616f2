"""Visits on an open day: weighing a child, the forms of every age, and what they say."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look

from .. import contacts
from ..contact_form import ContactForm
from ..drawing import figure
from ..forms import GrowthForm
from ..growth.chart import Point, kms_svg
from ..judging import judge_contact, judge_growth
from ..models import GrowthVisit, OpenDay, Person, Visit, VisitForm
from ..targets import FIVE_YEARS
from ..visits import NeedsConfirmation, record_visit, weighing_before
from .cadre import the_day


def who_comes(request: HttpRequest, pk: int, person_pk: int) -> tuple[OpenDay, Person]:
    day = the_day(request, pk)
    person = get_object_or_404(Person.objects.select_related("household"), pk=person_pk, posyandu=day.posyandu_id)
    note_look(request.user, f"person:{person.pk}", page=request.path)  # type: ignore[arg-type]
    return day, person


@never_cache
@audience("posyandu.work")
def weigh(request: HttpRequest, pk: int, child_pk: int) -> HttpResponse:
    day, child = who_comes(request, pk, child_pk)
    visit = GrowthVisit.objects.filter(person=child, open_day=day).first()
    initial: dict[str, Any] = {}
    if visit:
        initial = {name: getattr(visit, name) for name in ("weight", "height", "measure", "head", "muac", "oedema")}
    else:
        initial["measure"] = "L" if child.age_in_days(day.day) < 731 else "H"
    form = GrowthForm(request.POST or None, initial=initial)
    questions: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            record_visit(child, day, form.measurement(), request.user)  # type: ignore[arg-type]
        except NeedsConfirmation as unusual:
            questions = unusual.questions
        except ValidationError as error:
            for name, texts in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            return redirect("posyandu:result", day.pk, child.pk)
    history = list(child.growth_visits.filter(day__lt=day.day).order_by("-day")[:6]) if questions else []
    context = {
        "day": day,
        "child": child,
        "form": form,
        "questions": questions,
        "visit": visit,
        "months": child.age_in_months(day.day),
        "before": weighing_before(child, day.day),
        "history": history,
    }
    return render(request, "posyandu/weigh.html", context, status=422 if form.errors or questions else 200)


@never_cache
@audience("posyandu.work")
def result(request: HttpRequest, pk: int, child_pk: int) -> HttpResponse:
    """What the weighing says: N or T, the three z-scores with their labels, what to tell the family, the growth card."""
    day, child = who_comes(request, pk, child_pk)
    visits = list(child.growth_visits.filter(day__lte=day.day).order_by("day"))
    visit = next((one for one in visits if one.open_day_id == day.pk), None)
    if visit is None:
        return redirect("posyandu:weigh", day.pk, child.pk)
    points = [Point(child.age_in_days(one.day), float(one.weight), date_format(one.day)) for one in visits]
    judged = judge_growth(child, visit)
    context = {
        "day": day,
        "child": child,
        "visit": visit,
        "months": child.age_in_months(day.day),
        "judged": judged,
        "indices": judged.indices,
        "arm": judged.arm,
        "chart": kms_svg(child.sex, points),
        "history": list(reversed(visits))[:24],
        "twice": visit.twice,
        "red_line": judged.red_line,
        "orange_line": judged.orange_line,
        "found": judged.findings,
        "sources": judged.sources,
        "urgent": judged.urgent,
        "refer": judged.refer,
        "forms": contacts.forms_for(child, day.day),
        "contacts": Visit.objects.filter(person=child, open_day=day).select_related("form"),
    }
    return render(request, "posyandu/result.html", context)


@never_cache
@audience("posyandu.work")
def visit(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """Which forms fit this person today, which are filled in, and what they said."""
    day, person = who_comes(request, pk, person_pk)
    done = {one.form_id: one for one in Visit.objects.filter(person=person, day=day.day).select_related("form")}
    fitting = contacts.forms_for(person, day.day)
    if not done and len([form for form in fitting if not form.condition]) == 1 and request.GET.get("choose") != "1":
        only = next(form for form in fitting if not form.condition)
        conditions = [form for form in fitting if form.condition]
        if not conditions and person.age_in_months(day.day) >= FIVE_YEARS:
            return redirect("posyandu:contact", day.pk, person.pk, only.slug)
    months = person.age_in_months(day.day)
    context = {
        "day": day,
        "person": person,
        "months": months,
        "young": months < FIVE_YEARS,
        "forms": [{"form": form, "visit": done.get(form.pk)} for form in fitting],
    }
    return render(request, "posyandu/visit.html", context)


@never_cache
@audience("posyandu.work")
def contact(request: HttpRequest, pk: int, person_pk: int, slug: str) -> HttpResponse:
    day, person = who_comes(request, pk, person_pk)
    try:
        form_data = contacts.whole_form(slug)
    except VisitForm.DoesNotExist as error:
        raise Http404 from error
    if form_data not in contacts.forms_for(person, day.day):
        raise Http404
    kept = Visit.objects.filter(person=person, form=form_data, day=day.day).first()
    before = contacts.visit_before(person, form_data, day.day)
    known = contacts.known_before(person, form_data, day.day)
    carried = {code: known[code] for code in ("last-period", "born") if code in known}
    initial = kept.answers if kept else carried
    form = ContactForm(form_data, contacts.basics(person, day.day), request.POST or None, initial=initial)
    questions: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            contacts.record_contact(
                person, form_data, day.day, form.answers(), request.user,  # type: ignore[arg-type]
                posyandu=day.posyandu, open_day=day, confirmed=form.cleaned_data["confirmed"],
            )  # fmt: skip
        except NeedsConfirmation as unusual:
            questions = unusual.questions
        except ValidationError as error:
            for name, texts in error.message_dict.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            return redirect("posyandu:contact_result", day.pk, person.pk, slug)
    context = {
        "day": day,
        "person": person,
        "form": form,
        "parts": form.parts(),
        "all_needed": all(field.required for name, field in form.fields.items() if name != "confirmed"),
        "form_data": form_data,
        "questions": questions,
        "before": before,
        "months": person.age_in_months(day.day),
    }
    return render(request, "posyandu/contact.html", context, status=422 if form.errors or questions else 200)


@never_cache
@audience("posyandu.work")
def contact_result(request: HttpRequest, pk: int, person_pk: int, slug: str) -> HttpResponse:
    """What was found: label, colour with words, what to tell the family, refer or not."""
    day, person = who_comes(request, pk, person_pk)
    found = get_object_or_404(Visit.objects.select_related("form"), person=person, form__slug=slug, day=day.day)
    form_data = contacts.whole_form(slug)
    judged = judge_contact(person, found, form_data)
    context = {
        "day": day,
        "person": person,
        "visit": found,
        "form_data": form_data,
        "findings": judged.findings,
        "sources": judged.sources,
        "refer": judged.refer,
        "urgent": judged.urgent,
        "unjudged": judged.unjudged,
        "numbers": numbers_of(form_data, found),
        "months": person.age_in_months(day.day),
    }
    return render(request, "posyandu/contact_result.html", context)


def numbers_of(form: VisitForm, visit: Visit) -> list[tuple[str, Any, str]]:
    """(question, figure, unit) of what was measured."""
    numbers = [one for one in form.questions.all() if one.kind == "number" and visit.answers.get(one.code) is not None]
    return [(one.text, figure(visit.answers[one.code]), one.unit) for one in numbers]
