"""Who may do what with data sets: producers with their agency's, the Walidata with all."""

from __future__ import annotations

from typing import Any

import rules

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Access, DataSet

CHECKERS = (Role.WALIDATA, Role.PEMBINA, Role.ADMIN)


@rules.predicate  # type: ignore[untyped-decorator]
def is_of_own_agency(user: Any, data_set: DataSet | None = None) -> bool:
    if not isinstance(user, User):
        return False
    return data_set is None or data_set.producer_id in user.agencies_as(Role.PRODUCER)


@rules.predicate  # type: ignore[untyped-decorator]
def checks_data(user: Any, data_set: DataSet | None = None) -> bool:
    return isinstance(user, User) and (user.is_superuser or user.is_one_of(*CHECKERS))


@rules.predicate  # type: ignore[untyped-decorator]
def is_public(user: Any, data_set: DataSet | None = None) -> bool:
    return data_set is not None and data_set.is_public


@rules.predicate  # type: ignore[untyped-decorator]
def has_open_rows(user: Any, data_set: DataSet | None = None) -> bool:
    return data_set is not None and data_set.is_public and data_set.access == Access.OPEN


rules.add_perm("onedata.work", holds(Role.PRODUCER, Role.WALIDATA, Role.PEMBINA))
rules.add_perm("onedata.produce", holds(Role.PRODUCER) & is_of_own_agency)
rules.add_perm("onedata.check", holds(Role.WALIDATA) & checks_data)
rules.add_perm("onedata.inspect", holds(Role.PEMBINA))
# the Forum Satu Data: Walidata and Pembina together
rules.add_perm("onedata.decide", holds(Role.WALIDATA, Role.PEMBINA))
rules.add_perm("onedata.see", is_public | is_of_own_agency | checks_data)
rules.add_perm("onedata.read_rows", has_open_rows | is_of_own_agency | checks_data)
