"""What everyone reads: the list and the map of reports, and how the agencies stand."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.agencies import Agency
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.outlines import drawn
from ntbportal.commons.places import Level, Region, region_names
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..choosing import PUBLIC_STATES, SPANS, Choice
from ..league import by_category, by_month, standings
from ..models import Case, Category
from ..models.cases import OPEN_STATES
from ..public_map import as_rows, clusters, view_of

COLUMNS = (
    Column(gettext_lazy("Code"), lambda row: row.code),
    Column(gettext_lazy("Received"), lambda row: row.created_at, "created_at"),
    Column(gettext_lazy("Category"), lambda row: row.category.name),
    Column(gettext_lazy("Place"), lambda row: row.region.full_name),
    Column(gettext_lazy("State"), lambda row: row.get_state_display(), "state"),
    Column(gettext_lazy("Agency"), lambda row: row.agency.short_name if row.agency else ""),
)
MAP_SECONDS = 30  # how old the public map may be
MAP_WIDTH = 750


@audience(EVERYONE)
def overview(request: HttpRequest) -> HttpResponseBase:
    """Reports of others as a list, or (?view=map) as a map."""
    choice = Choice.of(request)
    as_map = request.GET.get("view") == "map"
    context: dict[str, Any] = {
        "choice": choice,
        "as_map": as_map,
        "categories": Category.objects.filter(is_active=True, parent__isnull=True).prefetch_related("children"),
        "states": PUBLIC_STATES,
        "spans": SPANS,
        "kept": urlencode(choice.values),
    }
    if as_map:
        context["areas"] = _areas(choice)
        return render(request, "care/map.html", context)
    rows = choice.apply(Case.objects.public().select_related("category", "region", "agency"))
    listing = Listing(request, rows, COLUMNS, sort="-created_at", size=20, name="laporan-ntb-care")
    if export := listing.export():
        return export
    return render(request, "care/overview.html", context | {"listing": listing})


def _areas(choice: Choice) -> list[dict[str, Any]]:
    """The regencies as shapes with their number of reports: the map where no scripts run, and its first sight elsewhere."""
    key = f"care-areas:{urlencode(choice.values)}"
    rows = cache.get(key)
    if rows is None:
        counts = dict(
            choice.apply(Case.objects.public())
            .order_by()
            .annotate(regency=Substr("region_id", 1, 5))
            .values("regency")
            .annotate(n=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN_STATES)))
            .values_list("regency", "n")
        )
        most = max(counts.values(), default=0) or 1
        rows = [
            {"code": code, "name": name, "n": counts.get(code, 0), "shade": -(-5 * counts.get(code, 0) // most), "path": path}
            for code, name, path in drawn(Level.REGENCY, MAP_WIDTH)
        ]
        cache.set(key, rows, MAP_SECONDS)
    return rows


@audience(EVERYONE)
def map_clusters(request: HttpRequest) -> HttpResponse:
    """The public map's clusters for what the filters choose, in ?box= at ?zoom=: {"clusters": [[…], …]}."""
    choice = Choice.of(request)
    choice.box = None
    box, zoom = view_of(request)
    kept = urlencode({**choice.values, "box": f"{box.west:.4f},{box.south:.4f},{box.east:.4f},{box.north:.4f}", "zoom": zoom})
    found = cache.get(f"care-map:{kept}")
    if found is None:
        found = as_rows(clusters(choice.apply(Case.objects.public()), box, zoom))
        cache.set(f"care-map:{kept}", found, MAP_SECONDS)
    response = JsonResponse({"clusters": found})
    response["Cache-Control"] = f"public, max-age={MAP_SECONDS}"
    return response


@audience(EVERYONE)
def map_cases(request: HttpRequest) -> HttpResponse:
    """The newest reports in a box of the map: beside the map, and where one of its points is pressed."""
    rows = Choice.of(request).apply(Case.objects.public().select_related("category", "region"))
    return render(request, "care/_map_cases.html", {"cases": rows.order_by("-created_at", "-pk")[:10], "path": "care:case"})


@audience(EVERYONE)
def agencies(request: HttpRequest) -> HttpResponseBase:
    """How the agencies stand, over the last year or ?days=, in one regency or all."""
    days = _span(request)
    regency = request.GET.get("regency", "")[:5]
    regency = regency if regency in region_names() else ""
    rows = _standings(days, regency)
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [
            _("Agency"), _("Reports"), _("Answered"), _("Answered on time"), _("Median hours to the first answer"), _("Reopened"),
            _("Rating"), _("Late"),
        ]  # fmt: skip
        lines = ([r.name, r.total, r.answered, r.on_time, r.hours, r.reopened, r.rating, r.late] for r in rows)
        return spreadsheet_response(request.GET["export"], "instansi-ntb-care", header, lines)
    context = {
        "rows": rows,
        "days": days,
        "regency": regency,
        "regencies": Region.objects.filter(level=Level.REGENCY),
        "spans": (30, 90, 365),
    }
    return render(request, "care/agencies.html", context)


def _span(request: HttpRequest) -> int:
    return int(request.GET["days"]) if request.GET.get("days", "") in {"30", "90", "365"} else 365


def _standings(days: int, regency: str = "") -> Any:
    rows = cache.get(f"care-standings:{days}:{regency}")
    if rows is None:
        rows = standings(days, regency)
        cache.set(f"care-standings:{days}:{regency}", rows, 300)
    return rows


@audience(EVERYONE)
def agency(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One agency in public: its figures with the rank among all, by month and category, open by age, and its reports."""
    found = get_object_or_404(Agency.objects.select_related("region", "parent"), slug=slug)
    days = _span(request)
    rows = _standings(days)
    own = next((row for row in rows if row.slug == slug), None)
    cases = Case.objects.public().filter(agency=found).select_related("category", "region", "agency")
    if request.GET.get("show") == "open":
        cases = cases.filter(state__in=OPEN_STATES)
    listing = Listing(request, cases, COLUMNS, sort="-created_at", size=15, name=f"laporan-{slug}")
    if export := listing.export():
        return export
    details = cache.get(f"care-agency:{found.pk}:{days}")
    if details is None:
        details = {"months": by_month(found, days), "categories": by_category(found, days)}
        cache.set(f"care-agency:{found.pk}:{days}", details, 300)
    judged = sorted((row for row in rows if row.on_time is not None), key=lambda row: -row.on_time)
    context = {
        "agency": found,
        "own": own,
        "rank": next((place for place, row in enumerate(judged, start=1) if row.slug == slug), None),
        "ranked": len(judged),
        "listing": listing,
        "days": days,
        "spans": (30, 90, 365),
        "show": request.GET.get("show", ""),
        **details,
    }
    return render(request, "care/agency.html", context)
