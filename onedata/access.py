"""Who may do what with data sets: producers with their agency's, the Walidata with all.

Two kinds of permissions. General ones say what somebody is (`GENERAL`) and are asked without an object. All others are of a thing
and are refused without one, so that forgetting it never opens anything.
"""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import Q

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Access, DataRequest, DataSet, DataVersion

CHECKERS = (Role.WALIDATA, Role.PEMBINA, Role.ADMIN)
GENERAL = {"onedata.work", "onedata.begin", "onedata.check", "onedata.inspect", "onedata.decide"}


def _agency_of(thing: Any) -> int | None:
    """Id of the agency a data set, version, request, record or release belongs to."""
    if isinstance(thing, DataVersion):
        return thing.data_set.producer_id
    for name in ("producer_id", "owner_id", "agency_id"):
        if hasattr(thing, name):
            return getattr(thing, name)  # type: ignore[no-any-return]
    return None


@rules.predicate  # type: ignore[untyped-decorator]
def is_given(user: Any, thing: Any = None) -> bool:
    return thing is not None


@rules.predicate  # type: ignore[untyped-decorator]
def is_of_own_agency(user: Any, thing: Any = None) -> bool:
    if not isinstance(user, User) or thing is None:
        return False
    return user.is_superuser or _agency_of(thing) in user.agencies_as(Role.PRODUCER)


@rules.predicate  # type: ignore[untyped-decorator]
def checks_data(user: Any, thing: Any = None) -> bool:
    return isinstance(user, User) and (user.is_superuser or user.is_one_of(*CHECKERS))


@rules.predicate  # type: ignore[untyped-decorator]
def is_public(user: Any, thing: Any = None) -> bool:
    if isinstance(thing, DataSet):
        return thing.is_public
    if isinstance(thing, DataRequest):
        return thing.is_shown
    return bool(getattr(thing, "is_public", False))


@rules.predicate  # type: ignore[untyped-decorator]
def has_open_rows(user: Any, thing: Any = None) -> bool:
    """Of a version, or of a data set's published one: it is public, open, and not held back for personal data."""
    data_set: DataSet
    version: DataVersion | None
    if isinstance(thing, DataVersion):
        data_set, version = thing.data_set, thing
    elif isinstance(thing, DataSet):
        data_set, version = thing, thing.current
    else:
        return False
    if not data_set.is_public or data_set.access != Access.OPEN:
        return False
    return version is None or (version.published_at is not None and not version.is_held)


def visible_records(user: Any, rows: Any, *chosen: Any) -> Any:
    """The permission onedata.see for many statistical records: public ones, those of the agency, all for those who check; and
    those already `chosen` for a thing that the person works on."""
    if checks_data(user):
        return rows
    allowed = Q(is_public=True) | Q(pk__in=chosen)
    if isinstance(user, User):
        allowed |= Q(owner__in=user.agencies_as(Role.PRODUCER))
    return rows.filter(allowed)


rules.add_perm("onedata.work", holds(Role.PRODUCER, Role.WALIDATA, Role.PEMBINA))
rules.add_perm("onedata.begin", holds(Role.PRODUCER))
rules.add_perm("onedata.check", holds(Role.WALIDATA) & checks_data)
rules.add_perm("onedata.inspect", holds(Role.PEMBINA))
# the Forum Satu Data: Walidata and Pembina together
rules.add_perm("onedata.decide", holds(Role.WALIDATA, Role.PEMBINA))

rules.add_perm("onedata.produce", is_given & holds(Role.PRODUCER) & is_of_own_agency)
rules.add_perm("onedata.see", is_given & (is_public | is_of_own_agency | checks_data))
# whoever may see an unpublished version, its original file and what is wrong in it
rules.add_perm("onedata.work_on", is_given & (is_of_own_agency | checks_data))
# everything that shows a cell asks this: pages, downloads, findings, charts, differences, APIs
rules.add_perm("onedata.read_rows", is_given & (has_open_rows | is_of_own_agency | checks_data))
