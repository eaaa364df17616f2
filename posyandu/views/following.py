"""Referrals and social problems: letters, answers of the puskesmas, the ten questions."""

from __future__ import annotations

import base64
import io
from typing import Any

import qrcode
import qrcode.image.svg
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role, User

from .. import referrals as records
from .. import social as problems
from ..models import Problem, Referral, ReferralState, SocialCheck
from ..reasons import has_reason
from .cadre import places_to_choose
from .visiting import who_comes


@audience("posyandu.work")
def refer(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """POST: refer for what was found on this open day, then to the letter."""
    day, person = who_comes(request, pk, person_pk)
    if request.method == "POST":
        try:
            return redirect(records.refer(person, day.posyandu, day.day, request.user, request.POST.get("note", "")))  # type: ignore[arg-type]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("posyandu:visit", day.pk, person.pk)


COLUMNS = (
    Column(gettext_lazy("Code"), lambda row: row.code),
    Column(gettext_lazy("Name"), lambda row: row.person.name),
    Column(gettext_lazy("Posyandu"), lambda row: row.posyandu.name),
    Column(gettext_lazy("Referred on"), lambda row: row.day, "day"),
    Column(gettext_lazy("To come until"), lambda row: row.due_on, "due_on"),
    Column(gettext_lazy("Reasons"), lambda row: ", ".join(row.reasons)),
    Column(gettext_lazy("State"), lambda row: row.get_state_display()),
)


@never_cache
@audience("posyandu.work")
def referrals(request: HttpRequest) -> HttpResponseBase:
    """Referrals of the viewer's posyandu; ?state= and ?posyandu= choose, ?q= finds a name or the code of the letter."""
    user: User = request.user  # type: ignore[assignment]
    mine, choice = places_to_choose(request)
    rows = Referral.objects.filter(posyandu__in=mine).select_related("person", "posyandu")
    state, text = request.GET.get("state", ""), request.GET.get("q", "")[:60].strip()
    if state in ReferralState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(person__name__icontains=text) | Q(code=text.upper()))
    listing = Listing(request, rows, COLUMNS, sort="-day", size=30, name="rujukan")
    note_look(user, *(f"person:{one.person_id}" for one in listing.rows), page=request.path)
    if request.GET.get("export"):
        if not has_reason(request, "referrals"):
            return redirect(request.path)
        if export := listing.export():
            return export
    return render(
        request, "posyandu/referrals.html", {"listing": listing, "state": state, "states": ReferralState.choices, "q": text, **choice}
    )


class AnswerForm(forms.Form):
    seen_on = forms.DateField(label=gettext_lazy("Seen on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    feedback = forms.CharField(label=gettext_lazy("What was found and done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    advice = forms.CharField(
        label=gettext_lazy("What the cadre is to do"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@never_cache
@audience("posyandu.work")
def referral(request: HttpRequest, code: str) -> HttpResponse:
    """The letter with its code as QR, to print; whoever works at the puskesmas answers here, cadres read the answer."""
    user: User = request.user  # type: ignore[assignment]
    found = get_object_or_404(Referral.objects.select_related("person__household", "posyandu__village", "puskesmas"), code=code.upper())
    if not records.visible_to(user).filter(pk=found.pk).exists():
        raise PermissionDenied
    note_look(user, f"person:{found.person_id}", page=request.path)
    may_answer = user.is_superuser or user.is_one_of(Role.MIDWIFE, Role.ADMIN)
    form = AnswerForm(request.POST if request.POST.get("act") == "answer" else None, initial={"seen_on": timezone.localdate()})
    if request.method == "POST":
        if request.POST.get("act") == "close":
            records.close(found, user)
            return redirect(found)
        if not may_answer:
            raise PermissionDenied
        if form.is_valid():
            try:
                data = form.cleaned_data
                records.answer(found, data["feedback"], data["advice"], user, data["seen_on"])
                messages.success(request, _("Answered. The cadres have been told."))
                return redirect(found)
            except ValidationError as error:
                form.add_error(None, error)
    context = {
        "referral": found,
        "person": found.person,
        "months": found.person.age_in_months(found.day),
        "form": form if may_answer else None,
        "qr": qr_picture(f"{settings.BASE_URL}{found.get_absolute_url()}"),
        "is_open": found.state in {ReferralState.SENT, ReferralState.MISSED, ReferralState.ARRIVED},
    }
    return render(request, "posyandu/referral.html", context, status=422 if form.errors else 200)


def qr_picture(text: str) -> str:
    """A QR code as the address of a picture."""
    out = io.BytesIO()
    qrcode.make(text, image_factory=qrcode.image.svg.SvgPathImage, box_size=8, border=2).save(out)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


class SocialForm(forms.Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for problem in Problem:
            self.fields[problem.value] = forms.ChoiceField(
                label=problem.label, choices=[("no", _("No")), ("yes", _("Yes"))], widget=forms.RadioSelect, initial="no", required=False
            )
            self.fields[f"note-{problem.value}"] = forms.CharField(
                label=_("What did you see or hear? Without names."), max_length=500, required=False
            )
        self.fields["consent"] = forms.BooleanField(
            label=_("The family agrees that this is passed on to NTB Care, in secret"), required=False
        )
        self.fields["plan"] = forms.CharField(
            label=_("What will you do yourself?"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        self.fields["follow_up_on"] = forms.DateField(
            label=_("Look again on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[problem.value], self[f"note-{problem.value}"]) for problem in Problem]


@never_cache
@audience("posyandu.work")
def social(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """The ten questions to the family of a person; with consent each problem becomes a secret report whose answer comes back here."""
    day, person = who_comes(request, pk, person_pk)
    household = person.household
    kept = SocialCheck.objects.filter(household=household, day=day.day).first()
    initial: dict[str, Any] = {}
    if kept is not None:
        initial = dict.fromkeys(kept.found, "yes") | {f"note-{code}": text for code, text in kept.notes.items()}
        initial |= {"consent": kept.consent, "plan": kept.plan, "follow_up_on": kept.follow_up_on}
    form = SocialForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = [problem.value for problem in Problem if data[problem.value] == "yes"]
        try:
            problems.check(
                household, day.posyandu, day.day, request.user, found=found,  # type: ignore[arg-type]
                notes={code: data[f"note-{code}"] for code in found}, consent=data["consent"], plan=data["plan"],
                follow_up_on=data["follow_up_on"],
            )  # fmt: skip
            messages.success(request, _("Kept."))
            return redirect("posyandu:visit", day.pk, person.pk)
        except ValidationError as error:
            form.add_error(None, error)
    earlier = household.social_checks.exclude(day=day.day).prefetch_related("cases__case")[:5]
    context = {"day": day, "person": person, "household": household, "form": form, "kept": kept, "earlier": earlier}
    return render(request, "posyandu/social.html", context, status=422 if form.errors else 200)
