"""What everyone sees: the catalogue, a data set with its rows and quality, reference lists."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import IO, Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.html import json_script
from django.utils.http import content_disposition_header
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.outlines import drawn
from ntbportal.commons.places import Level, Region
from ntbportal.commons.spreadsheets import csv_response, spreadsheet_response, xlsx_response

from .. import search
from ..access import visible_records
from ..counting import count_download, count_view
from ..differences import compare
from ..league import league_table
from ..models import DataSet, DataVersion, Dimension, Finding, Follow, HarvestedRecord
from ..quality.metadata_score import MOST, metadata_score, stars
from ..serving import file_facts
from ..tables import COMPARISONS, MOST_GROUPS, TOTALS, Question, TooDear, ask, asked_columns, rows_of, write_parquet

XLSX_ROWS = 200_000

CATALOGUE_COLUMNS = (
    Column(gettext_lazy("Title"), lambda row: row.title, "title"),
    Column(gettext_lazy("Producer"), lambda row: row.producer.short_name),
    Column(gettext_lazy("Topic"), lambda row: row.get_topic_display()),
    Column(gettext_lazy("Updated"), lambda row: row.published_at, "published_at"),
    Column(gettext_lazy("Licence"), lambda row: row.licence),
    Column(gettext_lazy("Views"), lambda row: row.view_count, "view_count"),
    Column(gettext_lazy("Downloads"), lambda row: row.download_count, "download_count"),
)


RANK_COLUMN = Column(gettext_lazy("Best match"), lambda row: row.rank, "rank")


@audience(EVERYONE)
def catalogue(request: HttpRequest) -> HttpResponseBase:
    text = request.GET.get("q", "")[:200]
    chosen = {name: request.GET.get(name, "")[:80] for name in (*search.FILTERS, "area", "from", "to")}
    results = search.search(DataSet.objects.published().select_related("producer", "current__report"), text, chosen)
    columns = [*CATALOGUE_COLUMNS, *([RANK_COLUMN] if text.strip() else [])]
    sort = "-rank" if text.strip() else "-published_at"
    listing = Listing(request, results.rows, columns, sort=sort, size=20, name="katalog-ntb", first=results.first, count=results.count)
    if export := listing.export():
        return export
    context = {
        "listing": listing,
        "q": text,
        "facets": results.facets,
        "chosen": {k: v for k, v in chosen.items() if v},
        "titles": FACET_TITLES,
        "places": area_map(chosen["area"]),
        "area": Region.objects.filter(code=chosen["area"]).first() if chosen["area"] else None,
    }
    return render(request, "onedata/catalogue.html", context)


MAP_WIDTH = 300


def area_map(chosen: str) -> list[dict[str, Any]]:
    """The regencies as shapes of a small map, each a filter."""
    return [{"code": code, "name": name, "path": path, "chosen": code == chosen} for code, name, path in drawn(Level.REGENCY, MAP_WIDTH)]


@audience(EVERYONE)
def suggest(request: HttpRequest) -> HttpResponse:
    """What could be meant by what is typed so far: a list of links."""
    found = search.suggestions(request.GET.get("q", ""))
    return render(request, "onedata/_suggestions.html", {"found": found, "kinds": SUGGESTION_KINDS})


SUGGESTION_KINDS = {
    "topic": gettext_lazy("topic"), "producer": gettext_lazy("producer"), "place": gettext_lazy("place"), "data_set": "",
}  # fmt: skip


FACET_TITLES = {
    "topic": gettext_lazy("Topic"),
    "producer": gettext_lazy("Producer"),
    "frequency": gettext_lazy("Updated"),
    "licence": gettext_lazy("Licence"),
    "access": gettext_lazy("Access"),
}


TOTAL_NAMES = {
    "count": gettext_lazy("number of rows"), "sum": gettext_lazy("sum"), "mean": gettext_lazy("mean"),
    "min": gettext_lazy("smallest"), "max": gettext_lazy("largest"),
}  # fmt: skip


def data_set_of(request: HttpRequest, slug: str) -> DataSet:
    rows = DataSet.objects.select_related("producer", "coverage", "activity", "superseded_by", "current__report")
    data_set = get_object_or_404(rows, slug=slug)
    if not request.user.has_perm("onedata.see", data_set):
        raise Http404
    return data_set


@audience(EVERYONE)
def dataset(request: HttpRequest, slug: str) -> HttpResponse:
    data_set = data_set_of(request, slug)
    version = data_set.current
    count_view(request, data_set)
    context: dict[str, Any] = {
        "structured": structured_data(data_set) if data_set.is_public else "",
        "data_set": data_set,
        "version": version,
        "comments": data_set.comments.filter(state="shown").select_related("author")[:200],
        "reuses": data_set.reuses.filter(state="shown")[:20],
        "follows": request.user.is_authenticated and Follow.objects.filter(user=request.user.pk, data_set=data_set).exists(),
        "unsaid": _unsaid(request, slug),
        "harvested": HarvestedRecord.objects.filter(data_set=data_set).first() if data_set.link else None,
        "indicators": visible_records(request.user, data_set.indicators.all())[:30],
        "variables": visible_records(request.user, data_set.variables.all())[:60],
        "activity": data_set.activity if data_set.activity and request.user.has_perm("onedata.see", data_set.activity) else None,
        "versions": data_set.versions.filter(published_at__isnull=False)[:20],
    }
    if version is not None:
        version.data_set = data_set
        facts = [("CSV", *file_facts(version, "csv")), ("Parquet", *file_facts(version, "parquet"))]
        context["files"] = [(name, size, digest) for name, size, digest in facts if digest]
    context["may_work"] = request.user.has_perm("onedata.work_on", data_set)
    context["may_have_original"] = version is not None and may_have_original(request.user, version)
    if version and request.user.has_perm("onedata.read_rows", version):
        charts = data_set.charts.filter(Q() if context["may_work"] else Q(is_shown=True))
        question = question_of(request, version)
        try:
            answer = ask(version, question)
        except TooDear as error:
            return too_dear(request, error)
        context |= {
            "question": question, "answer": answer, "heads": heads(request, data_set, question, answer.columns),
            "query": _without(request, "page"), "charts": charts[:12], "totals": TOTAL_NAMES,
        }  # fmt: skip
        template = "onedata/_rows.html" if request.headers.get("HX-Target") == "rows" else "onedata/dataset.html"
    else:
        template = "onedata/dataset.html"
    return render(request, template, context)


def too_dear(request: HttpRequest, error: TooDear) -> HttpResponse:
    context = {"title": _("This question takes too long"), "text": str(error)}
    return render(request, "problem.html", context, status=503)


def _unsaid(request: HttpRequest, slug: str) -> str:
    """A comment that was refused, to be put right; shown once."""
    kept = request.session.get("unsaid") if request.user.is_authenticated else None
    if not kept or kept["slug"] != slug:
        return ""
    del request.session["unsaid"]
    return str(kept["text"])


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    query.pop(name, None)
    return query.urlencode()


def structured_data(data_set: DataSet) -> SafeString:
    """schema.org for search engines: a data block, not a script; escaped as Django's json_script does."""
    from ..interoperability.datapackage import schema_org

    return mark_safe(json_script(schema_org(data_set)).replace("application/json", "application/ld+json", 1))  # noqa: S308 - json_script escapes


def question_of(request: HttpRequest, version: DataVersion) -> Question:
    asked = request.GET
    page, of, total = asked.get("page", "1"), asked.get("of", ""), asked.get("total", "count")
    numbers = {column["name"] for column in version.columns if column["type"] in {"integer", "number"}}
    if total not in TOTALS or (total != "count" and of not in numbers):
        total = "count"
    return Question(
        column=asked.get("column", "") if version.column(asked.get("column", "")) else "",
        comparison=asked.get("is", "contains") if asked.get("is") in COMPARISONS else "contains",
        text=asked.get("contains", "")[:200].strip(),
        sort=asked.get("sort", ""),
        page=whole_number(page, 99_999) or 1,
        group=list(dict.fromkeys(name for name in asked.getlist("group") if version.column(name)))[:MOST_GROUPS],
        total=total,
        of=of if total != "count" else "",
    )


def heads(request: HttpRequest, data_set: DataSet, question: Question, columns: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Column headings with the address that sorts by them."""
    found = []
    for column in columns:
        name = column["name"]
        query = request.GET.copy()
        query.pop("page", None)
        query["sort"] = f"-{name}" if question.sort == name else name
        state = {name: "ascending", f"-{name}": "descending"}.get(question.sort, "")
        said = data_set.field(name)
        found.append(
            {
                "name": name, "type": column["type"], "link": f"?{query.urlencode()}", "state": state,
                "title": said.get("title", ""), "unit": said.get("unit", ""),
            }
        )  # fmt: skip
    return found


@audience(EVERYONE)
def quality(request: HttpRequest, slug: str) -> HttpResponseBase:
    data_set = data_set_of(request, slug)
    version = data_set.current
    report = getattr(version, "report", None)
    if not version or not report:
        raise Http404
    version.data_set = data_set
    # findings show cells: row, column and value
    may_read = request.user.has_perm("onedata.read_rows", version)
    if not may_read and request.GET.get("export"):
        raise PermissionDenied
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
        "findings": report.findings.all()[:100] if may_read else [],
        "findings_closed": not may_read,
        "history": history,
        "past": data_set.past_scores.all()[:24],
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

    return spreadsheet_response(kind, f"{data_set.slug}-mutu", header, lines())


@audience(EVERYONE)
def league(request: HttpRequest) -> HttpResponseBase:
    """How the agencies stand: data sets, quality, completeness of the standard, lateness. At most one row an agency."""
    rows = league_table()
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [_("Agency"), _("Data sets"), _("Data quality"), _("Description (MQA)"), _("Late")]
        return spreadsheet_response(
            request.GET["export"], "peringkat-data", header, ([row.name, row.count, row.quality, row.mqa, row.late] for row in rows)
        )
    return render(request, "onedata/league.html", {"rows": rows})


def readable_version(request: HttpRequest, slug: str, number: int) -> DataVersion:
    """A version whose cells the reader may see. An unpublished one is not there for others than those who work on it."""
    data_set = data_set_of(request, slug)
    version = get_object_or_404(data_set.versions.select_related("report"), number=number, state="ready")
    version.data_set = data_set
    if version.published_at is None and not request.user.has_perm("onedata.work_on", data_set):
        raise Http404
    if not request.user.has_perm("onedata.read_rows", version):
        raise PermissionDenied
    return version


def may_have_original(user: Any, version: DataVersion) -> bool:
    """The file as sent: for whoever works on it, and for all who may read the rows where it holds nothing else."""
    if not version.original:
        return False
    if user.has_perm("onedata.work_on", version):
        return True
    return version.may_original_leave and user.has_perm("onedata.read_rows", version)


@audience(EVERYONE)
def original(request: HttpRequest, slug: str, number: int) -> HttpResponseBase:
    """The file as it was sent, beside the clean table."""
    data_set = data_set_of(request, slug)
    version = get_object_or_404(data_set.versions, number=number)
    version.data_set = data_set
    if version.published_at is None and not request.user.has_perm("onedata.work_on", data_set):
        raise Http404
    if not may_have_original(request.user, version):
        raise PermissionDenied
    count_download(request, data_set)
    name = PurePath(version.original_name).name or f"{slug}-v{number}"
    return FileResponse(version.original.open(), as_attachment=True, filename=name, content_type="application/octet-stream")


@audience(EVERYONE)
def download(request: HttpRequest, slug: str, number: int, ending: str) -> HttpResponseBase:
    """A version's rows as CSV, XLSX, JSON or Parquet; with filters, the filtered rows (not Parquet)."""
    version = readable_version(request, slug, number)
    data_set = version.data_set
    name = f"{slug}-v{number}"
    question = question_of(request, version)
    count_download(request, data_set)
    if ending == "parquet":
        return FileResponse(
            filtered_parquet(version, question) if question.filters or question.group else version.parquet.open(),
            as_attachment=True,
            filename=f"{name}.parquet",
            content_type="application/vnd.apache.parquet",
        )
    names = [column["name"] for column in asked_columns(version, question)]
    try:
        rows = begun(rows_of(version, question))
    except TooDear as error:
        return too_dear(request, error)
    if ending == "csv":
        response = csv_response(name, names, rows)
        size, digest = file_facts(version, "csv")
        if size is not None and not question.filters and not question.group and not question.sort:
            response["ETag"] = f'"{digest}"'
        return response
    if ending == "xlsx":
        if (version.rows or 0) > XLSX_ROWS and not question.filters and not question.group:
            return render(
                request,
                "problem.html",
                {
                    "title": _("Too many rows for a spreadsheet"),
                    "text": _("This table has more rows than a spreadsheet program handles well. Download it as CSV or Parquet."),
                },
                status=413,
            )
        return xlsx_response(name, names, islice(rows, XLSX_ROWS))
    response = StreamingHttpResponse(json_lines(names, rows), content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.json") or ""
    return response


def begun(rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """The same rows, the first of them asked for: what is wrong shows before the answer has begun."""
    first = list(islice(rows, 1))
    return chain(first, rows)


def filtered_parquet(version: DataVersion, question: Question) -> IO[bytes]:
    """A file that is gone once it is closed."""
    with tempfile.TemporaryDirectory(prefix="ntb-parquet-") as folder:
        target = Path(folder) / "rows.parquet"
        write_parquet(version, question, target)
        return target.open("rb")


@audience(EVERYONE)
def differences(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed between two published versions (?from=1&to=2; the last two if nothing is asked)."""
    data_set = data_set_of(request, slug)
    if data_set.current is None or not request.user.has_perm("onedata.read_rows", data_set):
        raise PermissionDenied
    versions = list(data_set.versions.filter(published_at__isnull=False, state="ready")[:100])
    if not request.user.has_perm("onedata.work_on", data_set):
        versions = [version for version in versions if not version.is_held]
    numbers = {str(version.number): version for version in versions}
    newer = numbers.get(request.GET.get("to", "")) or (versions[0] if versions else None)
    older = numbers.get(request.GET.get("from", "")) or next((v for v in versions if newer and v.number < newer.number), None)
    context: dict[str, Any] = {"data_set": data_set, "versions": versions, "older": older, "newer": newer}
    if older and newer:
        key = f"differences:{older.parquet_sha256}:{newer.parquet_sha256}:{len(data_set.schema)}"
        found = cache.get(key)
        if found is None:
            try:
                found = compare(data_set, older, newer)
            except TooDear as error:
                return too_dear(request, error)
            cache.set(key, found, 7 * 24 * 3600)  # neither version ever changes
        context["found"] = found
    return render(request, "onedata/differences.html", context)


def json_lines(names: list[str], rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    encoder = DjangoJSONEncoder(ensure_ascii=False)
    yield "[\n"
    for number, row in enumerate(rows):
        yield (",\n" if number else "") + encoder.encode(dict(zip(names, row, strict=True)))
    yield "\n]\n"
