"""Immunisation, vitamins and the like on an open day; who is due for what; certificate; stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.people import User
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import immunisation, targets
from ..models import Campaign, Item, ItemKind, StockMove
from ..reasons import has_reason
from .cadre import the_day, the_posyandu
from .people import the_person
from .visiting import who_comes


@never_cache
@audience("posyandu.work")
def services(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """What the person has had and what is due; POST item (and day, batch, elsewhere) writes one down, POST campaign a dose of it, POST
    drop takes one back."""
    day, person = who_comes(request, pk, person_pk)
    problem, typed = "", {}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in ("item", "day", "batch", "elsewhere")}
        try:
            if request.POST.get("drop"):
                immunisation.take_back(get_object_or_404(person.given, pk=request.POST["drop"][:12], open_day=day))
                messages.success(request, _("Taken back."))
            elif request.POST.get("campaign"):
                campaign = get_object_or_404(Campaign, pk=request.POST["campaign"][:12])
                user: User = request.user  # type: ignore[assignment]
                immunisation.give_in_campaign(
                    person, campaign, day.day, user, posyandu=day.posyandu, open_day=day, batch=request.POST.get("batch", "").strip()
                )
                messages.success(request, _("%(item)s has been written down.") % {"item": campaign.name})
            else:
                item = get_object_or_404(Item.objects.exclude(kind=ItemKind.SUPPLY), code=typed["item"][:20], is_active=True)
                on = parse_date(typed["day"]) if typed["day"] else day.day
                if on is None:
                    raise ValidationError(_("Write the date in full."))
                here = on == day.day and not typed["elsewhere"]
                immunisation.give(
                    person, item, on, request.user, posyandu=day.posyandu, open_day=day if here else None,  # type: ignore[arg-type]
                    batch=typed["batch"], elsewhere=typed["elsewhere"] or ("" if here else _("earlier")),
                )  # fmt: skip
                messages.success(request, _("%(item)s has been written down.") % {"item": item.name})
            return redirect(request.path)
        except (ValidationError, ValueError) as error:
            problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
    given = list(person.given.select_related("item", "campaign"))
    lines = immunisation.lines_for(person, day.day, day.posyandu.village_id, immunisation.schedule(), given)
    context = {
        "day": day,
        "person": person,
        "months": person.age_in_months(day.day),
        "lines": [line for line in lines if line.state in {"due", "late"}],
        "others": [line for line in lines if line.state not in {"due", "late", "missed"}],
        "missed": [line for line in lines if line.state == "missed"],
        "complete": immunisation.is_complete(lines),
        "campaigns": immunisation.campaigns_for(person, day.day, day.posyandu.village_id),
        "campaign_doses": [one for one in given if one.campaign_id],
        "problem": problem,
        "typed": typed,
        "items": [line.item for line in lines if line.state != "given" or line.item.every_days],
    }
    return render(request, "posyandu/services.html", context, status=422 if problem else 200)


@never_cache
@audience("posyandu.work")
def due(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who is due for what on this open day: a list to print, to take along, to export."""
    day = the_day(request, pk)
    posyandu = day.posyandu
    people = list(targets.present(posyandu, day.day).filter(birth_date__gt=targets.months_back(day.day, 228)).order_by("name", "pk")[:1000])
    lists = immunisation.due_lists(day.day, people, posyandu.village_id)
    rows = []
    for person in people:
        young = person.age_in_months(day.day) < targets.FIVE_YEARS
        if young or person.pk in lists:
            rows.append({"person": person, "months": person.age_in_months(day.day), "young": young, "lines": lists.get(person.pk, [])})
    note_look(request.user, f"posyandu:{posyandu.pk}", page=request.path)  # type: ignore[arg-type]
    if request.GET.get("export") in {"csv", "xlsx"}:
        if not has_reason(request, f"posyandu:{posyandu.pk}"):
            return redirect(request.path)
        header = [_("Name"), _("Born on"), _("Name of the mother"), _("Weigh"), pgettext("immunisation", "Due")]
        table = (
            [
                row["person"].name, row["person"].birth_date, row["person"].mother_name, "x" if row["young"] else "",
                ", ".join(line.item.name for line in row["lines"]),
            ]
            for row in rows
        )  # fmt: skip
        return spreadsheet_response(request.GET["export"], f"sasaran-{day.day}", header, table)
    return render(
        request,
        "posyandu/due.html",
        {"day": day, "rows": rows, "late": sum(any(line.state == "late" for line in row["lines"]) for row in rows)},
    )


@never_cache
@audience("posyandu.work")
def certificate(request: HttpRequest, person_pk: int) -> HttpResponse:
    """Immunisations of a person, to print; says whether the basic set is complete."""
    person = the_person(request, person_pk)
    today = timezone.localdate()
    given = list(person.given.select_related("item", "posyandu", "campaign").order_by("day", "pk"))
    lines = immunisation.lines_for(person, today, person.posyandu.village_id, immunisation.schedule(), given)
    context = {"person": person, "given": given, "complete": immunisation.is_complete(lines), "today": today}
    return render(request, "posyandu/certificate.html", context)


class StockForm(forms.ModelForm):
    class Meta:
        model = StockMove
        fields = ["item", "day", "amount", "note"]
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        labels = {"amount": gettext_lazy("Units"), "note": gettext_lazy("From where, or why")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["item"].queryset = Item.objects.filter(is_stocked=True, is_active=True)  # type: ignore[attr-defined]


@never_cache
@audience("posyandu.work")
def stock(request: HttpRequest, pk: int) -> HttpResponse:
    posyandu = the_posyandu(request, pk)
    form = StockForm(request.POST or None, initial={"day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        row = form.save(commit=False)
        row.posyandu, row.recorded_by = posyandu, request.user
        row.save()
        messages.success(request, _("Kept."))
        return redirect(request.path)
    context = {
        "posyandu": posyandu,
        "form": form,
        "stock": immunisation.stock(posyandu),
        "moves": posyandu.stock_moves.select_related("item")[:30],
    }
    return render(request, "posyandu/stock.html", context, status=422 if form.errors else 200)
