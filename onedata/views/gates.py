"""What stands between a file and the public: losses that a person says yes to, columns that are unclear, personal data and
changes that the Walidata decides on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.access import audience
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import holding, public_changes
from ..models import DataSet, DataVersion, PendingState
from ..quality.losses import NUMBERS, confirm_losses, losses_in_numbers, unconfirmed
from ..quality.running import read_again
from ..quality.ways import CASTS, TYPES
from ..uploading import OPEN_STAGES

QUESTIONS = {
    "thousands_or_decimals": gettext_lazy("Do the points or commas stand between thousands, or before decimals?"),
    "date_order": gettext_lazy("Does the day or the month come first?"),
    "code_or_number": gettext_lazy("Are these codes, or numbers?"),
    "missing_marks": gettext_lazy("May the signs for a missing value be read as empty cells?"),
}
PERSONAL_KINDS = {
    "nik": gettext_lazy("numbers of identity (NIK, KK)"),
    "kk": gettext_lazy("numbers of family cards (KK)"),
    "phone": gettext_lazy("telephone numbers of people"),
    "email": gettext_lazy("e-mail addresses of people"),
    "account": gettext_lazy("bank accounts"),
    "passport": gettext_lazy("passports"),
    "birth": gettext_lazy("dates of birth"),
    "person": gettext_lazy("names of people"),
    "named_people": gettext_lazy("names of people beside their addresses"),
}


def gates(request: HttpRequest, data_set: DataSet, version: DataVersion | None) -> dict[str, Any]:
    """For the desk's page: what has to be said or decided before the newest version goes on."""
    lost = unconfirmed(version) if version is not None and version.published_at is None else {}
    questions = version.losses.get("questions", []) if version is not None and version.published_at is None else []
    reviews = list(data_set.personal_reviews.select_related("version", "decided_by")[:20])
    for review in reviews:
        review.shown = [{**one, "kind": PERSONAL_KINDS.get(one["kind"], one["kind"])} for one in review.found]  # type: ignore[attr-defined]
    pending = list(data_set.pending_changes.select_related("by", "data_set")[:10])
    for change in pending:
        change.rows = public_changes.as_table(change) if change.state == PendingState.WAITING else []  # type: ignore[attr-defined]
    return {
        "lost": lost,
        "questions": questions,
        "reviews": reviews,
        "pending": pending,
        "held_version": data_set.current is not None and data_set.current.is_held,
    }


def _own(request: HttpRequest, slug: str, *permissions: str) -> DataSet:
    data_set = get_object_or_404(DataSet.objects.select_related("producer", "current", "coverage"), slug=slug)
    if not any(request.user.has_perm(permission, data_set) for permission in permissions):
        raise PermissionDenied
    return data_set


def _newest(data_set: DataSet) -> DataVersion:
    version = data_set.versions.filter(state="ready").order_by("-number").first()
    if version is None:
        raise Http404
    version.data_set = data_set
    return version


@audience("onedata.work")
def losses(request: HttpRequest, slug: str) -> HttpResponse:
    """What of the file is not in the table, by row and column. POST act=confirm says yes to just these numbers; act=ways
    says how columns are to be read, "string" keeping them as text."""
    data_set = _own(request, slug, "onedata.produce", "onedata.check")
    version = _newest(data_set)
    problem = ""
    if request.method == "POST" and request.POST.get("act") == "confirm":
        try:
            numbers = {name: _number(request.POST.get(name, "")) for name in NUMBERS}
            confirm_losses(version, request.user, numbers)  # type: ignore[arg-type]
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            messages.success(request, _("Your yes has been kept."))
            return redirect("onedata:desk_dataset", slug)
    elif request.method == "POST":
        asked = {one["column"]: one["options"] for one in version.losses.get("questions", [])}
        asked |= {one["name"]: ["string"] for one in version.losses.get("columns", [])}
        places = {f"w{place}": name for place, name in enumerate(version.column_names)}
        chosen = {
            places[key]: way for key, way in request.POST.items() if key in places and way in CASTS and way in asked.get(places[key], ())
        }
        try:
            if data_set.stage not in OPEN_STAGES:
                raise ValidationError(_("The data set is with the Walidata; wait for the result before you send a new file."))
            if chosen:
                ways = {**(version.choices.get("ways") or {}), **chosen}
                read_again(version, {**version.choices, "ways": ways})
                return redirect("onedata:desk_dataset", slug)
            problem = _("Choose how at least one column is to be read.")
        except ValidationError as error:
            problem = " ".join(error.messages)
    places = {name: place for place, name in enumerate(version.column_names)}
    questions = [
        {
            **one, "text": QUESTIONS[one["why"]], "field": f"w{places[one['column']]}",
            "options": [{"way": way, "type": TYPES[way]} for way in one["options"]],
        }
        for one in version.losses.get("questions", [])
        if one["column"] in places
    ]  # fmt: skip
    columns = [{**one, "field": f"w{places[one['name']]}"} for one in version.losses.get("columns", [])]
    context = {
        "data_set": data_set, "version": version, "numbers": losses_in_numbers(version.losses), "questions": questions,
        "columns": columns, "lines": version.losses.get("lines", []), "problem": problem,
        "hidden_columns": version.losses.get("hidden_columns", []),
        "is_confirmed": not unconfirmed(version), "may_say": version.published_at is None,
    }  # fmt: skip
    return render(request, "onedata/losses.html", context, status=422 if problem else 200)


def _number(text: str) -> int:
    return whole_number(text, 10**15) or 0


@audience("onedata.work")
def losses_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is not in the table as CSV: row or line, column, text."""
    version = _newest(_own(request, slug, "onedata.produce", "onedata.check"))

    def rows() -> Iterator[list[Any]]:
        for line, text in version.losses.get("lines", []):
            yield [_("line %(number)s") % {"number": line}, "", text]
        for column in version.losses.get("columns", []):
            for row, text in column["where"]:
                yield [row, column["name"], text]

    return spreadsheet_response("csv", f"{slug}-v{version.number}-hilang", [_("Row"), _("Column"), _("Text")], rows())


@audience("onedata.check")
def personal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """POST: the Walidata's decision on personal data that were found (act=allow or refuse), with its reason."""
    data_set = _own(request, slug, "onedata.check")
    review = get_object_or_404(data_set.personal_reviews, pk=pk)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"allow", "refuse"}:
        try:
            holding.decide(review, request.user, allow=act == "allow", reason=request.POST.get("reason", "")[:4000])  # type: ignore[arg-type]
            messages.success(request, _("The decision and its reason have been kept."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("onedata:desk_dataset", slug)


@audience("onedata.check")
def change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """POST: accept or refuse (act) a producer's change to what is public."""
    data_set = _own(request, slug, "onedata.check")
    waiting = get_object_or_404(data_set.pending_changes, pk=pk)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"accept", "refuse"}:
        try:
            reason = request.POST.get("reason", "")[:4000]
            public_changes.decide_change(waiting, request.user, accept=act == "accept", reason=reason)  # type: ignore[arg-type]
            messages.success(request, _("The decision has been kept."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("onedata:desk_dataset", slug)
