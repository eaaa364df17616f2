"""Every look at a person and every export, shown to those who answer for it."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import PersonalDataAccess
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import Membership, Role, User
from ntbportal.commons.places import PROVINCE_CODE

from ..models import Household, Person, Posyandu


@never_cache
@audience("posyandu.supervise")
def looks(request: HttpRequest) -> HttpResponseBase:
    """Who looked at whom: for midwives and administrators, what cadres of their posyandu and midwives within their area did."""
    user: User = request.user  # type: ignore[assignment]
    mine = Posyandu.objects.visible_to(user)
    watched = User.objects.filter(Q(posyandu__in=mine) | Q(memberships__in=midwives_within(user)))
    rows = PersonalDataAccess.objects.filter(user__in=watched.values("pk")).select_related("user")
    who = request.GET.get("who", "")
    if whole_number(who) is not None:
        rows = rows.filter(user=int(who))
    if request.GET.get("exports") == "1":
        rows = rows.filter(subject__startswith="export:")
    listing = Listing(request, rows, LOOK_COLUMNS, sort="-at", size=50, name="penglihatan-data")
    if export := listing.export():
        return export
    numbers = [int(one.subject.partition(":")[2]) for one in listing.rows if one.subject.startswith("person:")]
    names = dict(Person.objects.filter(pk__in=numbers, posyandu__in=mine).values_list("pk", "name"))
    homes = [int(one.subject.partition(":")[2]) for one in listing.rows if one.subject.startswith("household:")]
    heads = dict(Household.objects.filter(pk__in=homes, posyandu__in=mine).values_list("pk", "head_name"))
    lists = [one.subject.rpartition(":")[2] for one in listing.rows if "posyandu:" in one.subject]
    places = {
        str(pk): name for pk, name in Posyandu.objects.filter(pk__in=[int(pk) for pk in lists if pk.isdecimal()]).values_list("pk", "name")
    }
    for one in listing.rows:
        kind, _colon, what = one.subject.partition(":")
        one.whom = one.subject
        if kind == "person":
            one.whom = names.get(int(what), "–")
        elif kind == "household":
            one.whom = _("family %(name)s") % {"name": heads.get(int(what), "–")}
        elif kind == "posyandu":
            one.whom = _("list of %(name)s") % {"name": places.get(what, "–")}
        elif kind == "export":
            one.whom = _("taken out: %(what)s") % {"what": exported(what, places)}
    context = {
        "listing": listing,
        "watched": watched.distinct().order_by("full_name")[:200],
        "who": who,
        "exports": request.GET.get("exports") == "1",
    }
    return render(request, "posyandu/looks.html", context)


EXPORTED = {
    "people": gettext_lazy("people"),
    "families": gettext_lazy("families"),
    "referrals": gettext_lazy("referrals"),
    "checks": gettext_lazy("unusual weighings"),
    "weighings": gettext_lazy("weighings"),
    "register": gettext_lazy("register of people"),
    "given": gettext_lazy("immunisations and vitamins"),
}


def exported(what: str, places: dict[str, str]) -> str:
    """What an export was of: one of EXPORTED, a form by its slug, the list of a posyandu."""
    kind, _colon, number = what.partition(":")
    return str(EXPORTED.get(what) or (places.get(number, "–") if kind == "posyandu" else number or what))


def midwives_within(user: User) -> QuerySet[Membership]:
    """Of midwives whose area lies in the viewer's, the viewer's own among them; for administrators all."""
    rows = Membership.objects.filter(role=Role.MIDWIFE)
    areas = user.regions_as(Role.MIDWIFE)
    if user.is_superuser or user.is_one_of(Role.ADMIN) or PROVINCE_CODE in areas:
        return rows
    within = Q(region__in=areas)
    for code in areas:
        within |= Q(region__code__startswith=f"{code}.")
    return rows.filter(within)


LOOK_COLUMNS = (
    Column(gettext_lazy("when"), lambda row: row.at, "at"),
    Column(gettext_lazy("who looked"), lambda row: str(row.user)),
    Column(gettext_lazy("at whom"), lambda row: row.subject),
    Column(gettext_lazy("on which page"), lambda row: row.page),
)
