"""Immunisation, vitamins and the like on an open day; who is due for what; certificate; stock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import immunisation, targets
from ..models import Campaign, Given, Item, ItemKind, OpenDay, StockMove
from ..reasons import has_reason
from .cadre import number_in, the_day, the_posyandu
from .people import the_person
from .visiting import who_comes


@never_cache
@audience("posyandu.work")
def services(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """What the person has had and what is due; POST item (and day, batch, elsewhere) writes one down, POST campaign a dose of it, POST
    drop takes one back."""
    day, person = who_comes(request, pk, person_pk)
    problem, typed, questions = "", {}, list[str]()
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").strip() for name in ("item", "day", "batch", "elsewhere")}
        try:
            if request.POST.get("drop"):
                found = get_object_or_404(person.given, pk=number_in(request, "drop"))
                if not may_take_back(found, day):
                    raise PermissionDenied
                immunisation.take_back(found)
                messages.success(request, _("Taken back."))
            elif request.POST.get("campaign"):
                campaign = get_object_or_404(Campaign, pk=number_in(request, "campaign"))
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
                if request.POST.get("confirmed") != "on":
                    questions = immunisation.unusual(person, item, on)
                if questions:
                    raise ValidationError(questions)
                immunisation.give(
                    person, item, on, request.user, posyandu=day.posyandu, open_day=day if here else None,  # type: ignore[arg-type]
                    batch=typed["batch"], elsewhere=typed["elsewhere"] or ("" if here else _("earlier")),
                )  # fmt: skip
                messages.success(request, _("%(item)s has been written down.") % {"item": item.name})
            return redirect(request.path)
        except ValidationError as error:
            problem = "" if questions else " ".join(error.messages)
        except ValueError:  # a date such as 2026-02-31
            problem = _("Write the date in full.")
    given = list(person.given.select_related("item", "campaign"))
    for one in given:
        one.may_go = may_take_back(one, day)  # type: ignore[attr-defined]
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
        "questions": questions,
        "typed": typed,
        "items": to_write_down(lines, immunisation.schedule()),
    }
    return render(request, "posyandu/services.html", context, status=422 if problem or questions else 200)


def to_write_down(lines: list[immunisation.Line], items: list[Item]) -> list[Item]:
    """What may have been given earlier or elsewhere: what is open, and other vaccines for the same doses, older ones too."""
    found = [line.item for line in lines if line.state != "given" or line.item.every_days]
    slots = {(item.series, item.dose) for item in found if item.series}
    known = {item.code for item in found}
    return found + [item for item in items if (item.series, item.dose) in slots and item.code not in known]


def may_take_back(given: Given, day: OpenDay) -> bool:
    """What was given on this day, and what this posyandu wrote down of another day or place."""
    return given.open_day_id == day.pk or (given.open_day_id is None and given.posyandu_id == day.posyandu_id)


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


MOVE_COLUMNS = (
    Column(gettext_lazy("Day"), lambda row: row.day, "day"),
    Column(gettext_lazy("What"), lambda row: row.item.name),
    Column(gettext_lazy("Units"), lambda row: row.amount),
    Column(gettext_lazy("From where, or why"), lambda row: row.note),
)


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
def stock(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What is left of each thing, and all that came and went; POST writes down more."""
    posyandu = the_posyandu(request, pk)
    listing = Listing(request, posyandu.stock_moves.select_related("item"), MOVE_COLUMNS, sort="-day", size=20, name=f"stok-{posyandu.pk}")
    if export := listing.export():
        return export
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
        "listing": listing,
    }
    return render(request, "posyandu/stock.html", context, status=422 if form.errors else 200)
