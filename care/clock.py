"""What the clock does by itself: reminders before a case is due, escalation after, closing by silence.

Each reminder and each step up the chain is told once, however often this runs. Emergencies climb every
fifteen minutes until somebody takes them: officers of the agency, coordinators, leaders; taken ones have
a second clock until they are answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

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
ONE_BY_ONE = 10  # emergencies that are told of each for itself
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
    """Emergencies nobody has taken: one step up the chain each fifteen minutes, after a day once a
    day, until somebody takes them. Where more wait than people can read of one by one, those beyond
    are told of together. Returns how many steps were made."""
    now = timezone.now()
    waiting = Case.objects.filter(is_emergency=True, officer__isnull=True, answered_at__isnull=True, state__in=OPEN_STATES)
    climbed = 0
    for place, case in enumerate(waiting.select_related("agency", "region").order_by("created_at")[:500]):
        turn = turn_of(now - (_since(case)))
        if not turn:
            continue
        people = on_duty(case) + [user for role in STEPS[: min(turn, len(STEPS) - 1) + 1] for user in people_at(case, role)]
        people = list({user.pk: user for user in people}.values())
        if place < ONE_BY_ONE:
            _tell(case, f"climb:{turn}", gettext_lazy("EMERGENCY still untaken %(code)s: %(place)s"), people)
        else:
            _tell_of_many(now, people)
        climbed += _note_step(case, str(turn))
    return climbed


def _since(case: Case) -> datetime:
    """Since when the case is an emergency: it came as one, or was raised to one."""
    raised = case.moves.filter(what=CaseMove.What.RAISED).order_by("-at").values_list("at", flat=True).first()
    return raised or case.created_at


def turn_of(waited: timedelta) -> int:
    """Which step up the chain it is: one each LADDER for a day, then one a day, without end."""
    day = timedelta(days=1)
    return int(waited / LADDER) if waited <= day else int(day / LADDER) + int((waited - day) / day)


@transaction.atomic
def _note_step(case: Case, step: str) -> int:
    """Write the step on the timeline, once; returns 1 where it was new."""
    held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if held.moves.filter(what=CaseMove.What.ESCALATED, inside_note=step).exists():
        return 0
    CaseMove.objects.create(
        case=held,
        what=CaseMove.What.ESCALATED,
        agency=case.agency,
        from_state=held.state,
        to_state=held.state,
        inside_note=step,
    )
    return 1


@transaction.atomic
def _tell_of_many(now: datetime, people: list[User]) -> None:
    """That more emergencies wait than are told of one by one; once in LADDER."""
    announce(
        Message(
            event=f"emergencies:many:{int(now.timestamp() // LADDER.total_seconds())}",
            subject=gettext_lazy("EMERGENCIES wait: more than can be told one by one"),
            body=gettext_lazy("Please open the desk; the oldest stand first."),
            path="/care/desk/?queue=emergency",
            urgent=True,
        ),
        users=people,
    )


# the second clock: how long after its limit an emergency that somebody has taken is told of, and to whom
UNANSWERED = (
    (timedelta(0), (Role.OFFICER, Role.COORDINATOR)),
    (timedelta(minutes=30), (Role.OFFICER, Role.COORDINATOR)),
    (timedelta(hours=1), STEPS),
    (timedelta(hours=3), STEPS),
    (timedelta(hours=6), STEPS),
    (timedelta(hours=12), STEPS),
)


def chase_taken() -> int:
    """Emergencies that somebody has taken and nobody has answered: told of at their limit, again and
    to more people as time goes by, then every day, until they are answered. Returns how many steps."""
    now = timezone.now()
    taken = Case.objects.filter(
        is_emergency=True,
        officer__isnull=False,
        answered_at__isnull=True,
        state__in=OPEN_STATES,
        due_at__lte=now,
    )
    made = 0
    for case in taken.select_related("agency", "region", "officer").order_by("due_at")[:500]:
        due = case.due_at
        if due is None:
            continue
        late = now - due
        step = sum(late >= after for after, _roles in UNANSWERED) - 1
        roles = UNANSWERED[step][1]
        name = f"unanswered:{step}" if late < timedelta(days=1) else f"unanswered:day{late.days}"
        people = [case.officer, *on_duty(case)] if case.officer else on_duty(case)
        people += [user for role in roles for user in people_at(case, role)]
        key = f"{name}:{due.isoformat()}"
        _tell(case, key, gettext_lazy("EMERGENCY taken but not answered %(code)s: %(place)s"), people)
        made += _note_step(case, key)
    return made


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
