"""The table at the producer's desk: sending it in parts, fetching it, how it is read, its columns, its own checks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from ntbportal.commons.access import audience
from ntbportal.commons.numerals import whole_number

from .. import resumable
from ..models import DataSet, PartialUpload
from ..public_changes import change_schema
from ..quality.personal import masked
from ..quality.running import read_again
from ..schema import save_checks
from ..table_forms import ReadingForm, RuleForm, column_forms
from ..uploading import OPEN_STAGES, add_version_from

COLUMNS_A_PAGE = 25


def own(request: HttpRequest, slug: str, permission: str = "onedata.produce") -> DataSet:
    data_set = get_object_or_404(DataSet.objects.select_related("producer", "current", "coverage"), slug=slug)
    if not request.user.has_perm(permission, data_set):
        raise PermissionDenied
    return data_set


# --- in parts (tus) -------------------------------------------------------------------------------------------------
@audience("onedata.work")
def upload_parts(request: HttpRequest, slug: str) -> HttpResponse:
    """POST begins an upload and answers with its address; OPTIONS says what is spoken."""
    headers = {"Tus-Resumable": resumable.VERSION, "Tus-Version": resumable.VERSION, "Tus-Extension": "creation,termination"}
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={**headers, "Tus-Max-Size": str(resumable.MAX_BYTES)})
    data_set = own(request, slug)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    if data_set.stage not in OPEN_STAGES:
        return HttpResponse(
            _("The data set is with the Walidata; wait for the result before you send a new file."), status=409, headers=headers
        )
    size = request.headers.get("Upload-Length", "")
    said = resumable.metadata(request.headers.get("Upload-Metadata", ""))
    try:
        upload = resumable.begin(
            data_set,
            request.user,  # type: ignore[arg-type]
            whole_number(size, 10**15) or 0,
            said.get("filename", ""),
            said.get("note", ""),
        )
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=400, headers=headers)
    return HttpResponse(status=201, headers={**headers, "Location": reverse("onedata:upload_part", args=[slug, upload.pk])})


@audience("onedata.work")
def upload_part(request: HttpRequest, slug: str, key: Any) -> HttpResponse:
    """HEAD says how far an upload is, PATCH goes on with it, DELETE drops it."""
    headers = {"Tus-Resumable": resumable.VERSION, "Cache-Control": "no-store"}
    upload = PartialUpload.objects.select_related("data_set").filter(pk=key, user=request.user.pk, data_set__slug=slug).first()
    if upload is None:
        return HttpResponse(status=404, headers=headers)
    if request.method == "HEAD":
        return HttpResponse(headers={**headers, "Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)})
    if request.method == "DELETE":
        resumable.drop(upload)
        return HttpResponse(status=204, headers=headers)
    if request.method != "PATCH":
        return HttpResponse(status=405, headers={"Allow": "HEAD, PATCH, DELETE"})
    if request.content_type != "application/offset+octet-stream":
        return HttpResponse(status=415, headers=headers)
    offset = request.headers.get("Upload-Offset", "")
    try:
        upload, _version = resumable.add_part(upload, -1 if (said := whole_number(offset, 10**15)) is None else said, request)
    except resumable.Conflict:
        return HttpResponse(status=409, headers=headers)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=400, headers=headers)
    return HttpResponse(status=204, headers={**headers, "Upload-Offset": str(upload.received)})


# --- from elsewhere, and how it is read -----------------------------------------------------------------------------
@audience("onedata.work")
def fetch(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: the worker fetches the table from the data set's address."""
    data_set = own(request, slug)
    if request.method == "POST" and data_set.link:
        try:
            add_version_from(data_set, data_set.link, request.user)  # type: ignore[arg-type]
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("onedata:desk_dataset", slug)


@audience("onedata.work")
def reading(request: HttpRequest, slug: str) -> HttpResponse:
    """How the newest file is read, its first rows beside it, and the choice to read it differently."""
    data_set = own(request, slug)
    version = data_set.versions.order_by("-number").first()
    if version is None:
        raise Http404
    form = ReadingForm(request.POST if request.method == "POST" else None, version=version)
    if request.method == "POST" and form.is_valid():
        try:
            read_again(version, form.choices())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("onedata:desk_dataset", slug)
    context = {"data_set": data_set, "version": version, "form": form, "preview": preview(version)}
    return render(request, "onedata/reading.html", context, status=422 if request.method == "POST" else 200)


def preview(version: Any, rows: int = 6) -> list[tuple[Any, ...]]:
    """The first rows as they are stored."""
    from ..storage import local_path
    from ..tables import connection

    if not version.parquet or version.state != "ready":
        return []
    found = connection().execute(f"SELECT * FROM read_parquet(?) LIMIT {rows}", [str(local_path(version.parquet))]).fetchall()
    return [_covered(version, row) for row in found] if version.is_held else found


def _covered(version: Any, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row with what may be personal covered: nobody needs the numbers themselves to decide on them."""
    review = version.personal_reviews.first()
    columns = {one["column"] for one in review.found} if review else set()
    return tuple(
        masked(str(value)) if value is not None and name in columns else value
        for name, value in zip(version.column_names, row, strict=True)
    )


# --- columns and checks ---------------------------------------------------------------------------------------------
@audience("onedata.work")
def schema(request: HttpRequest, slug: str) -> HttpResponse:
    """What the columns are: name in words, unit, limits, reference list. A page of columns at a time."""
    data_set = own(request, slug)
    version = data_set.versions.filter(state="ready").order_by("-number").first()
    if version is None:
        raise Http404
    pages = max(1, -(-len(version.columns) // COLUMNS_A_PAGE))
    page = min(max(1, whole_number(request.GET.get("page", "1"), 9999) or 1), pages)
    columns = version.columns[(page - 1) * COLUMNS_A_PAGE : page * COLUMNS_A_PAGE]
    forms = column_forms(data_set, version, columns, request.POST if request.method == "POST" else None, request.user)
    if request.method == "POST" and all([form.is_valid() for form in forms]):  # noqa: C419 - each is to show its errors
        fields = []
        for form in forms:
            try:
                fields.append(form.field())
            except ValidationError as error:
                form.add_error("pattern", error)
        if len(fields) == len(forms):
            if change_schema(data_set, fields, request.user):  # type: ignore[arg-type]
                messages.success(request, _("Your change is with the Walidata. It is public once it is accepted."))
            else:
                messages.success(request, _("The columns have been kept; the table is checked again."))
            if page < pages and "next" in request.POST:
                return redirect(f"{reverse('onedata:schema', args=[slug])}?page={page + 1}")
            return redirect("onedata:desk_dataset", slug)
    context = {"data_set": data_set, "version": version, "forms": forms, "page": page, "pages": pages}
    return render(request, "onedata/schema.html", context, status=422 if request.method == "POST" else 200)


@audience("onedata.work")
def checks(request: HttpRequest, slug: str) -> HttpResponse:
    """The data set's own checks: add one, take one away."""
    data_set = own(request, slug, "onedata.see")
    if not (request.user.has_perm("onedata.produce", data_set) or request.user.has_perm("onedata.check", data_set)):
        raise PermissionDenied
    version = data_set.versions.filter(state="ready").order_by("-number").first()
    if version is None:
        raise Http404
    removed = whole_number(request.POST.get("remove", ""), 9999)
    if removed is not None and removed < len(data_set.extra_checks):
        save_checks(data_set, [rule for place, rule in enumerate(data_set.extra_checks) if place != removed])
        messages.success(request, _("The check has been taken away."))
        return redirect("onedata:checks", slug)
    form = RuleForm(request.POST if request.method == "POST" else None, columns=version.columns)
    if request.method == "POST" and form.is_valid():
        save_checks(data_set, [*data_set.extra_checks, form.rule()])
        messages.success(request, _("The check has been added; the table is checked again."))
        return redirect("onedata:checks", slug)
    context = {"data_set": data_set, "version": version, "form": form}
    return render(request, "onedata/checks.html", context, status=422 if request.method == "POST" else 200)
