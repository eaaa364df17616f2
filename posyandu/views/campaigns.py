"""Campaigns beside the schedule: planned by the puskesmas for its area, watched from the province to the posyandu."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience, require
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import PROVINCE_CODE, Region
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..areas import level_below, path_to
from ..campaigns import reach, total, touches
from ..growth.zscores import DAYS_OF_MONTH
from ..models import Campaign, Item, ItemKind

COLUMNS = (
    Column(gettext_lazy("Campaign"), lambda row: row.name, "name"),
    Column(gettext_lazy("What is given"), lambda row: row.item.name),
    Column(gettext_lazy("Where"), lambda row: row.region.name),
    Column(gettext_lazy("From"), lambda row: row.first_day, "first_day"),
    Column(gettext_lazy("Until"), lambda row: row.last_day, "last_day"),
)
STATES = {
    "running": (gettext_lazy("Running"), lambda day: Q(first_day__lte=day, last_day__gte=day)),
    "planned": (gettext_lazy("Planned"), lambda day: Q(first_day__gt=day)),
    "over": (gettext_lazy("Over"), lambda day: Q(last_day__lt=day)),
}


@never_cache
@audience("posyandu.lead")
def campaigns(request: HttpRequest) -> HttpResponseBase:
    """Those that touch the viewer's area, the latest first; ?state=running."""
    user, today = _user(request), timezone.localdate()
    rows = Campaign.objects.select_related("item", "region").filter(_seen_by(user))
    state = request.GET.get("state", "")
    if state in STATES:
        rows = rows.filter(STATES[state][1](today))
    listing = Listing(request, rows, COLUMNS, sort="-first_day", size=20, name="kampanye")
    if export := listing.export():
        return export
    context = {"listing": listing, "state": state, "states": [(key, title) for key, (title, _of) in STATES.items()], "today": today}
    context["may_plan"] = user.has_perm("posyandu.supervise")
    return render(request, "posyandu/campaigns.html", context)


@never_cache
@audience("posyandu.lead")
def campaign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far it has come: ?area= goes down to the posyandu; export=csv or xlsx."""
    user, today = _user(request), timezone.localdate()
    found = get_object_or_404(Campaign.objects.select_related("item", "region").filter(_seen_by(user)), pk=pk)
    region = get_object_or_404(Region, code=request.GET.get("area", found.region_id)[:13])
    if not touches(found, region.code):
        region = found.region
    elif "area" in request.GET:
        require(user, "posyandu.lead", region)
    rows = reach(found, region, today)
    whole = total(rows, region.code, region.name)
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [_("code"), _("area"), pgettext("campaign", "Target"), _("Done"), _("Share"), _("Left")]
        table = (
            [row.code, row.name, row.due, row.done, "" if row.share is None else round(row.share, 4), row.left] for row in [*rows, whole]
        )
        return spreadsheet_response(request.GET["export"], f"kampanye-{found.pk}-{region.code}", header, table)
    sort = request.GET.get("sort", "")
    if sort in {"share", "left"}:
        rows.sort(key=(lambda row: row.share if row.share is not None else 2.0) if sort == "share" else (lambda row: -row.left))
    context = {
        "campaign": found,
        "region": region,
        "path": [one for one in path_to(region) if touches(found, one.code)],
        "rows": rows,
        "whole": whole,
        "level": level_below(region),
        "sort": sort,
        "state": state_of(found, today),
        "may_change": _may_plan(user, found),
        "today": today,
    }
    return render(request, "posyandu/campaign.html", context)


def state_of(campaign: Campaign, today: date) -> tuple[str, Any]:
    """(key, word)."""
    key = "planned" if campaign.first_day > today else "over" if campaign.last_day < today else "running"
    return key, STATES[key][0]


class CampaignForm(forms.ModelForm):
    from_months = forms.IntegerField(label=gettext_lazy("From age in months"), min_value=0, max_value=1200)
    below_months = forms.IntegerField(
        label=gettext_lazy("Below age in months"), min_value=1, max_value=1200, help_text=gettext_lazy("60: up to the fifth birthday.")
    )

    class Meta:
        model = Campaign
        fields = ["name", "item", "region", "first_day", "last_day", "after_days"]
        widgets = {name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d") for name in ("first_day", "last_day")}

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        areas = {PROVINCE_CODE} if user.is_superuser else user.regions_as(Role.MIDWIFE)
        within = Q()
        for code in areas:
            levels = ["village"] if code.count(".") > 1 else ["regency", "district"]
            within |= Q(code=code) | Q(code__startswith=f"{code}.", level__in=levels)
        self.fields["region"].queryset = Region.objects.filter(within).order_by("code") if areas else Region.objects.none()
        self.fields["region"].label_from_instance = lambda region: region.full_name
        self.fields["item"].queryset = Item.objects.filter(is_active=True).exclude(kind=ItemKind.SUPPLY).order_by("position")
        if self.instance.pk:
            self.initial["from_months"] = round(self.instance.from_days / DAYS_OF_MONTH)
            self.initial["below_months"] = round(self.instance.until_days / DAYS_OF_MONTH)
        if self.instance.pk and self.instance.given.exists():  # what has begun keeps whom it is for
            for name in ("item", "region", "first_day", "from_months", "below_months", "after_days"):
                self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("first_day") and data.get("last_day") and data["last_day"] < data["first_day"]:
            self.add_error("last_day", _("The end lies before the beginning."))
        if None not in (data.get("from_months"), data.get("below_months")) and data["below_months"] <= data["from_months"]:
            self.add_error("below_months", _("This must be above the age it begins with."))
        return data

    @transaction.atomic
    def keep(self, by: User) -> Campaign:
        row: Campaign = self.instance
        row.from_days = round(self.cleaned_data["from_months"] * DAYS_OF_MONTH)
        row.until_days = round(self.cleaned_data["below_months"] * DAYS_OF_MONTH) - 1
        row.planned_by = row.planned_by or by
        row.save()
        return row


@never_cache
@audience("posyandu.supervise")
def plan_campaign(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new one, or one of the viewer's area; POST act=remove takes one away in which nothing has been given."""
    user = _user(request)
    found = get_object_or_404(Campaign, pk=pk) if pk else None
    if found is not None and not _may_plan(user, found):
        raise PermissionDenied
    if found is not None and request.method == "POST" and request.POST.get("act") == "remove":
        try:
            remove(found)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect("posyandu:campaign", found.pk)
        messages.success(request, _("The campaign has been taken away."))
        return redirect("posyandu:campaigns")
    form = CampaignForm(request.POST or None, instance=found, user=user)
    if request.method == "POST" and form.is_valid():
        kept = form.keep(user)
        messages.success(request, _("Kept."))
        return redirect("posyandu:campaign", kept.pk)
    context = {"form": form, "campaign": found, "given": found is not None and found.given.exists()}
    return render(request, "posyandu/plan_campaign.html", context, status=422 if form.errors else 200)


@transaction.atomic
def remove(campaign: Campaign) -> None:
    row = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if row.given.exists():
        raise ValidationError(_("Doses of this campaign have been written down; it stays."))
    row.delete()


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user


def _seen_by(user: User) -> Q:
    """Leaders see all; a midwife those that hold, or lie in, her area."""
    if user.is_one_of(Role.LEADER, Role.WALIDATA, Role.ADMIN) or user.is_superuser:
        return Q()
    seen = Q(pk__in=[])
    for code in user.regions_as(Role.MIDWIFE):
        parts = code.split(".")
        seen |= Q(region__in=[".".join(parts[:length]) for length in range(1, len(parts) + 1)]) | Q(region__code__startswith=f"{code}.")
    return seen


def _may_plan(user: User, campaign: Campaign) -> bool:
    return user.is_superuser or (user.has_perm("posyandu.supervise") and user.serves_region(campaign.region_id, Role.MIDWIFE))
