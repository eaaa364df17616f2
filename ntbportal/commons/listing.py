"""Lists: filtered, sorted, paged by key (never by counting rows off), exported.

A page is found by the sort value and primary key of the last row before it, so the thousandth page costs as
much as the first. Sort fields must not be null.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.dateparse import parse_date, parse_datetime

from .spreadsheets import spreadsheet_response
from .texts import CONTROLS

COUNT_LIMIT = 10_000
EXPORT_LIMIT = 100_000


@dataclass(frozen=True)
class Column:
    """One column: what it shows and, where it can be sorted, the model field it sorts by."""

    title: Any
    value: Callable[[Any], Any]
    sort: str = ""


class Listing:
    """A request's view of a query set.

    `first`: rows that all stand before the others in the usual sort, where they are found at less cost; if they fill
    the page, the others are not asked for. `count`: how many rows there are, where that is known already.

    `columns` are exported and, where `sort` is set, offered for sorting as ?sort=field or ?sort=-field.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        columns: Sequence[Column],
        *,
        sort: str,
        size: int = 25,
        name: str = "data",
        first: QuerySet[Any] | None = None,
        count: int | None = None,
    ) -> None:
        self.request, self.columns, self.size, self.name = request, columns, size, name
        allowed = {column.sort for column in columns if column.sort}
        asked = request.GET.get("sort", "")
        self.sort = asked if asked.lstrip("-") in allowed else sort
        self.base = rows
        self.first = first if self.sort == sort else None
        if count is not None:
            self._count = count
        self._load()

    # --- pages ---
    def _load(self) -> None:
        descending = self.sort.startswith("-")
        field = self.sort.lstrip("-")
        after, before = self._cursor("after"), self._cursor("before")
        cursor, backwards = (before, True) if before else (after, False)
        beyond = Q()
        if cursor:
            up = descending == backwards
            compare = "gt" if up else "lt"
            value, key = cursor
            beyond = Q(**{f"{field}__{compare}": value}) | Q(**{field: value, f"pk__{compare}": key})
        sign = "-" if descending != backwards else ""
        found: list[Any] = []
        for rows in [self.base] if self.first is None or backwards else [self.first, self.base]:
            found = list(rows.filter(beyond).order_by(f"{sign}{field}", f"{sign}pk")[: self.size + 1])
            if len(found) > self.size:
                break
        more = len(found) > self.size
        found = found[: self.size]
        if backwards:
            found.reverse()
        self.rows = found
        self.next = self._link("after", found[-1], field) if found and (more or backwards) else ""
        self.previous = self._link("before", found[0], field) if found and ((more and backwards) or after) else ""

    def _cursor(self, name: str) -> tuple[Any, Any] | None:
        text = self.request.GET.get(name, "")
        if not text:
            return None
        try:
            kind, value, key = json.loads(base64.urlsafe_b64decode(text.encode()))
            if kind == "datetime":
                value = parse_datetime(value)
            elif kind == "date":
                value = parse_date(value)
            return None if value is None else (self._fitting(value), self._fitting(key, of="pk"))
        except (ValueError, TypeError, OverflowError, ValidationError, RecursionError):
            return None  # not a cursor of ours: the first page

    def _fitting(self, value: Any, *, of: str = "") -> Any:
        """A value of a cursor as its field has it. Raises ValueError, TypeError or ValidationError where it
        cannot be one: cursors stand in addresses, which anybody may change."""
        if not isinstance(value, str | int | float | datetime | date) or isinstance(value, bool):
            raise TypeError(value)
        if isinstance(value, str) and (len(value) > 2000 or CONTROLS.search(value)):
            raise ValueError(value)
        model, field = self.base.model, None
        for part in (of or self.sort.lstrip("-")).split("__"):
            if part == "pk":
                field = model._meta.pk
            elif part in {one.name for one in model._meta.get_fields()}:
                field = model._meta.get_field(part)
                model = getattr(field, "related_model", None) or model
            else:  # an annotation: compared as it is
                return value
        if field is None or not hasattr(field, "to_python"):
            return value
        target = field.target_field if getattr(field, "is_relation", False) else field
        found = target.to_python(value)
        if isinstance(found, int) and abs(found) > 2**63 - 1:
            raise ValueError(value)
        return found

    def _link(self, name: str, row: Any, field: str) -> str:
        value = row
        for part in field.split("__"):
            value = getattr(value, part)
        kind = "datetime" if isinstance(value, datetime) else "date" if isinstance(value, date) else ""
        value = value.isoformat() if kind else value
        cursor = base64.urlsafe_b64encode(json.dumps([kind, value, row.pk if isinstance(row.pk, int) else str(row.pk)]).encode()).decode()
        return self.link({name: cursor})

    def link(self, changes: dict[str, str], *, drop: Sequence[str] = ("after", "before", "export")) -> str:
        """This page's address with some parameters changed; an empty value removes one."""
        query = {key: value for key, value in self.request.GET.items() if key not in drop and value}
        query.update(changes)
        return "?" + urlencode({key: value for key, value in query.items() if value})

    # --- what the templates show ---
    @property
    def count(self) -> int:
        """Number of rows, counted up to COUNT_LIMIT + 1."""
        if not hasattr(self, "_count"):
            self._count = self.base.order_by()[: COUNT_LIMIT + 1].count()
        return self._count

    @property
    def count_is_more(self) -> bool:
        return self.count > COUNT_LIMIT

    @property
    def count_limit(self) -> int:
        return COUNT_LIMIT

    @property
    def sorts(self) -> list[dict[str, Any]]:
        """Sortable columns with the address that sorts by them, the other way round if they already do."""
        field, descending = self.sort.lstrip("-"), self.sort.startswith("-")
        return [
            {
                "title": column.title,
                "link": self.link({"sort": f"-{column.sort}" if column.sort == field and not descending else column.sort}),
                "state": ("descending" if descending else "ascending") if column.sort == field else "",
            }
            for column in self.columns
            if column.sort
        ]

    @property
    def csv_link(self) -> str:
        return self.link({"export": "csv"})

    @property
    def xlsx_link(self) -> str:
        return self.link({"export": "xlsx"})

    def export(self) -> HttpResponseBase | None:
        """The whole filtered list as a file if ?export=csv or xlsx was asked, at most EXPORT_LIMIT rows."""
        kind = self.request.GET.get("export", "")
        if kind not in {"csv", "xlsx"}:
            return None
        field = self.sort
        sign = "-" if field.startswith("-") else ""
        rows = self.base.order_by(field, f"{sign}pk")[:EXPORT_LIMIT]
        header = [str(column.title) for column in self.columns]
        return spreadsheet_response(kind, self.name, header, self._values(rows))

    def _values(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=1000):
            yield [column.value(row) for column in self.columns]
