"""Families: the list, one family's card with everybody in it, new members, births."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
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
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import User
from ntbportal.commons.privacy import blind_candidates

from ..families import Baby, join, may_be_mothers, move_family, record_birth
from ..forms import BabyForm, BirthForm, HouseholdForm, MoveForm, PersonForm
from ..models import Household, Person, Posyandu, Relation
from ..reasons import has_reason
from ..sounds import sound_of
from .cadre import keep_or_ask, number_in, places_to_choose, the_posyandu
from .people import the_person

MOST_BABIES = 4
COLUMNS = (
    Column(gettext_lazy("Head of the family"), lambda row: row.head_name, "head_name"),
    Column(gettext_lazy("Address"), lambda row: row.address),
    Column(gettext_lazy("Members"), lambda row: row.here),
    Column(gettext_lazy("Consent"), lambda row: row.consent_on, "consent_on"),
    Column(gettext_lazy("Posyandu"), lambda row: row.posyandu.name),
)
HERE = Q(people__left_on=None, people__merged_into=None)
SHOWN = {"consent": Q(consent_on=None, here__gt=0), "kk": Q(kk_index="", here__gt=0), "empty": Q(here=0)}


def named(rows: QuerySet[Household], text: str, places: Any) -> QuerySet[Household]:
    """Families by their KK, head or address, or somebody in them. `places`: the posyandu whose people are looked through."""
    digits = "".join(filter(str.isdigit, text))
    if len(digits) == 16:
        return rows.filter(kk_index__in=blind_candidates(digits))
    where = {"posyandu": places} if isinstance(places, int) else {"posyandu__in": places}
    sound = sound_of(text)
    alike = Q(name__icontains=text) | (Q(sound__contains=sound) if sound else Q(pk=None))
    inside = Person.objects.filter(alike, merged_into=None, **where).values("household")
    return rows.filter(Q(head_name__icontains=text) | Q(address__icontains=text) | Q(pk__in=inside)).order_by("head_name", "pk")


@never_cache
@audience("posyandu.work")
def families(request: HttpRequest) -> HttpResponseBase:
    """Families of the viewer's posyandu: by head, address, KK, or the name of anybody in them."""
    user: User = request.user  # type: ignore[assignment]
    mine, choice = places_to_choose(request)
    rows = Household.objects.filter(posyandu__in=mine).select_related("posyandu")
    text, show = request.GET.get("q", "")[:60].strip(), request.GET.get("show", "")
    rows = named(rows, text, mine) if text else rows
    rows = rows.annotate(here=Count("people", filter=HERE)).filter(SHOWN.get(show, Q() if text else Q(here__gt=0)))
    listing = Listing(request, rows, COLUMNS, sort="head_name", size=30, name="keluarga")
    if request.GET.get("export"):
        if not has_reason(request, "families"):
            return redirect(f"{request.path}?{listing.link({})[1:]}")
        if export := listing.export():
            return export
    note_look(user, *(f"household:{one.pk}" for one in listing.rows), page=request.path)
    return render(request, "posyandu/families.html", {"listing": listing, "q": text, "show": show, **choice})


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
    return render(request, "posyandu/new_member.html", context, status=422 if form.errors or alike or form.women else 200)


MOST_FAMILIES = 20


class RelationForm(forms.Form):
    relation = forms.ChoiceField(label=gettext_lazy("Relation to the head of the family"), choices=Relation)


@never_cache
@audience("posyandu.work")
def change_family(request: HttpRequest, person_pk: int) -> HttpResponse:
    """?q= finds families of the person's posyandu; POST family (a number, or "own") puts the person there."""
    person = the_person(request, person_pk)
    form = RelationForm(request.POST or None, initial={"relation": person.relation})
    others = Household.objects.filter(posyandu=person.posyandu_id).exclude(pk=person.household_id)
    if request.method == "POST" and form.is_valid():
        family = None if request.POST.get("family") == "own" else get_object_or_404(others, pk=number_in(request, "family"))
        kept = join(person, family, form.cleaned_data["relation"])
        note_look(request.user, f"household:{kept.pk}", page=request.path)  # type: ignore[arg-type]
        messages.success(request, _("%(name)s now belongs to family %(family)s.") % {"name": person.name, "family": kept.head_name})
        return redirect("posyandu:family", kept.pk)
    text = request.GET.get("q", "")[:60].strip() or (person.mother_name if "q" not in request.GET else "")
    found = list(named(others, text, person.posyandu_id).annotate(here=Count("people", filter=HERE))[: MOST_FAMILIES + 1]) if text else []
    note_look(request.user, *(f"household:{one.pk}" for one in found), page=request.path)  # type: ignore[arg-type]
    context = {"person": person, "form": form, "q": text, "families": found[:MOST_FAMILIES], "more": len(found) > MOST_FAMILIES}
    context["alone"] = not person.household.people.exclude(pk=person.pk).exists()
    return render(request, "posyandu/change_family.html", context, status=422 if form.errors else 200)


@never_cache
@audience("posyandu.work")
def birth(request: HttpRequest, pk: int) -> HttpResponse:
    """?babies=2 for twins. All children of a birth are kept, or none."""
    found, today = the_family(request, pk), timezone.localdate()
    asked = request.POST.get("babies") or request.GET.get("babies", "1")
    many = min(MOST_BABIES, max(1, whole_number(asked) or 1))
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
