"""Who may do what with cases."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q, QuerySet
from django.utils import timezone

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import lies_within

from .models import Case, CaseSupport, DutyShift


def is_on_duty(user: User, case: Case) -> bool:
    """Whether the person is on the duty roster now for the place and category of the case."""
    return any(lies_within(case.region_id, shift.region_id) and shift.category_id in (None, case.category_id) for shift in shifts_now(user))


def shifts_now(user: User) -> list[DutyShift]:
    """The shifts that somebody is on at this moment; asked once for each person a request reads."""
    if "shifts_now" not in user.__dict__:
        now = timezone.now()
        rows = DutyShift.objects.filter(person=user)
        user.__dict__["shifts_now"] = [shift for shift in rows if shift.covers(now)]
    return list(user.__dict__["shifts_now"])


def leads(user: Any, case: Case) -> bool:
    """An officer of the responsible agency or of its unit that has the case, whoever is on duty for it
    where it is an emergency, or a coordinator for the case's region: they decide what becomes of it."""
    if not isinstance(user, User):
        return False
    if user.is_superuser or user.is_one_of(Role.ADMIN):
        return True
    if case.is_emergency and is_on_duty(user, case):
        return True
    if {case.agency_id, case.unit_id} & user.agencies_as(Role.OFFICER):  # None is never among them
        return True
    return user.serves_region(case.region_id, Role.COORDINATOR)


@rules.predicate  # type: ignore[untyped-decorator]
def is_responsible(user: Any, case: Case | None = None) -> bool:
    """Who leads the case, or an officer of an agency that works on it too. Without a case: any such person."""
    if case is None or leads(user, case):
        return True
    mine = user.agencies_as(Role.OFFICER) if isinstance(user, User) else set()
    return bool(mine) and case.supports.filter(agency__in=mine).exists()


@rules.predicate  # type: ignore[untyped-decorator]
def is_rostered(user: Any) -> bool:
    """Whether somebody stands on the duty roster, whatever else they are."""
    return isinstance(user, User) and user.is_active and DutyShift.objects.filter(person=user).exists()


@rules.predicate  # type: ignore[untyped-decorator]
def is_leader_of(user: Any, case: Case | None = None) -> bool:
    """A leader of the case's region: told of what is late, so they see how it stands; not who reported."""
    if not isinstance(user, User) or not user.is_one_of(Role.LEADER):
        return False
    return case is None or user.serves_region(case.region_id, Role.LEADER)


rules.add_perm("care.work", (holds(Role.OFFICER, Role.COORDINATOR) | is_rostered) & is_responsible)
rules.add_perm("care.oversee", is_leader_of)
# the page of a case on the desk: to work on, or to see how it stands
rules.add_perm("care.see_case", ((holds(Role.OFFICER, Role.COORDINATOR) | is_rostered) & is_responsible) | is_leader_of)
rules.add_perm("care.coordinate", holds(Role.COORDINATOR))


def cases_of(user: User) -> QuerySet[Case]:
    """All cases a person is responsible for."""
    rows = Case.objects.select_related("category", "region", "agency", "unit", "officer")
    if user.is_superuser or user.is_one_of(Role.ADMIN):
        return rows
    agencies = user.agencies_as(Role.OFFICER)
    mine = Q(agency__in=agencies) | Q(unit__in=agencies)
    if agencies:
        mine |= Q(pk__in=CaseSupport.objects.filter(agency__in=agencies).values("case"))
    for code in user.regions_as(Role.COORDINATOR):
        mine |= Q(region_id=code) | Q(region__code__startswith=f"{code}.")
    for shift in shifts_now(user):
        here = Q(region_id=shift.region_id) | Q(region__code__startswith=f"{shift.region_id}.")
        of = Q(category=shift.category_id) if shift.category_id else Q()
        mine |= here & of & Q(is_emergency=True)
    return rows.filter(mine)
