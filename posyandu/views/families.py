"""Families: the list, one family's card with everybody in it, new members, births."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User
from ntbportal.commons.privacy import blind_candidates

from ..families import Baby, may_be_mothers, move_family, record_birth
from ..forms import BabyForm, BirthForm, HouseholdForm, MoveForm, PersonForm
from ..models import Household, Person, Posyandu
from ..reasons import has_reason
from .cadre import keep_or_ask, the_posyandu

MOST_BABIES = 4
COLUMNS = (
    Column(gettext_lazy("Head of the family"), lambda row: row.head_name, "head_name"),
    Column(gettext_lazy("Address"), lambda row: row.address),
    Column(gettext_lazy("Members"), lambda row: row.here),
    Column(gettext_lazy("Consent"), lambda row: row.consent_on, "consent_on"),
    Column(gettext_lazy("Posyandu"), lambda row: row.posyandu.name),
)
HERE = Q(people__left_on=None, people__merged_into=None)
SHOWN = {"": Q(), "consent": Q(consent_on=None), "kk": Q(kk_index="")}


@never_cache
@audience("posyandu.work")
def families(request: HttpRequest) -> HttpResponseBase:
    """Families of the viewer's posyandu: by head, address, KK, or the name of anybody in them."""
    user: User = request.user  # type: ignore[assignment]
    mine = Posyandu.objects.visible_to(user)
    rows = Household.objects.filter(posyandu__in=mine).select_related("posyandu")
    text, show = request.GET.get("q", "")[:60].strip(), request.GET.get("show", "")
    digits = "".join(filter(str.isdigit, text))
    if len(digits) == 16:
        rows = rows.filter(kk_index__in=blind_candidates(digits))
    elif text:
        inside = Person.objects.filter(posyandu__in=mine, name__icontains=text).values("household")
        rows = rows.filter(Q(head_name__icontains=text) | Q(address__icontains=text) | Q(pk__in=inside))
    rows = rows.filter(SHOWN.get(show, Q())).annotate(here=Count("people", filter=HERE))
    listing = Listing(request, rows, COLUMNS, sort="head_name", size=30, name="keluarga")
    if request.GET.get("export"):
        if not has_reason(request, "families"):
            return redirect(f"{request.path}?{listing.link({})[1:]}")
        if export := listing.export():
            return export
    note_look(user, *(f"household:{one.pk}" for one in listing.rows), page=request.path)
    return render(request, "posyandu/families.html", {"listing": listing, "q": text, "show": show, "places": mine.order_by("name")[:20]})


def the_family(request: HttpRequest, pk: int) -> Household:
    """A family of a posyandu at which the viewer works; the look is noted."""
    family = get_object_or_404(Household.objects.select_related("posyandu__village"), pk=pk)
    if not request.user.has_perm("posyandu.work", family.posyandu):
        raise PermissionDenied
    note_look(request.user, f"household:{family.pk}", page=request.path)  # type: ignore[arg-type]
    return family


@never_cache
@audience("posyandu.work")
def family(request: HttpRequest, pk: int) -> HttpResponse:
    """The family's card, and everybody in it with what they last came for; POST corrects the card, act=move moves all of them."""
    found, today = the_family(request, pk), timezone.localdate()
    moving = request.POST.get("act") == "move"
    form = HouseholdForm(None if moving else request.POST or None, instance=found, posyandu=found.posyandu)
    move = MoveForm(request.POST if moving else None, initial={"day": today}, user=request.user)
    if moving and move.is_valid():
        try:
            to = move.cleaned_data["posyandu"]
            moved = move_family(found, to, move.cleaned_data["day"], request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            move.add_error(None, error)
        else:
            messages.success(
                request, _("%(names)s now belong to %(place)s.") % {"names": ", ".join(one.name for one in moved), "place": to}
            )
            return redirect("posyandu:family", found.pk) if request.user.has_perm("posyandu.work", to) else redirect("posyandu:families")
    if request.method == "POST" and not moving and form.is_valid():
        form.keep()
        messages.success(request, _("Kept."))
        return redirect("posyandu:family", found.pk)
    members = list(
        found.people.filter(merged_into=None)
        .prefetch_related("growth_visits", "visits__form", "referrals")
        .select_related("posyandu")
        .order_by("left_on", "birth_date")
    )
    mine = set(Posyandu.objects.visible_to(request.user).filter(pk__in=[one.posyandu_id for one in members]).values_list("pk", flat=True))  # type: ignore[arg-type]
    for one in members:
        one.months = one.age_in_months(one.left_on or today)
        one.is_mine = one.posyandu_id in mine  # of who went to another's posyandu just that they belong to the family
        if not one.is_mine:
            continue
        one.last_weighing = max(one.growth_visits.all(), key=lambda visit: visit.day, default=None)
        one.last_visit = max(one.visits.all(), key=lambda visit: visit.day, default=None)
        one.open_referrals = [referral for referral in one.referrals.all() if referral.is_open]
    note_look(request.user, *(f"person:{one.pk}" for one in members if one.is_mine), page=request.path)  # type: ignore[arg-type]
    context = {
        "family": Household.objects.get(pk=found.pk) if form.errors else found,
        "form": form,
        "move": move,
        "members": members,
        "has_mothers": bool(may_be_mothers(found, today)),
    }
    return render(request, "posyandu/family.html", context, status=422 if form.errors or move.errors else 200)


@never_cache
@audience("posyandu.work")
def new_family(request: HttpRequest, pk: int) -> HttpResponse:
    """A family that is new at a posyandu; its members follow."""
    posyandu = the_posyandu(request, pk)
    form = HouseholdForm(request.POST or None, posyandu=posyandu)
    if request.method == "POST" and form.is_valid():
        return redirect("posyandu:new_member", form.keep().pk)
    return render(request, "posyandu/new_family.html", {"form": form, "posyandu": posyandu}, status=422 if form.errors else 200)


@never_cache
@audience("posyandu.work")
def new_member(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody of any age who belongs to the family. Whoever sounds the same and is of the same age is shown first."""
    found = the_family(request, pk)
    mother = found.people.filter(relation="wife", merged_into=None).first()
    initial = {"mother_name": mother.name} if mother else {}
    form = PersonForm(request.POST or None, posyandu=found.posyandu, household=found, initial=initial)
    person, alike = keep_or_ask(request, form)
    if person is not None:
        return redirect("posyandu:family", found.pk)
    context = {"form": form, "family": found, "alike": alike}
    return render(request, "posyandu/new_member.html", context, status=422 if form.errors or alike else 200)


@never_cache
@audience("posyandu.work")
def birth(request: HttpRequest, pk: int) -> HttpResponse:
    """?babies=2 for twins. All children of a birth are kept, or none."""
    found, today = the_family(request, pk), timezone.localdate()
    asked = request.POST.get("babies") or request.GET.get("babies", "1")
    many = min(MOST_BABIES, max(1, int(asked) if asked.isdigit() else 1))
    mothers = may_be_mothers(found, today)
    form = BirthForm(request.POST or None, mothers=mothers, initial={"day": today})
    babies: list[forms.Form] = [BabyForm(request.POST or None, prefix=f"baby{place}") for place in range(many)]
    if request.method == "POST" and all([form.is_valid(), *(one.is_valid() for one in babies)]):
        mother = next(one for one in mothers if str(one.pk) == form.cleaned_data["mother"])
        try:
            born = record_birth(mother, form.cleaned_data["day"], [Baby(**one.cleaned_data) for one in babies])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Welcome, %(names)s.") % {"names": ", ".join(one.name for one in born)})
            small = [one.name for one in born if one.low_birth_weight]
            if small:
                told = _("Low birth weight (BBLR, below 2.5 kg): %(names)s. Keep warm, breast milk often, refer to the puskesmas.")
                messages.warning(request, told % {"names": ", ".join(small)})
            return redirect("posyandu:family", found.pk)
    wrong = bool(form.errors or any(one.errors for one in babies))
    context: dict[str, Any] = {"family": found, "form": form, "babies": babies, "many": many, "choices": range(1, MOST_BABIES + 1)}
    context |= {"mothers": mothers, "today": date_format(today)}
    return render(request, "posyandu/birth.html", context, status=422 if wrong else 200)
