"""Requests for data by the public: taken in, passed on, extended once, provided or refused with a reason, on time.

Deadlines: ten working days, extended once by seven with a reason in writing (Law 14/2008 on public information,
article 22 paragraphs 7 and 8).
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User
from ntbportal.commons.working_days import add_working_days

from .models import DataRequest, DataSet, RequestState
from .models.planning import OPEN_REQUESTS

DAYS, MORE_DAYS = 10, 7


@transaction.atomic
def ask(request: DataRequest, language: str = "id") -> DataRequest:
    """Take a request in; the Walidata and the agency asked are told, the asker gets the number."""
    request.due_on = add_working_days(timezone.localdate(), DAYS)
    request.save()
    _tell_office(request, gettext_lazy("Request for data %(code)s: %(title)s"), gettext_lazy("Purpose: %(purpose)s\n\n%(text)s"), "asked")
    _tell_asker(
        request,
        gettext_lazy("Your request for data %(code)s"),
        gettext_lazy("We have received it and answer by %(due)s."),
        "asked",
        language,
    )
    return request


@transaction.atomic
def move(request: DataRequest, to: str, by: User, *, text: str = "", data_set: DataSet | None = None) -> DataRequest:
    """One step of a request. Raises ValidationError where a reason or the data are missing, or it is closed."""
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state not in OPEN_REQUESTS:
        raise ValidationError(_("This request has been answered."))
    if to in {RequestState.REFUSED, RequestState.EXTENDED} and not text.strip():
        raise ValidationError(_("Give the reason in writing: the law asks for it."))
    if to == RequestState.PROVIDED and not (data_set or text.strip()):
        raise ValidationError(_("Name the data set, or say how the data are provided."))
    if to == RequestState.EXTENDED:
        if request.state == RequestState.EXTENDED:
            raise ValidationError(_("A request is extended only once."))
        request.due_on = add_working_days(request.due_on, MORE_DAYS)
    if to in {RequestState.PROVIDED, RequestState.REFUSED}:
        request.answered_at = timezone.now()
    request.state, request.answer = to, text.strip() or request.answer
    request.answered_with = data_set or request.answered_with
    request.save()
    said = gettext_lazy("%(state)s. %(answer)s\n\nTo be answered by: %(due)s")
    _tell_asker(request, gettext_lazy("Your request for data %(code)s"), said, f"{to}:{timezone.now():%Y%m%d%H%M%S}")
    return request


@transaction.atomic
def assign(request: DataRequest, agency: Any) -> DataRequest:
    """Pass a request to the agency that holds the data."""
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.state not in OPEN_REQUESTS:
        raise ValidationError(_("This request has been answered."))
    request.agency = agency
    if request.state == RequestState.RECEIVED:
        request.state = RequestState.UNDER_REVIEW
    request.save()
    _tell_office(
        request, gettext_lazy("Request for data %(code)s: %(title)s"), gettext_lazy("Your agency is asked. Answer by %(due)s."),
        f"assigned:{agency.pk}",
    )  # fmt: skip
    return request


def remind() -> int:
    """Two working days before the day, on it and after it: once each."""
    today = timezone.localdate()
    told = 0
    for request in DataRequest.objects.filter(state__in=OPEN_REQUESTS, due_on__lte=add_working_days(today, 2)).iterator(chunk_size=200):
        when = "late" if request.due_on < today else "today" if request.due_on == today else "soon"
        with transaction.atomic():
            _tell_office(
                request,
                gettext_lazy("To be answered by %(due)s: request %(code)s"),
                gettext_lazy("%(title)s"),
                f"due:{request.due_on}:{when}",
            )
        told += 1
    return told


def _values(request: DataRequest) -> dict[str, Any]:
    from django.utils.formats import date_format

    return {
        "code": request.code, "title": request.title, "purpose": request.purpose, "text": request.text, "answer": request.answer,
        "state": request.get_state_display(), "due": date_format(request.due_on, "SHORT_DATE_FORMAT"),
    }  # fmt: skip


def _tell_office(request: DataRequest, subject: Any, body: Any, what: str) -> None:
    users = list(User.objects.holding(Role.WALIDATA))
    if request.agency_id:
        users += list(User.objects.holding(Role.PRODUCER, agency=request.agency))
    path = f"/onedata/desk/requests/{request.code}/"
    announce(Message(event=f"request:{request.pk}:{what}", subject=subject, body=body, path=path, values=_values(request)), users=users)


def _tell_asker(request: DataRequest, subject: Any, body: Any, what: str, language: str = "id") -> None:
    message = Message(
        event=f"request:{request.pk}:asker:{what}", subject=subject, body=body, path=request.get_absolute_url(), values=_values(request)
    )
    announce(message, addresses=[(request.requester_email, language)])
