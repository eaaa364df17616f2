"""Aggregates of a month as DHIS2 dataValueSets: one value an area, data element and period. Data elements are named by the fields of
the counts (skdn.py), upper case, after "POSYANDU_"; organisation units by the ministry's region codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from .skdn import FIELDS, Skdn


def data_value_sets(rows: Iterable[Skdn], month: date) -> dict[str, Any]:
    """{"dataSet", "completeDate", "period", "dataValues": [{"dataElement", "orgUnit", "period", "value"}, …]}; zeros are left out, as
    DHIS2 does."""
    period = f"{month:%Y%m}"
    values = [
        {"dataElement": f"POSYANDU_{name.upper()}", "orgUnit": row.area, "period": period, "value": str(getattr(row, name))}
        for row in rows
        for name in FIELDS
        if getattr(row, name)
    ]
    return {"dataSet": "POSYANDU_SKDN", "completeDate": timezone.localdate().isoformat(), "period": period, "dataValues": values}
