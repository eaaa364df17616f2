"""How the agencies stand: answered on time, hours to the first answer, reopened, rating, open by age. In public."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from ntbportal.commons.agencies import Agency

from .models import Case
from .models.cases import OPEN_STATES


@dataclass
class Standing:
    """One agency. `hours` is the median from forwarding to the first answer; shares are 0 to 1, None without a case."""

    slug: str
    name: str
    total: int
    answered: int
    on_time: float | None
    hours: float | None
    reopened: int
    rating: float | None
    open_week: int
    open_month: int
    open_older: int
    late: int


COUNTS = {
    "total": Count("pk"),
    "answered": Count("pk", filter=Q(answered_at__isnull=False)),
    "in_time": Count("pk", filter=Q(answered_at__isnull=False, answered_at__lte=F("first_due_at"))),
    "judged": Count("pk", filter=Q(answered_at__isnull=False, first_due_at__isnull=False)),
}


def standings(days: int = 365, region: str = "") -> list[Standing]:
    """Agencies with reports forwarded within `days`, most reports first; one query, and one for the medians."""
    since = timezone.now() - timedelta(days=days)
    rows = Case.objects.filter(agency__isnull=False, routed_at__gte=since).exclude(state="duplicate")
    if region:
        rows = rows.filter(Q(region=region) | Q(region__code__startswith=f"{region}."))
    now = timezone.now()
    week, month = now - timedelta(days=7), now - timedelta(days=30)
    is_open = Q(state__in=OPEN_STATES)
    found = rows.values("agency__slug", "agency__short_name").annotate(
        **COUNTS,
        reopened=Count("pk", filter=Q(was_reopened=True)),
        rating=Avg("rating"),
        open_week=Count("pk", filter=is_open & Q(created_at__gte=week)),
        open_month=Count("pk", filter=is_open & Q(created_at__lt=week, created_at__gte=month)),
        open_older=Count("pk", filter=is_open & Q(created_at__lt=month)),
        late=Count("pk", filter=is_open & Q(due_at__lt=now)),
    )
    medians = _medians(rows)
    return sorted(
        (
            Standing(
                slug=row["agency__slug"], name=row["agency__short_name"], total=row["total"], answered=row["answered"],
                on_time=row["in_time"] / row["judged"] if row["judged"] else None, hours=medians.get(row["agency__slug"]),
                reopened=row["reopened"], rating=row["rating"], open_week=row["open_week"], open_month=row["open_month"],
                open_older=row["open_older"], late=row["late"],
            )
            for row in found
        ),
        key=lambda one: (-one.total, one.name),
    )  # fmt: skip


def _medians(rows: Any) -> dict[str, float]:
    """Median hours from forwarding to the first answer, by agency."""
    waited = ExpressionWrapper(F("answered_at") - F("routed_at"), output_field=DurationField())
    inner = rows.filter(answered_at__isnull=False).annotate(waited=waited).values("agency__slug", "waited").query
    sql, values = inner.sql_with_params()
    with connection.cursor() as cursor:
        median = "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM waited)) / 3600"
        cursor.execute(f"SELECT slug, {median} FROM ({sql}) AS w(slug, waited) GROUP BY slug", values)
        return {slug: float(hours) for slug, hours in cursor.fetchall()}


def _of(agency: Agency, days: int) -> Any:
    since = timezone.now() - timedelta(days=days)
    return Case.objects.filter(agency=agency, routed_at__gte=since).exclude(state="duplicate").order_by()


def _share(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "on_time": row["in_time"] / row["judged"] if row["judged"] else None}


def by_month(agency: Agency, days: int) -> list[dict[str, Any]]:
    """month (first day), total, answered, on_time (0 to 1 or None), newest first."""
    rows = _of(agency, days).annotate(month=TruncMonth("routed_at")).values("month").annotate(**COUNTS).order_by("-month")
    return [_share({**row, "month": row["month"].date()}) for row in rows]


def by_category(agency: Agency, days: int) -> list[dict[str, Any]]:
    """The upper categories: name_id, name_en, total, answered, on_time, most reports first."""
    upper = {name: Coalesce(f"category__parent__{name}", f"category__{name}") for name in ("name_id", "name_en")}
    rows = _of(agency, days).annotate(**upper).values("name_id", "name_en").annotate(**COUNTS).order_by("-total")
    return [_share(row) for row in rows]
