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

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.dateparse import parse_date, parse_datetime

from .spreadsheets import spreadsheet_response

COUNT_LIMIT = 10_000
EXPORT_LIMIT = 100_000


def _is_usable(value: Any) -> bool:
    """Whether a database takes the value that an address holds: no NUL, no number or year beyond its types."""
    if isinstance(value, str):
        return len(value) <= 1000 and not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, date):
        return 1000 <= value.year <= 9000
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**63


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
            kind, value, key = json.loads(base64.urlsafe_b64decode(text[:4000].encode()))
            if kind == "datetime":
                value = parse_datetime(value)
            elif kind == "date":
                value = parse_date(value)
            if value is None:
                return None
            return self._fitting(value, key)
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, FieldDoesNotExist, ValidationError):
            return None  # a cursor that somebody else wrote begins at the first page

    def _fitting(self, value: Any, key: Any) -> tuple[Any, Any]:
        """The sort value and key as their fields have them. Raises ValueError or ValidationError where they cannot be."""
        model = self.base.model
        parts = self.sort.lstrip("-").split("__")
        for part in parts[:-1]:
            model = model._meta.get_field(part).related_model
        try:
            field = model._meta.get_field(parts[-1])
        except FieldDoesNotExist:  # counted or ranked by the query: a number
            field = None
        for one in (value, key):
            if not _is_usable(one):
                raise ValueError("cursor")
        if field is None and not isinstance(value, (int, float)):
            raise ValueError("cursor")
        return (value if field is None else field.to_python(value)), self.base.model._meta.pk.to_python(key)

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
