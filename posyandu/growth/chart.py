"""The growth card (KMS) and WHO's charts as SVG: the curves of -3 to +3 SD, and the child's own line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .standards import LAST_DAY, LMS, WFL_FROM, arm_and_skinfolds, reference_2007, sex_row, tables
from .zscores import DAYS_OF_MONTH, measurement_at

Scale = Callable[[float], float]  # from days, centimetres or kilograms to the drawing
WIDTH, HEIGHT = 720, 520
LEFT, RIGHT, TOP, BOTTOM = 46, 44, 24, 60
# name of the class in the style sheet by z of the curve
CURVES = ((3, "orange"), (2, "yellow"), (1, "orange-line"), (0, "green"), (-1, "green-thin"), (-2, "yellow"), (-3, "red"))


@dataclass(frozen=True)
class Point:
    """Age in days (or centimetres, for weight for length), the value, and what a reader is told of the point."""

    at: float
    value: float
    title: str


@dataclass(frozen=True)
class Chart:
    """One of WHO's charts: table of LMS values, what is drawn upwards in which unit, and what a reader hears of it. `school`: of the
    reference of 2007, 5 to 19 years. `months`: how far it goes where nothing else is asked."""

    table: str
    unit: str
    title: str | Promise
    short: str
    school: bool = False
    months: int = 24


CHARTS = {
    "weight": Chart("weight_for_age", "kg", gettext_lazy("Weight for age"), "BB/U"),
    "length": Chart("length_height_for_age", "cm", gettext_lazy("Length or height for age"), "PB/U, TB/U"),
    "lying": Chart("weight_for_length", "kg", gettext_lazy("Weight for length"), "BB/PB"),
    "standing": Chart("weight_for_height", "kg", gettext_lazy("Weight for height"), "BB/TB"),
    "bmi": Chart("bmi_for_age", "kg/m²", gettext_lazy("Body mass index for age"), "IMT/U"),
    "head": Chart("head_circumference_for_age", "cm", gettext_lazy("Head circumference for age"), "LK/U"),
    "arm": Chart("arm_circumference_for_age", "cm", gettext_lazy("Upper arm for age"), "LiLA/U", months=60),
    "subscapular": Chart("subscapular_skinfold_for_age", "mm", gettext_lazy("Subscapular skinfold for age"), "", months=60),
    "triceps": Chart("triceps_skinfold_for_age", "mm", gettext_lazy("Triceps skinfold for age"), "", months=60),
    "school-bmi": Chart("bmi_for_age", "kg/m²", gettext_lazy("Body mass index, 5–19 years"), "IMT/U", school=True),
    "school-weight": Chart("weight_for_age", "kg", gettext_lazy("Weight, 5–10 years"), "BB/U", school=True),
    "school-height": Chart("length_height_for_age", "cm", gettext_lazy("Height, 5–19 years"), "TB/U", school=True),
}
FIRST_MONTH = 61  # of the reference of 2007


def curve(chart: Chart, sex: str, z: float, at: np.ndarray) -> np.ndarray:
    """The measurement at z; `at`: days, months for school age, or tenths of a centimetre."""
    row = sex_row(sex)
    if chart.school:
        months, place = reference_2007()[chart.table], at - FIRST_MONTH
        return measurement_at(z, months.l[row, place], months.m[row, place], months.s[row, place])
    table = _table(chart)
    place = at if chart.table.endswith("for_age") else at - WFL_FROM
    return measurement_at(z, table.l[row, place], table.m[row, place], table.s[row, place])


def _table(chart: Chart) -> LMS:
    return tables().get(chart.table) or arm_and_skinfolds()[chart.table]


def kms_svg(sex: str, points: Sequence[Point]) -> SafeString:
    """The growth card: weight for age."""
    title = _("Growth card: weight in kilograms by age in months, with the WHO curves and the child's weighings")
    return growth_svg("weight", sex, points, title)


def growth_svg(name: str, sex: str, points: Sequence[Point], title: str = "", months: int = 0) -> SafeString:
    """A chart of CHARTS; by age to `months`, else for 0-24 months, or 0-60 where a point lies beyond. Width fits its box; all texts
    are real text."""
    chart = CHARTS[name]
    scale = 1.0
    if chart.school:
        first, last, step, scale = FIRST_MONTH, FIRST_MONTH + reference_2007()[chart.table].m.shape[1] - 1, 1, 1 / DAYS_OF_MONTH
        across, below = (
            [(years * 12 * DAYS_OF_MONTH, str(years)) for years in range(6, last // 12 + 1, 2 if last > 180 else 1)],
            _("Age (years)"),
        )
    elif chart.table.endswith("for_age"):
        months = months or (chart.months if all(point.at <= chart.months * DAYS_OF_MONTH for point in points) else 60)
        first = int(np.argmax(~np.isnan(_table(chart).m[0])))  # some begin at three months
        last, step = min(round(months * DAYS_OF_MONTH), LAST_DAY), 10
        across = [(month * DAYS_OF_MONTH, str(month)) for month in range(0 if not first else 6, months + 1, 2 if months == 24 else 6)]
        below = _("Age (months)")
    else:
        first, last, step = (450, 1100, 10) if name == "lying" else (650, 1200, 10)
        scale = 10.0
        across, below = [(place, f"{place:.0f}") for place in _steps(first / scale, last / scale)], _("Length or height (cm)")
    at = np.unique(np.append(np.arange(first, last + 1, step), last)).astype(int)
    values = {z: curve(chart, sex, z, at) for z in (-3, -2, -1, 0, 1, 2, 3)}
    shown = [point for point in points if first / scale <= point.at <= last / scale]
    top = max([float(np.nanmax(values[3])), *(point.value for point in shown)]) * 1.04
    low = min([float(np.nanmin(values[-3])), *(point.value for point in shown)]) * (0.9 if name != "weight" else 0.5)

    def x(place: float) -> float:
        return LEFT + (place * scale - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (top - value) / (top - low) * (HEIGHT - TOP - BOTTOM)

    places = at / scale
    parts = [_grid(chart, across, below, (low, top), x, y)]
    for lower, upper, band in ((-3, -2, "yellow"), (-2, 1, "green"), (1, 3, "pale")):
        forth = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in zip(places, values[upper], strict=True))
        back = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in zip(places[::-1], values[lower][::-1], strict=True))
        parts.append(f'<polygon class="kms-band-{band}" points="{forth} {back}"/>')
    for z, colour in CURVES:
        line = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in zip(places, values[z], strict=True))
        parts.append(f'<polyline class="kms-curve kms-{colour}" points="{line}"/>')
        sign = f"+{z}" if z > 0 else str(z).replace("-", "−")
        parts.append(f'<text class="kms-label" x="{WIDTH - RIGHT + 5}" y="{y(values[z][-1]) + 4:.1f}">{sign}</text>')
    parts.append(_child(shown, chart.unit, x, y))
    told = escape(title or (f"{chart.title} ({chart.short})" if chart.short else str(chart.title)))
    return mark_safe(  # noqa: S308 - made of numbers and escaped texts
        f'<svg class="kms" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _steps(low: float, top: float, wanted: int = 9) -> list[float]:
    """Round figures between two ends, about so many."""
    step = next(one for one in (0.5, 1, 2, 4, 5, 10, 20) if (top - low) / one <= wanted + 2)
    first = int(low / step) + 1
    return [number * step for number in range(first, int(top / step) + 1)]


def _grid(chart: Chart, across: list[tuple[float, str]], below: str, heights: tuple[float, float], x: Scale, y: Scale) -> str:
    parts = []
    for place, text in across:
        at = x(place)
        parts.append(f'<line class="kms-grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="kms-axis" text-anchor="middle" x="{at:.1f}" y="{HEIGHT - BOTTOM + 22}">{text}</text>')
    for value in _steps(*heights):
        at = y(value)
        if at < TOP + 14:  # the unit stands there
            continue
        parts.append(f'<line class="kms-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="kms-axis" text-anchor="end" x="{LEFT - 6}" y="{at + 4:.1f}">{value:g}</text>')
    parts.append(
        f'<text class="kms-axis" text-anchor="middle" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}">'
        f"{escape(below)}</text>"
        f'<text class="kms-axis" x="4" y="{TOP - 4}">{chart.unit}</text>'
    )
    return "".join(parts)


def _child(points: Sequence[Point], unit: str, x: Scale, y: Scale) -> str:
    if not points:
        return ""
    places = [(x(point.at), y(point.value), point) for point in points]
    line = " ".join(f"{across:.1f},{down:.1f}" for across, down, _point in places)
    dots = "".join(
        f'<circle class="kms-dot" cx="{across:.1f}" cy="{down:.1f}" r="{6 if number == len(places) - 1 else 4}">'
        f"<title>{escape(point.title)}: {number_format(point.value, 2)} {unit}</title></circle>"
        for number, (across, down, point) in enumerate(places)
    )
    return f'<polyline class="kms-child" points="{line}"/>{dots}'
