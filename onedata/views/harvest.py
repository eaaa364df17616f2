"""Catalogues of others at the Walidata's desk: which, how often, what came of it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.tasks import send_soon

from ..models import HarvestRun, HarvestSource


class SourceForm(forms.ModelForm):
    class Meta:
        model = HarvestSource
        fields = ["title", "kind", "url", "publisher", "topic", "every", "is_active"]
        help_texts = {
            "url": gettext_lazy(
                "CKAN: the address of the portal; DCAT: that of the catalogue; data package: that of datapackage.json or of a list of them"
            ),
        }


SOURCE_COLUMNS = (
    Column(gettext_lazy("Catalogue"), lambda row: row.title, "title"),
    Column(gettext_lazy("Kind"), lambda row: row.get_kind_display(), "kind"),
    Column(gettext_lazy("Address"), lambda row: row.url),
    Column(gettext_lazy("Data sets"), lambda row: row.size),
    Column(gettext_lazy("Last run"), lambda row: row.last),
)


@audience("onedata.check")
def harvest(request: HttpRequest) -> HttpResponseBase:
    last = HarvestRun.objects.filter(source=OuterRef("pk")).order_by("-started_at")
    rows = HarvestSource.objects.select_related("publisher").annotate(
        size=Count("records", filter=Q(records__is_gone=False)),
        last=Subquery(last.values("started_at")[:1]),
        last_state=Subquery(last.values("state")[:1]),
        last_error=Subquery(last.values("error")[:1]),
    )
    listing = Listing(request, rows, SOURCE_COLUMNS, sort="title", name="panen-katalog")
    if export := listing.export():
        return export
    return render(request, "onedata/harvest.html", {"listing": listing})


@audience("onedata.check")
def harvest_edit(request: HttpRequest, pk: int = 0) -> HttpResponse:
    source = get_object_or_404(HarvestSource, pk=pk) if pk else None
    form = SourceForm(request.POST if request.method == "POST" else None, instance=source)
    if request.method == "POST" and form.is_valid():
        if source is None:
            form.instance.created_by = request.user
        saved = form.save()
        messages.success(request, _("Kept."))
        return redirect("onedata:harvest_source", saved.pk)
    return render(request, "onedata/harvest_edit.html", {"form": form, "source": source}, status=422 if request.method == "POST" else 200)


@audience("onedata.check")
def harvest_source(request: HttpRequest, pk: int) -> HttpResponse:
    """A source's runs and broken records; POST harvests it now."""
    source = get_object_or_404(HarvestSource.objects.select_related("publisher"), pk=pk)
    if request.method == "POST":
        send_soon("onedata.harvest", source.pk)
        messages.success(request, _("The harvest has been started; this page shows how it goes."))
        return redirect("onedata:harvest_source", pk)
    runs = source.runs.all()[:20]
    records = source.records.filter(is_gone=False).select_related("data_set").order_by("-seen_at")[:50]
    context = {"source": source, "runs": runs, "latest": runs[0] if runs else None, "records": records}
    template = "onedata/_harvest_run.html" if request.headers.get("HX-Target") == "run" else "onedata/harvest_source.html"
    return render(request, template, context)
