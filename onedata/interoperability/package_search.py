"""package_search: q, fq, sort, rows, start and facets, as CKAN's users know them from Solr, over our own search."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Func, Q
from django.db.models.functions import Upper
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware

from .. import search
from ..models import Access, DataSet, Licence, Topic
from ..models.catalogue import DataSetQuerySet
from . import ckan
from .identifiers import number_of
from .problems import Invalid, SearchProblem

MOST_ROWS = 1000
# Linear: a field begins where a word begins, is short, and what follows each opening sign is taken possessively.
TERM = re.compile(r'(?<![a-z_])([+-]?)([a-z_]{1,40}+):("(?:[^"\\]|\\.)*+"|\[[^\]]*+\]|\([^)]*+\)|[^\s()]++)', re.IGNORECASE)
LONGEST = 1_000  # signs of q and of each fq
MOST_FILTERS = 50
RANGE = re.compile(r"^\[(\S+) TO (\S+)\]$")


def _organization(value: str) -> Q:
    number = number_of("organization", value)
    return Q(producer=number) if number is not None else Q(producer__slug=value)


def _named(value: str) -> Q:
    number = number_of("dataset", value)
    if number is not None:
        return Q(pk=number)
    return Q(slug__startswith=value.rstrip("*")) if value.endswith("*") else Q(slug=value)


def _formats(value: str) -> Q:
    has_table = Q(current__isnull=False, access=Access.OPEN)
    return has_table if value.upper() in {"CSV", "PARQUET"} else Q(pk__in=[])


FIELDS: dict[str, Callable[[str], Q]] = {
    "organization": _organization, "owner_org": _organization, "groups": lambda value: Q(topic=value),
    "tags": lambda value: Q(keywords__contains=[value.lower()]), "license_id": lambda value: Q(licence=value),
    "res_format": _formats, "name": _named, "id": _named, "title": lambda value: Q(title__icontains=value.strip("*")),
    "notes": lambda value: Q(description__icontains=value.strip("*")), "frequency": lambda value: Q(frequency=value),
    "type": lambda value: Q() if value == "dataset" else Q(pk__in=[]), "dataset_type": lambda value: Q() if value == "dataset" else Q(pk__in=[]),
    "state": lambda value: Q() if value == "active" else Q(pk__in=[]), "private": lambda value: Q() if value.lower() == "false" else Q(pk__in=[]),
    "capacity": lambda value: Q() if value == "public" else Q(pk__in=[]),
}  # fmt: skip
DATES = {"metadata_modified": "updated_at", "metadata_created": "created_at"}
SORTS = {
    "name": "slug", "title": "title", "title_string": "title", "metadata_modified": "updated_at", "metadata_created": "created_at",
    "score": "rank", "rank": "rank",
}  # fmt: skip


def _date(text: str, end: bool) -> datetime | None:
    if text == "*":
        return None
    try:
        value = parse_datetime(text)
    except ValueError:
        value = None
    if value is None and (day := _day(text[:10])):
        value = datetime(day.year, day.month, day.day, 23 if end else 0, 59 if end else 0)
    if value is None:
        raise SearchProblem(f"Invalid Date String: '{text}'")
    if not 1000 <= value.year <= 9000:
        raise SearchProblem(f"Invalid Date String: '{text}'")
    return value if value.tzinfo else make_aware(value)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _term(field: str, value: str) -> Q:
    if field in DATES:
        found = RANGE.match(value)
        if not found:
            raise SearchProblem(f"{field} takes a range such as [2026-01-01T00:00:00Z TO *]")
        first, last = _date(found[1], False), _date(found[2], True)
        condition = Q()
        if first:
            condition &= Q(**{f"{DATES[field]}__gte": first})
        if last:
            condition &= Q(**{f"{DATES[field]}__lte": last})
        return condition
    if field not in FIELDS:
        raise SearchProblem(f"undefined field {field}")
    if value.startswith("("):
        condition = Q(pk__in=[])
        for part in re.findall(r'"[^"]*"|\S+', value[1:-1]):
            if part.upper() != "OR":
                condition |= FIELDS[field](part.strip('"'))
        return condition
    value = value.strip('"')
    return Q() if value == "*" or value == "[* TO *]" else FIELDS[field](value)


def narrowed(rows: DataSetQuerySet, text: str) -> tuple[DataSetQuerySet, str]:
    """Rows that fit the field:value terms in a text, and the text without them. Raises SearchProblem for a long one."""
    if len(text) > LONGEST:
        raise SearchProblem(f"A query has at most {LONGEST} signs")
    if text.count(":") > MOST_FILTERS:
        raise SearchProblem(f"A query has at most {MOST_FILTERS} terms")
    for sign, field, value in TERM.findall(text):
        condition = _term(field.lower(), value)
        rows = rows.exclude(condition) if sign == "-" else rows.filter(condition)
    rest = re.sub(r"\b(AND|OR|NOT)\b|[+*:()\[\]]", " ", TERM.sub(" ", text))
    return rows, " ".join(rest.split())


def _whole(parameters: dict[str, Any], name: str, default: int, most: int | None = None) -> int:
    value = parameters.get(name, default)
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise Invalid(**{name: ["Invalid integer"]}) from None
    if number < 0:
        raise Invalid(**{name: ["Must be a natural number"]})
    return min(number, most) if most is not None else number


def _facet_fields(parameters: dict[str, Any]) -> list[str]:
    asked = parameters.get("facet.field", [])
    if isinstance(asked, str):
        try:
            asked = json.loads(asked)
        except (ValueError, RecursionError):
            raise Invalid(**{"facet.field": ["Could not parse as valid JSON"]}) from None
    if not isinstance(asked, list) or str(parameters.get("facet", "true")).lower() == "false":
        return []
    unknown = [str(name) for name in asked if not isinstance(name, str) or name not in FACETS]
    if unknown:
        raise SearchProblem(f"undefined field: {unknown[0]}")
    return [str(name) for name in asked]


def _counts(rows: DataSetQuerySet, field: str) -> list[tuple[str, str, int]]:
    if field == "tags":
        words = rows.order_by().annotate(word=Func(F("keywords"), function="unnest")).values("word")
        counted = words.annotate(count=Count("pk")).order_by("-count", "word")
        return [(row["word"], row["word"], row["count"]) for row in counted]
    if field == "res_format":
        count = rows.filter(current__isnull=False, access=Access.OPEN).count()
        return [("CSV", "CSV", count), ("PARQUET", "PARQUET", count)] if count else []
    column = FACETS[field]
    names = [column, "producer__name"] if field == "organization" else [column]
    counted = rows.order_by().values(*names).annotate(count=Count("pk")).order_by("-count", column)
    return [(row[column], _title(field, row), row["count"]) for row in counted]


FACETS = {
    "organization": "producer__slug", "groups": "topic", "tags": "keywords", "license_id": "licence", "res_format": "", "frequency": "frequency",
}  # fmt: skip


def _title(field: str, row: dict[str, Any]) -> str:
    value = row[FACETS[field]]
    if field == "organization":
        return str(row["producer__name"])
    if field == "groups":
        return str(Topic(value).label)
    return str(Licence(value).label) if field == "license_id" else str(value)


def package_search(rows: DataSetQuerySet, parameters: dict[str, Any]) -> dict[str, Any]:
    """CKAN's answer: count, results, facets (name to count) and search_facets (with display names)."""
    size, start = _whole(parameters, "rows", 10, MOST_ROWS), _whole(parameters, "start", 0)
    rows, text = narrowed(rows, str(parameters.get("q") or ""))
    filters = parameters.get("fq_list") or []
    if isinstance(filters, list) and len(filters) > MOST_FILTERS:
        raise SearchProblem(f"At most {MOST_FILTERS} filters")
    for one in [str(parameters.get("fq") or ""), *([filters] if isinstance(filters, str) else filters)]:
        rows, _rest = narrowed(rows, str(one))
    rows = search.find(rows, text)
    order = _order(str(parameters.get("sort") or ("score desc, metadata_modified desc" if text else "metadata_modified desc")))
    page = rows.select_related("producer", "coverage", "current").order_by(*order, "pk")[start : start + size] if size else []
    said = parameters.get("facet.limit")
    limit = 50 if said in (None, "") else int(str(said))
    facets, search_facets = {}, {}
    for field in _facet_fields(parameters):
        counts = _counts(rows, field)
        counts = counts if limit < 0 else counts[:limit]
        facets[field] = {name: count for name, _title_of, count in counts}
        items = [{"name": name, "display_name": title, "count": count} for name, title, count in counts]
        search_facets[field] = {"title": field, "items": items}
    return {
        "count": rows.order_by().count(), "sort": parameters.get("sort") or "score desc, metadata_modified desc", "facets": facets,
        "search_facets": search_facets, "results": [ckan.package(row) for row in page],
    }  # fmt: skip


def _order(text: str) -> list[Any]:
    found: list[Any] = []
    for part in text.split(","):
        words = part.split()
        if not words:
            continue
        field, direction = words[0], words[1].lower() if len(words) > 1 else "asc"
        if field not in SORTS or direction not in {"asc", "desc"}:
            raise SearchProblem(f'Invalid "sort" parameter: {part.strip()}')
        column = Upper("title") if SORTS[field] == "title" else F(SORTS[field])
        found.append(column.desc() if direction == "desc" else column.asc())
    return found


def public_rows() -> DataSetQuerySet:
    return DataSet.objects.published()
