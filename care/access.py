"""Who may do what with cases."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q, QuerySet

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Case, CaseSupport


def leads(user: Any, case: Case) -> bool:
    """An officer of the responsible agency or of its unit that has the case, or a coordinator for the case's region: they
    decide what becomes of it."""
    if not isinstance(user, User):
        return False
    if user.is_superuser or user.is_one_of(Role.ADMIN):
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


rules.add_perm("care.work", holds(Role.OFFICER, Role.COORDINATOR) & is_responsible)
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
    return rows.filter(mine)
