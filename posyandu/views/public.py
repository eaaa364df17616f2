"""What everyone sees: figures of closed months (posyandu/publication.py), and where the nearest posyandu is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.cache import remembered
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.places import Region
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import publication
from ..finding import forms_for_everyone, nearest, open_days_from, point_of
from ..indicators import INDICATORS
from ..models import GrowthVisit, Posyandu
from ..targets import months_back

COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Village"), lambda row: row.village.full_name),
    Column(gettext_lazy("Address"), lambda row: row.address),
    Column(gettext_lazy("Open day of the month"), lambda row: row.open_day_of_month, "open_day_of_month"),
)


def chosen_month(request: HttpRequest) -> date:
    """?month=2026-10, else the last complete month with weighings; for leaders. What is public is public_month()."""
    text = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        first = timezone.localdate().replace(day=1)
        last = GrowthVisit.objects.filter(day__lt=first).aggregate(last=Max("day"))["last"]
        return (last or first).replace(day=1)


SHOWN = tuple(publication.SHARES)
CELLS = ("s", "d", "measured", "stunted", "proportioned", "wasted", "weighed", "underweight")


def public_month(request: HttpRequest, months: list[date]) -> date | None:
    """?month=2026-10 where it is public, else the newest that is."""
    wanted = request.GET.get("month", "")
    return next((one for one in months if f"{one:%Y-%m}" == wanted), months[0] if months else None)


def _line(one: publication.Published) -> list[Any]:
    shares = ["" if (share := one.share(code)) is None else share for code in SHOWN]
    return [one.area, one.name, one.posyandu, *(one.counts[name].shown for name in CELLS), *shares]


def figures_file(kind: str, month: date, rows: list[publication.Published], whole: publication.Published) -> HttpResponseBase:
    """The table of a public month, as the page has it."""
    counts = ("S", "D", _("measured"), _("stunted"), _("measured both"), _("wasted"), _("weighed"), _("underweight"))
    shares = [f"{INDICATORS[code].title} (%)" for code in SHOWN]
    header = [_("code"), _("area"), "posyandu", *counts, *shares]
    return spreadsheet_response(kind, f"posyandu-{month:%Y-%m}", header, map(_line, [*rows, whole]))


@audience(EVERYONE)
def figures(request: HttpRequest) -> HttpResponseBase:
    """Find a posyandu, what to bring, and figures that reveal nobody; ?figures=csv or xlsx takes those of ?month= along."""
    today, months = timezone.localdate(), publication.months()
    month = public_month(request, months)
    found = publication.figures_of(month) if month else None
    rows, whole = found or ([], None)
    if month and whole and request.GET.get("figures") in {"csv", "xlsx"}:
        return figures_file(request.GET["figures"], month, rows, whole)
    posyandu = Posyandu.objects.filter(is_active=True).select_related("village")
    text = request.GET.get("q", "")[:60].strip()
    if text:
        match = Q(name__icontains=text)
        for village in Region.objects.named_like(text, 30):
            match |= Q(village_id=village.code) | Q(village__code__startswith=f"{village.code}.")
        posyandu = posyandu.filter(match)
    if regency := request.GET.get("regency", "")[:5]:
        posyandu = posyandu.filter(village__code__startswith=f"{regency}.")
    listing = Listing(request, posyandu, COLUMNS, sort="name", size=15, name="posyandu-ntb")
    if export := listing.export():
        return export
    point = point_of(request.GET.get("near", "")[:40])
    close = nearest(posyandu, *point) if point else []
    for one in [*listing.rows, *close]:
        one.next_day = open_days_from(one.open_day_of_month, today, 1)[0]
    context = {
        "month": month,
        "months": months,
        "rows": [(one, [one.share(code) for code in SHOWN]) for one in rows],
        "titles": [INDICATORS[code].title for code in SHOWN],
        "definitions": [(INDICATORS[code].title, INDICATORS[code].definition) for code in SHOWN],
        "all": whole,
        "all_shares": [whole.share(code) for code in SHOWN] if whole else [],
        "smallest_whole": whole.smallest_whole if whole else 0,
        "listing": listing,
        "q": text,
        "regency": regency,
        "regencies": Region.objects.filter(level="regency").order_by("code"),
        "near": point,
        "close": close,
        "forms": forms_for_everyone(),
    }
    return render(request, "posyandu/figures.html", context)


MOST_MONTHS = 180


def first_weighing() -> date | None:
    return GrowthVisit.objects.order_by("day").values_list("day", flat=True).first()


def months_to_choose(chosen: date) -> list[date]:
    """From this month, or the chosen one where it is later, back to that of the first weighing."""
    month, last = max(timezone.localdate().replace(day=1), chosen.replace(day=1)), min(remembered(first_weighing) or chosen, chosen)
    found = [month]
    while found[-1] > last and len(found) < MOST_MONTHS:
        found.append(months_back(found[-1], 1))
    return found
