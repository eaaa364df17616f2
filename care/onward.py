"""Sending cases on to another Open311 server, such as a regency's own, and fetching back what becomes of them there.

What is to be sent is written in the transaction that decides it and sent by Celery. A sending whose answer was lost may have
arrived: before it is repeated, the other server is asked for a request that carries our code.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import httpx
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.fetching import Unreachable, client
from ntbportal.commons.people import User
from ntbportal.commons.tasks import wake

from . import handling
from .models import Case, CaseMove, CaseState, OnwardCase, OnwardServer
from .models.cases import OPEN_STATES
from .redaction import public_text

log = logging.getLogger(__name__)
State = OnwardCase.State
PAUSES = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
LOOK_AGAIN = timedelta(minutes=10)
LOOK_AGAIN_OLD = timedelta(hours=2)  # after the first three days
TASK = "care.send_onward"


class Passing(Exception):
    """It may work later."""


class Refused(Exception):
    """The other server does not take it; the message is its own."""


def server_of(case: Case) -> OnwardServer | None:
    """Where the case's agency has its cases sent, if it may and was not yet."""
    if not case.agency_id or case.is_secret or not case.is_open:
        return None
    return OnwardServer.objects.filter(agency=case.agency_id, is_active=True).exclude(cases__case=case).first()


def consider(case: Case) -> None:
    """After a case was forwarded to an agency: put it down for sending where its server takes all. In the caller's transaction."""
    server = server_of(case)
    if server is not None and server.is_automatic and service_code(server, case):
        _put_down(case, server)


@transaction.atomic
def send_on(case: Case, by: User, *, seen_at: str | None = None) -> OnwardCase:
    """An officer has the case sent to the server of its agency. Raises ValidationError where there is none for it."""
    case = handling.locked(case, seen_at)
    server = server_of(case)
    if server is None:
        raise ValidationError(_("No other portal takes this report."))
    if not service_code(server, case):
        raise ValidationError(_("The other portal has no service for this category. An administrator can name one."))
    return _put_down(case, server)


def _put_down(case: Case, server: OnwardServer) -> OnwardCase:
    row, _is_new = OnwardCase.objects.get_or_create(case=case, defaults={"server": server})
    transaction.on_commit(lambda: wake(TASK))
    return row


def service_code(server: OnwardServer, case: Case) -> str:
    """The service there for the case's category, else for the one above it; empty where there is none."""
    codes = dict(server.services.values_list("category", "service_code"))
    return str(codes.get(case.category_id) or codes.get(case.category.parent_id or 0) or "")


MOST_AT_ONCE = 100


def send_due(limit: int = MOST_AT_ONCE) -> int:
    """Send and look after what is due, one transaction each; returns how many."""
    done = 0
    while done < limit and _next():
        done += 1
    return done


@transaction.atomic
def _next() -> bool:
    row = (
        OnwardCase.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("server", "case__category", "case__region", "case__agency")
        .filter(state__in=[State.WAITING, State.TOKEN, State.OPEN], next_at__lte=timezone.now(), server__is_active=True)
        .order_by("next_at")
        .first()
    )
    if row is None:
        return False
    try:
        with client() as http, transaction.atomic():
            if row.state == State.WAITING:
                _send(http, row)
            elif row.state == State.TOKEN:
                _ask_number(http, row)
            else:
                _look(http, row)
        row.tries, row.error = 0, ""
    except (Passing, httpx.HTTPError, Unreachable) as failure:
        row.tries += 1
        row.error = (str(failure) or type(failure).__name__)[:300]
        if row.state == State.WAITING and row.tries > len(PAUSES):
            _give_up(row)
        row.next_at = timezone.now() + PAUSES[min(row.tries, len(PAUSES)) - 1]
    except Refused as refusal:
        row.error = str(refusal)[:300]
        _give_up(row)
    except (OperationalError, InterfaceError):  # the connection is gone: all wait
        raise
    except Exception as failure:  # one broken row must not hold up the others
        log.exception("report %s cannot be sent on", row.case.code)
        row.tries, row.error, row.next_at = row.tries + 1, repr(failure)[:300], timezone.now() + PAUSES[-1]
    row.save()
    return True


def _give_up(row: OnwardCase) -> None:
    """The case stays with its agency here, whose officers are told why."""
    row.state = State.FAILED
    case = row.case
    move = CaseMove.objects.create(
        case=case, what=CaseMove.What.NOTED, agency=case.agency, from_state=case.state, to_state=case.state,
        inside_note=_("%(server)s did not take the report: %(error)s") % {"server": row.server.name, "error": row.error},
    )  # fmt: skip
    handling.tell_officers(
        case, move, gettext_lazy("Report %(code)s could not be sent on"), gettext_lazy("It stays with you. The page says why."),
    )  # fmt: skip


def _address(server: OnwardServer, path: str) -> str:
    return f"{server.url.rstrip('/')}/{path}"


def _rows(response: httpx.Response) -> list[dict[str, Any]]:
    """The list of an answer. Raises Passing or Refused."""
    if response.status_code >= 500 or response.status_code in {408, 425, 429}:
        raise Passing(f"HTTP {response.status_code}")
    try:
        found = response.json()
    except ValueError:
        found = None
    if response.status_code >= 400:
        said = "; ".join(str(one.get("description", "")) for one in found if isinstance(one, dict)) if isinstance(found, list) else ""
        raise Refused(said or f"HTTP {response.status_code}")
    rows = found.get("service_requests", []) if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise Passing("not an answer of Open311")
    return rows


def _with(server: OnwardServer, **values: str) -> dict[str, str]:
    return {**({"jurisdiction_id": server.jurisdiction} if server.jurisdiction else {}), **values}


def _send(http: httpx.Client, row: OnwardCase) -> None:
    case, server = row.case, row.server
    if case.state not in OPEN_STATES or not case.is_public:  # it may have become secret while it waited
        row.state, row.error = State.CLOSED, ""
        return
    if row.tries and (known := _find_again(http, row)):
        _arrived(row, known)
        return
    exact = case.latitude is not None and case.longitude is not None
    latitude, longitude = (case.latitude, case.longitude) if exact else (case.region.latitude, case.region.longitude)
    form = _with(
        server,
        service_code=service_code(server, case),
        description=f"{public_text(case)}\n\nNTB Care {case.code}",
        address_string=", ".join(filter(None, [case.place_note, case.region.full_name])),
        **({"lat": repr(latitude), "long": repr(longitude)} if latitude is not None and longitude is not None else {}),
        **({"api_key": server.api_key} if server.api_key else {}),
        **_contact(case, server),
    )
    photo = case.photos.filter(move=None, hidden_at=None).first() if case.is_public else None
    if photo is not None:
        form["media_url"] = settings.BASE_URL + reverse("care:photo", args=[case.code, photo.pk, "large"])
    rows = _rows(http.post(_address(server, "requests.json"), data=form))
    answered = rows[0] if rows else {}
    if number := str(answered.get("service_request_id") or ""):
        _arrived(row, number)
    elif token := str(answered.get("token") or ""):
        row.state, row.token, row.next_at = State.TOKEN, token[:80], timezone.now() + PAUSES[0]
    else:
        raise Passing("neither a number nor a token came back")


def _contact(case: Case, server: OnwardServer) -> dict[str, str]:
    if not server.sends_contact or case.is_anonymous:
        return {}
    first, _space, last = case.reporter_name.partition(" ")
    told = {"first_name": first, "last_name": last, "email": case.reporter_email, "phone": case.reporter_phone}
    return {name: value for name, value in told.items() if value}


def _find_again(http: httpx.Client, row: OnwardCase) -> str:
    """The number there of a request that carries our code, after a sending whose answer was lost."""
    query = _with(
        row.server, service_code=service_code(row.server, row.case), start_date=row.created_at.isoformat(timespec="seconds"),
    )  # fmt: skip
    for one in _rows(http.get(_address(row.server, "requests.json"), params=query)):
        if row.case.code in str(one.get("description", "")):
            return str(one.get("service_request_id") or "")
    return ""


def _arrived(row: OnwardCase, number: str) -> None:
    row.state, row.request_id, row.next_at = State.OPEN, number[:80], timezone.now() + LOOK_AGAIN
    case = handling.locked(row.case, None)
    if case.state not in OPEN_STATES:
        return
    text = _("Sent on to %(server)s, where its number is %(number)s.") % {"server": row.server.name, "number": number}
    handling.note_onward(case, CaseMove.What.SENT_ON, text)


def _ask_number(http: httpx.Client, row: OnwardCase) -> None:
    rows = _rows(http.get(_address(row.server, f"tokens/{row.token}.json"), params=_with(row.server)))
    number = str(rows[0].get("service_request_id") or "") if rows else ""
    if number:
        _arrived(row, number)
    else:
        row.next_at = timezone.now() + LOOK_AGAIN


def _look(http: httpx.Client, row: OnwardCase) -> None:
    """What the other server says of the request now: its notes are news on the timeline, closed is the answer."""
    rows = _rows(http.get(_address(row.server, f"requests/{row.request_id}.json"), params=_with(row.server)))
    if not rows:
        raise Passing("the request is not there")
    is_closed, notes = str(rows[0].get("status", "")).lower() == "closed", str(rows[0].get("status_notes") or "").strip()[:4000]
    case = handling.locked(row.case, None)
    is_old = row.created_at < timezone.now() - timedelta(days=3)
    row.next_at = timezone.now() + (LOOK_AGAIN_OLD if is_old else LOOK_AGAIN)
    if is_closed:
        row.state, row.status_notes = State.CLOSED, notes
        if case.state in OPEN_STATES:
            handling.answer(case, None, notes or _("%(server)s has closed the report.") % {"server": row.server.name})
    elif notes and notes != row.status_notes:
        row.status_notes = notes
        if case.state in OPEN_STATES and case.state != CaseState.NEEDS_INFO:
            handling.note_onward(case, CaseMove.What.NEWS, notes)
