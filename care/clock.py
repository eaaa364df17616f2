"""What the clock does by itself: reminders before a case is due, escalation after, closing by silence.

Each reminder and each step up the chain is told once, however often this runs. Emergencies climb every fifteen minutes until
somebody takes them: officers of the agency, coordinators, leaders.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .live import touch_desks
from .models import Case, CaseMove, CaseState
from .models.cases import OPEN_STATES
from .routing import on_duty

SOON = timedelta(days=1)
LADDER = timedelta(minutes=15)
STEPS = (Role.OFFICER, Role.COORDINATOR, Role.LEADER)


def people_at(case: Case, role: str) -> list[User]:
    """Who stands at this step of the chain for the case."""
    if role == Role.OFFICER:
        return list(User.objects.holding(Role.OFFICER, agency=case.agency)) if case.agency else []
    people = User.objects.holding(role).prefetch_related("memberships")
    return [user for user in people if user.serves_region(case.region_id, role)]


@transaction.atomic
def _tell(case: Case, event: str, subject: object, people: list[User]) -> None:
    announce(
        Message(
            event=f"case:{case.pk}:{event}",
            subject=subject,
            body=gettext_lazy("Please open the report and see to it that it is answered."),
            path=f"/care/desk/{case.code}/",
            urgent=case.is_emergency,
            values={"code": case.code, "place": case.region.full_name},
        ),
        users=people,
    )


def remind_and_escalate() -> int:
    """Reminders a day before, on passing the limit to the coordinator, three days after to leaders. Returns how many
    cases were looked at."""
    now = timezone.now()
    looked_at = 0
    rows = Case.objects.filter(state__in=OPEN_STATES, due_at__lt=now + SOON, is_emergency=False).select_related(
        "agency", "region", "officer"
    )
    for case in rows.order_by("due_at").iterator(chunk_size=500):
        looked_at += 1
        due = case.due_at
        if due is None:
            continue
        key = due.isoformat()
        if due > now:
            people = [case.officer] if case.officer else people_at(case, Role.OFFICER)
            _tell(case, f"soon:{key}", gettext_lazy("Due within a day: report %(code)s"), people)
            continue
        _tell(case, f"late:{key}", gettext_lazy("Late: report %(code)s"), people_at(case, Role.OFFICER) + people_at(case, Role.COORDINATOR))
        if now - due > timedelta(days=3):
            _tell(case, f"very-late:{key}", gettext_lazy("Days late: report %(code)s"), people_at(case, Role.LEADER))
    return looked_at


def climb() -> int:
    """Emergencies nobody has taken: one step up the chain each fifteen minutes, then round again. Returns how many."""
    now = timezone.now()
    waiting = Case.objects.filter(is_emergency=True, officer__isnull=True, answered_at__isnull=True, state__in=OPEN_STATES)
    climbed = 0
    for case in waiting.select_related("agency", "region").order_by("created_at")[:500]:
        turn = int((now - case.created_at) / LADDER)
        if turn < 1 or turn > 96:
            continue
        people = on_duty(case) + [user for role in STEPS[: min(turn, len(STEPS) - 1) + 1] for user in people_at(case, role)]
        _tell(
            case,
            f"climb:{turn}",
            gettext_lazy("EMERGENCY still untaken %(code)s: %(place)s"),
            list({user.pk: user for user in people}.values()),
        )
        with transaction.atomic():
            locked = Case.objects.select_for_update().get(pk=case.pk)
            if not locked.moves.filter(what=CaseMove.What.ESCALATED, inside_note=str(turn)).exists():
                CaseMove.objects.create(
                    case=locked,
                    what=CaseMove.What.ESCALATED,
                    agency=case.agency,
                    from_state=locked.state,
                    to_state=locked.state,
                    inside_note=str(turn),
                )
                climbed += 1
    return climbed


def close_silent(limit: int = 1000) -> int:
    """Answered cases whose reporters did not write back in time are closed."""
    closed = 0
    silent = Case.objects.filter(state=CaseState.ANSWERED, reply_until__lt=timezone.now()).values_list("pk", flat=True)
    for pk in list(silent[:limit]):
        with transaction.atomic():
            case = Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, state=CaseState.ANSWERED).first()
            if case is None or case.reply_until is None or case.reply_until >= timezone.now():
                continue
            before, case.state = case.state, CaseState.CLOSED
            case.closed_at = case.updated_at = timezone.now()
            case.save()
            CaseMove.objects.create(case=case, what=CaseMove.What.CLOSED, agency=case.agency, from_state=before, to_state=case.state)
            touch_desks(case)
            closed += 1
    return closed
