"""What everyone sees: figures without small cells, and where the nearest posyandu is."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.places import PROVINCE_CODE, Region

from ..disclosure import suppressed, total_reveals
from ..models import GrowthVisit, Posyandu
from ..skdn import skdn_by, total

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
