"""Paper for where the phone stays at home: blank forms of every age, and the list of a posyandu with boxes to fill in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.numerals import whole_number

from .. import contacts, immunisation, targets
from ..finding import open_days_from
from ..growth.chart import CHARTS, growth_svg
from ..models import GrowthVisit, Posyandu, Sex, VisitForm
from .cadre import the_posyandu

MOST_ON_A_LIST = 1000


@never_cache
@audience("posyandu.work")
def blanks(request: HttpRequest) -> HttpResponse:
    """What there is to print."""
    places = Posyandu.objects.visible_to(request.user).filter(is_active=True).order_by("name")[:100]  # type: ignore[arg-type]
    forms = [(one, ages_of(one)) for one in VisitForm.objects.filter(is_active=True).prefetch_related("questions").order_by("position")]
    return render(request, "posyandu/blanks.html", {"forms": forms, "places": places, "charts": CHARTS, "sexes": Sex})


def ages_of(form: VisitForm) -> list[int]:
    """Ages in months at which other questions begin, where a form has a set for each age as KPSP has; else none."""
    starts: set[int] = set()
    for question in form.questions.all():
        found = [value for code, sign, value in question.when if code == "age_months" and sign == ">="] if question.when else []
        if not found:
            return []
        starts |= set(found)
    return sorted(starts)


@audience("posyandu.work")
def form(request: HttpRequest, slug: str) -> HttpResponse:
    """A form on paper; ?months= leaves the questions of that age."""
    found = get_object_or_404(VisitForm.objects.prefetch_related("questions"), slug=slug, is_active=True)
    asked = request.GET.get("months", "")
    number = whole_number(asked)
    months = min(number, 1500) if number is not None else None
    known = {} if months is None else {"age_months": months, "age_years": months // 12}
    rows: list[tuple[str, Any, str]] = []
    section = ""
    for question in found.questions.all():
        if not contacts.holds([one for one in question.when if one[0] in known], known):
            continue
        rows.append(
            (
                question.section if question.section and question.section != section else "",
                question,
                "" if known else asked_of(question.when),
            )
        )
        section = question.section or section
    context = {"form": found, "rows": rows, "months": months, "ages": ages_of(found)}
    return render(request, "posyandu/blank_form.html", context)


def asked_of(when: list[list[Any]]) -> str:
    """Of whom a question is asked, in words, as far as age and sex go."""
    parts, first, below = [], None, None
    for condition in when:
        if condition[0] == "age_months":
            first = condition[2] if condition[1] == ">=" else first
            below = condition[2] if condition[1] == "<" else below
        elif condition[0] == "age_years":
            first = condition[2] * 12 if condition[1] == ">=" else first
            below = condition[2] * 12 if condition[1] == "<" else below
        elif condition[0] == "sex":
            parts.append(_("women") if condition[2] == "F" else _("men"))
    if first is not None or below is not None:
        years = all(one is None or (one % 12 == 0 and one >= 60) for one in (first, below))
        low, high = (None if one is None else one // 12 if years else one for one in (first, below))
        if low is None:
            parts.append((_("under %(n)s years") if years else _("under %(n)s months")) % {"n": high})
        elif high is None:
            parts.append((_("from %(n)s years") if years else _("from %(n)s months")) % {"n": low})
        else:
            parts.append((_("%(low)s–%(high)s years") if years else _("%(low)s–%(high)s months")) % {"low": low, "high": high - 1})
    return ", ".join(parts)


@audience("posyandu.work")
def chart(request: HttpRequest, name: str, sex: str) -> HttpResponse:
    """One of WHO's growth charts to draw into by hand; ?months=60 goes to five years where it begins at birth."""
    if name not in CHARTS or sex not in Sex.values:
        raise Http404
    found = CHARTS[name]
    by_age = found.table.endswith("for_age") and not found.school
    months = 60 if by_age and request.GET.get("months") == "60" else 0
    context = {
        "name": name,
        "chart": found,
        "sex": Sex(sex),
        "drawing": growth_svg(name, sex, (), months=months),
        "months": months or found.months,
        "lengths": (24, 60) if by_age and found.months == 24 else (),
        "sexes": Sex,
    }
    return render(request, "posyandu/blank_chart.html", context)


@never_cache
@audience("posyandu.work")
def target_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of a posyandu on a coming open day (?day=, ?group=): last weight, what is due, and boxes to fill in."""
    posyandu = the_posyandu(request, pk)
    try:
        asked = parse_date(request.GET.get("day", ""))
    except ValueError:  # no such day
        asked = None
    day = asked or open_days_from(posyandu.open_day_of_month, timezone.localdate(), 1)[0]
    group = request.GET.get("group", "under-five")
    people = list(targets.of_group(targets.present(posyandu, day), group, day).order_by("name", "pk")[:MOST_ON_A_LIST])
    due = immunisation.due_lists(day, people, posyandu.village_id)
    last = {
        one.person_id: one
        for one in GrowthVisit.objects.filter(person__in=people, day__lt=day).order_by("person", "-day").distinct("person")
    }
    note_look(request.user, f"posyandu:{posyandu.pk}", page=request.path)  # type: ignore[arg-type]
    rows = [
        {"person": one, "months": one.age_in_months(day), "lines": due.get(one.pk, []), "last": last.get(one.pk)}
        for one in people
    ]  # fmt: skip
    groups = [(key, title) for key, (title, _first, _below) in targets.GROUPS.items()]
    context = {"posyandu": posyandu, "day": day, "rows": rows, "group": group, "groups": groups, "young": group == "under-five"}
    return render(request, "posyandu/blank_list.html", context)
