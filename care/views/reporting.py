"""The three screens of a report, until its receipt."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.throttle import is_too_often
from ntbportal.commons.uploads import CleanPicture

from ..asking import fitting_category, has_more, shown_answers
from ..budgets import photos_are_too_many
from ..confidential import why_secret
from ..emergencies import judge, judge_words
from ..forms import MOST_PHOTOS, FollowForm, QuestionsForm, WhatForm, WhereForm, WhoForm
from ..intake import Receipt, Report, file_complaint, receipt_of
from ..models import Case, Category, DraftPhoto, ReportDraft
from ..photos import files_of
from ..similar import Similar, follow, similar_cases

DRAFTS = "care-drafts"  # keys of the reports begun in this browser, the last one last
MOST_DRAFTS = 10
OPENED = "care-opened"  # codes whose private side this browser may see
RECEIPT_TIME = timedelta(minutes=30)
MOST_REPORTS = settings.CARE_REPORTS_PER_HOUR  # from one address, of those that are no emergencies


def _draft(request: HttpRequest) -> ReportDraft | None:
    """The report that the address names (?draft=key), if it was begun in this browser: two windows
    write two reports. An address without a key means the last one begun."""
    mine = request.session.get(DRAFTS, [])
    asked = request.GET.get("draft") or request.POST.get("draft") or (mine[-1] if mine else "")
    if asked not in mine:
        return None
    return ReportDraft.objects.filter(pk=asked).first()


def _remember(request: HttpRequest, draft: ReportDraft) -> None:
    """This browser may go on with the draft, and read its receipt."""
    mine = [key for key in request.session.get(DRAFTS, []) if key != str(draft.pk)]
    request.session[DRAFTS] = [*mine, str(draft.pk)][-MOST_DRAFTS:]


def _to(name: str, draft: ReportDraft) -> HttpResponse:
    return redirect(f"{reverse(name)}?draft={draft.pk}")


def _lost(request: HttpRequest) -> HttpResponse:
    """The draft of the address was begun elsewhere, or so long ago that the session has ended."""
    if "draft" in request.GET:
        messages.error(request, _("This report is no longer on this device: it was begun elsewhere or too long ago. Please begin again."))
    return redirect("care:what")


def _unsent(request: HttpRequest) -> ReportDraft | None:
    """The last report that was begun here and not sent; the page offers to go on with it."""
    mine = request.session.get(DRAFTS, [])
    rows = ReportDraft.objects.filter(pk__in=mine, sent_at__isnull=True).order_by("-created_at")
    return next((draft for draft in rows if draft.values.get("description")), None) if mine else None


def _category(asked: str) -> Category | None:
    number = whole_number(asked)
    rows = Category.objects.filter(is_active=True).select_related("parent")
    return rows.filter(pk=number).first() if number is not None else None


def _questions(values: Any, initial: dict[str, Any] | None = None, *, bound: bool = False) -> QuestionsForm:
    """The part of screen 1 that follows the category chosen in `values`."""
    category, sub = _category(str(values.get("category") or "")), _category(str(values.get("sub") or ""))
    sub = sub if sub and category and sub.parent_id == category.pk else None
    return QuestionsForm(values if bound else None, category=category, sub=sub, initial=initial or {"sub": sub})


@never_cache
@audience(EVERYONE)
def what(request: HttpRequest) -> HttpResponse:
    """Screen 1. Without scripts the questions of the chosen category appear when the button is pressed."""
    draft = _draft(request) if "draft" in request.GET or request.method == "POST" else None
    if draft and draft.is_sent:
        if "draft" in request.GET:  # "Back" after sending, a second tap: the receipt again
            return _to("care:thanks", draft)
        draft = None
    if request.method == "POST" and "draft" not in request.GET:
        draft = None  # a report begun anew, beside any other
    kept = draft.values if draft else {}
    initial: dict[str, Any] = {name: kept[name] for name in ("category", "description", "kind") if name in kept}
    if "category" in request.GET and not initial.get("category"):
        found = Category.objects.filter(slug=request.GET["category"][:60]).first()
        initial["category"] = (found.parent_id or found.pk) if found else None
        initial["sub"] = found.pk if found and found.parent_id else None
    too_much = request.method == "POST" and photos_are_too_many(request)
    files = None if too_much else request.FILES or None
    form = WhatForm(request.POST if request.method == "POST" else None, files, initial=initial)
    if too_much:
        form.add_error("photos", _("Many photos have come from your connection. Send the report without a photo, or try again in an hour."))
    if request.method != "POST":
        sub = initial.get("sub") or kept.get("sub")
        more = _questions({**initial, "sub": sub}, {**kept.get("typed", {}), "sub": sub})
        return _what_page(request, form, more, draft, unsent=None if draft else _unsent(request))
    more = _questions(request.POST, bound=True)
    chosen = more.chosen
    asked = chosen is None or request.POST.get("asked") == str(chosen.pk) or not has_more(chosen)
    valid = form.is_valid()
    if chosen is None and form.cleaned_data.get("description"):
        proposal = fitting_category(form.cleaned_data["description"])
        return _what_page(request, form, more, draft, proposal=proposal, status=422)
    if not asked:
        more = _questions(request.POST)
    photos = form.cleaned_data.get("photos") or []
    if photos and (valid or not asked):
        draft = _keep_photos(draft or ReportDraft.objects.create(), photos)  # a file field cannot be filled again
        _remember(request, draft)
    if not asked:
        return _what_page(request, form, more, draft, status=200 if valid else 422)
    if not (valid & more.is_valid()) or chosen is None:
        return _what_page(request, form, more, draft, status=422)
    draft = draft or ReportDraft()
    data = form.cleaned_data
    draft.keep(
        category=data["category"].pk, sub=chosen.pk if chosen.parent_id else None, description=data["description"], kind=data["kind"],
        trapped=bool(data["website"]) or kept.get("trapped", False), answers=more.answers,
        typed={name: str(more.data.get(name, "")) for name in more.fields if name.startswith("q_")},
    )  # fmt: skip
    draft.save()
    _remember(request, draft)
    return _to("care:where", draft)


def _what_page(
    request: HttpRequest,
    form: WhatForm,
    more: QuestionsForm,
    draft: ReportDraft | None,
    *,
    proposal: Category | None = None,
    unsent: ReportDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    photos = list(draft.photos.all()) if draft and draft.pk else []
    context = {"form": form, "more": more, "draft": draft, "photos": photos, "step": 1, "proposal": proposal, "most": MOST_PHOTOS}
    context["unsent"] = unsent
    return render(request, "care/what.html", context, status=status)


def _keep_photos(draft: ReportDraft, pictures: list[CleanPicture]) -> ReportDraft:
    """Add photos to a draft, up to five in all; the place of the first one that knows it is proposed on screen 2."""
    room = MOST_PHOTOS - draft.photos.count()
    for picture in pictures[:room]:
        DraftPhoto.objects.create(draft=draft, **files_of(picture))
    place = next((picture.place for picture in pictures if picture.place), None)
    if place and not draft.values.get("photo_place"):
        draft.keep(photo_place=place)
        draft.save()
    return draft


@audience(EVERYONE)
def more(request: HttpRequest) -> HttpResponse:
    """What follows after a category is chosen: the second level and the questions."""
    return render(request, "care/_more.html", {"more": _questions(request.GET)})


@audience(EVERYONE)
def propose(request: HttpRequest) -> HttpResponse:
    """POST of the text being written: which category it sounds like, if it is another one than is chosen."""
    proposal = fitting_category(request.POST.get("description", "")) if request.method == "POST" else None
    chosen = {request.POST.get("category", ""), request.POST.get("sub", "")}
    if proposal and (str(proposal.pk) in chosen or (str(proposal.parent_id) in chosen and request.POST.get("sub"))):
        proposal = None
    emergency = judge_words(request.POST.get("description", "")).is_emergency if request.method == "POST" else False
    return render(request, "care/_proposal.html", {"proposal": proposal, "emergency": emergency})


@never_cache
@audience(EVERYONE)
def draft_photo_drop(request: HttpRequest, number: int) -> HttpResponse:
    """POST: take a photo out of the report being written."""
    draft = _draft(request)
    if draft and request.method == "POST" and (photo := draft.photos.filter(pk=number).first()):
        photo.forget()
    return _to("care:what", draft) if draft else redirect("care:what")


@never_cache
@audience(EVERYONE)
def where(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    if draft is None:
        return _lost(request)
    if draft.is_sent:
        return _to("care:thanks", draft)
    initial = {name: draft.values.get(name) for name in ("regency", "district", "village", "place_note", "latitude", "longitude")}
    message = ""
    if not initial["regency"] and (place := draft.values.get("photo_place")):
        found, message = place_of(*place, of_photo=True)
        initial |= found
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
        return _to("care:who", draft)
    # Without scripts the next list appears when the button is pressed: not an error, the next question.
    asked = request.method == "POST" and bool(form.data.get("regency")) and "village" not in form.data
    if asked:
        form.errors.clear()
    context = {"form": form, "draft": draft, "step": 2, "message": message}
    return render(request, "care/where.html", context, status=422 if form.errors else 200)


def place_of(latitude: float, longitude: float, *, of_photo: bool = False) -> tuple[dict[str, Any], str]:
    """Initial values of the lists for a position in degrees, and what is said of it."""
    found = Region.objects.at(latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
    if not found or found.code.count(".") < 2:
        if of_photo:
            return {}, _("The photo was not taken in West Nusa Tenggara. Choose the place from the lists.")
        return {}, _("Your position is not in West Nusa Tenggara. Choose the place from the lists.")
    parts = found.ancestor_codes()
    values = {
        "regency": parts[-2],
        "district": parts[-3],
        "village": parts[-4] if len(parts) > 3 else "",
        "latitude": latitude,
        "longitude": longitude,
    }
    if of_photo:
        return values, _("The photo was taken in %(place)s. Correct it if that is wrong.") % {"place": found.full_name}
    return values, _("This place is in %(place)s. Correct it if that is wrong.") % {"place": found.full_name}


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
        found, message = place_of(latitude, longitude)
        initial = found or initial
    if not str(initial["district"]).startswith(str(initial["regency"])):
        initial["district"] = initial["village"] = ""
    below = request.GET.get("below", "")  # the list that was changed: only those below it come anew
    context = {"form": WhereForm(initial=initial), "message": message}
    context["below"] = below if below in {"regency", "district"} else ""
    return render(request, "care/_places.html", context)


@never_cache
@audience(EVERYONE)
def who(request: HttpRequest) -> HttpResponse:
    draft = _draft(request)
    if draft is None:
        return _lost(request)
    if draft.is_sent:
        return _to("care:thanks", draft)
    if not draft.values.get("district"):
        return _to("care:where", draft)
    user = request.user if isinstance(request.user, User) else None
    initial = {"name": user.full_name, "email": user.email} if user else {}
    form = WhoForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _send(request, draft, form.cleaned_data, user)
    category = _chosen(draft)
    form.for_secret(why_secret(category, draft.values["description"]))
    region = Region.objects.filter(code=draft.values["village"] or draft.values["district"]).first()
    return render(
        request,
        "care/who.html",
        {
            "form": form,
            "draft": draft,
            "category": category,
            "answers": shown_answers(draft.values.get("answers", []), everything=True),
            "photos": draft.photos.all(),
            "region": region,
            "step": 3,
            "similar": _similar(draft, region),
        },
        status=422 if form.errors else 200,
    )


def _chosen(draft: ReportDraft) -> Category:
    return Category.objects.select_related("parent").get(pk=draft.values.get("sub") or draft.values["category"])


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
        if draft and not draft.is_sent:
            draft.forget()
    messages.success(request, _("Thank you. You are counted, and are told of what happens if we can reach you."))
    return redirect(found)


def _send(request: HttpRequest, draft: ReportDraft, contact: dict[str, Any], user: User | None) -> HttpResponse:
    values = draft.values
    if values.get("trapped"):  # a program; it is told nothing
        return redirect("care:overview")
    category = _chosen(draft)
    urgent = judge(category, values["description"], values["kind"]).is_emergency
    if not urgent and is_too_often(request, "care-intake", MOST_REPORTS):
        form = WhoForm(initial=contact)
        form.for_secret(why_secret(category, values["description"]))
        messages.error(request, _("Many reports have come from your connection. Yours is kept here: send it again in an hour."))
        region = Region.objects.filter(code=values["village"] or values["district"]).first()
        context = {"form": form, "draft": draft, "category": category, "region": region, "step": 3, "photos": draft.photos.all()}
        return render(request, "care/who.html", context, status=429)
    receipt = _file(draft, category, urgent, contact, user)
    request.session[OPENED] = [*request.session.get(OPENED, []), receipt.case.code][-20:]
    return _to("care:thanks", draft)


@transaction.atomic
def _file(draft: ReportDraft, category: Category, urgent: bool, contact: dict[str, Any], user: User | None) -> Receipt:
    """File the report of a draft; tapped twice the second one waits for the first and reads its
    receipt. What was typed is forgotten with it."""
    held = ReportDraft.objects.select_for_update().get(pk=draft.pk)
    if held.is_sent and (known := receipt_of(held.pk)):
        return known
    values = held.values
    pictures = []
    for kept in held.photos.all():
        with kept.picture.open() as full, kept.thumbnail.open() as small:
            name = kept.picture.name.rpartition("/")[2]
            pictures.append(CleanPicture(ContentFile(full.read(), name=name), ContentFile(small.read(), name=name), 0, 0))
    receipt = file_complaint(
        Report(
            category=category,
            is_emergency=urgent,
            answers=values.get("answers", []),
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
            draft_key=held.pk,
            pictures=pictures,
        )
    )
    held.refresh_from_db()
    held.empty()
    return receipt


@never_cache
@audience(EVERYONE)
def thanks(request: HttpRequest) -> HttpResponse:
    """The receipt of a draft, however often it is opened in this browser: its code always, the PIN
    for half an hour, as phones are shared."""
    draft = _draft(request)
    if draft is None or not draft.is_sent or draft.sent_at is None:
        return redirect("care:track")
    case = get_object_or_404(Case.objects.select_related("category"), code=draft.sent_code)
    if draft.sent_pin and timezone.now() - draft.sent_at > RECEIPT_TIME:
        draft.sent_pin = ""
        draft.save(update_fields=["sent_pin"])
    elif case.code not in request.session.get(OPENED, []):
        request.session[OPENED] = [*request.session.get(OPENED, []), case.code][-20:]
    return render(request, "care/thanks.html", {"case": case, "pin": draft.sent_pin})


@audience(EVERYONE)
def draft_photo(request: HttpRequest, number: int) -> HttpResponseBase:
    draft = _draft(request)
    kept = draft.photos.filter(pk=number).first() if draft else None
    if kept is None:
        raise Http404
    return FileResponse(kept.thumbnail.open(), content_type="image/jpeg")
