"""The growth card (KMS) as SVG: weight for age, the curves of -3 to +3 SD, and the child's own line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .standards import LAST_DAY, sex_row, tables
from .zscores import DAYS_OF_MONTH, measurement_at

Scale = Callable[[float], float]  # from days or kilograms to the drawing
WIDTH, HEIGHT = 720, 520
LEFT, RIGHT, TOP, BOTTOM = 46, 44, 24, 60
# name of the class in the style sheet by z of the curve
CURVES = ((3, "orange"), (2, "yellow"), (1, "orange-line"), (0, "green"), (-1, "green-thin"), (-2, "yellow"), (-3, "red"))


@dataclass(frozen=True)
class Point:
    """Age in days, weight in kg, and what a reader is told of the point."""

    age_days: int
    weight: float
    title: str


def weight_curve(sex: str, z: float, days: np.ndarray) -> np.ndarray:
    table, row = tables()["weight_for_age"], sex_row(sex)
    return measurement_at(z, table.l[row, days], table.m[row, days], table.s[row, days])


def kms_svg(sex: str, points: Sequence[Point]) -> SafeString:
    """The chart for 0-24 months, or 0-60 where a point lies beyond. Width fits its box; all texts are real text."""
    months = 24 if all(point.age_days <= 24 * DAYS_OF_MONTH for point in points) else 60
    last_day = min(round(months * DAYS_OF_MONTH), LAST_DAY)
    days = np.unique(np.append(np.arange(0, last_day + 1, 10), last_day)).astype(int)
    top_kg = max([float(weight_curve(sex, 3, days[-1:])[0]), *(point.weight for point in points)]) + 1
    low_kg = 1.0

    def x(day: float) -> float:
        return LEFT + day / last_day * (WIDTH - LEFT - RIGHT)

    def y(kg: float) -> float:
        return TOP + (top_kg - kg) / (top_kg - low_kg) * (HEIGHT - TOP - BOTTOM)

    parts = [_grid(months, int(top_kg), x, y)]
    values = {z: weight_curve(sex, z, days) for z in (-3, -2, -1, 0, 1, 2, 3)}
    for lower, upper, name in ((-3, -2, "yellow"), (-2, 1, "green"), (1, 3, "pale")):
        forth = " ".join(f"{x(day):.1f},{y(kg):.1f}" for day, kg in zip(days, values[upper], strict=True))
        back = " ".join(f"{x(day):.1f},{y(kg):.1f}" for day, kg in zip(days[::-1], values[lower][::-1], strict=True))
        parts.append(f'<polygon class="kms-band-{name}" points="{forth} {back}"/>')
    for z, name in CURVES:
        line = " ".join(f"{x(day):.1f},{y(kg):.1f}" for day, kg in zip(days, values[z], strict=True))
        parts.append(f'<polyline class="kms-curve kms-{name}" points="{line}"/>')
        sign = f"+{z}" if z > 0 else str(z).replace("-", "−")
        parts.append(f'<text class="kms-label" x="{WIDTH - RIGHT + 5}" y="{y(values[z][-1]) + 4:.1f}">{sign}</text>')
    parts.append(_child(points, x, y))
    title = escape(_("Growth card: weight in kilograms by age in months, with the WHO curves and the child's weighings"))
    return mark_safe(  # noqa: S308 - made of numbers and escaped texts
        f'<svg class="kms" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _grid(months: int, top_kg: int, x: Scale, y: Scale) -> str:
    parts, age = [], _("Age (months)")
    step = 2 if months == 24 else 6
    for month in range(0, months + 1, step):
        at = x(month * DAYS_OF_MONTH)
        parts.append(f'<line class="kms-grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="kms-axis" text-anchor="middle" x="{at:.1f}" y="{HEIGHT - BOTTOM + 22}">{month}</text>')
    for kg in range(2, top_kg + 1, 2 if months == 24 else 4):
        at = y(kg)
        parts.append(f'<line class="kms-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="kms-axis" text-anchor="end" x="{LEFT - 6}" y="{at + 4:.1f}">{kg}</text>')
    parts.append(
        f'<text class="kms-axis" text-anchor="middle" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}">'
        f"{escape(age)}</text>"
        f'<text class="kms-axis" x="4" y="{TOP - 4}">kg</text>'
    )
    return "".join(parts)


def _child(points: Sequence[Point], x: Scale, y: Scale) -> str:
    if not points:
        return ""
    places = [(x(point.age_days), y(point.weight), point) for point in points]
    line = " ".join(f"{across:.1f},{down:.1f}" for across, down, _point in places)
    dots = "".join(
        f'<circle class="kms-dot" cx="{across:.1f}" cy="{down:.1f}" r="{6 if number == len(places) - 1 else 4}">'
        f"<title>{escape(point.title)}: {number_format(point.weight, 2)} kg</title></circle>"
        for number, (across, down, point) in enumerate(places)
    )
    return f'<polyline class="kms-child" points="{line}"/>{dots}'
