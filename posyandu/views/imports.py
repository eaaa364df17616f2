"""Bringing in spreadsheets of weighings: send, look through, bring in, with progress; problems by row and column."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User
from ntbportal.commons.spreadsheets import spreadsheet_response, xlsx_response
from ntbportal.commons.tasks import send_soon
from ntbportal.commons.uploads import check_spreadsheet

from .. import importing
from ..models import VisitImport

SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".txt")
MOST_BYTES = 60_000_000
PERSON_HEADINGS = ("NIK", "Nama", "JK", "Tgl Lahir", "Nama Ortu", "No KK", "Desa/Kel", "Posyandu")
BLANK = {
    "penimbangan": (*PERSON_HEADINGS, "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur", "LK", "LiLA", "Edema"),
    "register": (*PERSON_HEADINGS, "Kepala Keluarga", "Hubungan Keluarga", "Alamat", "No HP", "BB Lahir", "TB Lahir"),
}


COLUMNS = (Column(gettext_lazy("Sent"), lambda row: row.created_at, "created_at"),)


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet (XLSX, ODS, CSV)"),
        help_text=gettext_lazy("As e-PPGBM exports it: one weighing a row. Or the register: one person a row, of any age."),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        name = upload.name.lower()
        if not name.endswith(SUFFIXES):
            raise ValidationError(_("This kind of file is not read; XLSX, ODS or CSV are."))
        if upload.size > MOST_BYTES:
            raise ValidationError(_("The file is larger than 60 MB."))
        if name.endswith((".xlsx", ".xls", ".ods")):
            check_spreadsheet(upload, suffix=name[name.rindex(".") :])
        return upload


@never_cache
@audience("posyandu.supervise")
def imports(request: HttpRequest) -> HttpResponseBase:
    """Earlier imports of the viewer, and the form for another; ?blank= gives an empty spreadsheet with the headings."""
    user: User = request.user  # type: ignore[assignment]
    if (wanted := request.GET.get("blank")) in BLANK:
        return xlsx_response(f"{wanted}-kosong", list(BLANK[wanted]), [])
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        row = VisitImport(user=user, name=upload.name[-200:])
        importing.keep(row, upload)
        with transaction.atomic():
            row.save()
            transaction.on_commit(lambda: send_soon("posyandu.import", str(row.pk)))
        return redirect(row)
    listing = Listing(request, VisitImport.objects.filter(user=user), COLUMNS, sort="-created_at", size=20)
    return render(request, "posyandu/imports.html", {"form": form, "listing": listing}, status=422 if form.errors else 200)


def _mine(request: HttpRequest, pk: Any) -> VisitImport:
    row = get_object_or_404(VisitImport, pk=pk)
    if row.user_id != request.user.pk and not request.user.is_superuser:  # type: ignore[union-attr]
        raise PermissionDenied
    return row


@never_cache
@audience("posyandu.supervise")
def one_import(request: HttpRequest, pk: Any) -> HttpResponseBase:
    """How far it is, what it found; POST act=bring brings it in, act=drop throws it away."""
    row = _mine(request, pk)
    if request.method == "POST":
        if request.POST.get("act") == "bring" and importing.begin(row):
            send_soon("posyandu.import", str(row.pk))
        elif request.POST.get("act") == "drop" and importing.throw_away(row):
            messages.success(request, _("Thrown away."))
            return redirect("posyandu:imports")
        return redirect(row)
    if request.GET.get("export") in {"csv", "xlsx"}:
        return spreadsheet_response(
            request.GET["export"], "masalah-impor", [_("Row"), _("Column"), _("Problem")], [*row.problems, *row.questions]
        )
    context = {"row": row, "questions": row.questions[:200], "problems": row.problems[:200], "more": max(0, len(row.problems) - 200)}
    name = "posyandu/_import.html" if request.headers.get("HX-Request") else "posyandu/import.html"
    return render(request, name, context)
