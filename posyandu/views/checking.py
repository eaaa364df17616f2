"""Unusual weighings of an area, for who answers for the figures: held right, corrected, or taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User

from .. import checking as records
from ..models import GrowthVisit
from ..reasons import has_reason
from ..visits import weighings_before
from .cadre import number_in, places_to_choose

SHOWN = {
    "": gettext_lazy("To be looked at"),
    "implausible": gettext_lazy("Implausible only"),
    "done": gettext_lazy("Looked at"),
}
COLUMNS = (
    Column(gettext_lazy("Day"), lambda row: row.day, "day"),
    Column(gettext_lazy("Posyandu"), lambda row: row.posyandu.name),
    Column(gettext_lazy("Name"), lambda row: row.person.name),
    Column(gettext_lazy("Born on"), lambda row: row.person.birth_date),
    Column(gettext_lazy("Weight (kg)"), lambda row: row.weight),
    Column(gettext_lazy("Height (cm)"), lambda row: row.height),
    Column("BB/U", lambda row: row.zwei),
    Column("PB/U", lambda row: row.zlen),
    Column("BB/PB", lambda row: row.zwfl),
    Column(gettext_lazy("implausible"), lambda row: _("yes") if row.is_implausible else _("no")),
)


@never_cache
@audience("posyandu.supervise")
def checks(request: HttpRequest) -> HttpResponseBase:
    """?posyandu= and ?show= choose. POST visit: it was looked at and is right."""
    user: User = request.user  # type: ignore[assignment]
    mine, choice = places_to_choose(request)
    if request.method == "POST":
        visit = get_object_or_404(GrowthVisit, pk=number_in(request, "visit"), posyandu__in=mine)
        records.hold_right(visit, user)
        messages.success(request, _("Kept as looked at."))
        return redirect(request.get_full_path())
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    rows = records.unusual(mine, show).select_related("person", "posyandu")
    listing = Listing(request, rows, COLUMNS, sort="-day", size=20, name="penimbangan-tidak-biasa")
    if request.GET.get("export"):
        if not has_reason(request, "checks"):
            return redirect(f"{request.path}?{listing.link({})[1:]}")
        if export := listing.export():
            return export
    before = weighings_before(listing.rows)
    for one in listing.rows:
        one.months = one.person.age_in_months(one.day)
        one.earlier = before.get(one.pk)
    note_look(user, *(f"person:{one.person_id}" for one in listing.rows), page=request.path)
    context = {"listing": listing, "show": show, "shown": list(SHOWN.items()), **choice}
    return render(request, "posyandu/checks.html", context)
