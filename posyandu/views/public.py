"""What everyone sees: figures without small cells, and where the nearest posyandu is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.places import PROVINCE_CODE, Level, Region

from ..disclosure import suppressed, total_reveals
from ..models import GrowthVisit, Posyandu
from ..skdn import Skdn, skdn_by, total

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


@audience(EVERYONE)
def figures(request: HttpRequest) -> HttpResponseBase:
    month = chosen_month(request)
    province = Region.objects.filter(code=PROVINCE_CODE).first()
    rows = skdn_by("regency", province, month) if province else []
    hidden = suppressed([row.stunted for row in rows])
    shown = [{"row": row, "hidden": mark} for row, mark in zip(rows, hidden, strict=True)]
    posyandu = Posyandu.objects.filter(is_active=True).select_related("village")
    text = request.GET.get("q", "")[:60].strip()
    if text:
        villages = list(Region.objects.named_like(text, 30))
        within = [code for village in villages for code in [village.code]]
        from django.db.models import Q

        match = Q(name__icontains=text)
        for code in within:
            match |= Q(village_id=code) | Q(village__code__startswith=f"{code}.")
        posyandu = posyandu.filter(match)
    listing = Listing(request, posyandu, COLUMNS, sort="name", size=15, name="posyandu-ntb")
    if export := listing.export():
        return export
    return render(
        request,
        "posyandu/figures.html",
        {
            "month": month,
            "rows": shown,
            "all": total(rows, PROVINCE_CODE, province.name if province else ""),
            "hidden": any(hidden),
            "total_hidden": total_reveals([row.stunted for row in rows]),
            "listing": listing,
            "q": text,
        },
    )


NEXT_LEVEL = {Level.PROVINCE: "regency", Level.REGENCY: "district", Level.DISTRICT: "village", Level.VILLAGE: "village"}


@audience("posyandu.lead")
def leader(request: HttpRequest) -> HttpResponseBase:
    """SKDN and ratios of an area's parts; drills down to villages. Aggregates only."""
    from ntbportal.commons.spreadsheets import csv_response, xlsx_response

    month = chosen_month(request)
    region = get_object_or_404(Region, code=request.GET.get("area", PROVINCE_CODE)[:13])
    rows = skdn_by(NEXT_LEVEL[Level(region.level)], region, month)
    whole = total(rows, region.code, region.name)
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = ["kode", "wilayah", "posyandu", "S", "K", "D", "N", "T", "O", "B", "BGM", "K/S", "D/S", "N/D'", "BGM/D", "stunting"]
        respond = csv_response if request.GET["export"] == "csv" else xlsx_response
        return respond(f"skdn-{region.code}-{month:%Y-%m}", header, [_line(row) for row in [*rows, whole]])
    return render(
        request,
        "posyandu/leader.html",
        {
            "month": month,
            "region": region,
            "rows": rows,
            "whole": whole,
            "months": recent_months(),
            "path": [Region(code=code, name=name) for code, name in region_path(region)],
            "may_drill": region.level != Level.VILLAGE and region.level != Level.DISTRICT,
        },
    )


def _line(row: Skdn) -> list[Any]:
    def rounded(value: float | None) -> Any:
        return "" if value is None else round(value, 4)

    ratios = [rounded(value) for value in (row.coverage, row.participation, row.success, row.below_red_line, row.stunting)]
    return [row.area, row.name, row.posyandu, row.s, row.k, row.d, row.n, row.t, row.o, row.b, row.bgm, *ratios]


def region_path(region: Region) -> list[tuple[str, str]]:
    from ntbportal.commons.places import region_names

    names = region_names()
    return [(code, names.get(code, code)) for code in reversed(region.ancestor_codes())]


def recent_months(count: int = 18) -> list[date]:
    month = timezone.localdate().replace(day=1)
    found = []
    for _number in range(count):
        found.append(month)
        month = month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
    return found
