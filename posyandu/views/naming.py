"""Who is behind a figure of a posyandu and month: for those only who work there, each look noted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..every_age import AGES
from ..models import Finding, GrowthVisit, Posyandu, Visit
from ..reasons import has_reason
from ..skdn import month_bounds
from .public import chosen_month, months_to_choose

# as the counts are made in tallying.py: the names behind a figure are as many as the figure
PROBLEMS: dict[str, tuple[Any, Q]] = {
    "stunted": (gettext_lazy("Stunting"), Q(zlen__gte=-6, zlen__lt=-2)),
    "wasted": (gettext_lazy("Wasting"), Q(zwfl__gte=-5, zwfl__lt=-2) | Q(oedema=True)),
    "underweight": (gettext_lazy("Underweight"), Q(zwei__gte=-6, zwei__lt=-2)),
    "overweight": (gettext_lazy("Overweight"), Q(zwfl__gt=2, zwfl__lte=5)),
    "bgm": (gettext_lazy("Below the red line (BGM)"), Q(zwei__lt=-3)),
    "twice": (gettext_lazy("Not gained twice running (2T)"), Q(twice=True)),
    "t": (gettext_lazy("Not gained (T)"), Q(status="T")),
}
OF_INDICATOR = {"stunting": "stunted", "wasting": "wasted", "2t": "twice"}  # where figure and names are not called alike
OF_EVERY_AGE = {one.code: one for one in AGES if not one.good_high}
MOST = 500


@never_cache
@audience("posyandu.work")
def names(request: HttpRequest, pk: int) -> HttpResponseBase:
    """?problem= of PROBLEMS or OF_EVERY_AGE and ?month= choose; ?export= takes the list along, with a reason."""
    posyandu = get_object_or_404(Posyandu.objects.select_related("village"), pk=pk)
    if not request.user.has_perm("posyandu.work", posyandu):
        raise PermissionDenied
    month = chosen_month(request)
    problem = request.GET.get("problem", "")
    problem = problem if problem in PROBLEMS or problem in OF_EVERY_AGE else "stunted"
    young = problem in PROBLEMS
    rows: list[Any] = weighed(posyandu, month, problem) if young else visited(posyandu, month, problem)
    note_look(request.user, *(f"person:{one.person_id}" for one in rows), page=request.path)  # type: ignore[arg-type]
    for one in rows:
        one.months = one.person.age_in_months(one.day)
    if request.GET.get("export") in {"csv", "xlsx"}:
        if not has_reason(request, f"posyandu:{posyandu.pk}"):
            return redirect(f"{request.path}?month={month:%Y-%m}&problem={problem}")
        header, lines = (GROWTH_HEADER, growth_lines(rows)) if young else (VISIT_HEADER, visit_lines(rows))
        return spreadsheet_response(request.GET["export"], f"{problem}-{month:%Y-%m}", [str(title) for title in header], lines)
    context = {
        "posyandu": posyandu,
        "month": month,
        "months": months_to_choose(month),
        "rows": rows,
        "young": young,
        "problem": problem,
        "choices": [
            (_("Under five"), [(key, title) for key, (title, _condition) in PROBLEMS.items()]),
            (_("Every age"), [(key, one.title) for key, one in OF_EVERY_AGE.items()]),
        ],
    }
    return render(request, "posyandu/names.html", context)


def weighed(posyandu: Posyandu, month: date, problem: str) -> list[GrowthVisit]:
    first, until = month_bounds(month)
    rows = GrowthVisit.objects.filter(PROBLEMS[problem][1], counted_at=posyandu, day__gte=first, day__lt=until)
    return list(rows.select_related("person").order_by("person__name", "pk")[:MOST])


def visited(posyandu: Posyandu, month: date, problem: str) -> list[Visit]:
    """Visits at which it was found, with `found`: the labels of what is not good."""
    first, until = month_bounds(month)
    codes = list(OF_EVERY_AGE[problem].found)
    rows = Visit.objects.filter(posyandu=posyandu, day__gte=first, day__lt=until, tallied__overlap=codes)
    visits = list(rows.select_related("person", "form").order_by("person__name", "pk")[:MOST])
    labels = {(rule.form_id, rule.code): rule for rule in Finding.objects.filter(form__in={one.form_id for one in visits})}
    for one in visits:
        rules = (labels.get((one.form_id, code)) for code in one.findings)
        one.found = [rule for rule in rules if rule is not None and rule.tone != "good"]  # type: ignore[attr-defined]
    return visits


GROWTH_HEADER = (
    gettext_lazy("Name"), gettext_lazy("Born on"), gettext_lazy("Name of the mother"), gettext_lazy("Day"), gettext_lazy("Weight (kg)"),
    gettext_lazy("Height (cm)"), "N/T", "BB/U", "PB/U", "BB/PB",
)  # fmt: skip
VISIT_HEADER = (gettext_lazy("Name"), gettext_lazy("Born on"), gettext_lazy("Day"), gettext_lazy("Form"), gettext_lazy("Found"))


def growth_lines(rows: list[Any]) -> Iterator[list[Any]]:
    for one in rows:
        person = one.person
        yield [
            person.name, person.birth_date, person.mother_name, one.day, one.weight, one.height, one.status, one.zwei, one.zlen, one.zwfl,
        ]  # fmt: skip


def visit_lines(rows: list[Any]) -> Iterator[list[Any]]:
    for one in rows:
        yield [one.person.name, one.person.birth_date, one.day, one.form.title, ", ".join(rule.label for rule in one.found)]
