"""Strata of an area's posyandu at a glance: how many of each, which are missing what; as kept on the first of each month."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User
from ntbportal.commons.places import PROVINCE_CODE, Region
from ntbportal.commons.templatetags.portal import percent

from ..areas import LENGTHS, at, level_below, path_to
from ..models import Posyandu, Stratum, StratumRecord

NONE = "none"
COLUMNS = (
    Column(gettext_lazy("Posyandu"), lambda row: row.name, "name"),
    Column(gettext_lazy("Village"), lambda row: row.village.full_name),
    Column(gettext_lazy("Stratum"), lambda row: row.stratum_now or ""),
    Column(gettext_lazy("Since"), lambda row: row.stratum_since or ""),
    Column(gettext_lazy("Family posyandu"), lambda row: "x" if row.is_family else ""),
    Column(gettext_lazy("Open days in twelve months"), lambda row: (row.facts or {}).get("open_days", "")),
    Column(gettext_lazy("Active cadres"), lambda row: (row.facts or {}).get("cadres", "")),
    Column(gettext_lazy("Mean of the five programmes"), lambda row: (row.facts or {}).get("coverage", "")),
)


@never_cache
@audience("posyandu.lead")
def strata(request: HttpRequest) -> HttpResponseBase:
    """?area= and ?stratum= choose; the posyandu of the area beneath, to page and to export."""
    region = get_object_or_404(Region, code=request.GET.get("area", PROVINCE_CODE)[:13])
    places = Posyandu.objects.filter(at(region, "village"), is_active=True)
    last = StratumRecord.objects.filter(posyandu=OuterRef("pk")).order_by("-day")
    places = places.annotate(stratum_now=Subquery(last.values("stratum")[:1]))
    level = level_below(region)
    areas = places.annotate(part=Left("village_id", LENGTHS.get(level, 13))).values("part", "stratum_now")
    found = list(areas.annotate(n=Count("pk")).order_by().values_list("part", "stratum_now", "n"))
    chosen = request.GET.get("stratum", "")
    rows = places.filter(stratum_now=None) if chosen == NONE else places.filter(stratum_now=chosen) if chosen in Stratum.values else places
    rows = rows.select_related("village").annotate(
        stratum_since=Subquery(last.values("day")[:1]),
        is_family=Subquery(last.values("is_family")[:1]),
        facts=Subquery(last.values("facts")[:1]),
    )
    listing = Listing(request, rows, COLUMNS, sort="name", size=30, name=f"strata-{region.code}")
    if export := listing.export():
        return export
    user: User = request.user  # type: ignore[assignment]
    mine = set(Posyandu.objects.visible_to(user).filter(pk__in=[one.pk for one in listing.rows]).values_list("pk", flat=True))
    works = user.has_perm("posyandu.work")
    for one in listing.rows:
        one.coverage = percent((one.facts or {}).get("coverage"))
        one.works = works and one.pk in mine
    kinds = [*Stratum.choices, (NONE, gettext_lazy("not judged yet"))]
    context = {
        "region": region,
        "path": path_to(region),
        "kinds": [(key, title, sum(n for _part, kind, n in found if (kind or NONE) == key)) for key, title in kinds],
        "areas": by_area(found) if level != "posyandu" else [],
        "titles": [title for _key, title in kinds],
        "chosen": chosen,
        "listing": listing,
        "whole": sum(n for _part, _kind, n in found),
    }
    return render(request, "posyandu/strata.html", context)


def by_area(found: list[tuple[str, str | None, int]]) -> list[tuple[str, str, list[int]]]:
    """(code, name, posyandu of each stratum and of none) of the areas in `found` (code, stratum, how many)."""
    counts: dict[str, Counter[str]] = {}
    for code, kind, n in found:
        counts.setdefault(code, Counter())[kind or NONE] += n
    names: dict[str, Any] = dict(Region.objects.filter(code__in=counts).values_list("code", "name"))
    rows = [(code, str(names.get(code, code)), [many[key] for key in (*Stratum.values, NONE)]) for code, many in counts.items()]
    return sorted(rows, key=lambda row: row[1])
