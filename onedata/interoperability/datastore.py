"""datastore_search and datastore_info over the version's Parquet file, in DuckDB."""

from __future__ import annotations

import json
import logging
from decimal import Decimal
from typing import Any

import duckdb
from django.utils.http import urlencode

from ..models import DataVersion
from ..storage import local_path
from ..tables import TooDear, fetched, quoted
from .ckan import DATASTORE_TYPES
from .parameters import KINDS
from .problems import Invalid

log = logging.getLogger(__name__)
MOST_ROWS = 32_000
MOST_WORDS, MOST_SORTS = 12, 12


def _list(value: Any) -> list[str]:
    if value in (None, ""):
        return []
    return [str(one).strip() for one in value] if isinstance(value, list) else [part.strip() for part in str(value).split(",")]


def _whole(parameters: dict[str, Any], name: str, default: int) -> int:
    try:
        number = int(parameters.get(name, default))
    except (TypeError, ValueError):
        raise Invalid(**{name: ["Invalid integer"]}) from None
    if number < 0:
        raise Invalid(**{name: ["Must be a natural number"]})
    return number


def _decoded(parameters: dict[str, Any], name: str) -> Any:
    value = parameters.get(name)
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise Invalid(**{name: ["Cannot parse JSON"]}) from None
    return value


def _conditions(version: DataVersion, parameters: dict[str, Any]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    filters = _decoded(parameters, "filters") or {}
    if not isinstance(filters, dict):
        raise Invalid(filters=["Cannot parse JSON"])
    KINDS["filters"]("filters", filters)  # those written as JSON, too
    for name, wanted in filters.items():
        if name != "_id" and not version.column(name):
            raise Invalid(filters=[f'field "{name}" not in table'])
        options = wanted if isinstance(wanted, list) else [wanted]
        texts = [None if one is None else str(one).lower() if isinstance(one, bool) else str(one) for one in options]
        parts.append(f"CAST({quoted(name)} AS VARCHAR) IN ({', '.join('?' * len(texts))})" if texts else "false")
        values += [_as_written(version, name, text) for text in texts]
    text = _decoded(parameters, "q")
    searched = KINDS["q"]("q", text) if isinstance(text, dict) else {"": text} if text else {}
    if sum(len(str(words).split()) for words in searched.values()) > MOST_WORDS:
        raise Invalid(q=[f"At most {MOST_WORDS} words"])
    for name, words in searched.items():
        if name and not version.column(name):
            raise Invalid(q=[f'field "{name}" not in table'])
        for word in str(words).split():
            columns = [name] if name else version.column_names
            hits = [f"contains(lower(CAST({quoted(column)} AS VARCHAR)), lower(?))" for column in columns]
            parts.append("(" + " OR ".join(hits) + ")")
            values += [word] * len(hits)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _as_written(version: DataVersion, name: str, text: str | None) -> str | None:
    """A number as DuckDB writes it, so that 5, 5.0 and "5" find the same rows."""
    column = version.column(name)
    if text is None or column is None or column["type"] not in {"integer", "number"}:
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    return str(int(number)) if column["type"] == "integer" and number.is_integer() else str(number)


def _order(version: DataVersion, parameters: dict[str, Any]) -> str:
    found = []
    for part in _list(parameters.get("sort"))[:MOST_SORTS]:
        name, _space, direction = part.rpartition(" ")
        if direction.lower() not in {"asc", "desc"}:
            name, direction = part, "asc"
        name = name.strip().strip('"')
        if name != "_id" and not version.column(name):
            raise Invalid(sort=[f'field "{name}" not in table'])
        found.append(f"{quoted(name)} {direction.upper()} NULLS LAST")
    return " ORDER BY " + ", ".join(found) if found else ""


def datastore_search(version: DataVersion, resource_id: str, parameters: dict[str, Any], path: str) -> dict[str, Any]:
    """Rows of a table: filters, q, fields, sort, distinct, limit (100; at most 32,000), offset, include_total."""
    limit, offset = min(_whole(parameters, "limit", 100), MOST_ROWS), _whole(parameters, "offset", 0)
    fields = list(dict.fromkeys(_list(parameters.get("fields")))) or ["_id", *version.column_names]
    for name in fields:
        if name != "_id" and not version.column(name):
            raise Invalid(fields=[f'field "{name}" not in table'])
    distinct = str(parameters.get("distinct", "")).lower() in {"true", "1", "yes"}
    where, values = _conditions(version, parameters)
    order = _order(version, parameters) or ("" if distinct else " ORDER BY _id")
    columns = ", ".join(quoted(name) for name in fields)
    table = "(SELECT file_row_number + 1 AS _id, * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number=true))"
    source = [str(local_path(version.parquet)), *values]
    chosen = f"SELECT {'DISTINCT ' if distinct else ''}{columns} FROM {table}{where}"
    try:
        rows = fetched(f"{chosen}{order} LIMIT {limit} OFFSET {offset}", source)
        counted = fetched(f"SELECT count(*) FROM ({chosen})", source)[0]
    except TooDear as error:
        raise Invalid(query=["This takes too long: ask for less, or download the file"]) from error
    except duckdb.Error as error:
        log.info("a question that could not be answered: %s", error)
        raise Invalid(query=["A value does not fit the type of its column"]) from error
    found: dict[str, Any] = {
        "resource_id": resource_id, "include_total": True, "limit": limit, "offset": offset, "records_format": "objects",
        "fields": [{"id": name, "type": _type(version, name)} for name in fields],
        "records": [dict(zip(fields, map(_plain, row), strict=True)) for row in rows],
        "total": counted[0] if counted else 0, "total_was_estimated": False,
        "_links": {"start": _link(path, parameters, 0, limit), "next": _link(path, parameters, offset + limit, limit)},
    }  # fmt: skip
    if parameters.get("filters"):
        found["filters"] = _decoded(parameters, "filters")
    if parameters.get("q"):
        found["q"] = parameters["q"]
    if offset:
        found["_links"]["prev"] = _link(path, parameters, max(0, offset - limit), limit)
    return found


def _plain(value: Any) -> Any:
    """As JSON has it; decimals as texts, so that no digit is lost."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _type(version: DataVersion, name: str) -> str:
    column = version.column(name)
    return DATASTORE_TYPES[column["type"]] if column else "int"


def _link(path: str, parameters: dict[str, Any], offset: int, limit: int) -> str:
    kept = {key: json.dumps(value) if isinstance(value, (dict, list)) else value for key, value in parameters.items()}
    return f"{path}?{urlencode({**kept, 'offset': offset, 'limit': limit})}"


def datastore_info(version: DataVersion, resource_id: str) -> dict[str, Any]:
    return {
        "meta": {"id": resource_id, "count": version.rows, "table_type": "BASE TABLE", "size": version.parquet.size},
        "fields": [{"id": name, "type": _type(version, name)} for name in version.column_names],
    }
