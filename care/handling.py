"""What officers do with a case. Each act locks the case, checks that it is still as the officer saw it, writes the
timeline and the notices in one transaction."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import User

from .deadlines import due_after
from .live import touch_desks
from .models import Case, CaseMove, CaseState, Step
from .models.cases import OPEN_STATES
from .routing import tell_responsible

What = CaseMove.What


class ChangedMeanwhile(ValidationError):
    """Somebody else has moved the case since the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this report in the meantime. Look at it again, your text is kept below."))


def _locked(case: Case, seen_at: str | None) -> Case:
    locked = Case.objects.select_for_update(of=("self",)).select_related("agency", "region", "category").get(pk=case.pk)
    if seen_at and locked.updated_at.isoformat() != seen_at:
        raise ChangedMeanwhile
    return locked


def _move(case: Case, what: str, by: User | None, to_state: str, *, public: str = "", inside: str = "") -> CaseMove:
    before, case.state, case.updated_at = case.state, to_state, timezone.now()
    case.save()
    move = CaseMove.objects.create(
        case=case,
        what=what,
        by=by,
        agency=case.agency,
        from_state=before,
        to_state=to_state,
        public_note=public,
        inside_note=inside,
        at=case.updated_at,
    )
    touch_desks(case)
    return move


def _tell_reporter(case: Case, move: CaseMove, subject: object, body: object) -> None:
    message = Message(
        event=f"case:{case.pk}:move:{move.pk}",
        subject=subject,
        body=body,
        path=case.get_absolute_url(),
        values={"code": case.code, "note": move.public_note, "agency": case.agency.short_name if case.agency else ""},
    )
    if case.reporter_email:
        announce(message, addresses=[(case.reporter_email, case.language)])
    elif case.reporter:
        announce(message, users=[case.reporter])


def _need_text(text: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError(message)
    return text


@transaction.atomic
def take(case: Case, by: User, *, seen_at: str | None = None) -> Case:
    """The officer takes the case in hand."""
    case = _locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.officer_id == by.pk and case.state == CaseState.IN_PROGRESS:
        return case
    case.officer = by
    move = _move(case, What.TAKEN, by, CaseState.IN_PROGRESS)
    _tell_reporter(
        case, move, gettext_lazy("Your report %(code)s is being handled"), gettext_lazy("%(agency)s has taken your report in hand.")
    )
    return case


@transaction.atomic
def answer(case: Case, by: User, text: str, *, inside: str = "", seen_at: str | None = None) -> Case:
    """Answer in public (for a secret case: to its reporter only)."""
    text = _need_text(text, _("Write the answer first."))
    case = _locked(case, seen_at)
    if case.state not in (*OPEN_STATES, CaseState.ANSWERED):
        raise ValidationError(_("This report is no longer open."))
    case.officer = case.officer or by
    case.answered_at = case.answered_at or timezone.now()
    case.due_at = None
    move = _move(case, What.ANSWERED, by, CaseState.ANSWERED, public=text, inside=inside.strip())
    _tell_reporter(case, move, gettext_lazy("Answer to your report %(code)s"), gettext_lazy("%(agency)s has answered:\n\n%(note)s"))
    return case


@transaction.atomic
def transfer(case: Case, by: User, agency: Agency, reason: str, *, seen_at: str | None = None) -> Case:
    """Hand the case to another agency, with a reason that everyone may read."""
    reason = _need_text(reason, _("Say why the report is handed on."))
    case = _locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.agency_id == agency.pk:
        raise ValidationError(_("The report is already with this agency."))
    was, case.agency, case.officer, case.rule = case.agency_id, agency, None, None
    case.due_at = due_after(timezone.now(), Step.ANSWER, case)
    _move(case, What.TRANSFERRED, by, CaseState.ASSIGNED, public=reason)
    tell_responsible(case)
    touch_desks(case, was)
    return case


@transaction.atomic
def reject(case: Case, by: User, reason: str, *, seen_at: str | None = None) -> Case:
    """Do not accept the case, with a reason for the reporter."""
    reason = _need_text(reason, _("Say why the report is not accepted."))
    case = _locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    case.due_at = None
    move = _move(case, What.REJECTED, by, CaseState.REJECTED, public=reason)
    _tell_reporter(case, move, gettext_lazy("Your report %(code)s was not accepted"), gettext_lazy("The reason:\n\n%(note)s"))
    return case


@transaction.atomic
def note_inside(case: Case, by: User, text: str) -> Case:
    """A note that only those responsible read."""
    text = _need_text(text, _("Write the note first."))
    case = _locked(case, None)
    _move(case, What.NOTED, by, case.state, inside=text)
    return case
