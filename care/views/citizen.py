"""What citizens see: the public list, the three screens of a report, the case by its code."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User
from ntbportal.commons.places import Level, Region
from ntbportal.commons.spreadsheets import csv_response, xlsx_response
from ntbportal.commons.throttle import is_too_often
from ntbportal.commons.uploads import CleanPicture

from .. import handling
from ..forgetting import forget
from ..forms import FollowForm, RatingForm, ReplyForm, TrackForm, WhatForm, WhereForm, WhoForm
from ..intake import Report, file_complaint
from ..league import standings
from ..models import Case, CaseState, Category, ReportDraft
from ..similar import Similar, affected, follow, similar_cases

DRAFT = "care-draft"
OPENED = "care-opened"  # codes whose private side this browser may see
PIN_TRIES, PIN_PAUSE = 8, 900
RECEIPT_SECONDS = 1800

COLUMNS = (
    Column(gettext_lazy("Code"), lambda row: row.code),
    Column(gettext_lazy("Received"), lambda row: row.created_at, "created_at"),
    Column(gettext_lazy("Category"), lambda row: row.category.name),
    Column(gettext_lazy("Place"), lambda row: row.region.full_name),
    Column(gettext_lazy("State"), lambda row: row.get_state_display(), "state"),
    Column(gettext_lazy("Agency"), lambda row: row.agency.short_name if row.agency else ""),
)


@audience(EVERYONE)
def overview(request: HttpRequest) -> HttpResponseBase:
    rows = Case.objects.public().select_related("category", "region", "agency")
    chosen = {name: request.GET.get(name, "")[:20] for name in ("category", "regency", "state")}
    if chosen["category"]:
        rows = rows.filter(category__slug=chosen["category"])
    if chosen["regency"]:
        rows = rows.filter(region__code__startswith=f"{chosen['regency']}.")
    if chosen["state"] in CaseState.values:
        rows = rows.filter(state=chosen["state"])
    listing = Listing(request, rows, COLUMNS, sort="-created_at", size=20, name="laporan-ntb-care")
    if export := listing.export():
        return export
    return render(
        request,
        "care/overview.html",
        {
            "listing": listing,
            "chosen": chosen,
            "categories": Category.objects.filter(is_active=True),
            "regencies": Region.objects.filter(level=Level.REGENCY),
            "states": [choice for choice in CaseState.choices if choice[0] not in {"received", "rejected", "duplicate"}],
        },
    )


@audience(EVERYONE)
def agencies(request: HttpRequest) -> HttpResponseBase:
    """How the agencies stand, over the last year or ?days=, in one regency or all."""
    days = int(request.GET["days"]) if request.GET.get("days", "") in {"30", "90", "365"} else 365
    regency = request.GET.get("regency", "")[:5]
    rows = cache.get(f"care-standings:{days}:{regency}")
    if rows is None:
        rows = standings(days, regency)
        cache.set(f"care-standings:{days}:{regency}", rows, 300)
    if request.GET.get("export") in {"csv", "xlsx"}:
        respond = csv_response if request.GET["export"] == "csv" else xlsx_response
        header = [
            _("Agency"), _("Reports"), _("Answered"), _("Answered on time"), _("Median hours to the first answer"), _("Reopened"),
            _("Rating"), _("Late"),
        ]  # fmt: skip
        lines = ([r.name, r.total, r.answered, r.on_time, r.hours, r.reopened, r.rating, r.late] for r in rows)
        return respond("instansi-ntb-care", header, lines)
    context = {
        "rows": rows,
        "days": days,
        "regency": regency,
        "regencies": Region.objects.filter(level=Level.REGENCY),
        "spans": (30, 90, 365),
    }
    return render(request, "care/agencies.html", context)


def _draft(request: HttpRequest) -> ReportDraft | None:
    key = request.session.get(DRAFT)
    return ReportDraft.objects.filter(pk=key).first() if key else None


@never_cache
@audience(EVERYONE)
def what(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    initial: dict[str, Any] = (
        {name: draft.values[name] for name in ("category", "description", "kind") if name in draft.values} if draft else {}
    )
    if "category" in request.GET and not initial.get("category"):
        found = Category.objects.filter(slug=request.GET["category"][:60]).first()
        initial["category"] = found.pk if found else None
    form = WhatForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        draft = draft or ReportDraft()
        data = form.cleaned_data
        draft.keep(category=data["category"].pk, description=data["description"], kind=data["kind"], trapped=bool(data["website"]))
        picture: CleanPicture | None = data["photo"]
        if picture:
            draft.picture = ContentFile(picture.full.read(), name=picture.full.name)
            draft.thumbnail = ContentFile(picture.thumbnail.read(), name=f"k-{picture.full.name}")
        draft.save()
        request.session[DRAFT] = str(draft.pk)
        return redirect("care:where")
    return render(request, "care/what.html", {"form": form, "draft": draft, "step": 1}, status=422 if form.errors else 200)


@never_cache
@audience(EVERYONE)
def where(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    if draft is None:
        return redirect("care:what")
    initial = {name: draft.values.get(name) for name in ("regency", "district", "village", "place_note", "latitude", "longitude")}
    form = WhereForm(request.POST or None, initial=initial)
    if request.method == "POST" and "village" in form.data and form.is_valid():
        data = form.cleaned_data
        draft.keep(
            regency=data["regency"].code,
            district=data["district"].code,
            village=data["village"].code if data["village"] else "",
            place_note=data["place_note"],
            latitude=data["latitude"],
            longitude=data["longitude"],
        )
        draft.save()
        return redirect("care:who")
    # Without scripts the next list appears when the button is pressed: not an error, the next question.
    asked = request.method == "POST" and bool(form.data.get("regency")) and "village" not in form.data
    if asked:
        form.errors.clear()
    return render(request, "care/where.html", {"form": form, "draft": draft, "step": 2}, status=422 if form.errors else 200)


@audience(EVERYONE)
def places(request: HttpRequest) -> HttpResponse:
    """The three lists anew: after a choice, or for the phone's position (latitude, longitude in degrees)."""
    initial: dict[str, Any] = {name: request.GET.get(name, "")[:13] for name in ("regency", "district", "village")}
    message = ""
    try:
        latitude, longitude = float(request.GET["lat"]), float(request.GET["lon"])
    except (KeyError, ValueError):
        pass
    else:
        found = Region.objects.at(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
        if found and found.code.count(".") >= 2:
            parts = found.ancestor_codes()
            initial = {
                "regency": parts[-2],
                "district": parts[-3],
                "village": parts[-4] if len(parts) > 3 else "",
                "latitude": latitude,
                "longitude": longitude,
            }
            message = _("You seem to be in %(place)s. Correct it if that is wrong.") % {"place": found.full_name}
        else:
            message = _("Your position is not in West Nusa Tenggara. Choose the place from the lists.")
    if not str(initial["district"]).startswith(str(initial["regency"])):
        initial["district"] = initial["village"] = ""
    return render(request, "care/_places.html", {"form": WhereForm(initial=initial), "message": message})


@never_cache
@audience(EVERYONE)
def who(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    if draft is None or not draft.values.get("district"):
        return redirect("care:where" if draft else "care:what")
    user = request.user if isinstance(request.user, User) else None
    initial = {"name": user.full_name, "email": user.email} if user else {}
    form = WhoForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _send(request, draft, form.cleaned_data, user)
    category = Category.objects.filter(pk=draft.values["category"]).first()
    region = Region.objects.filter(code=draft.values["village"] or draft.values["district"]).first()
    return render(
        request,
        "care/who.html",
        {"form": form, "draft": draft, "category": category, "region": region, "step": 3, "similar": _similar(draft, region)},
        status=422 if form.errors else 200,
    )


def _similar(draft: ReportDraft, region: Region | None) -> list[Similar]:
    if region is None:
        return []
    values = draft.values
    return similar_cases(
        category=values["category"], region=region, text=values["description"],
        latitude=values.get("latitude"), longitude=values.get("longitude"),
    )  # fmt: skip


@never_cache
@audience(EVERYONE)
def me_too(request: HttpRequest, code: str) -> HttpResponse:
    """POST: the same happens to me (act "affected"), or tell me what happens (act "follow"), by account or address."""
    found = get_object_or_404(Case.objects.select_related("category", "region", "agency", "rule"), code=code.upper())
    if not found.is_public:
        raise Http404
    if request.method != "POST":
        return redirect(found)
    form = FollowForm(request.POST)
    user = request.user if isinstance(request.user, User) else None
    if not form.is_valid():
        messages.error(request, _("This is not an e-mail address."))
        return redirect(found)
    if is_too_often(request, "me-too", 60):
        messages.error(request, _("Many requests have come from your connection. Try again in an hour."))
        return redirect(found)
    if not request.session.get("visitor"):
        request.session["visitor"] = secrets.token_hex(16)
    is_affected = form.cleaned_data["act"] == "affected"
    if not is_affected and user is None and not form.cleaned_data["email"]:
        messages.error(request, _("Enter an e-mail address, or sign in."))
        return redirect(found)
    follow(
        found, user=user, email=form.cleaned_data["email"], visitor=request.session["visitor"], is_affected=is_affected,
        language=(get_language() or "id")[:2],
    )  # fmt: skip
    if form.cleaned_data["drop"]:  # instead of a report that was being written
        draft = _draft(request)
        if draft:
            draft.delete()
        request.session.pop(DRAFT, None)
    messages.success(request, _("Thank you. You are counted, and are told of what happens if we can reach you."))
    return redirect(found)


def _send(request: HttpRequest, draft: ReportDraft, contact: dict[str, Any], user: User | None) -> HttpResponse:
    values = draft.values
    if values.get("trapped"):  # a program; it is told nothing
        return redirect("care:overview")
    pictures = []
    if draft.picture:
        with draft.picture.open() as full, draft.thumbnail.open() as small:
            name = draft.picture.name.rpartition("/")[2]
            pictures.append(CleanPicture(ContentFile(full.read(), name=name), ContentFile(small.read(), name=name), 0, 0))
    receipt = file_complaint(
        Report(
            category=Category.objects.get(pk=values["category"]),
            description=values["description"],
            kind=values["kind"],
            region=Region.objects.get(pk=values["village"] or values["district"]),
            place_note=values["place_note"],
            latitude=values["latitude"],
            longitude=values["longitude"],
            name=contact["name"],
            email=contact["email"],
            phone=contact["phone"],
            is_anonymous=contact["is_anonymous"],
            is_secret=contact["is_secret"],
            language=(get_language() or "id")[:2],
            reporter=user,
            draft_key=draft.pk,
            pictures=pictures,
        )
    )
    if receipt.pin:
        request.session["care-receipt"] = {"code": receipt.case.code, "pin": receipt.pin, "at": time.time()}
        request.session[OPENED] = [*request.session.get(OPENED, []), receipt.case.code][-20:]
    for file in (draft.picture, draft.thumbnail):
        if file:
            file.delete(save=False)
    draft.delete()
    request.session.pop(DRAFT, None)
    return redirect("care:thanks")


@never_cache
@audience(EVERYONE)
def thanks(request: HttpRequest) -> HttpResponse:
    """The receipt: code and PIN, shown to this browser for half an hour, as phones are shared."""
    receipt = request.session.get("care-receipt")
    if not receipt or time.time() - receipt["at"] > RECEIPT_SECONDS:
        request.session.pop("care-receipt", None)
        return redirect("care:track")
    case = get_object_or_404(Case.objects.select_related("category"), code=receipt["code"])
    return render(request, "care/thanks.html", {"case": case, "pin": receipt["pin"]})


@never_cache
@audience(EVERYONE)
def track(request: HttpRequest) -> HttpResponse:
    form = TrackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code, pin = form.cleaned_data["code"], form.cleaned_data["pin"]
        case = Case.objects.filter(code=code).first()
        tries = f"pin-tries:{code}"
        if cache.get(tries, 0) >= PIN_TRIES:
            form.add_error("pin", _("Too many wrong PINs. Try again in 15 minutes."))
        elif case and pin and case.pin_fits(pin):
            request.session[OPENED] = [*request.session.get(OPENED, []), code][-20:]
            return redirect(case)
        elif pin:
            cache.add(tries, 0, PIN_PAUSE)
            with contextlib.suppress(ValueError):  # Redis away
                cache.incr(tries)
            form.add_error("pin", _("Code and PIN do not belong together."))
        elif case and (case.is_public or _may_open(request, case)):
            return redirect(case)
        elif case:
            form.add_error("pin", _("This report is not public. Enter the PIN too."))
        else:
            form.add_error("code", _("There is no report with this code. Check it letter by letter."))
    return render(request, "care/track.html", {"form": form}, status=422 if form.errors else 200)


INSIDE = ("noted", "escalated")  # steps that the public does not read


def _may_open(request: HttpRequest, case: Case) -> bool:
    """The reporter, by PIN or account, and those responsible."""
    return (
        case.code in request.session.get(OPENED, [])
        or (case.reporter_id is not None and case.reporter_id == request.user.pk)
        or (request.user.is_authenticated and request.user.has_perm("care.work", case))
    )


@never_cache
@audience(EVERYONE)
def case(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Case.objects.select_related("category", "region", "agency", "rule"), code=code.upper())
    own = _may_open(request, found)
    if not own and not found.is_public:
        return (
            redirect(f"{reverse('care:track')}?code={found.code}")
            if not found.hidden_at
            else render(request, "problem.html", {"title": _("Not shown"), "text": _("This report is not shown in public.")}, status=410)
        )
    moves = found.moves.select_related("agency").exclude(what__in=INSIDE)
    return render(
        request,
        "care/case.html",
        {
            "case": found,
            "moves": moves,
            "photos": found.photos.all(),
            "own": own,
            "exact": own or not found.category.is_sensitive,
            "affected": affected([found.pk]).get(found.pk, 0),
            **_replies(request, found),
        },
    )


def _is_reporter(request: HttpRequest, case: Case) -> bool:
    """Who wrote the report: by PIN in this browser, or by account."""
    return case.code in request.session.get(OPENED, []) or (case.reporter_id is not None and case.reporter_id == request.user.pk)


def _replies(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the reporter may do now."""
    if not _is_reporter(request, case):
        return {}
    in_time = case.reply_until is None or case.reply_until >= timezone.now()
    return {
        "reply": ReplyForm() if case.is_open or (case.state == "answered" and in_time and not case.was_reopened) else None,
        "may_forget": case.forgotten_at is None,
        "judge": RatingForm() if case.state in {"answered", "closed"} and not case.rating else None,
    }


@never_cache
@audience(EVERYONE)
def reply(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """POST of the reporter: write back (act "reply"), or judge and close (act "rate")."""
    found = get_object_or_404(Case.objects.select_related("category", "region", "agency", "rule"), code=code.upper())
    if not _is_reporter(request, found):
        return redirect(f"{reverse('care:track')}?code={found.code}")
    if request.method != "POST":
        return redirect(found)
    if act == "forget":
        forget(found)
        request.session[OPENED] = [one for one in request.session.get(OPENED, []) if one != found.code]
        messages.success(request, _("Your name and how to reach you have been erased. You are no longer told of this report."))
        return redirect("care:overview")
    form: Any = ReplyForm(request.POST) if act == "reply" else RatingForm(request.POST)
    if form.is_valid():
        try:
            if act == "reply":
                handling.reply(found, form.cleaned_data["text"])
                messages.success(request, _("Your reply has been sent."))
            else:
                handling.rate(found, form.cleaned_data["stars"], form.cleaned_data["why"])
                messages.success(request, _("Thank you for judging the answer."))
            return redirect(found)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "case": found,
        "moves": found.moves.select_related("agency").exclude(what__in=INSIDE),
        "photos": found.photos.all(),
        "own": True,
        "exact": True,
    }
    context |= {**_replies(request, found), ("reply" if act == "reply" else "judge"): form}
    return render(request, "care/case.html", context, status=422)


@audience(EVERYONE)
def photo(request: HttpRequest, code: str, number: int, size: str) -> HttpResponseBase:
    found = get_object_or_404(Case.objects.select_related("category"), code=code)
    if not found.is_public and not _may_open(request, found):
        raise Http404
    picture = get_object_or_404(found.photos, pk=number)
    file = picture.thumbnail if size == "small" else picture.picture
    response = FileResponse(file.open(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@audience(EVERYONE)
def draft_photo(request: HttpRequest) -> HttpResponseBase:
    draft = _draft(request)
    if not draft or not draft.thumbnail:
        raise Http404
    return FileResponse(draft.thumbnail.open(), content_type="image/jpeg")
