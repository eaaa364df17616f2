"""Reference codes: browse, search, compare versions, translate between schemes; propose changes and decide on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import codes
from ..models import Code, CodeList, CodeMapping, CodeProposal
from ..models.reference import ProposalState

SHOWN = 300  # changes of a proposal or between versions on one page; files hold all


LIST_COLUMNS = (
    Column(gettext_lazy("Title"), lambda row: row.title, "title"),
    Column(gettext_lazy("Address"), lambda row: row.slug),
    Column(gettext_lazy("Owner"), lambda row: row.owner.short_name),
    Column(gettext_lazy("Version"), lambda row: row.version),
    Column(gettext_lazy("Codes"), lambda row: row.size),
    Column(gettext_lazy("Source"), lambda row: row.source),
)


@audience(EVERYONE)
def reference(request: HttpRequest) -> HttpResponseBase:
    text = request.GET.get("q", "")[:100].strip()
    lists = CodeList.objects.select_related("owner").annotate(size=Count("codes", filter=Q(codes__last_version__isnull=True)))
    hits = []
    if text:
        named = Q(code__istartswith=text) | Q(label__icontains=text)
        hits = list(Code.objects.current().filter(named).select_related("code_list").order_by("code_list", "code")[:50])
        lists = lists.filter(Q(title__icontains=text) | Q(description__icontains=text) | Q(pk__in={hit.code_list_id for hit in hits}))
    proposals = []
    if request.user.has_perm("onedata.work"):
        proposals = list(CodeProposal.objects.filter(state=ProposalState.PROPOSED).select_related("code_list", "by")[:20])
    listing = Listing(request, lists, LIST_COLUMNS, sort="title", size=30, name="daftar-kode")
    if export := listing.export():
        return export
    context = {"listing": listing, "q": text, "hits": hits, "proposals": proposals, "may_add": request.user.has_perm("onedata.check")}
    return render(request, "onedata/reference.html", context)


CODE_COLUMNS = (
    Column(codes.TITLES["code"], lambda row: row.code, "code"),
    Column(codes.TITLES["label"], lambda row: row.label, "label"),
    Column(codes.TITLES["other_code"], lambda row: row.other_code, "other_code"),
    Column(codes.TITLES["parent_code"], lambda row: row.parent_code, "parent_code"),
    Column(codes.TITLES["description"], lambda row: row.description),
    Column(codes.TITLES["valid_from"], lambda row: row.valid_from),
    Column(codes.TITLES["valid_to"], lambda row: row.valid_to),
)


@audience(EVERYONE)
def reference_list(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A list as it stands, or in an earlier version (?version=2); searched, or browsed by what lies within what."""
    code_list = get_object_or_404(CodeList.objects.select_related("owner"), slug=slug)
    text = request.GET.get("q", "")[:100].strip()
    within = request.GET.get("within", "")[:40]
    asked = request.GET.get("version", "")
    number = code_list.number if (said := whole_number(asked, 10**6)) is None else said
    rows = code_list.codes.of_version(number)
    path: list[Code] = []
    if within:
        path = _path(code_list, within, number)
    if text:
        rows = (
            rows.filter(Q(code__istartswith=text) | Q(other_code__istartswith=text))
            if text[0].isascii() and text[0].isdecimal()
            else rows.filter(label__icontains=text)
        )
    if within:
        rows = rows.filter(parent_code=within)
    listing = Listing(request, rows, CODE_COLUMNS, sort="code", size=50, name=slug)
    if export := listing.export():
        return export
    parents = set(
        code_list.codes.of_version(number).filter(parent_code__in=[row.code for row in listing.rows]).values_list("parent_code", flat=True)
    )
    context = {
        "code_list": code_list, "listing": listing, "q": text, "within": within, "path": path, "number": number, "parents": parents,
        "versions": code_list.versions.all()[:50], "mapped": CodeList.objects.filter(mapped_from__from_list=code_list).distinct(),
        "has_levels": code_list.codes.current().filter(parent_code__in=code_list.codes.current().values("code")).exists(),
        "may_propose": request.user.has_perm("onedata.work"), "may_edit": request.user.has_perm("onedata.check"),
    }  # fmt: skip
    return render(request, "onedata/reference_list.html", context)


def _path(code_list: CodeList, code: str, number: int) -> list[Code]:
    """The code and what it lies within, outermost first; at most ten levels."""
    found: list[Code] = []
    while code and len(found) < 10 and code not in {one.code for one in found}:
        one = code_list.codes.of_version(number).filter(code=code).first()
        if one is None:
            break
        found.insert(0, one)
        code = one.parent_code
    return found


@audience(EVERYONE)
def reference_changes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What changed from one version to another (?from=1&to=2)."""
    code_list = get_object_or_404(CodeList, slug=slug)
    versions = list(code_list.versions.all()[:100])
    numbers = [version.number for version in versions]
    newer = _number(request, "to", numbers, code_list.number)
    older = _number(request, "from", numbers, max([number for number in numbers if number < newer], default=newer))
    found = codes.differences(code_list, older, newer)
    if request.GET.get("export") in {"csv", "xlsx"}:
        return _changes_file(request.GET["export"], f"{slug}-{older}-{newer}", found)
    counts = {act: sum(change["act"] == act for change in found) for act in ("add", "change", "end")}
    context = {
        "code_list": code_list, "versions": versions, "older": older, "newer": newer, "changes": found[:SHOWN], "counts": counts,
        "total": len(found), "shown": SHOWN,
    }  # fmt: skip
    return render(request, "onedata/reference_changes.html", context)


def _number(request: HttpRequest, name: str, known: list[int], default: int) -> int:
    number = whole_number(request.GET.get(name, ""), 10**6)
    return number if number is not None and number in known else default


ACTS = {"add": gettext_lazy("added"), "change": gettext_lazy("changed"), "end": gettext_lazy("ended")}


def _changes_file(kind: str, name: str, changes: list[dict[str, Any]]) -> HttpResponseBase:
    header = [_("Change"), _("Code"), _("Row"), _("Field"), _("Before"), _("After")]

    def lines() -> Iterator[list[Any]]:
        for change in changes:
            for field in dict.fromkeys([*change["before"], *change["after"]]):
                before, after = change["before"].get(field, ""), change["after"].get(field, "")
                yield [str(ACTS[change["act"]]), change["code"], change.get("row"), field, before, after]

    return spreadsheet_response(kind, name, header, lines())


@audience(EVERYONE)
def reference_mapping(request: HttpRequest, slug: str, other: str) -> HttpResponseBase:
    """Codes of one list and those of another that mean the same; ?code=… answers in JSON for programs."""
    here, there = get_object_or_404(CodeList, slug=slug), get_object_or_404(CodeList, slug=other)
    rows = CodeMapping.objects.filter(from_list=here, to_list=there)
    if code := request.GET.get("code", ""):
        found = [{"code": row.to_code, "relation": row.relation} for row in rows.filter(from_code=code)[:100]]
        return JsonResponse({"code": code, "from": slug, "to": other, "mappings": found}, headers={"Access-Control-Allow-Origin": "*"})
    text = request.GET.get("q", "")[:60].strip()
    if text:
        named = Code.objects.current().filter(code_list=here, label__icontains=text).values("code")
        rows = rows.filter(Q(from_code__istartswith=text) | Q(to_code__istartswith=text) | Q(from_code__in=named))
    columns = (
        Column(here.title, lambda row: row.from_code, "from_code"),
        Column(there.title, lambda row: row.to_code, "to_code"),
        Column(gettext_lazy("Relation"), lambda row: row.get_relation_display()),
    )
    listing = Listing(request, rows, columns, sort="from_code", size=50, name=f"{slug}-{other}")
    if export := listing.export():
        return export
    labels = dict(
        Code.objects.current().filter(code_list=here, code__in=[row.from_code for row in listing.rows]).values_list("code", "label")
    )
    return render(
        request, "onedata/reference_mapping.html", {"here": here, "there": there, "listing": listing, "labels": labels, "q": text}
    )


class CodeListForm(forms.ModelForm):
    class Meta:
        model = CodeList
        fields = ["title", "slug", "description", "owner", "source"]
        widgets = {"description": forms.Textarea(attrs={"rows": 2})}

    slug = forms.SlugField(label=gettext_lazy("Address"), required=False, help_text=gettext_lazy("Left empty, it is made of the title"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["slug"] = values.get("slug") or slugify(values.get("title", ""))[:60].strip("-")
        if CodeList.objects.exclude(pk=self.instance.pk).filter(slug=values["slug"]).exists():
            self.add_error("slug", _("There is a code list with this address already."))
        return values


@audience("onedata.check")
def reference_edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """A new code list, without codes yet, or what an existing one is called; codes come by proposals."""
    found = get_object_or_404(CodeList, slug=slug) if slug else None
    form = CodeListForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("Kept."))
        return redirect(saved) if found else redirect("onedata:propose", saved.slug)
    return render(
        request, "onedata/reference_edit.html", {"form": form, "code_list": found}, status=422 if request.method == "POST" else 200
    )


# --- proposals ------------------------------------------------------------------------------------------------------
class ProposalForm(forms.ModelForm):
    file = forms.FileField(
        label=gettext_lazy("Codes as CSV or spreadsheet"),
        help_text=gettext_lazy(
            "The first row names the columns: code, label; if wanted within, code in the other scheme, description, valid from, valid to."
        ),
    )
    whole = forms.TypedChoiceField(
        label=gettext_lazy("The file holds"),
        coerce=lambda value: value == "whole",
        choices=[
            ("whole", gettext_lazy("the whole list: codes that are not in it end")),
            ("part", gettext_lazy("only what is new or changed")),
        ],
        widget=forms.RadioSelect,
        initial="part",
    )

    class Meta:
        model = CodeProposal
        fields = ["label", "valid_from", "reason"]
        widgets = {
            "valid_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "reason": forms.Textarea(attrs={"rows": 3}),
        }


@audience("onedata.work")
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    """A spreadsheet of codes; nothing changes yet: the next page shows each change there would be."""
    code_list = get_object_or_404(CodeList, slug=slug)
    form = ProposalForm(
        request.POST if request.method == "POST" else None, request.FILES or None, initial={"label": str(timezone.localdate())}
    )
    errors: list[codes.RowError] = []
    if request.method == "POST" and form.is_valid():
        try:
            rows, given = codes.read_table(form.cleaned_data["file"])
            found = codes.compare(code_list, rows, whole=form.cleaned_data["whole"], given=given)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            errors = found.errors
            if not errors:
                form.instance.code_list, form.instance.based_on, form.instance.by = code_list, code_list.number, request.user
                form.instance.changes, form.instance.unchanged = found.changes, found.unchanged
                return redirect(form.save())
    status = 422 if request.method == "POST" else 200
    return render(
        request, "onedata/propose.html", {"code_list": code_list, "form": form, "errors": errors[:100], "total": len(errors)}, status=status
    )


@audience("onedata.work")
def proposal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Each change there would be; the proposer hands it in, the Forum (Walidata and Pembina) decides."""
    found = get_object_or_404(CodeProposal.objects.select_related("code_list", "by", "decided_by"), pk=pk)
    is_own = found.by_id == request.user.pk
    may_decide = request.user.has_perm("onedata.decide") and found.state == ProposalState.PROPOSED
    if not (is_own or request.user.has_perm("onedata.decide")):
        raise PermissionDenied
    if request.GET.get("export") in {"csv", "xlsx"}:
        return _changes_file(request.GET["export"], f"{found.code_list.slug}-usulan-{found.pk}", found.changes)
    problem = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "propose" and is_own:
                codes.propose(found)
                messages.success(request, _("The proposal is before the Forum."))
            elif act in {"accept", "refuse"} and may_decide:
                codes.decide(found, request.user, accept=act == "accept", said=request.POST.get("said", ""))  # type: ignore[arg-type]
                messages.success(request, _("The decision has been kept."))
            else:
                raise PermissionDenied
            return redirect(found)
        except ValidationError as error:
            problem = " ".join(error.messages)
    context = {
        "proposal": found, "changes": found.changes[:SHOWN], "shown": SHOWN, "problem": problem, "said": request.POST.get("said", ""),
        "may_propose": is_own and found.state == ProposalState.TRIAL, "may_decide": may_decide,
    }  # fmt: skip
    return render(request, "onedata/proposal.html", context, status=422 if problem else 200)
