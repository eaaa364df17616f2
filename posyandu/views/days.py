"""All open days and home visits of a posyandu: past ones are opened here, and what was opened by mistake goes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User

from .. import open_days
from ..models import OpenDay
from .cadre import the_day, the_posyandu


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    what = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("open", gettext_lazy("Open day at the posyandu")), ("home", gettext_lazy("Home visits"))],
        widget=forms.RadioSelect,
        initial="open",
    )


def what_of(day: OpenDay) -> str:
    return _("Home visits") if day.is_home_visits else _("Open day")


DAY_COLUMNS = (
    Column(gettext_lazy("Day"), lambda row: row.day, "day"),
    Column(gettext_lazy("What"), what_of),
    Column(gettext_lazy("Weighed"), lambda row: row.weighed),
    Column(gettext_lazy("Forms"), lambda row: row.contacts),
    Column(gettext_lazy("Doses"), lambda row: row.doses),
)


@never_cache
@audience("posyandu.work")
def days(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All open days and home visits of a posyandu; POST opens another one, today or past: what was written on paper is typed in there."""
    posyandu = the_posyandu(request, pk)
    form = DayForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            user: User = request.user  # type: ignore[assignment]
            return redirect(open_days.open_on(posyandu, form.cleaned_data["day"], user, home_visits=form.cleaned_data["what"] == "home"))
        except ValidationError as error:
            form.add_error("day", error)
    rows = open_days.with_counts(OpenDay.objects.filter(posyandu=posyandu))
    listing = Listing(request, rows, DAY_COLUMNS, sort="-day", size=24, name=f"hari-buka-{posyandu.pk}")
    if export := listing.export():
        return export
    context = {"posyandu": posyandu, "form": form, "listing": listing}
    return render(request, "posyandu/days.html", context, status=422 if form.errors else 200)


@audience("posyandu.work")
def change_day(request: HttpRequest, pk: int) -> HttpResponse:
    """POST act: home or open (what the day was), forget (opened by mistake; only where nothing is written of anybody)."""
    day = the_day(request, pk)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"home", "open"}:
        open_days.change_kind(day, home_visits=act == "home")
        messages.success(request, _("Kept."))
    elif request.method == "POST" and act == "forget":
        try:
            open_days.forget(day)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The day is gone."))
            return redirect("posyandu:days", day.posyandu_id)
    return redirect(day)
