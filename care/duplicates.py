"""Reports of the same thing, put together: everybody goes along, and the reporter may still write."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.people import User

from .deadlines import due_after
from .handling import locked, move_case, tell_one
from .models import Case, CaseMove, CaseState, HelpOffer, Step
from .models.cases import OPEN_STATES
from .routing import tell_responsible


@transaction.atomic
def merge(case: Case, by: User, original: Case, *, seen_at: str | None = None) -> Case:
    """The same problem was reported before: who reported, follows or is affected by the copy hears
    of the original from now on, and the reporter may still write. Only into an open report that the
    officer may open, so that the promised news can come."""
    case = locked(case, seen_at)
    original = locked(original, None)
    if case.state not in OPEN_STATES:
        raise ValidationError(_("This report is no longer open."))
    if not by.has_perm("care.work", original):
        # whether there is such a report is not told to whoever may not open it
        raise ValidationError(_("There is no report with this code. Check it letter by letter."))
    if original.pk == case.pk or original.duplicate_of_id:
        raise ValidationError(_("Choose the first of the reports, not this one and not another copy."))
    if original.state not in OPEN_STATES:
        raise ValidationError(_("The other report is no longer open: nobody would hear of it again."))
    if original.is_secret and not case.is_secret:
        raise ValidationError(_("The other report is secret: its content must not be shown to another reporter."))
    case.duplicates.update(duplicate_of=original)
    case.duplicate_of, case.due_at = original, None
    move = move_case(case, CaseMove.What.MERGED, by, CaseState.DUPLICATE, public=original.code)
    _move_people(case, original)
    if case.is_emergency and not original.is_emergency:
        original.is_emergency = True
        original.due_at = due_after(timezone.now(), Step.ANSWER, original)
        original.first_due_at = original.due_at if original.answered_at is None else original.first_due_at
    joined = move_case(original, CaseMove.What.MERGED, by, original.state, inside=case.code)
    if case.is_emergency:
        tell_responsible(original, anew=joined.pk)
    tell_one(
        case,
        case,
        move,
        gettext_lazy("Your report %(code)s"),
        gettext_lazy("The same has been reported before as %(note)s. You will hear of what happens there."),
    )
    return case


def _move_people(copy: Case, original: Case) -> None:
    """Followers, those affected and offers of help go over to the original, each once."""
    users = set(original.follows.filter(user__isnull=False).values_list("user_id", flat=True))
    visitors = set(original.follows.exclude(visitor="").values_list("visitor", flat=True))
    addresses = set(original.follows.exclude(email_index="").values_list("email_index", flat=True))
    for one in copy.follows.all():
        is_there = one.user_id in users or one.visitor in visitors
        if is_there or (one.email_index and one.email_index in addresses):
            continue
        one.case = original
        one.save(update_fields=["case"])
        addresses.add(one.email_index)
    copy.offers.filter(state=HelpOffer.State.OFFERED).update(case=original)
