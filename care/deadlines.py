"""By when a step is due. The limits are the table DeadlineRule (SP4N-LAPOR!; NTB Care for emergencies)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from ntbportal.commons.working_days import add_working_days

from .models import Case, DeadlineRule


def limit_for(step: str, *, kind: str, is_emergency: bool) -> DeadlineRule | None:
    """The limit valid today; one for this kind goes before one for all kinds."""
    day = timezone.localdate()
    key = f"deadline:{step}:{kind}:{is_emergency}:{day}"
    found = cache.get(key)
    if found is None:
        rules = DeadlineRule.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            step=step,
            is_emergency=is_emergency,
            kind__in=[kind, ""],
            valid_from__lte=day,
        )
        found = max(rules, key=lambda rule: (rule.kind != "", rule.valid_from), default=False)
        cache.set(key, found, 60)
    return found or None


def due_after(start: datetime, step: str, case: Case) -> datetime | None:
    """Minutes run on; working days end at midnight local time of the last one."""
    rule = limit_for(step, kind=case.kind, is_emergency=case.is_emergency)
    if rule is None:
        return None
    if rule.minutes is not None:
        return start + timedelta(minutes=rule.minutes)
    last = add_working_days(timezone.localdate(start), rule.working_days or 0, region_code=case.region_id)
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time())) - timedelta(seconds=1)
