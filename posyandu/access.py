"""Who may do what with posyandu records: a cadre at her own posyandu, a midwife in her region, leaders aggregates only."""

from __future__ import annotations

from typing import Any

import rules

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Region, lies_within

from .areas import level_below
from .models import Posyandu


@rules.predicate  # type: ignore[untyped-decorator]
def works_there(user: Any, posyandu: Posyandu | None = None) -> bool:
    """Without a posyandu in question: whether the person works at any."""
    if not isinstance(user, User):
        return False
    seen = Posyandu.objects.visible_to(user)
    return seen.exists() if posyandu is None else seen.filter(pk=posyandu.pk).exists()


LEADING = (Role.LEADER, Role.MIDWIFE, Role.WALIDATA)
WITHOUT_SMALL_CELLS = {"regency", "district"}  # levels by which areas above one's own are shown; by village a cell is often one child


@rules.predicate  # type: ignore[untyped-decorator]
def leads_there(user: Any, region: Region | None = None) -> bool:
    """Exact figures of an area: of one's own and all beneath; of the areas above it by regency and district only. Without an area in
    question: whether the person leads at all."""
    if not isinstance(user, User):
        return False
    if region is None or user.is_superuser or user.is_one_of(Role.ADMIN):
        return True
    own = user.regions_as(*LEADING)
    if any(lies_within(region.code, area) for area in own):
        return True
    return level_below(region) in WITHOUT_SMALL_CELLS and any(lies_within(area, region.code) for area in own)


rules.add_perm("posyandu.work", holds(Role.CADRE, Role.MIDWIFE) & works_there)
rules.add_perm("posyandu.send", holds(Role.CADRE, Role.MIDWIFE))  # each entry is asked for its posyandu
rules.add_perm("posyandu.lead", holds(*LEADING) & leads_there)
rules.add_perm("posyandu.supervise", holds(Role.MIDWIFE))
