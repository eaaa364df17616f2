"""Concepts, variables, indicators and activities: found and read by everyone, written by producers; and the spreadsheets
in which many descriptions are edited at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.db.models.functions import Upper
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import bulk
from ..access import visible_records
from ..models import RECORDS, FormDraft
from ..models.metadata import Record
from ..record_forms import FORMS, KIND_NAMES

COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Code"), lambda row: row.code, "code"),
    Column(gettext_lazy("Concept"), lambda row: getattr(row, "concept", "")),
    Column(gettext_lazy("Definition"), lambda row: row.summary),
    Column(gettext_lazy("Producer"), lambda row: row.owner.short_name),
    Column(gettext_lazy("Changed"), lambda row: row.updated_at, "updated_at"),
)


def _kind(request: HttpRequest, kind: str = "") -> str:
    kind = kind or request.GET.get("kind", "variable")
    return kind if kind in RECORDS else "variable"


def _visible(request: HttpRequest, kind: str) -> Any:
    return visible_records(request.user, RECORDS[kind].objects.select_related("owner"))


@audience(EVERYONE)
def records(request: HttpRequest) -> HttpResponseBase:
    kind, text = _kind(request), request.GET.get("q", "")[:100].strip()
    rows = _visible(request, kind)
    if text:
        rows = rows.annotate(likeness=TrigramWordSimilarity(text.upper(), Upper("name"))).filter(
            Q(likeness__gte=0.4) | Q(name__icontains=text) | Q(code__istartswith=text)
        )
    listing = Listing(request, rows, COLUMNS, sort="name", name=kind)
    if export := listing.export():
        return export
    context = {"listing": listing, "kind": kind, "kinds": KIND_NAMES, "q": text, "may_write": request.user.has_perm("onedata.work")}
    return render(request, "onedata/records.html", context)


@audience(EVERYONE)
def record(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One record, where it is used, and what it is made of."""
    if kind not in RECORDS:
        raise Http404
    found = get_object_or_404(_visible(request, kind), code=code)
    facts = []
    for field in found._meta.fields:
        if field.name in {"id", "name", "code", "created_by", "created_at", "updated_at", "is_public", "owner"}:
            continue
        if isinstance(getattr(found, field.name), Record) and not request.user.has_perm("onedata.see", getattr(found, field.name)):
            continue
        value = getattr(found, f"get_{field.name}_display")() if field.choices else getattr(found, field.name)
        if value not in (None, "", False):
            facts.append(
                {"label": field.verbose_name, "value": _("yes") if value is True else value, "link": getattr(value, "get_absolute_url", "")}
            )
    parts = [
        {"label": field.verbose_name, "rows": list(visible_records(request.user, getattr(found, field.name).all())[:50])}
        for field in found._meta.many_to_many
    ]
    context = {
        "record": found,
        "kind": kind,
        "kind_name": KIND_NAMES[kind],
        "facts": facts,
        "parts": [part for part in parts if part["rows"]],
        "data_sets": found.data_sets.published()[:50],
        "may_write": _may_write(request, found),
    }
    return render(request, "onedata/record.html", context)


def _may_write(request: HttpRequest, found: Any) -> bool:
    """A public record is changed by the Walidata; others by their agency, too."""
    if request.user.has_perm("onedata.check"):
        return True
    return not found.is_public and request.user.has_perm("onedata.produce", found)


@audience("onedata.work")
def record_edit(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    if kind not in RECORDS:
        raise Http404
    found = get_object_or_404(RECORDS[kind], code=code) if code else None
    if found is not None and not _may_write(request, found):
        raise PermissionDenied
    form = FORMS[kind](request.POST if request.method == "POST" else None, instance=found, user=request.user)
    if request.method == "POST" and form.is_valid():
        if found is None:
            form.instance.created_by = request.user
        waits = not request.user.has_perm("onedata.check") and form.instance.is_public
        if waits:
            form.instance.is_public = False
        saved = form.save()
        messages.success(request, _("Kept. It is public once the Walidata opens it.") if waits else _("Kept."))
        return redirect(saved)
    context = {"form": form, "record": found, "kind": kind, "kind_name": KIND_NAMES[kind]}
    return render(request, "onedata/record_edit.html", context, status=422 if request.method == "POST" else 200)


class SheetForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("The edited spreadsheet (Excel, ODS or CSV)"))


@audience("onedata.work")
def bulk_edit(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Out (?export=xlsx), and in: POST a file to see what would change, POST act=apply to have it happen."""
    sort = bulk.KINDS.get(kind)
    if sort is None:
        raise Http404
    user: Any = request.user
    if request.GET.get("export") in {"csv", "xlsx"}:
        return spreadsheet_response(request.GET["export"], f"ntb-{kind}", bulk.header(sort), bulk.lines(sort, user))
    form = SheetForm(request.POST if request.method == "POST" and request.FILES else None, request.FILES or None)
    draft = FormDraft.objects.filter(user=user, form=f"bulk:{kind}").first()
    trial = None
    if request.method == "POST" and request.POST.get("act") == "apply" and draft:
        trial = bulk.attempt(sort, draft.data["rows"], user, write=True)
        if not trial.errors:
            draft.delete()
            messages.success(request, _("%(count)s rows have been kept.") % {"count": len(trial.changes)})
            return redirect("onedata:desk" if kind == "datasets" else "onedata:records")
    elif request.method == "POST" and request.POST.get("act") == "drop" and draft:
        draft.delete()
        return redirect("onedata:bulk", kind)
    elif request.method == "POST" and form.is_valid():
        try:
            rows = bulk.read(sort, form.cleaned_data["file"])
        except ValidationError as error:
            form.add_error("file", error)
        else:
            trial = bulk.attempt(sort, rows, user)
            if trial.errors:
                FormDraft.objects.filter(user=user, form=f"bulk:{kind}").delete()
            else:
                FormDraft.objects.update_or_create(user=user, form=f"bulk:{kind}", defaults={"data": {"rows": rows}})
    context = {"kind": kind, "form": form, "trial": trial, "shown": (trial.changes[:200] if trial else []), "title": BULK_TITLES[kind]}
    bad = (trial is not None and bool(trial.errors)) or bool(form.errors)
    return render(request, "onedata/bulk.html", context, status=422 if bad else 200)


BULK_TITLES = {"datasets": gettext_lazy("Descriptions of data sets"), **KIND_NAMES}
