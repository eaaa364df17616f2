"""What coordinators and the counter do: enter reports of others, and see where the rules lead."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.spreadsheets import spreadsheet_response

from ..coverage import coverage, coverage_map
from ..forms import DeskReportForm, SimulatorForm
from ..intake import Report, file_complaint
from ..models import CaseKind
from ..routing import fitting_rules


@never_cache
@audience("care.work")
def enter(request: HttpRequest) -> HttpResponse:
    """A report that staff write down for somebody at the counter, on the telephone or in a message."""
    form = DeskReportForm(request.POST or None, request.FILES or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and "village" in form.data and form.is_valid():
        data = form.cleaned_data
        receipt = file_complaint(
            Report(
                category=data["category"], description=data["description"], kind=data["kind"], region=data["region"],
                place_note=data["place_note"], name=data["name"], email=data["email"], phone=data["phone"],
                is_anonymous=data["is_anonymous"], is_secret=data["is_secret"], language="id", pictures=data["photos"],
                channel=data["channel"], entered_by=request.user,  # type: ignore[arg-type]
                draft_key=data["key"] or uuid.uuid4(),
            )
        )  # fmt: skip
        return render(request, "care/entered.html", {"case": receipt.case, "pin": receipt.pin})
    # without scripts the next list appears when the button is pressed
    asked = request.method == "POST" and bool(form.data.get("regency")) and "village" not in form.data
    if asked:
        form.errors.clear()
    return render(request, "care/enter.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@audience("care.work")
def simulator(request: HttpRequest) -> HttpResponseBase:
    """Where a report would go and why; and where the rules leave gaps or contradict one another."""
    asked = "category" in request.GET
    form = SimulatorForm(request.GET if asked else None, initial={"day": timezone.localdate()})
    context: dict[str, Any] = {"form": form}
    if asked and "village" in request.GET and form.is_valid():
        data = form.cleaned_data
        day = data["day"] or timezone.localdate()
        rules = fitting_rules(data["category"], data["region"], data["kind"] or CaseKind.COMPLAINT, day)
        context |= {"answered": True, "rules": rules, "region": data["region"], "chosen": data["category"]}
    elif asked and "village" not in request.GET:
        form.errors.clear()
    rows = coverage(timezone.localdate())
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [_("Category"), *(cell.region.name for cell in rows[0].cells)] if rows else []
        lines = ([row.category.full_name, *(cell.agency.short_name if cell.agency else "" for cell in row.cells)] for row in rows)
        return spreadsheet_response(request.GET["export"], "penerusan-ntb-care", header, lines)
    of = request.GET.get("map", "")
    context |= {
        "shapes": coverage_map(timezone.localdate(), whole_number(of)),
        "map_of": of,
        "map_categories": form.fields["category"].queryset,  # type: ignore[attr-defined]
    }
    context |= {"rows": rows, "gaps": sum(row.gaps for row in rows), "overlaps": sum(cell.is_overlap for row in rows for cell in row.cells)}
    return render(request, "care/simulator.html", context)
