"""What everyone sees: the catalogue, a data set with its rows and quality, reference lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import json_script
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.spreadsheets import csv_response, xlsx_response

from .. import search
from ..league import league_table
from ..models import CodeList, DataSet, DataVersion, Dimension, Finding
from ..quality.metadata_score import MOST, metadata_score, stars
from ..tables import Question, ask, rows_of

XLSX_ROWS = 200_000

CATALOGUE_COLUMNS = (
    Column(gettext_lazy("Title"), lambda row: row.title, "title"),
    Column(gettext_lazy("Producer"), lambda row: row.producer.short_name),
    Column(gettext_lazy("Topic"), lambda row: row.get_topic_display()),
    Column(gettext_lazy("Updated"), lambda row: row.published_at, "published_at"),
    Column(gettext_lazy("Licence"), lambda row: row.licence),
)


@audience(EVERYONE)
def catalogue(request: HttpRequest) -> HttpResponseBase:
    text = request.GET.get("q", "")[:200]
    chosen = {name: request.GET.get(name, "")[:80] for name in search.FILTERS}
    found = search.find(DataSet.objects.published(), text)
    rows = search.narrowed(found, chosen).select_related("producer", "current__report")
    columns = [*CATALOGUE_COLUMNS, *([Column(gettext_lazy("Best match"), lambda row: row.rank, "rank")] if text.strip() else [])]
    listing = Listing(request, rows, columns, sort="-rank" if text.strip() else "-published_at", size=20, name="katalog-ntb")
    if export := listing.export():
        return export
    context = {
        "listing": listing,
        "q": text,
        "facets": search.facets(found, chosen),
        "chosen": {k: v for k, v in chosen.items() if v},
        "titles": FACET_TITLES,
    }
    return render(request, "onedata/catalogue.html", context)


FACET_TITLES = {
    "topic": gettext_lazy("Topic"),
    "producer": gettext_lazy("Producer"),
    "frequency": gettext_lazy("Updated"),
    "licence": gettext_lazy("Licence"),
    "access": gettext_lazy("Access"),
}


def _data_set(request: HttpRequest, slug: str) -> DataSet:
    rows = DataSet.objects.select_related("producer", "coverage", "current__report")
    data_set = get_object_or_404(rows, slug=slug)
    if not request.user.has_perm("onedata.see", data_set):
        raise Http404
    return data_set


@audience(EVERYONE)
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    data_set = _data_set(request, slug)
    version = data_set.current
    context: dict[str, Any] = {
        "structured": structured_data(data_set) if data_set.is_public else "",
        "data_set": data_set,
        "version": version,
        "versions": data_set.versions.filter(published_at__isnull=False)[:20],
    }
    if version and request.user.has_perm("onedata.read_rows", data_set):
        question = question_of(request, version)
        context |= {"question": question, "answer": ask(version, question), "heads": heads(request, version, question)}
        template = "onedata/_rows.html" if request.headers.get("HX-Target") == "rows" else "onedata/dataset.html"
    else:
        template = "onedata/dataset.html"
    return render(request, template, context)


def structured_data(data_set: DataSet) -> SafeString:
    """schema.org for search engines: a data block, not a script; escaped as Django's json_script does."""
    from ..interoperability.datapackage import schema_org

    return mark_safe(json_script(schema_org(data_set)).replace("application/json", "application/ld+json", 1))  # noqa: S308 - json_script escapes


def question_of(request: HttpRequest, version: DataVersion) -> Question:
    page = request.GET.get("page", "1")
    column = request.GET.get("column", "")
    text = request.GET.get("contains", "")[:200]
    return Question(
        contains={column: text} if column and version.column(column) else {},
        anywhere="" if column else text,
        sort=request.GET.get("sort", ""),
        page=int(page) if page.isdigit() and len(page) < 6 else 1,
    )


def heads(request: HttpRequest, version: DataVersion, question: Question) -> list[dict[str, str]]:
    """Column headings with the address that sorts by them."""
    found = []
    for column in version.columns:
        name = column["name"]
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = f"-{name}" if question.sort == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(question.sort, "")
        found.append({"name": name, "type": column["type"], "link": f"?{query.urlencode()}", "state": state})
    return found


@audience(EVERYONE)
def quality(request: HttpRequest, slug: str) -> HttpResponseBase:
    data_set = _data_set(request, slug)
    version = data_set.current
    report = getattr(version, "report", None)
    if not version or not report:
        raise Http404
    if request.GET.get("export") in {"csv", "xlsx"}:
        return findings_file(request.GET["export"], data_set, report.findings.all())
    history = data_set.versions.filter(report__isnull=False, published_at__isnull=False).select_related("report")[:24]
    context = {
        "data_set": data_set,
        "version": version,
        "report": report,
        "dimensions": dimension_rows(report),
        "mqa": metadata_score(data_set),
        "stars": stars(data_set),
        "mqa_most": MOST,
        "findings": report.findings.all()[:100],
        "history": history,
    }
    return render(request, "onedata/quality.html", context)


def dimension_rows(report: Any) -> list[dict[str, Any]]:
    return [{"label": label, **report.dimensions[name]} for name, label in Dimension.choices if name in report.dimensions]


def findings_file(kind: str, data_set: DataSet, findings: Any) -> HttpResponseBase:
    header = [_("Row"), _("Column"), _("Value"), _("Dimension"), _("Severity"), _("Finding")]

    def lines() -> Iterator[list[Any]]:
        finding: Finding
        for finding in findings:
            yield [
                finding.row,
                finding.column,
                finding.value,
                finding.get_dimension_display(),
                finding.get_severity_display(),
                finding.message,
            ]

    return (csv_response if kind == "csv" else xlsx_response)(f"{data_set.slug}-mutu", header, lines())


@audience(EVERYONE)
def league(request: HttpRequest) -> HttpResponseBase:
    """How the agencies stand: data sets, quality, completeness of the standard, lateness. At most one row an agency."""
    rows = league_table()
    if request.GET.get("export") in {"csv", "xlsx"}:
        respond = csv_response if request.GET["export"] == "csv" else xlsx_response
        header = [_("Agency"), _("Data sets"), _("Data quality"), _("Description (MQA)"), _("Late")]
        return respond("peringkat-data", header, ([row.name, row.count, row.quality, row.mqa, row.late] for row in rows))
    return render(request, "onedata/league.html", {"rows": rows})


@audience(EVERYONE)
def download(request: HttpRequest, slug: str, number: int, ending: str) -> HttpResponseBase:
    """A version's rows as CSV, XLSX, JSON or Parquet; with filters, the filtered rows (not Parquet)."""
    data_set = _data_set(request, slug)
    if not request.user.has_perm("onedata.read_rows", data_set):
        raise PermissionDenied
    version = get_object_or_404(data_set.versions, number=number, state="ready")
    if version.published_at is None and not request.user.has_perm("onedata.work"):
        raise Http404
    name = f"{slug}-v{number}"
    if ending == "parquet":
        return FileResponse(
            version.parquet.open(), as_attachment=True, filename=f"{name}.parquet", content_type="application/vnd.apache.parquet"
        )
    rows = rows_of(version, question_of(request, version))
    if ending == "csv":
        return csv_response(name, version.column_names, rows)
    if ending == "xlsx":
        if (version.rows or 0) > XLSX_ROWS:
            return render(
                request,
                "problem.html",
                {
                    "title": _("Too many rows for a spreadsheet"),
                    "text": _("This table has more rows than a spreadsheet program handles well. Download it as CSV or Parquet."),
                },
                status=413,
            )
        return xlsx_response(name, version.column_names, rows)
    response = StreamingHttpResponse(json_lines(version.column_names, rows), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.json") or ""
    return response


def json_lines(names: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    yield "[\n"
    for number, row in enumerate(rows):
        yield (",\n" if number else "") + encoder.encode(dict(zip(names, row, strict=True)))
    yield "\n]\n"


@audience(EVERYONE)
def reference(request: HttpRequest) -> HttpResponse:
    from django.db.models import Count

    lists = CodeList.objects.select_related("owner").annotate(size=Count("codes"))
    return render(request, "onedata/reference.html", {"lists": lists})


CODE_COLUMNS = (
    Column(gettext_lazy("Code"), lambda row: row.code, "code"),
    Column(gettext_lazy("Label"), lambda row: row.label, "label"),
    Column(gettext_lazy("Code in the other scheme"), lambda row: row.other_code, "other_code"),
    Column(gettext_lazy("Within"), lambda row: row.parent_code, "parent_code"),
)


@audience(EVERYONE)
def reference_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    code_list = get_object_or_404(CodeList.objects.select_related("owner"), slug=slug)
    text = request.GET.get("q", "")[:100].strip()
    rows = code_list.codes.all()
    if text:
        rows = rows.filter(code__startswith=text) if text[0].isdigit() else rows.filter(label__icontains=text)
    listing = Listing(request, rows, CODE_COLUMNS, sort="code", size=50, name=slug)
    if export := listing.export():
        return export
    return render(request, "onedata/reference_list.html", {"code_list": code_list, "listing": listing, "q": text})
