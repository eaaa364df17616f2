"""GeoJSON as a table: one row a feature, its properties as columns, its shape as GeoJSON text in `geometry`."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import ijson

from .reading import MAX_COLUMNS, Unreadable

GEOMETRY = "geometry"


def geojson_as_csv(path: Path, target: Path) -> None:
    """Write the features as CSV, reading the file twice as a stream: first for the names. Raises Unreadable."""
    names: dict[str, None] = {}
    count = 0
    for feature in _features(path):
        names.update(dict.fromkeys(feature.get("properties") or {}))
        count += 1
        if len(names) > MAX_COLUMNS:
            raise Unreadable("too_many_columns", found=len(names), limit=MAX_COLUMNS)
    if not count:
        raise Unreadable("no_features")
    columns = [name for name in names if name.lower() != GEOMETRY]
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*columns, GEOMETRY])
        for feature in _features(path):
            properties = feature.get("properties") or {}
            writer.writerow([*(_text(properties.get(name)) for name in columns), _text(feature.get("geometry"))])


def _features(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            yield from ijson.items(file, "features.item", use_float=True)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Unreadable("bad_geojson", detail=str(error)[:200]) from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, (dict, list)) else str(value)
