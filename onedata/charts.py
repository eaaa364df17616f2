"""Charts and maps of published tables: drawn on the server by Vega-Lite (vl-convert) as SVG or PNG, with the figures
beside them as a table. A picture is kept by what is drawn and which version, as drawing one takes tens of milliseconds.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ntbportal.commons.outlines import outlines
from ntbportal.commons.places import Region, RegionBoundary

from .models import DataSet, DataVersion
from .storage import local_path
from .tables import TooDear, connection, fetched, quoted

KINDS = {
    "bar": gettext_lazy("Bars"),
    "line": gettext_lazy("Line"),
    "area": gettext_lazy("Area"),
    "point": gettext_lazy("Points"),
    "map": gettext_lazy("Map by region code"),
}
TOTALS = {
    "sum": gettext_lazy("sum"),
    "mean": gettext_lazy("mean"),
    "min": gettext_lazy("smallest"),
    "max": gettext_lazy("largest"),
    "count": gettext_lazy("number of rows"),
}
SQL_TOTALS = {"sum": "sum({y})", "mean": "avg({y})", "min": "min({y})", "max": "max({y})", "count": "count(*)"}
MOST_MARKS = {"bar": 40, "line": 2000, "area": 2000, "point": 2000, "map": 1500}
MOST_SPLITS = 12  # unless a reader asks for more: NTB has ten regencies and towns
ALL_SPLITS = 40
WIDE, NARROW = 640, 380  # pixels; the narrow one for phones
# Okabe and Ito's colours, told apart by people with any kind of colour sight
COLOURS = [
    "#0b4a6f", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7a4b00", "#999999",
    # further ones, told apart from those by lightness
    "#1b1b3a", "#b8de6f", "#8e44ad", "#2fb5a3",
]  # fmt: skip
LOCALES = {
    "id": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["Rp", ""]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["Rp", ""]},
}
KEPT = 7 * 24 * 3600


class CannotDraw(ValueError):
    """The drawing asks for what the table has not; the message says what, in the reader's language."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn: `y` totalled by `x` (for a map: the column of region codes), split in series by `split`."""

    kind: str = "bar"
    x: str = ""
    y: str = ""
    total: str = "sum"
    split: str = ""
    where_column: str = ""
    where_value: str = ""
    title: str = ""
    series: str = ""  # "all", or how many of the series are drawn

    @classmethod
    def of(cls, values: Any) -> Drawing:
        """From a form's or an address's parameters."""
        return cls(**{name: str(values.get(name, "") or default)[:200] for name, default in asdict(cls()).items()})

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def first_drawing(data_set: DataSet, version: DataVersion) -> Drawing:
    """A sensible beginning: the first measure by the first dimension, as a line over years or as bars."""
    names = version.column_names
    numbers = [c["name"] for c in version.columns if c["type"] in {"integer", "number"} and not is_period(c["name"])]
    periods = [name for name in names if is_period(name)]
    texts = [c["name"] for c in version.columns if c["type"] == "string" and not c["name"].lower().startswith(("kode", "code"))]
    x = periods[0] if periods and not texts else (texts or periods or names)[0]
    latest = ""
    if periods and x not in periods:
        found = (
            connection()
            .execute(f"SELECT CAST(max({quoted(periods[0])}) AS VARCHAR) FROM read_parquet(?)", [str(local_path(version.parquet))])
            .fetchone()
        )
        latest = str(found[0] or "") if found else ""
    return Drawing(
        "line" if x in periods else "bar", x, numbers[0] if numbers else "", "sum" if numbers else "count",
        where_column=periods[0] if latest else "", where_value=latest, title=f"{data_set.title}, {latest}" if latest else data_set.title,
    )  # fmt: skip


def is_period(name: str) -> bool:
    return name.lower() in {"tahun", "year", "bulan", "month", "periode", "tanggal", "date"}


@dataclass(frozen=True)
class Figures:
    """The rows that are drawn, [{"x", "y", "split"}], and in words what is not."""

    rows: list[dict[str, Any]]
    left_out: list[str]


def figures(version: DataVersion, drawing: Drawing) -> list[dict[str, Any]]:
    """The rows that are drawn: [{"x", "y", "split"}]. Raises CannotDraw."""
    return drawn(version, drawing).rows


def drawn(version: DataVersion, drawing: Drawing) -> Figures:
    """The rows that are drawn, and what is left out of them. Raises CannotDraw."""
    columns = {column["name"]: column["type"] for column in version.columns}
    if drawing.kind not in KINDS:
        raise CannotDraw(_("This kind of chart is not known."))
    if drawing.x not in columns:
        raise CannotDraw(_("Choose what goes along the bottom."))
    if drawing.total not in SQL_TOTALS:
        raise CannotDraw(_("This way of adding up is not known."))
    if drawing.total != "count" and columns.get(drawing.y) not in {"integer", "number"}:
        raise CannotDraw(_("Choose a column of numbers to draw."))
    split = drawing.split if drawing.split in columns and drawing.kind != "map" else ""
    where, values = "", [str(local_path(version.parquet))]
    if drawing.where_column in columns and drawing.where_value:
        where = f" WHERE CAST({quoted(drawing.where_column)} AS VARCHAR) = ?"
        values.append(drawing.where_value)
    x, y = quoted(drawing.x), SQL_TOTALS[drawing.total].format(y=quoted(drawing.y))
    parts = f"CAST({x} AS VARCHAR) AS x, {y} AS y" + (f", CAST({quoted(split)} AS VARCHAR) AS split" if split else "")
    groups = f"{x}" + (f", {quoted(split)}" if split else "")
    order = "2 DESC" if drawing.kind == "bar" and not is_period(drawing.x) and not split else f"{x}"
    most = MOST_MARKS[drawing.kind]
    limit = most * (ALL_SPLITS if split else 1)
    source = f"SELECT {parts} FROM read_parquet(?){where} GROUP BY {groups}"
    rows = _asked(f"{source} ORDER BY {order} LIMIT {limit}", values)
    # what has neither a place nor a value cannot be drawn; it is counted, and so is what is beyond the limit
    counted = f"SELECT count(*) FILTER (WHERE x IS NULL OR y IS NULL), count(*) FROM ({source})"
    unplaced, groups_found = _asked(counted, values)[0]
    found = [dict(zip(("x", "y", "split"), row, strict=False)) for row in rows if row[0] is not None and row[1] is not None]
    if not found:
        raise CannotDraw(_("No row fits: change the filter."))
    left_out = []
    if unplaced:
        left_out.append(_("%(count)s groups without a name or value are not drawn") % {"count": unplaced})
    if split:
        found, said = _some_series(found, drawing)
        left_out += said
    if groups_found > limit:
        left_out.append(_("%(shown)s of %(found)s values are drawn") % {"shown": limit, "found": groups_found})
    return Figures(found, left_out)


def _asked(sql: str, values: list[str]) -> list[tuple[Any, ...]]:
    try:
        return fetched(sql, list(values))
    except TooDear as error:
        raise CannotDraw(str(error)) from error


def _some_series(rows: list[dict[str, Any]], drawing: Drawing) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of as many series as are drawn, the largest first, and what is said of the others."""
    sizes: dict[str, float] = {}
    for row in rows:
        row["split"] = "–" if row["split"] is None else row["split"]
        sizes[row["split"]] = sizes.get(row["split"], 0) + abs(float(row["y"]))
    wanted = ALL_SPLITS if drawing.series == "all" else MOST_SPLITS
    if len(sizes) <= wanted:
        return rows, []
    kept = set(sorted(sizes, key=lambda name: (-sizes[name], name))[:wanted])
    said = _("%(shown)s of %(found)s series are drawn, the largest ones") % {"shown": wanted, "found": len(sizes)}
    return [row for row in rows if row["split"] in kept], [said]


def specification(version: DataVersion, drawing: Drawing, found: Figures, width: int = WIDE) -> dict[str, Any]:
    """The Vega-Lite specification with the figures in it, and under its title what they leave out."""
    rows = [{**row, "y": float(row["y"])} for row in found.rows]
    said = version.data_set.field(drawing.y)
    y_title = str(said.get("title") or drawing.y) + (f" ({said['unit']})" if said.get("unit") else "")
    if drawing.total == "count":
        y_title = str(TOTALS["count"])
    elif drawing.total != "sum":
        y_title += f", {TOTALS[drawing.total]}"
    common: dict[str, Any] = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": {
            "text": _lines(drawing.title, width // 10), "anchor": "start", "fontSize": 16,
            **_subtitle(drawing, found.left_out, width),
        },
        "width": width - (120 if drawing.kind != "map" else 20),
        "config": {
            "font": "Arial, Liberation Sans, Helvetica, sans-serif", "view": {"stroke": None}, "range": {"category": COLOURS},
            "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelLimit": 220, "gridColor": "#e3e8ec"},
            "legend": {"labelFontSize": 12, "titleFontSize": 12, "orient": "bottom", "columns": 2, "labelLimit": 240},
        },
    }  # fmt: skip
    if drawing.kind == "map":
        return _map(common, rows, y_title, width)
    temporal = is_period(drawing.x) or drawing.kind in {"line", "area"}
    category = {
        "field": "x",
        "type": "ordinal",
        "title": drawing.x,
        "sort": None,
        "axis": {"labelAngle": 0 if len({r["x"] for r in rows}) <= 10 else -45},
    }
    value = {"field": "y", "type": "quantitative", "title": y_title}
    encoding: dict[str, Any] = {}
    if drawing.kind == "bar" and not temporal:
        encoding = {"y": {**category, "title": None, "axis": {"labelLimit": 220 if width > NARROW else 130}}, "x": value}
        common["height"] = {"step": 24}
    else:
        encoding = {"x": category, "y": value}
        common["height"] = 300
    if any("split" in row for row in rows):
        encoding["color"] = {"field": "split", "type": "nominal", "title": drawing.split}
        if drawing.kind == "bar":
            encoding["xOffset" if temporal else "yOffset"] = {"field": "split"}
            if not temporal:
                common["height"] = {"step": 14}
    marks = {
        "bar": "bar",
        "line": {"type": "line", "point": True},
        "area": {"type": "area", "opacity": 0.7},
        "point": {"type": "point", "filled": True},
    }
    mark = marks[drawing.kind]
    plain = {"color": COLOURS[0]} if "color" not in encoding else {}
    return common | {
        "data": {"values": rows},
        "mark": {**(mark if isinstance(mark, dict) else {"type": mark}), **plain},
        "encoding": encoding,
    }


def _subtitle(drawing: Drawing, left_out: list[str], width: int) -> dict[str, Any]:
    lines = list(left_out)
    if drawing.kind == "map" and not RegionBoundary.objects.exists():
        lines.append(str(_("Areas approximated from the villages' points")))
    folded = [part for line in lines for part in _lines(line, width // 7)]
    return {"subtitle": folded, "subtitleFontSize": 11} if folded else {}


def _lines(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width) or [""]


def _map(common: dict[str, Any], rows: list[dict[str, Any]], title: str, width: int) -> dict[str, Any]:
    """A choropleth in five classes of equally many regions. Raises CannotDraw where no code is that of a region."""
    values = {row["x"].strip(): row["y"] for row in rows}
    by_bps = dict(Region.objects.filter(bps_code__in=values).values_list("bps_code", "code"))
    values = {by_bps.get(code, code): value for code, value in values.items()}
    names = dict(Region.objects.filter(code__in=values).values_list("code", "name"))
    found = outlines(names)
    if not found.shapes:
        raise CannotDraw(_("No code in this column is that of a region. Choose the column that holds region codes."))
    unplaced = len(values) - len(found.shapes)
    if unplaced:
        said = _("%(count)s codes are those of no region and are not on the map") % {"count": unplaced}
        title_now = common["title"]
        title_now |= {"subtitle": [*title_now.get("subtitle", []), *_lines(said, width // 7)], "subtitleFontSize": 11}
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"name": short_name(names[code]), "y": values[code]}}
        for code, shape in found.shapes.items()
    ]
    scale = {"type": "quantile", "range": ["#e8f1f6", "#b3d2e3", "#6faccb", "#2f7fa8", "#0b4a6f"]}
    shapes = {
        "mark": {"type": "geoshape", "stroke": "#5b6b78", "strokeWidth": 0.5},
        "encoding": {"color": {"field": "properties.y", "type": "quantitative", "title": title, "scale": scale}},
    }
    chart: dict[str, Any] = {"height": 260 if width > NARROW else 170, "projection": {"type": "mercator"}, "data": {"values": features}}
    return common | chart | shapes


def short_name(name: str) -> str:
    return name.removeprefix("Kabupaten ").removeprefix("Kota ")


def picture(version: DataVersion, drawing: Drawing, ending: str = "svg", width: int = WIDE) -> bytes:
    """The chart as SVG or PNG. Raises CannotDraw."""
    import vl_convert

    language = (get_language() or "id")[:2]
    said = json.dumps([version.parquet_sha256, version.data_set.schema, drawing.as_dict(), ending, language, width], sort_keys=True)
    key = f"chart:3:{hashlib.sha256(said.encode()).hexdigest()}"
    if kept := cache.get(key):
        return bytes(kept)
    spec = specification(version, drawing, drawn(version, drawing), width)
    locale = LOCALES["id" if language == "id" else "en"]
    if ending == "png":
        image = bytes(vl_convert.vegalite_to_png(spec, scale=2, ppi=72, format_locale=locale))
    else:
        image = vl_convert.vegalite_to_svg(spec, format_locale=locale).encode()
    cache.set(key, image, KEPT)
    return image
