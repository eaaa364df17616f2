"""The targets of a month: who is expected, due for what, and who has come; before the open day, and afterwards who was missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..planning import KINDS, Target, counted, month_targets
from ..reasons import has_reason
from ..targets import GROUPS, months_back
from .cadre import the_posyandu

PAGE = 50
SHOWN: dict[str, tuple[str | Promise, Callable[[Target], bool]]] = {
    "open": (gettext_lazy("Still to be done"), lambda one: bool(one.open)),
    "late": (gettext_lazy("Late"), lambda one: one.is_late),
    "absent": (gettext_lazy("Not come yet"), lambda one: bool(one.open) and one.came is None),
    "came": (gettext_lazy("Came"), lambda one: one.came is not None),
    "all": (pgettext_lazy("people", "All"), lambda _one: True),
}
SORTS: dict[str, Callable[[Target], Any]] = {
    "name": lambda one: one.person.name.casefold(), "age": lambda one: one.months, "came": lambda one: one.came or date.max,
}  # fmt: skip


def month_of(text: str, today: date) -> date:
    """The first day of YYYY-MM; of this month where it is none, or lies more than a year from today."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return found if abs((found.year - today.year) * 12 + found.month - today.month) <= 12 else today.replace(day=1)


@never_cache
@audience("posyandu.work")
def month(request: HttpRequest, pk: int) -> HttpResponseBase:
    """?month=2026-12&show=late&kind=vaccine&group=under-five&sort=age; export=csv or xlsx with a reason."""
    posyandu, today = the_posyandu(request, pk), timezone.localdate()
    first = month_of(request.GET.get("month", ""), today)
    everybody = month_targets(posyandu, first, today)
    group, kind = request.GET.get("group", ""), request.GET.get("kind", "")
    chosen = [one for one in everybody if group not in GROUPS or one.group == group]
    if kind in KINDS:
        chosen = [replace(one, open=[need for need in one.open if need.kind == kind], done=one.done & {kind}) for one in chosen]
        chosen = [one for one in chosen if one.open or one.done]
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "open"
    tabs = [(key, title, sum(map(fits, chosen))) for key, (title, fits) in SHOWN.items()]
    rows = [one for one in chosen if SHOWN[shown][1](one)]
    sort = request.GET.get("sort", "")
    if sort.lstrip("-") in SORTS:
        rows.sort(key=SORTS[sort.lstrip("-")], reverse=sort.startswith("-"))
    note_look(request.user, f"posyandu:{posyandu.pk}", page=request.path)  # type: ignore[arg-type]
    if request.GET.get("export") in {"csv", "xlsx"}:
        if not has_reason(request, f"posyandu:{posyandu.pk}"):
            return redirect(f"{request.path}?month={first:%Y-%m}")
        return exported(request.GET["export"], first, rows)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "posyandu": posyandu,
        "month": first,
        "before": months_back(first, 1),
        "after": months_back(first, -1),
        "counted": counted(everybody),
        "tabs": tabs,
        "shown": shown,
        "groups": [(key, title) for key, (title, _from, _below) in GROUPS.items()],
        "group": group,
        "kinds": KINDS.items(),
        "kind": kind,
        "sort": sort,
        "page": page,
        "open_today": posyandu.open_days.filter(day=today).first(),
    }
    return render(request, "posyandu/month.html", context)


def exported(kind: str, first: date, rows: list[Target]) -> HttpResponseBase:
    header = [_("Name"), _("Born on"), _("Name of the mother"), pgettext("immunisation", "Due"), _("Late"), _("Came")]
    table = (
        [one.person.name, one.person.birth_date, one.person.mother_name, due_in_words(one), "x" if one.is_late else "", one.came or ""]
        for one in rows
    )
    return spreadsheet_response(kind, f"sasaran-{first:%Y-%m}", header, table)


def due_in_words(target: Target) -> str:
    return ", ".join(need.text for need in target.open)
