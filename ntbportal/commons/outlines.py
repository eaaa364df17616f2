"""Outlines of regions for maps: those that were loaded, else areas made of the villages' points.

The made ones are Voronoi cells of the points of all villages, cut off some kilometres from the points and put together by
region: near enough to see what lies where, and marked as approximate.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.cache import cache

from .places import Level, Region, RegionBoundary

REACH = 0.055  # degrees, about six kilometres: as far as a village reaches from its point
CLOSING = 0.06  # gaps narrower than twice this between villages are land
ROUGHNESS = 0.004


@dataclass(frozen=True)
class Outlines:
    shapes: dict[str, dict[str, Any]]  # region code -> GeoJSON geometry, outer rings clockwise
    is_approximate: bool


def outlines(codes: Iterable[str]) -> Outlines:
    """Outlines of these regions (one level or several). Regions whose place is not known are left out."""
    wanted = set(codes)
    loaded = RegionBoundary.objects.filter(region__in=wanted).values_list("region", "geometry")
    found = {code: clockwise(geometry) for code, geometry in loaded}
    if found:
        return Outlines(found, is_approximate=False)
    by_level: dict[int, set[str]] = {}
    for code in wanted:
        by_level.setdefault(code.count("."), set()).add(code)
    for dots, several in by_level.items():
        made = _made(dots, cache.get("regions-version", 0))
        found |= {code: made[code] for code in several if code in made}
    return Outlines(found, is_approximate=True)


@lru_cache(maxsize=8)
def _made(dots: int, _version: int) -> dict[str, dict[str, Any]]:
    """For the level with so many dots in its codes: region code -> geometry."""
    from shapely import MultiPoint, STRtree, unary_union, voronoi_polygons
    from shapely.geometry import Point, mapping

    rows = list(
        Region.objects.filter(level=Level.VILLAGE, latitude__isnull=False).order_by("code").values_list("code", "longitude", "latitude")
    )
    if len(rows) < 3:
        return {}
    points = [Point(longitude, latitude) for _code, longitude, latitude in rows]
    land = unary_union([point.buffer(REACH, quad_segs=4) for point in points]).buffer(CLOSING, quad_segs=4).buffer(-CLOSING, quad_segs=4)
    cells = list(voronoi_polygons(MultiPoint(points)).geoms)
    tree = STRtree(cells)
    parts: dict[str, list[Any]] = {}
    for (code, _x, _y), point in zip(rows, points, strict=True):
        inside = tree.query(point, predicate="intersects")
        if len(inside):
            parts.setdefault(".".join(code.split(".")[: dots + 1]), []).append(cells[int(inside[0])])
    shapes = {code: unary_union(several).intersection(land).simplify(ROUGHNESS if dots < 3 else 0) for code, several in parts.items()}
    return {code: clockwise(dict(mapping(shape))) for code, shape in shapes.items() if not shape.is_empty}


def as_path(geometry: dict[str, Any], box: tuple[float, float, float, float], width: float, roughness: float = 0.012) -> str:
    """The geometry as an SVG path, `box` (west, south, east, north) laid on so many units of width."""
    from shapely.geometry import shape

    west, _south, east, north = box
    scale = width / (east - west)
    found = shape(geometry).simplify(roughness)
    parts = []
    for polygon in getattr(found, "geoms", [found]):
        if not polygon.is_empty:
            corners = [f"{(x - west) * scale:.1f} {(north - y) * scale:.1f}" for x, y in polygon.exterior.coords]
            parts.append("M" + "L".join(corners[:-1]) + "Z")
    return "".join(parts)


NTB_BOX = (115.7, -9.2, 119.45, -7.9)  # west, south, east, north, degrees


def drawn(level: str, width: float, roughness: float = 0.012) -> list[tuple[str, str, str]]:
    """(code, name, SVG path) of all regions of a level, NTB laid on `width` units; kept for an hour."""
    key = f"drawn:{level}:{width}:{roughness}:{cache.get('regions-version', 0)}"
    rows = cache.get(key)
    if rows is None:
        names = dict(Region.objects.filter(level=level).order_by("code").values_list("code", "name"))
        shapes = outlines(names).shapes
        rows = [(code, name, as_path(shapes[code], NTB_BOX, width, roughness)) for code, name in names.items() if code in shapes]
        cache.set(key, rows, 3600)
    return rows


def as_geojson(names: dict[str, str], roughness: float) -> str:
    """A FeatureCollection of these regions (code -> name), smoothed by about `roughness` degrees without tearing neighbours
    apart, to four decimals (11 m)."""
    import numpy as np
    from shapely import coverage_simplify, transform
    from shapely.geometry import mapping, shape

    found = outlines(names)
    codes = sorted(found.shapes)
    simple = transform(coverage_simplify([shape(found.shapes[code]) for code in codes], roughness), lambda corners: np.round(corners, 4))
    features = [
        {"type": "Feature", "properties": {"code": code, "name": names[code]}, "geometry": dict(mapping(area))}
        for code, area in zip(codes, simple, strict=True)
        if not area.is_empty
    ]
    return json.dumps({"type": "FeatureCollection", "approximate": found.is_approximate, "features": features}, separators=(",", ":"))


def clockwise(geometry: dict[str, Any]) -> dict[str, Any]:
    """Outer rings clockwise, as the drawing library wants them: else it fills the rest of the globe."""
    from shapely.geometry import MultiPolygon, Polygon, mapping, shape
    from shapely.geometry.polygon import orient

    found = shape(geometry)
    parts = list(found.geoms) if hasattr(found, "geoms") else [found]
    return dict(mapping(MultiPolygon([orient(part, -1) for part in parts if isinstance(part, Polygon)])))
