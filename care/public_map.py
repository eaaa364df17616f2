"""Cases on a map: one place each, and clusters of them counted by the database, however many there are.

Places are kept as whole pixels of the web mercator map at zoom 20 (2^28 a side, 15 cm at the equator); a cluster's cell at
zoom z is the place shifted right by 20 - z and by the bits of the cell's size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Max, Q, QuerySet
from django.http import HttpRequest

from ntbportal.commons.numerals import whole_number
from ntbportal.commons.outlines import NTB_BOX
from ntbportal.commons.places import Region, point_of

from .models import Case, Category
from .models.cases import OPEN_STATES

DEEPEST = 20
SIDE = 1 << (DEEPEST + 8)  # map pixels
CELL_BITS = 6  # cells of 64 pixels
BLUR = 3  # decimals of a sensitive case's place: about 110 m (domain.md part 2)
MOST_CLUSTERS = 1500


@dataclass(frozen=True)
class Box:
    """Degrees, WGS84."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> Box | None:
        """“west,south,east,north”; None where it is no box."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError:
            return None
        if not all(map(math.isfinite, (west, south, east, north))) or west >= east or south >= north:
            return None
        return cls(max(west, -180.0), max(south, -85.0), min(east, 180.0), min(north, 85.0))


WHOLE = Box(*NTB_BOX)


@dataclass(frozen=True)
class Cluster:
    """Cases of one cell; `code` where it is a single one. Degrees of their middle."""

    latitude: float
    longitude: float
    count: int
    open: int
    code: str = ""


def pixel(latitude: float, longitude: float) -> tuple[int, int]:
    """The place in map pixels, x eastwards and y southwards."""
    y = math.log(math.tan(math.pi / 4 + math.radians(max(-85.0, min(85.0, latitude))) / 2))
    return min(SIDE - 1, int((longitude + 180) / 360 * SIDE)), min(SIDE - 1, int((1 - y / math.pi) / 2 * SIDE))


def degrees(x: float, y: float) -> tuple[float, float]:
    """Latitude and longitude of map pixels."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / SIDE)))), x / SIDE * 360 - 180


def map_place(category: Category, region: Region, latitude: float | None, longitude: float | None) -> tuple[int | None, int | None]:
    """Where maps show a case: its place, roughly for sensitive categories; without one the point of its region."""
    if latitude is None or longitude is None:
        point = point_of(region.code)
        return pixel(*point) if point else (None, None)
    if category.is_sensitive:
        latitude, longitude = round(latitude, BLUR), round(longitude, BLUR)
    return pixel(latitude, longitude)


def snapped(box: Box, zoom: int) -> Box:
    """The box widened to whole cells, by fours: near views share their answers, and no cell is cut at the edge."""
    size = 4 << _shift(zoom)
    west, north = pixel(box.north, box.west)
    east, south = pixel(box.south, box.east)
    top, left = degrees(west // size * size, north // size * size)
    bottom, right = degrees(min(SIDE - 1, (east // size + 1) * size - 1), min(SIDE - 1, (south // size + 1) * size - 1))
    return Box(left, bottom, right, top)


def _shift(zoom: int) -> int:
    return DEEPEST - max(0, min(DEEPEST, zoom)) + CELL_BITS


def within(rows: QuerySet[Case], box: Box) -> QuerySet[Case]:
    west, north = pixel(box.north, box.west)
    east, south = pixel(box.south, box.east)
    return rows.filter(map_x__gte=west, map_x__lte=east, map_y__gte=north, map_y__lte=south)


def clusters(rows: QuerySet[Case], box: Box, zoom: int) -> list[Cluster]:
    """The cases of `rows` in a box as clusters, those with most cases first; two queries."""
    shift = _shift(zoom)
    found = list(
        within(rows, box)
        .order_by()
        .annotate(column=F("map_x").bitrightshift(shift), row=F("map_y").bitrightshift(shift))
        .values("column", "row")
        .annotate(n=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN_STATES)), x=Avg("map_x"), y=Avg("map_y"), last=Max("pk"))
        .order_by("-n")
        .values_list("n", "open", "x", "y", "last")[:MOST_CLUSTERS]
    )
    singles = [last for n, _open, _x, _y, last in found if n == 1]
    codes = dict(Case.objects.filter(pk__in=singles).values_list("pk", "code")) if singles else {}
    return [Cluster(*degrees(float(x), float(y)), n, opened, codes.get(last, "") if n == 1 else "") for n, opened, x, y, last in found]


def view_of(request: HttpRequest) -> tuple[Box, int]:
    """?box= in whole cells (without one the province) and ?zoom= of a map's question."""
    asked = whole_number(request.GET.get("zoom", ""), most=99)
    zoom = 8 if asked is None else asked
    return snapped(Box.parse(request.GET.get("box", "")) or WHOLE, zoom), zoom


def as_rows(found: list[Cluster]) -> list[list[Any]]:
    """Clusters as static/portal/map.js reads them: [latitude, longitude, number, open, code or ""]."""
    return [[round(one.latitude, 5), round(one.longitude, 5), one.count, one.open, one.code] for one in found]


def replace_on_map(category: Category) -> int:
    """Place a category's cases anew, after it was made sensitive or ceased to be; returns how many moved."""
    moved = []
    for case in Case.objects.filter(category=category).select_related("region").iterator(chunk_size=2000):
        x, y = map_place(category, case.region, case.latitude, case.longitude)
        if (x, y) != (case.map_x, case.map_y):
            case.map_x, case.map_y = x, y
            moved.append(case)
    Case.objects.bulk_update(moved, ["map_x", "map_y"], batch_size=1000)
    return len(moved)
