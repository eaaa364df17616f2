"""Leaders' dashboards: SKDN, nutrition, every age; trend, map, ranking; down to the posyandu. Aggregates only, names for who may."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience, require
from ntbportal.commons.outlines import drawn
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import PROVINCE_CODE, Level, Region
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import strata
from ..access import LEADING
from ..areas import level_below, path_to
from ..dhis2 import data_value_sets
from ..drawing import bars, funnel, line
from ..every_age import CHOICES, COVERAGE, PWS, Share, by_area, immunised, of_every_age, over_months
from ..indicators import INDICATORS, LIMITS, ranked
from ..models import Posyandu, PosyanduPlan, Stratum
from ..movements import movements
from ..skdn import Skdn, month_bounds, skdn_by, total, trend
from .naming import OF_INDICATOR
from .public import chosen_month, months_to_choose

COUNTS = (
    "posyandu", "s", "k", "infants", "d", "n", "t", "o", "b", "twice", "bgm", "orange", "weighed", "underweight", "measured", "stunted",
    "proportioned", "wasted", "overweight",
)  # fmt: skip


def area_of(request: HttpRequest) -> Region:
    """?area=, else the province; PermissionDenied where its exact figures are not for the viewer."""
    region = get_object_or_404(Region, code=request.GET.get("area", PROVINCE_CODE)[:13])
    require(request.user, "posyandu.lead", region)
    return region


@audience("posyandu.lead")
def leader(request: HttpRequest) -> HttpResponseBase:
    """?area= and ?month= choose; ?by= the indicator of map, ranking and trend; ?export= with ?what=ages the figures of every age."""
    month = chosen_month(request)
    region = area_of(request)
    level = level_below(region)
    rows = skdn_by(level, region, month)
    whole = total(rows, region.code, region.name)
    if request.GET.get("export") in {"csv", "xlsx"} and request.GET.get("what") == "ages":
        return _ages_to_take(request.GET["export"], region, month)
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [_("code"), _("area"), *COUNTS, *(str(one.short) for one in INDICATORS.values())]
        return spreadsheet_response(
            request.GET["export"], f"skdn-{region.code}-{month:%Y-%m}", header, [_line(row) for row in [*rows, whole]]
        )
    by, months = request.GET.get("by", ""), trend(region, month, 24)
    if by in CHOICES or by in COVERAGE:
        chosen, shares, past = {**CHOICES, **COVERAGE}[by], by_area(by, level, region, month), over_months(by, region, month, 24)
    else:
        by = by if by in INDICATORS else "stunting"
        chosen, shares, past = INDICATORS[by], rows, months  # type: ignore[assignment]
    figures, counted = of_every_age(region, month)
    ranking = ranked(chosen, shares)
    shapes = _shapes(level, shares, chosen) if level in {"regency", "district", "village"} else []
    context = {
        "month": month,
        "region": region,
        "rows": rows,
        "whole": whole,
        "months": months_to_choose(month),
        "path": path_to(region),
        "may_drill": open_areas(request, level, rows),
        "level": level,
        "chosen": chosen,
        "by": by,
        "choices": [
            (_("Under five"), [(code, one.title) for code, one in INDICATORS.items()]),
            (_("Every age"), [(code, one.title) for code, one in CHOICES.items()]),
            (_("Immunisation since January"), [(code, one.title) for code, one in COVERAGE.items()]),
        ],
        "indicators": [(one, one.value(whole), one.part(whole), one.whole(whole)) for one in INDICATORS.values()],
        "ranking": ranking,
        "funnel": funnel(
            [(one.row.name, one.whole, one.value) for one in ranking if one.value is not None],
            str(chosen.title),
            [z for z, _step in LIMITS],
        ),
        "doses": immunised(region, month, months),
        "doses_source": PWS,
        "bars": bars(whole),
        "trend": line([(row.area, chosen.value(row)) for row in past], str(chosen.title)),
        "shapes": shapes,
        "box": view_box([shape["path"] for shape in shapes]) if level != "regency" else "0 0 750 260",
        "ages": figures,
        "counted": counted,
        "today": timezone.localdate(),
        "problem": OF_INDICATOR.get(by, by),
        "with_names": with_names(request, rows) if level == "posyandu" else set(),
    }
    return render(request, "posyandu/leader.html", context)


def with_names(request: HttpRequest, rows: Sequence[Skdn]) -> set[str]:
    """Of posyandu those at which the viewer works, and may see who is behind a figure."""
    if not request.user.has_perm("posyandu.work"):
        return set()
    mine = Posyandu.objects.visible_to(request.user)  # type: ignore[arg-type]
    return {str(pk) for pk in mine.filter(pk__in=[row.area for row in rows]).values_list("pk", flat=True)}


@audience("posyandu.lead")
def dhis2(request: HttpRequest) -> JsonResponse:
    """Counts of a month as DHIS2 dataValueSets: ?month=, ?area=, ?level=regency, district or village."""
    region = area_of(request)
    level = request.GET.get("level", "")
    level = level if level in {"regency", "district", "village"} else level_below(region)
    if level != level_below(region) and not sees_all_beneath(request, region):
        raise PermissionDenied
    month = chosen_month(request)
    response = JsonResponse(data_value_sets(skdn_by(level, region, month), month))
    response["Content-Disposition"] = f'attachment; filename="dhis2-{region.code}-{month:%Y-%m}.json"'
    return response


def open_areas(request: HttpRequest, level: str, rows: Sequence[Skdn]) -> set[str]:
    """Codes of the areas of the table whose own figures the viewer may go down to."""
    if level == "posyandu":
        return set()
    return {row.area for row in rows if request.user.has_perm("posyandu.lead", Region(code=row.area, level=level))}


def sees_all_beneath(request: HttpRequest, region: Region) -> bool:
    """Whether every area beneath is the viewer's own, whatever its level."""
    user: User = request.user  # type: ignore[assignment]
    return user.is_superuser or user.is_one_of(Role.ADMIN) or user.serves_region(region.code, *LEADING)


def _shapes(level: str, rows: Sequence[Skdn | Share], chosen: Any) -> list[dict[str, Any]]:
    """Areas of the map in five shades from the lowest to the highest share; those of other areas are left out."""
    values = {row.area: chosen.value(row) for row in rows}
    known = sorted(value for value in values.values() if value is not None)
    names = {row.area: row.name for row in rows}
    shapes = []
    for code, name, path in drawn(level, 750, 0.006):
        if level != "regency" and code not in names:
            continue
        value = values.get(code)
        shade = 0 if value is None else 1 + min(4, sum(other < value for other in known) * 5 // max(1, len(known)))
        shapes.append({"code": code, "name": name, "path": path, "value": value, "shade": shade})
    return shapes


def view_box(paths: list[str]) -> str:
    """What part of the drawing holds these paths, with a margin."""
    corners = [(float(x), float(y)) for path in paths for x, y in re.findall(r"(-?[\d.]{1,24})[ ,](-?[\d.]{1,24})", path)]
    if not corners:
        return "0 0 750 260"
    left, top = min(x for x, _y in corners), min(y for _x, y in corners)
    width, height = max(x for x, _y in corners) - left, max(y for _x, y in corners) - top
    return f"{left - 4:.1f} {top - 4:.1f} {width + 8:.1f} {height + 8:.1f}"


def _ages_to_take(kind: str, region: Region, month: date) -> HttpResponseBase:
    """Figures of every age and coverage of immunisation as a table: share, its two numbers, definition."""
    figures, counted = of_every_age(region, month)
    doses = immunised(region, month, trend(region, month, 12))
    rows = [
        [str(one.title), "" if one.value is None else round(one.value, 4), one.part, one.whole, str(one.definition)]
        for one in (*figures, *doses)
    ]
    rows += [[str(title), "", n, "", ""] for title, n in counted]
    return spreadsheet_response(
        kind, f"semua-umur-{region.code}-{month:%Y-%m}", [_("What"), _("Share"), _("Found"), _("Examined"), _("Definition")], rows
    )


def _line(row: Skdn) -> list[Any]:
    values = (one.value(row) for one in INDICATORS.values())
    return [row.area, row.name, *(getattr(row, name) for name in COUNTS), *("" if value is None else round(value, 4) for value in values)]


@audience("posyandu.lead")
def report(request: HttpRequest) -> HttpResponse:
    """The month of a village (or any area) on paper, for the village meeting."""
    month = chosen_month(request)
    region = area_of(request)
    rows = skdn_by(level_below(region), region, month)
    whole = total(rows, region.code, region.name)
    figures, counted = of_every_age(region, month)
    first, _until = month_bounds(month)
    before = skdn_by(level_below(region), region, (first.replace(day=1) - date.resolution))
    past = total(before, region.code, region.name)
    context = {
        "month": month,
        "region": region,
        "rows": rows,
        "whole": whole,
        "bars": bars(whole),
        "indicators": [(one, one.value(whole), one.value(past), one.part(whole), one.whole(whole)) for one in INDICATORS.values()],
        "ages": [one for one in figures if one.whole],
        "doses": immunised(region, month, trend(region, month, 12)),
        "counted": counted,
        "movements": movements(region, month) if region.level == Level.VILLAGE else [],
        "today": timezone.localdate(),
    }
    return render(request, "posyandu/report.html", context)


class PlanForm(forms.ModelForm):
    class Meta:
        model = PosyanduPlan
        fields = ["active_cadres", "extra_programmes", "fund_households", "plan"]


@never_cache
@audience("posyandu.work")
def stratum(request: HttpRequest, pk: int) -> HttpResponse:
    """The stratum of a posyandu with its reasons, what is missing for the next one, its history and its plan."""
    posyandu = get_object_or_404(Posyandu.objects.select_related("village"), pk=pk)
    if not request.user.has_perm("posyandu.work", posyandu):
        raise PermissionDenied
    form = PlanForm(
        request.POST or None, instance=PosyanduPlan.objects.filter(posyandu=posyandu).first() or PosyanduPlan(posyandu=posyandu)
    )
    if request.method == "POST" and form.is_valid():
        plan = form.save(commit=False)
        plan.changed_by, plan.changed_at = request.user, timezone.now()
        plan.save()
        strata.keep(posyandu, timezone.localdate())
        messages.success(request, _("Kept."))
        return redirect(request.path)
    found = strata.assess(posyandu, timezone.localdate())
    names = {
        "kia": _("Mother and child (four contacts in pregnancy)"), "kb": _("Family planning (of those asked)"),
        "immunisation": _("Immunisation (IDL at 12–23 months)"), "nutrition": _("Nutrition (D/S)"),
        "diarrhoea": _("Diarrhoea (families asked)"),
    }  # fmt: skip
    context = {
        "posyandu": posyandu,
        "found": found,
        "programmes": [(names[key], share) for key, share in found.programmes.items()],
        "history": posyandu.strata.all()[:12],
        "form": form,
        "steps": Stratum.choices,
    }
    return render(request, "posyandu/stratum.html", context, status=422 if form.errors else 200)
