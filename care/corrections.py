"""Setting a case right: hide it, show it again, change its category, place or kind, make it secret
or public, treat it as an emergency or not, publish what was between reporter and agency.

Each is an act of the timeline like those of handling.py: the case is locked, checked to be as the
officer saw it, routed, timed and told anew where the act changes that.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.people import User
from ntbportal.commons.places import Region

from .deadlines import due_after
from .handling import locked, move_case, need_text, tell_reporter
from .live import touch_desks
from .models import Case, CaseMove, CaseState, Category, SecretBecause, Step
from .models.cases import OPEN_STATES
from .public_map import map_place
from .redaction import redact_case, redact_move
from .routing import consider_sending_on, find_rule, tell_responsible

What = CaseMove.What
# what neither an officer nor the reporter lifts by accident
FIRM = (SecretBecause.REPORTER, SecretBecause.CATEGORY)


@transaction.atomic
def hide(case: Case, by: User, reason: str, *, seen_at: str | None = None) -> Case:
    """Take the case out of what the public sees; the reporter still reads it, and the reason."""
    reason = need_text(reason, _("Say why the report is hidden."))
    case = locked(case, seen_at)
    if case.hidden_at is not None:
        raise ValidationError(_("The report is hidden already."))
    case.hidden_at, case.hidden_reason = timezone.now(), reason[:200]
    move = move_case(case, What.HIDDEN, by, case.state, public=reason, private=True)
    tell_reporter(
        case,
        move,
        gettext_lazy("Your report %(code)s is no longer shown to the public"),
        gettext_lazy("It is handled all the same. The reason:\n\n%(note)s"),
    )
    return case


@transaction.atomic
def show_again(case: Case, by: User, reason: str = "", *, seen_at: str | None = None) -> Case:
    """Show a hidden case to the public again."""
    case = locked(case, seen_at)
    if case.hidden_at is None:
        raise ValidationError(_("The report is not hidden."))
    case.hidden_at, case.hidden_reason = None, ""
    move_case(case, What.SHOWN, by, case.state, inside=reason.strip())
    return case


@dataclass(frozen=True)
class Classification:
    """What a case is about, where, and of which kind."""

    category: Category
    region: Region
    kind: str


@transaction.atomic
def reclassify(case: Case, by: User, to: Classification, reason: str, *, seen_at: str | None = None) -> Case:
    """Correct category, place or kind. An open case goes by the rules to whoever is responsible now
    and its limit begins anew; a case of a confidential category becomes secret."""
    reason = need_text(reason, _("Say what was wrong."))
    case = locked(case, seen_at)
    was = Classification(case.category, case.region, case.kind)
    if to == was:
        raise ValidationError(_("Nothing is different."))
    case.category, case.region, case.kind = to.category, to.region, to.kind
    if to.region != was.region:  # the place on the map was of the other one
        case.latitude = case.longitude = None
    case.map_x, case.map_y = map_place(case.category, case.region, case.latitude, case.longitude)
    if case.category.keeps_secret:
        case.is_secret = True
        if case.secret_because != SecretBecause.REPORTER:  # their wish outlasts any category
            case.secret_because = SecretBecause.CATEGORY
    elif case.secret_because == SecretBecause.CATEGORY:
        # it was secret because of a category that was wrong; whether all may read it an officer
        # decides by an act of its own
        case.secret_because = SecretBecause.OFFICER
    became_urgent = to.category.is_emergency and not was.category.is_emergency
    case.is_emergency = case.is_emergency or (became_urgent and case.state in OPEN_STATES)
    before = case.agency_id
    told = f"{was.category.full_name}, {was.region.full_name} → {to.category.full_name}, {to.region.full_name}"
    state = _route_anew(case) if case.state in OPEN_STATES else case.state
    move = move_case(case, What.RECLASSIFIED, by, state, public=reason, inside=told, private=True)
    if case.state in OPEN_STATES and (case.agency_id != before or became_urgent):
        tell_responsible(case, anew=move.pk)
        consider_sending_on(case)
    touch_desks(case, before)
    tell_reporter(
        case,
        move,
        gettext_lazy("Your report %(code)s has been put right"),
        gettext_lazy("It is now with %(agency)s. What was changed:\n\n%(note)s"),
    )
    return case


def _route_anew(case: Case) -> str:
    """Set agency, rule and limits by what the case is about now; returns its state."""
    rule = find_rule(case.category, case.region, case.kind, timezone.localdate())
    agency = rule.agency if rule else None
    moved = agency != case.agency
    case.rule, case.agency = rule, agency
    if moved:
        case.unit = case.officer = None
    case.paused_at = case.time_left = None
    step = Step.ANSWER if agency else Step.VERIFY
    case.due_at = due_after(timezone.now(), step, case)
    if case.answered_at is None:
        case.first_due_at = case.due_at if agency else None
    if agency is None:
        return CaseState.RECEIVED
    return CaseState.ASSIGNED if moved or case.state == CaseState.NEEDS_INFO else case.state


@transaction.atomic
def make_secret(case: Case, by: User, reason: str = "", *, seen_at: str | None = None) -> Case:
    """From now on only the reporter and those responsible read the case."""
    case = locked(case, seen_at)
    if case.is_secret:
        raise ValidationError(_("The report is secret already."))
    case.is_secret, case.secret_because = True, SecretBecause.OFFICER
    move_case(case, What.MADE_SECRET, by, case.state, inside=reason.strip())
    return case


@transaction.atomic
def make_public(case: Case, by: User, reason: str, *, seen_at: str | None = None) -> Case:
    """Let all read a case that an officer, or its words, kept secret. What its reporter wished, and
    what its category demands, stays secret: raises ValidationError."""
    reason = need_text(reason, _("Say why all may read it."))
    case = locked(case, seen_at)
    if not case.is_secret:
        raise ValidationError(_("The report is public already."))
    if case.category.keeps_secret:
        raise ValidationError(_("Reports of this category are always secret. Is it another matter? Correct the category first."))
    if case.secret_because in FIRM or not case.secret_because:
        raise ValidationError(_("The reporter wishes it to be secret."))
    case.is_secret, case.secret_because = False, ""
    move_case(case, What.MADE_PUBLIC, by, case.state, inside=reason)
    return case


@transaction.atomic
def raise_emergency(case: Case, by: User, reason: str = "", *, seen_at: str | None = None) -> Case:
    """Treat the case as an emergency from now on: its clock begins, the duty roster is alerted."""
    case = locked(case, seen_at)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if case.is_emergency:
        raise ValidationError(_("It is treated as an emergency already."))
    case.is_emergency, case.emergency_doubt = True, ""
    case.paused_at = case.time_left = None
    case.due_at = due_after(timezone.now(), Step.ANSWER if case.agency_id else Step.VERIFY, case)
    case.first_due_at = case.due_at if case.answered_at is None else case.first_due_at
    state = CaseState.ASSIGNED if case.state == CaseState.NEEDS_INFO else case.state
    move = move_case(case, What.RAISED, by, state, inside=reason.strip())
    tell_responsible(case, anew=move.pk)
    return case


@transaction.atomic
def lower_emergency(case: Case, by: User, reason: str = "", *, seen_at: str | None = None) -> Case:
    """Treat the case as an ordinary one: no alerts, the ordinary limit from when it was forwarded."""
    case = locked(case, seen_at)
    if not case.is_emergency:
        raise ValidationError(_("It is not treated as an emergency."))
    case.is_emergency, case.emergency_doubt = False, ""
    if case.state in OPEN_STATES:
        step = Step.ANSWER if case.agency_id else Step.VERIFY
        case.due_at = due_after(case.routed_at or case.created_at, step, case)
        case.first_due_at = case.due_at if case.answered_at is None else case.first_due_at
    move = move_case(case, What.LOWERED, by, case.state, inside=reason.strip(), private=True)
    tell_reporter(
        case,
        move,
        gettext_lazy("Your report %(code)s is handled as an ordinary report"),
        gettext_lazy("%(agency)s answers within the usual time. If somebody is in danger, call 112 at once."),
    )
    return case


@transaction.atomic
def publish_step(case: Case, by: User, number: int, text: str, *, with_photos: bool = False, seen_at: str | None = None) -> CaseMove:
    """Show a question or a reply to the public, in words an officer has screened; empty: no more.
    Its photos stay hidden unless they are meant, too: a screened text may lie beside an identity card."""
    case = locked(case, seen_at)
    move = case.moves.select_for_update(of=("self",)).filter(pk=number, is_private=True).first()
    if move is None:
        raise ValidationError(_("This step is not between reporter and agency."))
    move.published_note = text.strip()
    redact_move(case, move)
    move.save(update_fields=["published_note", "redacted_note", "redacted_by"])
    if with_photos and move.published_note:
        move.photos.update(hidden_at=None)
    else:
        move.photos.filter(hidden_at=None).update(hidden_at=timezone.now())
    what = What.PUBLISHED if move.published_note else What.NOTED
    inside = move.get_what_display() if move.published_note else _("Not shown to the public any more.")
    move_case(case, what, by, case.state, inside=inside, private=True)
    return move


def redact_anew(limit: int = 500) -> int:
    """Redact by today's rules what was redacted by others; returns how many cases were looked at."""
    from .redaction import VERSION

    done = 0
    for pk in list(Case.objects.exclude(redacted_by=VERSION).values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if case is None:
                continue
            redact_case(case)
            Case.objects.filter(pk=pk).update(
                public_description=case.public_description,
                public_place_note=case.public_place_note,
                redacted_by=case.redacted_by,
            )
            done += 1
    return done
