"""Which agency a case goes to: the most specific rule that is valid today; without one, the coordinator's queue."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Region

from .budgets import wave
from .deadlines import due_after
from .live import touch_desks
from .models import Case, CaseMove, CaseState, Category, DutyShift, RoutingRule, Step


def fitting_rules(category: Category, region: Region, kind: str, day: date) -> list[RoutingRule]:
    """All rules that fit a report, the one that sends it first: region (village over district over regency over province),
    then own category over its parent, then a rule for this very kind over one for all kinds, then the newest."""
    categories = [category.pk] + ([category.parent_id] if category.parent_id else [])
    rules = (
        RoutingRule.objects.valid_on(day)
        .filter(category__in=categories, region__in=region.ancestor_codes(), kind__in=[kind, ""])
        .select_related("agency", "region", "category__parent")
    )
    return sorted(rules, key=lambda rule: closeness(rule, category, kind), reverse=True)


def find_rule(category: Category, region: Region, kind: str, day: date) -> RoutingRule | None:
    """The most specific rule, or none."""
    return next(iter(fitting_rules(category, region, kind, day)), None)


def closeness(rule: RoutingRule, category: Category, kind: str) -> tuple[int, bool, bool, date, int]:
    """The rank of a rule that fits: the greatest wins."""
    return (len(rule.region_id), rule.category_id == category.pk, rule.kind == kind, rule.valid_from, rule.pk)


@transaction.atomic
def route_case(case_id: int) -> bool:
    """Send a received case to its agency, once. Returns False where it was routed before. Safe to run twice."""
    case = (
        Case.objects.select_for_update(of=("self",), skip_locked=True)  # another worker has it in hand
        .select_related("category", "region")
        .filter(pk=case_id, routed_at__isnull=True)
        .first()
    )
    if case is None:
        return False
    now = timezone.now()
    rule = find_rule(case.category, case.region, case.kind, timezone.localdate())
    before = case.state
    case.routed_at, case.updated_at = now, now
    if rule:
        case.rule, case.agency, case.state = rule, rule.agency, CaseState.ASSIGNED
        case.due_at = case.first_due_at = due_after(now, Step.ANSWER, case)
    else:
        case.due_at = due_after(now, Step.VERIFY, case)
    case.save(update_fields=["rule", "agency", "state", "routed_at", "due_at", "first_due_at", "updated_at"])
    CaseMove.objects.create(case=case, what=CaseMove.What.ROUTED, agency=case.agency, from_state=before, to_state=case.state, at=now)
    tell_responsible(case)
    touch_desks(case)
    consider_sending_on(case)
    return True


def consider_sending_on(case: Case) -> None:
    from .onward import consider  # sending on answers cases, and answering needs routing

    consider(case)


def on_duty(case: Case, moment: datetime | None = None) -> list[User]:
    """Who is on the duty roster for the case's place and category at a moment (now)."""
    moment = moment or timezone.now()
    shifts = DutyShift.objects.filter(region__in=case.region.ancestor_codes(), person__is_active=True).select_related("person")
    shifts = shifts.filter(Q(category__isnull=True) | Q(category=case.category_id))
    return list({shift.person_id: shift.person for shift in shifts if shift.covers(moment)}.values())


def people_in_charge(case: Case) -> list[User]:
    """The officer who has the case, else all of the unit it was given to, else all of its agency."""
    if case.officer:
        return [case.officer]
    if case.unit and (unit := list(User.objects.holding(Role.OFFICER, agency=case.unit))):
        return unit
    return list(User.objects.holding(Role.OFFICER, agency=case.agency)) if case.agency else []


def coordinators_of(case: Case) -> list[User]:
    """The coordinators of the case's region."""
    people = User.objects.holding(Role.COORDINATOR).prefetch_related("memberships")
    return [user for user in people if user.serves_region(case.region_id, Role.COORDINATOR)]


def tell_responsible(case: Case, *, anew: int | None = None) -> None:
    """Tell the officers of the agency; without one, and for every emergency, also the coordinators
    of the region. `anew`: the step that makes them hear of it again."""
    people: dict[int, User] = {}
    if case.agency:
        people |= {user.pk: user for user in User.objects.holding(Role.OFFICER, agency=case.agency)}
    if not case.agency or case.is_emergency:
        people |= {user.pk: user for user in coordinators_of(case)}
    if case.is_emergency:
        people |= {user.pk: user for user in on_duty(case)}
    if case.is_emergency and (many := wave(str(case.agency_id or case.region_id[:5]))):
        announce(
            Message(
                event=f"emergencies:wave:{many}",
                subject=_("EMERGENCIES: many at once"),
                body=_("More emergencies come than can be told one by one. Please open the desk; the oldest stand first."),
                path="/care/desk/?queue=emergency",
                urgent=True,
            ),
            users=people.values(),
        )
        return
    subject = _("EMERGENCY %(code)s: %(place)s") if case.is_emergency else _("New report %(code)s: %(place)s")
    announce(
        Message(
            event=f"case:{case.pk}:routed:{case.agency_id or 0}{f':{anew}' if anew else ''}",
            subject=subject,
            body=_("A report has been forwarded to you. Please open it, take it in hand and answer it in time."),
            path=f"/care/desk/{case.code}/",
            urgent=case.is_emergency,
            values={"code": case.code, "place": case.region.full_name},
        ),
        users=people.values(),
    )


MOST_AT_ONCE = 500


def route_waiting(limit: int = MOST_AT_ONCE) -> int:
    """Route what was received while the broker was away; returns how many."""
    waiting = Case.objects.filter(routed_at__isnull=True).order_by("-is_emergency", "created_at").values_list("pk", flat=True)
    return sum(route_case(pk) for pk in list(waiting[:limit]))
