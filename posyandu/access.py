"""Who may do what with posyandu records: a cadre at her own posyandu, a midwife in her region, leaders aggregates only."""

from __future__ import annotations

from typing import Any

import rules

from ntbportal.commons.access import holds
from ntbportal.commons.people import Role, User

from .models import Posyandu


@rules.predicate  # type: ignore[untyped-decorator]
def works_there(user: Any, posyandu: Posyandu | None = None) -> bool:
    """Without a posyandu in question: whether the person works at any."""
    if not isinstance(user, User):
        return False
    seen = Posyandu.objects.visible_to(user)
    return seen.exists() if posyandu is None else seen.filter(pk=posyandu.pk).exists()


rules.add_perm("posyandu.work", holds(Role.CADRE, Role.MIDWIFE) & works_there)
rules.add_perm("posyandu.send", holds(Role.CADRE, Role.MIDWIFE))  # each entry is asked for its posyandu
rules.add_perm("posyandu.lead", holds(Role.LEADER, Role.MIDWIFE, Role.WALIDATA))
rules.add_perm("posyandu.supervise", holds(Role.MIDWIFE))
