"""The desk of those who make and check data: producers, Walidata, Pembina."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role

from .. import nightly, workflow
from ..forms import DataSetForm, NoteForm, UploadForm
from ..models import Comment, DataSet, FormDraft, Holding, PendingChange, PendingState, PersonalDataReview, Reuse, Stage
from ..public_changes import ask_to_archive, change_description
from ..quality.metadata_score import MOST, completeness, metadata_score
from ..quality.wording import reason
from ..uploading import OPEN_STAGES, add_version
from .gates import gates
from .public import dimension_rows, findings_file
from .table import preview

COLUMNS = (
    Column(gettext_lazy("Title"), lambda row: row.title, "title"),
    Column(gettext_lazy("Producer"), lambda row: row.producer.short_name),
    Column(gettext_lazy("Stage"), lambda row: row.get_stage_display(), "stage"),
    Column(gettext_lazy("Changed"), lambda row: row.updated_at, "updated_at"),
)


@audience("onedata.work")
def desk(request: HttpRequest) -> HttpResponseBase:
    checks = request.user.has_perm("onedata.check")
    inspects = request.user.has_perm("onedata.inspect")
    rows = DataSet.objects.select_related("producer", "current__report")
    queue = request.GET.get("queue")
    if queue == "inspect":
        rows = rows.filter(stage=Stage.VERIFIED, is_priority=True, inspected_at__isnull=True)
    elif queue == "personal":
        rows = rows.filter(Exists(PersonalDataReview.objects.filter(data_set=OuterRef("pk"), state=Holding.WAITING)))
    elif queue == "pending":
        rows = rows.filter(Exists(PendingChange.objects.filter(data_set=OuterRef("pk"), state=PendingState.WAITING)))
    if not checks and not inspects:
        rows = rows.produced_by(request.user.agencies_as(Role.PRODUCER))  # type: ignore[union-attr]
    usual = "" if request.GET.get("queue") else Stage.SUBMITTED if checks else Stage.VERIFIED if inspects else ""
    stage = request.GET.get("stage", usual)
    text = request.GET.get("q", "")[:100].strip()
    shown = rows.filter(stage=stage) if stage in Stage.values else rows
    if text:
        shown = shown.filter(title__icontains=text)
    listing = Listing(request, shown, COLUMNS, sort="-updated_at", name="meja-data")
    if export := listing.export():
        return export
    counts = dict(rows.order_by().values_list("stage").annotate(Count("pk")))
    stages = [{"value": value, "label": label, "count": counts.get(value, 0)} for value, label in Stage.choices]
    return render(
        request,
        "onedata/desk.html",
        {
            "listing": listing,
            "stages": stages,
            "stage": stage,
            "q": text,
            "total": sum(counts.values()),
            "checks": checks,
            "inspects": inspects,
            "to_inspect": DataSet.objects.filter(stage=Stage.VERIFIED, is_priority=True, inspected_at__isnull=True).count()
            if inspects
            else 0,
            "nightly": nightly.progress() if checks else None,
            "waiting": Comment.objects.filter(state="waiting").count() + Reuse.objects.filter(state="waiting").count() if checks else 0,
            "may_produce": request.user.has_perm("onedata.begin"),
            "held": PersonalDataReview.objects.filter(state=Holding.WAITING).count() if checks else 0,
            "pending": PendingChange.objects.filter(state=PendingState.WAITING).count() if checks else 0,
        },
    )


def _kept(request: HttpRequest, key: str) -> FormDraft | None:
    return FormDraft.objects.filter(user=request.user.pk, form=key).first()


def _as_typed(draft: FormDraft | None) -> QueryDict | None:
    """A kept form's fields as they would have been sent."""
    if draft is None:
        return None
    typed = QueryDict(mutable=True)
    for name, values in draft.data.items():
        typed.setlist(name, values)
    return typed


def _meter(form: DataSetForm) -> dict[str, Any]:
    """How complete the description is, as typed: errors in other fields do not matter."""
    form.is_valid()
    typed = form.instance
    records = bool(form.cleaned_data.get("variables") or form.cleaned_data.get("indicators"))
    parts, share = completeness(typed, records=records)
    return {"parts": parts, "share": share, "mqa": metadata_score(typed), "mqa_most": MOST}


@audience("onedata.work")
def meter(request: HttpRequest, slug: str = "") -> HttpResponse:
    """While somebody types: keep what is typed, and say how complete it is."""
    if request.method != "POST":
        return redirect("onedata:desk")
    data_set = _own(request, slug) if slug else None
    typed = {name: values for name, values in request.POST.lists() if name not in {"csrfmiddlewaretoken", "file"}}
    if sum(len(value) for values in typed.values() for value in values) < 200_000:
        FormDraft.objects.update_or_create(user=request.user, form=f"dataset:{slug or 'new'}", defaults={"data": typed})
    form = DataSetForm(request.POST, instance=data_set, user=request.user)  # type: ignore[arg-type]
    return render(request, "onedata/_meter.html", {**_meter(form), "kept_at": timezone.now()})


@audience("onedata.work")
def forget(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Drop what was kept while typing, and begin with what is stored."""
    if request.method == "POST":
        FormDraft.objects.filter(user=request.user.pk, form=f"dataset:{slug or 'new'}").delete()
    return redirect("onedata:edit", slug) if slug else redirect("onedata:new")


@audience("onedata.begin")
def new(request: HttpRequest) -> HttpResponse:
    kept = _kept(request, "dataset:new") if request.method == "GET" else None
    form = DataSetForm(request.POST if request.method == "POST" else _as_typed(kept), user=request.user)  # type: ignore[arg-type]
    upload = UploadForm(request.POST or None, request.FILES or None)
    upload.fields["file"].required = False
    if request.method == "POST" and form.is_valid() and upload.is_valid():
        with transaction.atomic():
            form.instance.created_by = request.user
            data_set = form.save()
            workflow.plan_draft(data_set, request.user)  # type: ignore[arg-type]
            if upload.cleaned_data["file"]:
                add_version(data_set, upload.cleaned_data["file"], request.user, upload.cleaned_data["note"])  # type: ignore[arg-type]
            FormDraft.objects.filter(user=request.user.pk, form="dataset:new").delete()
        messages.success(request, _("The draft has been kept."))
        return redirect("onedata:desk_dataset", data_set.slug)
    context = {"form": form, "upload": upload, "kept": kept, **_meter(form if form.is_bound else _bare(request, None))}
    if kept is not None:
        form.errors.clear()
    return render(request, "onedata/desk_edit.html", context, status=422 if request.method == "POST" else 200)


def _bare(request: HttpRequest, data_set: DataSet | None) -> DataSetForm:
    """The form filled with what is stored, to measure how complete that is."""
    form = DataSetForm(instance=data_set, user=request.user)  # type: ignore[arg-type]
    typed = QueryDict(mutable=True)
    for name, field in form.fields.items():
        value = form[name].value()
        several = isinstance(value, list) and name != "keywords"
        typed.setlist(name, [str(getattr(one, "pk", one)) for one in value] if several else [field.prepare_value(value) or ""])
    return DataSetForm(typed, instance=data_set, user=request.user)  # type: ignore[arg-type]


def _own(request: HttpRequest, slug: str) -> DataSet:
    data_set = get_object_or_404(DataSet.objects.select_related("producer", "current", "coverage"), slug=slug)
    if not any(request.user.has_perm(f"onedata.{name}", data_set) for name in ("produce", "check", "inspect")):
        raise PermissionDenied
    return data_set


@audience("onedata.work")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    data_set = _own(request, slug)
    if not (request.user.has_perm("onedata.produce", data_set) or request.user.has_perm("onedata.check", data_set)):
        raise PermissionDenied
    kept = _kept(request, f"dataset:{slug}") if request.method == "GET" else None
    form = DataSetForm(request.POST if request.method == "POST" else _as_typed(kept), instance=data_set, user=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid():
        stored = DataSet.objects.get(pk=data_set.pk)
        waits = change_description(stored, {name: form.cleaned_data[name] for name in form.changed_data}, request.user)  # type: ignore[arg-type]
        FormDraft.objects.filter(user=request.user.pk, form=f"dataset:{slug}").delete()
        if waits:
            messages.success(request, _("Your change is with the Walidata. It is public once it is accepted."))
        else:
            messages.success(request, _("The description has been kept."))
        return redirect("onedata:desk_dataset", data_set.slug)
    context = {"form": form, "data_set": data_set, "kept": kept, **_meter(form if form.is_bound else _bare(request, _own(request, slug)))}
    if kept is not None:
        form.errors.clear()
    return render(request, "onedata/desk_edit.html", context, status=422 if request.method == "POST" else 200)


@audience("onedata.work")
def clone(request: HttpRequest, slug: str) -> HttpResponse:
    """POST: a new draft with the same description, schema and checks, without the table."""
    data_set = _own(request, slug)
    if not request.user.has_perm("onedata.produce", data_set):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("onedata:desk_dataset", slug)
    copy = workflow.clone(data_set, request.user)  # type: ignore[arg-type]
    messages.success(request, _("This is a copy of the description. Change the title and what else differs."))
    return redirect("onedata:edit", copy.slug)


def _context(request: HttpRequest, data_set: DataSet) -> dict[str, Any]:
    version = data_set.versions.select_related("report").order_by("-number").first()
    report = getattr(version, "report", None) if version and version.state == "ready" else None
    trouble = ""
    if version and version.error:
        said = json.loads(version.error)
        trouble = reason(said["key"], said["values"])
    may_produce = request.user.has_perm("onedata.produce", data_set)
    may_check = request.user.has_perm("onedata.check", data_set)
    stops = gates(request, data_set, version)
    return {
        "data_set": data_set,
        "version": version,
        "report": report,
        "trouble": trouble,
        "preview": preview(version) if version else [],
        "dimensions": dimension_rows(report) if report else [],
        "findings": report.findings.all()[:50] if report else [],
        "moves": data_set.moves.select_related("by"),
        "may_produce": may_produce,
        "may_check": may_check,
        "may_upload": may_produce and data_set.stage in OPEN_STAGES,
        "may_submit": may_produce
        and bool(version and version.state == "ready")
        and Stage.SUBMITTED in workflow.STEPS[data_set.stage]
        and version != data_set.current
        and not (stops["lost"] or stops["questions"]),
        "may_inspect": request.user.has_perm("onedata.inspect")
        and data_set.is_priority
        and data_set.stage == Stage.VERIFIED
        and data_set.inspected_at is None,
        "may_supersede": may_check and data_set.stage == Stage.PUBLISHED,
        "releases": data_set.releases.all()[:12],
        "history": data_set.past_scores.all()[:12],
        "may_decide": may_check and data_set.stage in {Stage.SUBMITTED, Stage.VERIFIED},
        **stops,
    }


@audience("onedata.work")
def desk_dataset(request: HttpRequest, slug: str) -> HttpResponseBase:
    data_set = _own(request, slug)
    context = _context(request, data_set)
    if request.GET.get("export") in {"csv", "xlsx"} and context["report"]:
        return findings_file(request.GET["export"], data_set, context["report"].findings.all())
    context |= {"upload": UploadForm(), "note": NoteForm()}
    return render(request, "onedata/desk_dataset.html", context)


@audience("onedata.work")
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page that shows how far the checks are; asked again each second until they are done."""
    context = _context(request, _own(request, slug))
    response = render(request, "onedata/_progress.html", context)
    if context["version"] and context["version"].is_settled:
        response["HX-Refresh"] = "true"
    return response


@audience("onedata.work")
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    data_set = _own(request, slug)
    if not request.user.has_perm("onedata.produce", data_set):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_version(data_set, form.cleaned_data["file"], request.user, form.cleaned_data["note"])  # type: ignore[arg-type]
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("onedata:desk_dataset", data_set.slug)
    return render(
        request,
        "onedata/desk_dataset.html",
        {**_context(request, data_set), "upload": form, "note": NoteForm()},
        status=422 if request.method == "POST" else 200,
    )


def _supersede(request: HttpRequest) -> Any:
    successor = DataSet.objects.published().filter(slug=request.POST.get("successor", "").strip().rstrip("/").rpartition("/")[2]).first()

    def act(data_set: DataSet, by: Any, note: str) -> DataSet:
        if successor is None:
            raise ValidationError(_("Choose another published data set that takes its place."))
        return workflow.supersede(data_set, by, successor, note)

    return act


def _archive(data_set: DataSet, by: Any, note: str) -> DataSet:
    """What is public is archived by the Walidata; a producer asks for it."""
    ask_to_archive(data_set, by, note)
    data_set.refresh_from_db()
    return data_set


PRODUCER_STEPS = {"submit": workflow.submit, "archive": _archive}
CHECKER_STEPS = {"return": workflow.return_with_findings, "publish": workflow.publish, "verify": workflow.verify}
PEMBINA_STEPS = {"inspect": workflow.inspect, "send-back": workflow.return_with_findings}


@audience("onedata.work")
def step(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """One step of the workflow, by POST."""
    data_set = _own(request, slug)
    act = PRODUCER_STEPS.get(name) or CHECKER_STEPS.get(name) or PEMBINA_STEPS.get(name)
    if name == "supersede":
        act = _supersede(request)
    if act is None:
        raise Http404
    permission = "onedata.produce" if name in PRODUCER_STEPS else "onedata.inspect" if name in PEMBINA_STEPS else "onedata.check"
    if not request.user.has_perm(permission, data_set):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("onedata:desk_dataset", slug)
    form = NoteForm(request.POST)
    form.is_valid()
    try:
        data_set = act(data_set, request.user, form.cleaned_data["note"])  # type: ignore[arg-type]
    except ValidationError as error:
        form.add_error("note", error)
        return render(
            request, "onedata/desk_dataset.html", {**_context(request, data_set), "upload": UploadForm(), "note": form}, status=422
        )
    if name == "archive" and data_set.stage != Stage.ARCHIVED:
        messages.success(request, _("Your change is with the Walidata. It is public once it is accepted."))
    else:
        messages.success(request, _("Done: %(stage)s.") % {"stage": data_set.get_stage_display()})
    return redirect("onedata:desk_dataset", slug)


@audience("onedata.check")
def check_all(request: HttpRequest) -> HttpResponse:
    """POST: look at all published tables again now, as each night."""
    if request.method == "POST":
        count = nightly.start()
        messages.success(request, _("Tables handed to the checkers: %(count)s") % {"count": count})
    return redirect("onedata:desk")
