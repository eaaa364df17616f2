"""GeoJSON and other JSON as a table: one row a feature or object, properties as columns, a shape as GeoJSON text in `geometry`.

Numbers keep their digits as they are written, and what kinds of values a column holds is told beside the table, so that nothing
is guessed from a text again.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import ijson

from .reading import MAX_COLUMNS, Unreadable

GEOMETRY = "geometry"
EXACT = 10**15


def json_as_csv(path: Path, target: Path) -> dict[str, set[str]]:
    """Write the rows as CSV, reading the file twice as a stream: first for the names. Returns the kinds of values of
    each column, in order: i whole number, n number, x number of very many digits, t text, b yes or no, j nested.

    Read are FeatureCollections, single features, lists of objects, and objects one a line. Raises Unreadable.
    """
    shape = _shape(path)
    names: dict[str, None] = {}
    count = 0
    has_shape = False
    for row, outline in _rows(path, shape):
        names.update(dict.fromkeys(row))
        has_shape = has_shape or outline is not None
        count += 1
        if len(names) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", found=len(names), limit=MAX_COLUMNS)
    if not count or not (names or has_shape):
        raise Unreadable("no_features")
    is_geojson = shape in {"features", "feature"}
    columns = [name for name in names if not (is_geojson and name.lower() == GEOMETRY)]
    kinds: dict[str, set[str]] = {name: set() for name in columns}
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([*columns, *([GEOMETRY] if is_geojson else [])])
        for row, outline in _rows(path, shape):
            cells = []
            for name in columns:
                text, kind = _cell(row.get(name))
                cells.append(text)
                if kind:
                    kinds[name].add(kind)
            writer.writerow([*cells, *([_cell(outline)[0]] if is_geojson else [])])
    if is_geojson:
        kinds[GEOMETRY] = {"j"}
    return kinds


def _shape(path: Path) -> str:
    """features, feature, list or lines."""
    with path.open("rb") as file:
        start = file.read(4096).decode("utf-8-sig", errors="replace").lstrip()
    if start.startswith("["):
        return "list"
    try:
        with path.open("rb") as file:
            for prefix, event, value in ijson.parse(file, multiple_values=True):
                if prefix == "features" and event == "start_array":
                    return "features"
                if prefix == "type" and value == "Feature":
                    return "feature"
                if prefix == "" and event == "end_map":
                    break
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Unreadable("bad_geojson") from error
    return "lines"


def _rows(path: Path, shape: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Properties and outline of each row."""
    prefix = {"features": "features.item", "list": "item"}.get(shape, "")
    try:
        with path.open("rb") as file:
            for item in ijson.items(file, prefix, multiple_values=shape in {"lines", "feature"}):
                if not isinstance(item, dict):
                    raise Unreadable("no_features")
                if shape in {"features", "feature"}:
                    properties = item.get("properties") or {}
                    yield (properties if isinstance(properties, dict) else {}), item.get("geometry")
                else:
                    yield item, None
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Unreadable("bad_geojson") from error


def _cell(value: Any) -> tuple[str, str]:
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return ("true" if value else "false"), "b"
    if isinstance(value, int):
        return str(value), "i" if abs(value) < EXACT else "x"
    if isinstance(value, Decimal):
        return str(value), "n" if keeps_digits(value) else "x"
    if isinstance(value, (dict, list)):
        return _text(value), "j"
    return str(value), "t"


def keeps_digits(value: Decimal) -> bool:
    """Whether a double holds all its digits."""
    try:
        return Decimal(repr(float(value))) == value
    except (OverflowError, ValueError, ArithmeticError):
        return False


def _text(value: Any) -> str:
    """JSON with numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(key), ensure_ascii=False)}:{_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
