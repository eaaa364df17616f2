"""Who may do what with cases."""

from __future__ import annotations

from typing import Any

import rules

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Case


@rules.predicate  # type: ignore[untyped-decorator]
def is_responsible(user: Any, case: Case | None = None) -> bool:
    """An officer of the case's agency, or a coordinator for the case's region. Without a case: any such person."""
    if case is None:
        return True
    if not isinstance(user, User):
        return False
    if user.is_superuser or user.is_one_of(Role.ADMIN):
        return True
    mine = user.agencies_as(Role.OFFICER)
    if case.agency_id and case.agency_id in mine:
        return True
    if mine and case.supports.filter(agency__in=mine).exists():
        return True
    return user.serves_region(case.region_id, Role.COORDINATOR)


rules.add_perm("care.work", holds(Role.OFFICER, Role.COORDINATOR) & is_responsible)
rules.add_perm("care.coordinate", holds(Role.COORDINATOR))
