"""What everyone sees: figures without small cells, and where the nearest posyandu is."""

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
from ntbportal.commons.places import PROVINCE_CODE, Region
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..disclosure import suppressed, total_reveals
from ..finding import forms_for_everyone, nearest, open_days_from, point_of
from ..indicators import INDICATORS
from ..models import GrowthVisit, Posyandu
from ..skdn import Skdn, skdn_by, total
from ..targets import months_back

COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Village"), lambda row: row.village.full_name),
    Column(gettext_lazy("Address"), lambda row: row.address),
    Column(gettext_lazy("Open day of the month"), lambda row: row.open_day_of_month, "open_day_of_month"),
)


def chosen_month(request: HttpRequest) -> date:
    """?month=2026-10, else the last complete month with weighings."""
    text = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        first = timezone.localdate().replace(day=1)
        last = GrowthVisit.objects.filter(day__lt=first).aggregate(last=Max("day"))["last"]
        return (last or first).replace(day=1)


SHOWN = ("stunting", "wasting", "underweight")


def public_figures(rows: list[Skdn]) -> list[dict[str, Any]]:
    """For each row its shares as (share, hidden): hidden where a cell of 1 to 4, or one that would give it away by subtraction, must
    not be shown."""
    hidden = {code: suppressed([INDICATORS[code].part(row) for row in rows]) for code in SHOWN}
    return [
        {"row": row, "shares": [(None if hidden[code][place] else INDICATORS[code].value(row), hidden[code][place]) for code in SHOWN]}
        for place, row in enumerate(rows)
    ]


def _whole_share(code: str, rows: list[Skdn], whole: Skdn) -> tuple[float | None, bool]:
    is_hidden = total_reveals([INDICATORS[code].part(row) for row in rows])
    return (None if is_hidden else INDICATORS[code].value(whole)), is_hidden


def _line(one: dict[str, Any]) -> list[Any]:
    row: Skdn = one["row"]
    return [row.area, row.name, row.posyandu, row.s, row.d, *("" if share is None else round(share, 4) for share, _hidden in one["shares"])]


@audience(EVERYONE)
def figures(request: HttpRequest) -> HttpResponseBase:
    """Find a posyandu, what to bring, and figures that reveal nobody."""
    month, today = chosen_month(request), timezone.localdate()
    province = Region.objects.filter(code=PROVINCE_CODE).first()
    rows = skdn_by("regency", province, month) if province else []
    shown = public_figures(rows)
    whole = total(rows, PROVINCE_CODE, province.name if province else "")
    if request.GET.get("figures") in {"csv", "xlsx"}:
        header = [_("code"), _("area"), "posyandu", "S", "D", *SHOWN]
        lines = (_line(one) for one in shown)
        return spreadsheet_response(request.GET["figures"], f"posyandu-{month:%Y-%m}", header, lines)
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
        "months": months_to_choose(month),
        "rows": shown,
        "titles": [INDICATORS[code].title for code in SHOWN],
        "definitions": [(INDICATORS[code].title, INDICATORS[code].definition) for code in SHOWN],
        "all": whole,
        "all_shares": [_whole_share(code, rows, whole) for code in SHOWN],
        "hidden": any(hidden for one in shown for _share, hidden in one["shares"]),
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
