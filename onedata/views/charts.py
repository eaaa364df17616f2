"""Charts and maps: built by anybody from the address alone, kept with the data set by those who produce or check it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience

from ..charts import ALL_SPLITS, KINDS, MOST_SPLITS, NARROW, TOTALS, WIDE, CannotDraw, Drawing, drawn, first_drawing, picture
from ..models import Chart, DataSet, DataVersion
from .public import data_set_of

MOST_SHOWN = 200
TYPES = {"svg": "image/svg+xml", "png": "image/png"}


class DrawingForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(KINDS.items()))
    x = forms.ChoiceField(label=gettext_lazy("Along (for a map: region codes)"))
    y = forms.ChoiceField(label=gettext_lazy("Figures"), required=False)
    total = forms.ChoiceField(label=gettext_lazy("Totalled as"), choices=list(TOTALS.items()))
    split = forms.ChoiceField(label=gettext_lazy("In series by"), required=False)
    where_column = forms.ChoiceField(label=gettext_lazy("Only rows where"), required=False)
    where_value = forms.CharField(label=gettext_lazy("is"), required=False, max_length=200)
    series = forms.ChoiceField(label=gettext_lazy("How many series"), required=False)
    title = forms.CharField(label=gettext_lazy("Title"), required=False, max_length=160)

    def __init__(self, *args: Any, version: DataVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        names = [(name, version.data_set.field(name).get("title") or name) for name in version.column_names]
        numbers = [(c["name"], dict(names)[c["name"]]) for c in version.columns if c["type"] in {"integer", "number"}]
        self.fields["series"].choices = [  # type: ignore[attr-defined]
            ("", _("the largest %(count)s") % {"count": MOST_SPLITS}),
            ("all", _("up to %(count)s") % {"count": ALL_SPLITS}),
        ]
        self.fields["x"].choices = names  # type: ignore[attr-defined]
        self.fields["y"].choices = [("", "–"), *numbers]  # type: ignore[attr-defined]
        for name in ("split", "where_column"):
            self.fields[name].choices = [("", "–"), *names]  # type: ignore[attr-defined]


def _table(request: HttpRequest, slug: str) -> tuple[DataSet, DataVersion]:
    data_set = data_set_of(request, slug)
    if data_set.current is None:
        raise Http404
    data_set.current.data_set = data_set
    if not request.user.has_perm("onedata.read_rows", data_set.current):
        raise PermissionDenied
    return data_set, data_set.current


@audience(EVERYONE)
def build(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose, see, and share the address; those who may, keep the chart with the data set (POST)."""
    data_set, version = _table(request, slug)
    may_keep = request.user.has_perm("onedata.produce", data_set) or request.user.has_perm("onedata.check", data_set)
    asked = request.POST if request.method == "POST" else request.GET
    drawing = Drawing.of(asked) if "x" in asked else first_drawing(data_set, version)
    form = DrawingForm(asked if "x" in asked else drawing.as_dict(), version=version)
    rows: list[dict[str, Any]] = []
    left_out: list[str] = []
    problem = ""
    try:
        found_figures = drawn(version, drawing)
        rows, left_out = found_figures.rows, found_figures.left_out
        picture(version, drawing)
    except CannotDraw as error:
        problem = str(error)
    if request.method == "POST":
        if not may_keep:
            raise PermissionDenied
        if form.is_valid() and not problem:
            chart = Chart.objects.create(
                data_set=data_set, title=drawing.title or data_set.title, drawing=drawing.as_dict(), created_by=request.user,
                is_shown=request.user.has_perm("onedata.check"),
            )  # fmt: skip
            if chart.is_shown:
                messages.success(request, _("The chart has been kept with the data set."))
            else:
                messages.success(request, _("The chart has been kept. It is public once the Walidata shows it."))
            return redirect("onedata:chart", slug, chart.pk)
    context = {
        "data_set": data_set,
        "form": form,
        "drawing": drawing,
        "query": urlencode({name: value for name, value in drawing.as_dict().items() if value}),
        "rows": rows[:MOST_SHOWN],
        "row_count": len(rows),
        "left_out": left_out,
        "problem": problem,
        "may_keep": may_keep,
    }
    template = "onedata/_chart.html" if request.headers.get("HX-Target") == "chart" else "onedata/chart_build.html"
    return render(request, template, context)


@audience(EVERYONE)
def draw(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """The picture of what the address asks for."""
    _data_set, version = _table(request, slug)
    return _picture(request, version, Drawing.of(request.GET), ending)


def _picture(request: HttpRequest, version: DataVersion, drawing: Drawing, ending: str) -> HttpResponse:
    try:
        image = picture(version, drawing, ending, NARROW if request.GET.get("narrow") else WIDE)
    except CannotDraw as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    # what is not open to everybody is kept by nobody in between
    kept = "public, max-age=3600" if AnonymousUser().has_perm("onedata.read_rows", version) else "private, no-store"
    return HttpResponse(image, content_type=TYPES[ending], headers={"Cache-Control": kept, "Access-Control-Allow-Origin": "*"})


def _chart_of(request: HttpRequest, data_set: DataSet, pk: int) -> Chart:
    found = get_object_or_404(data_set.charts, pk=pk)
    if not found.is_shown and not request.user.has_perm("onedata.work_on", data_set):
        raise Http404
    return found


@audience(EVERYONE)
def chart(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A kept chart with its figures and how to embed it; POST by those who may takes it away."""
    data_set, version = _table(request, slug)
    found = _chart_of(request, data_set, pk)
    may_check = request.user.has_perm("onedata.check", data_set)
    # what the public sees, only the Walidata takes away
    may_keep = may_check or (not found.is_shown and request.user.has_perm("onedata.produce", data_set))
    if request.method == "POST":
        if not may_keep:
            raise PermissionDenied
        if request.POST.get("act") == "show" and may_check:
            Chart.objects.filter(pk=found.pk).update(is_shown=True)
            return redirect("onedata:chart", slug, pk)
        found.delete()
        messages.success(request, _("The chart has been taken away."))
        return redirect("onedata:dataset", slug)
    drawing = Drawing.of(found.drawing)
    rows: list[dict[str, Any]] = []
    left_out: list[str] = []
    problem = ""
    try:
        found_figures = drawn(version, drawing)
        rows, left_out = found_figures.rows, found_figures.left_out
    except CannotDraw as error:
        problem = str(error)
    context = {
        "data_set": data_set, "chart": found, "may_show": may_check and not found.is_shown, "drawing": drawing, "rows": rows[:MOST_SHOWN],
        "row_count": len(rows), "left_out": left_out, "problem": problem, "may_keep": may_keep,
        "query": urlencode({name: value for name, value in found.drawing.items() if value}),
    }  # fmt: skip
    return render(request, "onedata/chart.html", context)


@audience(EVERYONE)
def chart_picture(request: HttpRequest, slug: str, pk: int, ending: str) -> HttpResponse:
    """For embedding: always of the version published now."""
    data_set, version = _table(request, slug)
    found = _chart_of(request, data_set, pk)
    return _picture(request, version, Drawing.of(found.drawing), ending)
