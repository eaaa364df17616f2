"""What officers do with a case. Each act locks the case, checks that it is still as the officer saw it, writes the
timeline and the notices in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User
from ntbportal.commons.texts import without_controls
from ntbportal.commons.unsubscribing import unsubscribe_key
from ntbportal.commons.uploads import CleanPicture

from .deadlines import due_after
from .live import touch_desks
from .models import Case, CaseMove, CaseState, Step
from .models.cases import OPEN_STATES
from .photos import keep_photos
from .redaction import redact_case, redact_move
from .routing import consider_sending_on, coordinators_of, people_in_charge, tell_responsible
from .similar import ask_to_confirm

What = CaseMove.What


class ChangedMeanwhile(ValidationError):
    """Somebody else has moved the case since the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this report in the meantime. Look at it again, your text is kept below."))


def locked(case: Case, seen_at: str | None) -> Case:
    """The case, held until the transaction ends. Raises ChangedMeanwhile where it is no longer as it was seen."""
    locked = Case.objects.select_for_update(of=("self",)).select_related("agency", "unit", "region", "category").get(pk=case.pk)
    if seen_at and locked.updated_at.isoformat() != seen_at:
        raise ChangedMeanwhile
    return locked


def move_case(
    case: Case,
    what: str,
    by: User | None,
    to_state: str,
    *,
    public: str = "",
    inside: str = "",
    private: bool = False,
) -> CaseMove:
    """Save the case in its new state and write the step; `private`: `public` is read by the reporter
    only, until an officer publishes it (corrections.publish_step)."""
    before, case.state, case.updated_at = case.state, to_state, timezone.now()
    case.save()
    move = CaseMove(
        case=case,
        what=what,
        by=by,
        agency=case.agency,
        from_state=before,
        to_state=to_state,
        public_note=without_controls(public),
        inside_note=without_controls(inside),
        is_private=private,
        at=case.updated_at,
    )
    redact_move(case, move)
    move.save()
    touch_desks(case)
    return move


def tell_reporter(case: Case, move: CaseMove, subject: object, body: object) -> None:
    """The reporter, and those whose reports were put together with this one."""
    tell_one(case, case, move, subject, body)
    for copy in () if move.is_private else case.duplicates.all():
        # a report that became secret or hidden is no longer the matter of whoever reported the same
        # in public; of any other its reporter reads what all may read, not a name
        if case.is_public or (case.is_secret and copy.is_secret):
            tell_one(copy, case, move, subject, body)
    if case.is_public:
        _tell_followers(case, move)


def _tell_followers(case: Case, move: CaseMove) -> None:
    """Those who follow the case and have said that they want to; nothing of what is private."""
    if move.is_private:
        return
    follows = list(case.follows.select_related("user"))
    told = Message(
        event=f"case:{case.pk}:followed:{move.pk}",
        subject=gettext_lazy("News of report %(code)s that you follow"),
        body=gettext_lazy("%(state)s. %(note)s"),
        path=case.get_absolute_url(),
        values={"code": case.code, "state": move.get_what_display(), "note": move.redacted_note},
    )
    users = [one.user for one in follows if one.user]
    if users:
        announce(told, users=users)
    for one in follows:
        if one.email and not one.user and one.confirmed_at:
            announce(
                replace(told, unsubscribe=unsubscribe_key("follow", one.pk)),
                addresses=[(one.email, one.language)],
            )
        elif one.email and not one.user:
            ask_to_confirm(one)


def tell_one(one: Case, case: Case, move: CaseMove, subject: object, body: object) -> None:
    note = move.public_note if one.pk == case.pk else move.redacted_note
    message = Message(
        event=f"case:{case.pk}:move:{move.pk}",
        subject=subject,
        body=body,
        path=case.get_absolute_url() if case.is_public else one.get_absolute_url(),
        values={"code": one.code, "note": note, "agency": case.agency.short_name if case.agency else ""},
    )
    if one.reporter_email:
        announce(message, addresses=[(one.reporter_email, one.language)])
    elif one.reporter:
        announce(message, users=[one.reporter])
    elif one.reporter_phone:
        announce(message, phones=[(one.reporter_phone, one.language)])


def need_text(text: str, message: str) -> str:
    text = without_controls(text).strip()
    if not text:
        raise ValidationError(message)
    return text


@transaction.atomic
def take(case: Case, by: User, *, seen_at: str | None = None) -> Case:
    """The officer takes the case in hand."""
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.officer_id == by.pk and case.state == CaseState.IN_PROGRESS:
        return case
    case.officer = by
    move = move_case(case, What.TAKEN, by, CaseState.IN_PROGRESS)
    tell_reporter(
        case, move, gettext_lazy("Your report %(code)s is being handled"), gettext_lazy("%(agency)s has taken your report in hand.")
    )
    return case


@transaction.atomic
def answer(
    case: Case, by: User | None, text: str, *, inside: str = "", pictures: Iterable[CleanPicture] = (), seen_at: str | None = None
) -> Case:
    """Answer in public (for a secret case: to its reporter only)."""
    text = need_text(text, _("Write the answer first."))
    case = locked(case, seen_at)
    if case.state not in (*OPEN_STATES, CaseState.ANSWERED):
        raise ValidationError(_("This report is no longer open."))
    case.officer = case.officer or by
    case.answered_at = case.answered_at or timezone.now()
    case.due_at = case.paused_at = case.time_left = None
    case.reply_until = due_after(timezone.now(), Step.REPLY, case)
    move = move_case(case, What.ANSWERED, by, CaseState.ANSWERED, public=text, inside=inside.strip())
    keep_photos(case, pictures, move)
    tell_reporter(case, move, gettext_lazy("Answer to your report %(code)s"), gettext_lazy("%(agency)s has answered:\n\n%(note)s"))
    return case


@transaction.atomic
def transfer(case: Case, by: User, agency: Agency, reason: str, *, seen_at: str | None = None) -> Case:
    """Hand the case to another agency, with a reason that everyone may read."""
    reason = need_text(reason, _("Say why the report is handed on."))
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.agency_id == agency.pk:
        raise ValidationError(_("The report is already with this agency."))
    was, case.agency, case.unit, case.officer, case.rule = case.agency_id, agency, None, None, None
    case.due_at = due_after(timezone.now(), Step.ANSWER, case)
    case.first_due_at = case.due_at if case.answered_at is None else case.first_due_at
    move_case(case, What.TRANSFERRED, by, CaseState.ASSIGNED, public=reason)
    tell_responsible(case)
    touch_desks(case, was)
    consider_sending_on(case)
    return case


@transaction.atomic
def reject(case: Case, by: User, reason: str, *, seen_at: str | None = None) -> Case:
    """Do not accept the case, with a reason for the reporter."""
    reason = need_text(reason, _("Say why the report is not accepted."))
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    case.due_at = None
    move = move_case(case, What.REJECTED, by, CaseState.REJECTED, public=reason)
    tell_reporter(case, move, gettext_lazy("Your report %(code)s was not accepted"), gettext_lazy("The reason:\n\n%(note)s"))
    return case


@transaction.atomic
def note_inside(case: Case, by: User, text: str) -> Case:
    """A note that only those responsible read."""
    text = need_text(text, _("Write the note first."))
    case = locked(case, None)
    move_case(case, What.NOTED, by, case.state, inside=text)
    return case


@transaction.atomic
def ask_to_explain(case: Case, by: User, text: str) -> Case:
    """A leader asks the agency why a case stands as it does; a note inside, told to whoever is in charge."""
    text = need_text(text, _("Write the question first."))
    case = locked(case, None)
    move = move_case(case, What.NOTED, by, case.state, inside=text)
    announce(
        Message(
            event=f"case:{case.pk}:explain:{move.pk}",
            subject=gettext_lazy("The leaders ask about report %(code)s"),
            body=gettext_lazy("%(note)s"),
            path=f"/care/desk/{case.code}/",
            values={"code": case.code, "note": text},
        ),
        users=people_in_charge(case) or coordinators_of(case),
    )
    return case


@transaction.atomic
def ask(case: Case, by: User, text: str, *, seen_at: str | None = None) -> Case:
    """Ask the reporter something; the clock stands until the reply comes."""
    text = need_text(text, _("Write the question first."))
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.is_emergency:
        raise ValidationError(_("The clock of an emergency does not stop. Call the reporter."))
    now = timezone.now()
    if case.paused_at is None:
        case.paused_at, case.time_left = now, max(case.due_at - now, timedelta(0)) if case.due_at else None
    case.due_at = None
    case.officer = case.officer or by
    move = move_case(case, What.ASKED, by, CaseState.NEEDS_INFO, public=text, private=True)
    tell_reporter(case, move, gettext_lazy("A question about your report %(code)s"), gettext_lazy("%(agency)s asks:\n\n%(note)s"))
    return case


@transaction.atomic
def reply(case: Case, text: str, *, pictures: Iterable[CleanPicture] = (), seen_at: str | None = None) -> Case:
    """The reporter writes back; only the agency reads it. After a question the clock goes on; after
    an answer this reopens the case, once, within the reply window (SP4N-LAPOR!: ten working days).
    What is written to a copy goes to the report it was put together with."""
    text = need_text(text, _("Write something first."))
    case = locked(case, seen_at)
    if case.state == CaseState.DUPLICATE and case.duplicate_of_id:
        return _reply_to_original(case, text, pictures)
    if case.state == CaseState.NEEDS_INFO:
        _go_on(case)
        state = CaseState.IN_PROGRESS if case.officer_id else CaseState.ASSIGNED
        move = move_case(case, What.REPLIED, None, state, public=text, private=True)
    elif case.state in OPEN_STATES:
        move = move_case(case, What.REPLIED, None, case.state, public=text, private=True)
    elif case.state == CaseState.ANSWERED:
        if case.was_reopened:
            raise ValidationError(_("The report has been reopened once already. The coordinator may reopen it again."))
        if case.reply_until and case.reply_until < timezone.now():
            raise ValidationError(_("The time to reply has passed."))
        case.was_reopened = True
        move = _reopen(case, None, text)
    else:
        raise ValidationError(_("This report is closed."))
    keep_photos(case, pictures, move)
    tell_officers(case, move, gettext_lazy("Reply to report %(code)s"), gettext_lazy("%(note)s"))
    return case


def _reply_to_original(copy: Case, text: str, pictures: Iterable[CleanPicture]) -> Case:
    """The reporter of a copy adds to the report that it was put together with."""
    original = locked(Case(pk=copy.duplicate_of_id), None)
    if original.state not in OPEN_STATES:
        raise ValidationError(_("This report is closed."))
    pictures = list(pictures)
    kept = move_case(copy, What.REPLIED, None, copy.state, public=text, private=True)
    keep_photos(copy, pictures, kept)
    move = move_case(original, What.REPLIED, None, original.state, inside=f"{copy.code}: {text}", private=True)
    announce(
        Message(
            event=f"case:{original.pk}:office:{move.pk}",
            subject=gettext_lazy("Reply to report %(code)s"),
            body=gettext_lazy("%(note)s"),
            path=f"/care/desk/{original.code}/",
            values={"code": original.code, "note": text},
        ),
        users=people_in_charge(original),
    )
    return copy


def _go_on(case: Case) -> None:
    """The clock goes on with what was left, at least until the end of today's working day."""
    if case.time_left is not None:
        case.due_at = timezone.now() + max(case.time_left, timedelta(hours=8))
        case.first_due_at = case.due_at if case.answered_at is None else case.first_due_at
    case.paused_at = case.time_left = None


def _reopen(case: Case, by: User | None, text: str) -> CaseMove:
    case.due_at = due_after(timezone.now(), Step.ANSWER, case)
    case.closed_at = case.reply_until = case.rating = None
    case.rating_reason = ""
    state = CaseState.IN_PROGRESS if case.officer_id else CaseState.ASSIGNED
    # the coordinator's reason is public; what the reporter writes is between reporter and agency
    return move_case(case, What.REOPENED, by, state, public=text, private=by is None)


@transaction.atomic
def reopen(case: Case, by: User, reason: str, *, seen_at: str | None = None) -> Case:
    """The coordinator reopens a case that was answered, closed or turned away, at any time, with a reason."""
    reason = need_text(reason, _("Say why the report is reopened."))
    case = locked(case, seen_at)
    if case.state in OPEN_STATES:
        raise ValidationError(_("This report is open."))
    case.duplicate_of = None
    move = _reopen(case, by, reason)
    tell_reporter(case, move, gettext_lazy("Your report %(code)s has been reopened"), gettext_lazy("%(note)s"))
    tell_officers(case, move, gettext_lazy("Reopened: report %(code)s"), gettext_lazy("%(note)s"))
    return case


@transaction.atomic
def rate(case: Case, stars: int, why: str = "", *, seen_at: str | None = None) -> Case:
    """The reporter judges the answer, 1 to 5, and closes the case with it."""
    if not 1 <= stars <= 5:
        raise ValidationError(_("Choose one to five."))
    case = locked(case, seen_at)
    if case.state not in (CaseState.ANSWERED, CaseState.CLOSED) or case.rating:
        raise ValidationError(_("This report cannot be judged now."))
    case.rating, case.rating_reason = stars, why.strip()[:500]
    case.closed_at = case.closed_at or timezone.now()
    move_case(case, What.CLOSED, None, CaseState.CLOSED)
    return case


@transaction.atomic
def refer(case: Case, by: User, text: str, *, seen_at: str | None = None) -> Case:
    """Another body is responsible (national LAPOR!, a regency, a company): say which, and how to reach it."""
    text = need_text(text, _("Say who is responsible and how to reach them."))
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    case.due_at = None
    move = move_case(case, What.REFERRED, by, CaseState.REFERRED, public=text)
    tell_reporter(case, move, gettext_lazy("Your report %(code)s is a matter of others"), gettext_lazy("%(note)s"))
    return case


@transaction.atomic
def assign(case: Case, by: User, officer: User, *, seen_at: str | None = None) -> Case:
    """Give the case to an officer of its agency."""
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    offices = {case.agency_id, case.unit_id} - {None}
    if not offices & officer.agencies_as(Role.OFFICER):
        raise ValidationError(_("This person is no officer of the agency."))
    case.officer = officer
    move = move_case(case, What.TAKEN, by, CaseState.IN_PROGRESS, inside=str(officer))
    announce(
        Message(
            event=f"case:{case.pk}:assigned:{move.pk}",
            subject=gettext_lazy("Report %(code)s is yours"),
            body=gettext_lazy("It has been given to you. Please answer it in time."),
            path=f"/care/desk/{case.code}/",
            values={"code": case.code},
        ),
        users=[officer],
    )
    return case


@transaction.atomic
def hide_words(case: Case, by: User, words: str) -> Case:
    """Which names and words the public does not read; all of them anew, one a line."""
    case = locked(case, None)
    kept = "\n".join(dict.fromkeys(line.strip() for line in words.splitlines() if line.strip()))
    if kept != case.hidden_words:
        case.hidden_words = kept
        redact_case(case)
        case.save(update_fields=["hidden_words", "public_description", "public_place_note", "redacted_by"])
        CaseMove.objects.create(
            case=case, what=What.NOTED, by=by, agency=case.agency, from_state=case.state, to_state=case.state,
            inside_note=_("Words left out in public: %(words)s") % {"words": ", ".join(kept.splitlines()) or "–"},
        )  # fmt: skip
    return case


@transaction.atomic
def dispose(case: Case, by: User, unit: Agency | None, note: str = "", *, seen_at: str | None = None) -> Case:
    """Give the case to a unit of its agency, or (None) back to the agency itself. The clock runs on; the agency stays
    responsible, and its officers go on seeing it."""
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if unit is not None and (not case.agency_id or unit.parent_id != case.agency_id):
        raise ValidationError(_("This is no unit of the agency."))
    if case.unit_id == (unit.pk if unit else None):
        raise ValidationError(_("The report is already there."))
    was, case.unit, case.officer = case.unit_id, unit, None
    state = CaseState.ASSIGNED if case.state == CaseState.IN_PROGRESS else case.state
    move = move_case(case, What.DISPOSED, by, state, inside=f"{unit or case.agency}: {note.strip()}".removesuffix(": "))
    announce(
        Message(
            event=f"case:{case.pk}:disposed:{move.pk}",
            subject=gettext_lazy("Report %(code)s has been given to your unit"),
            body=gettext_lazy("Please take it in hand and answer it in time."),
            path=f"/care/desk/{case.code}/",
            urgent=case.is_emergency,
            values={"code": case.code},
        ),
        users=User.objects.holding(Role.OFFICER, agency=unit or case.agency),
    )
    touch_desks(case, was)
    return case


def note_onward(case: Case, what: str, text: str) -> None:
    """A public entry of the timeline that came from another portal; belongs in a transaction that holds the case."""
    move = move_case(case, what, None, case.state, public=text)
    tell_reporter(case, move, gettext_lazy("News of your report %(code)s"), gettext_lazy("%(note)s"))


def tell_officers(case: Case, move: CaseMove, subject: object, body: object) -> None:
    """The officer who has the case, else all of its agency."""
    announce(
        Message(
            event=f"case:{case.pk}:office:{move.pk}",
            subject=subject,
            body=body,
            path=f"/care/desk/{case.code}/",
            values={"code": case.code, "note": move.public_note},
        ),
        users=people_in_charge(case),
    )
