"""Who may do what with cases."""

from __future__ import annotations

from typing import Any

import rules

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Case


def leads(user: Any, case: Case) -> bool:
    """An officer of the responsible agency, or a coordinator for the case's region: they decide what becomes of it."""
    if not isinstance(user, User):
        return False
    if user.is_superuser or user.is_one_of(Role.ADMIN):
        return True
    if case.agency_id and case.agency_id in user.agencies_as(Role.OFFICER):
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
