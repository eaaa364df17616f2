"""Charts of the leaders' pages as SVG: the SKDN bars, lines over months. Numbers are written beside what is drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from html import escape

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ntbportal.commons.templatetags.portal import percent

from .skdn import Skdn


def bars(row: Skdn) -> SafeString:
    """The balok chart: S, K, D and N beside each other, each with its number."""
    parts, top = [], max(row.s, row.k, row.d, row.n, 1)
    for place, (letter, value) in enumerate((("S", row.s), ("K", row.k), ("D", row.d), ("N", row.n))):
        height, x = 150 * value / top, 20 + place * 75
        parts.append(
            f'<rect class="bar-{letter.lower()}" x="{x}" y="{180 - height:.1f}" width="55" height="{height:.1f}"/>'
            f'<text class="bar-number" x="{x + 27.5}" y="{172 - height:.1f}" text-anchor="middle">{value}</text>'
            f'<text class="bar-letter" x="{x + 27.5}" y="200" text-anchor="middle">{letter}</text>'
        )
    told = escape(_("S %(s)s, K %(k)s, D %(d)s, N %(n)s") % {"s": row.s, "k": row.k, "d": row.d, "n": row.n})
    return mark_safe(f'<svg class="skdn-bars" viewBox="0 0 320 210" role="img" aria-label="{told}">{"".join(parts)}</svg>')  # noqa: S308


def _grid(share: float, y: float, top: float, left: int, right: int) -> str:
    """A line across at a share, with the share written before it."""
    return (
        f'<line class="kms-grid" x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="kms-axis" text-anchor="end" x="{left - 6}" y="{y + 4:.1f}">{escape(percent(share, 0 if top > 0.1 else 1))}</text>'
    )


def round_top(most: float) -> float:
    """The share that an axis ends with: the first round one that holds `most`, whose half is round too."""
    for top in (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0):
        if most <= top:
            return top
    return math.ceil(most * 5) / 5


def line(points: Sequence[tuple[str, float | None]], title: str) -> SafeString:
    """A share over months: (YYYY-MM, 0..1 or None). The scale begins at 0."""
    known = [(place, value) for place, (_month, value) in enumerate(points) if value is not None]
    if len(known) < 2:
        return SafeString("")
    top = round_top(max(0.04, *(value for _place, value in known)))
    width, height, left, below = 640, 200, 72, 26
    step = (width - left - 12) / max(1, len(points) - 1)

    def x(place: int) -> float:
        return left + place * step

    def y(value: float) -> float:
        return 10 + (1 - value / top) * (height - 10 - below)

    parts = [_grid(share, y(share), top, left, width - 12) for share in (0, top / 2, top)]
    for place, (month, _value) in enumerate(points):
        if place % max(1, len(points) // 8) == 0:
            anchor = "end" if place == len(points) - 1 else "middle"
            parts.append(f'<text class="kms-axis" text-anchor="{anchor}" x="{x(place):.1f}" y="{height - 6}">{month[2:]}</text>')
    path = " ".join(f"{x(place):.1f},{y(value):.1f}" for place, value in known)
    dots = "".join(
        f'<circle class="kms-dot" cx="{x(place):.1f}" cy="{y(value):.1f}" r="3.5">'
        f"<title>{points[place][0]}: {escape(percent(value, 1))}</title></circle>"
        for place, value in known
    )
    last = escape(percent(known[-1][1], 1))
    told = escape(f"{title}: {points[known[-1][0]][0]} {last}")
    return mark_safe(  # noqa: S308 - made of numbers and escaped texts
        f'<svg class="trend" viewBox="0 0 {width} {height}" role="img" aria-label="{told}">{"".join(parts)}'
        f'<polyline class="kms-child" points="{path}"/>{dots}</svg>'
    )


def figure(value: float) -> str:
    """A number as one writes it: 143, 55,1."""
    return number_format(int(value) if value == int(value) else round(value, 2))


def course(points: Sequence[tuple[date, float]], limits: Sequence[float], title: str) -> SafeString:
    """A figure over days, oldest first, each point with its number; a line across at each limit that lies among the figures. At least two
    points."""
    width, height, left, right, top, bottom = 320, 150, 14, 30, 24, 26
    values = [value for _day, value in points]
    low, high = min(values), max(values)
    room = max((high - low) * 0.25, abs(high) * 0.03, 0.5)
    shown = [limit for limit in limits if low - 2 * room <= limit <= high + 2 * room]
    low, high = min([low, *shown]) - room, max([high, *shown]) + room
    first, span = points[0][0], max(1, (points[-1][0] - points[0][0]).days)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * (height - top - bottom)

    places = [(left + (day - first).days / span * (width - left - right), y(value), day, value) for day, value in points]
    parts = [
        f'<line class="course-limit" x1="{left}" x2="{width - right}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>'
        f'<text class="course-axis" x="{width - right + 4}" y="{y(limit) + 4:.1f}">{figure(limit)}</text>'
        for limit in shown
    ]
    parts.append(f'<polyline class="kms-child" points="{" ".join(f"{across:.1f},{down:.1f}" for across, down, _day, _value in places)}"/>')
    for place, (across, down, day, value) in enumerate(places):
        parts.append(f'<circle class="kms-dot" cx="{across:.1f}" cy="{down:.1f}" r="4"><title>{escape(date_format(day))}</title></circle>')
        if len(places) <= 8 or place in {0, len(places) - 1}:
            anchor = "start" if place == 0 else "end" if place == len(places) - 1 else "middle"
            parts.append(f'<text class="course-number" text-anchor="{anchor}" x="{across:.1f}" y="{down - 9:.1f}">{figure(value)}</text>')
    for anchor, across, day in (("start", left, points[0][0]), ("end", width - right, points[-1][0])):
        text = escape(date_format(day, "SHORT_DATE_FORMAT"))
        parts.append(f'<text class="course-axis" text-anchor="{anchor}" x="{across}" y="{height - 6}">{text}</text>')
    told = escape(f"{title}: " + ", ".join(f"{date_format(day)} {figure(value)}" for day, value in points))
    return mark_safe(f'<svg class="course" viewBox="0 0 {width} {height}" role="img" aria-label="{told}">{"".join(parts)}</svg>')  # noqa: S308


def funnel(points: Sequence[tuple[str, int, float]], title: str, limits: Sequence[float]) -> SafeString:
    """Shares over their denominators, (name, n, 0..1) each, with the mean of all and its limits (z each): what lies between them may
    be chance. Nothing where there are fewer than three. Source: Spiegelhalter 2005."""
    if len(points) < 3:
        return SafeString("")
    total = sum(n for _name, n, _share in points)
    mean = sum(n * share for _name, n, share in points) / total
    most = max(n for _name, n, _share in points) * 1.05
    smallest = max(5.0, min(n for _name, n, _share in points) * 0.8)
    spread = limits[0] * math.sqrt(mean * (1 - mean) / smallest)
    top = min(1.0, round_top(max(0.04, mean + spread, *(share for _name, _n, share in points))))
    width, height, left, below = 640, 270, 72, 50

    def x(n: float) -> float:
        return left + n / most * (width - left - 12)

    def y(share: float) -> float:
        return 10 + (1 - min(max(share, 0.0), top) / top) * (height - 10 - below)

    parts = [_grid(share, y(share), top, left, width - 12) for share in (0, top / 2, top)]
    for place in range(5):
        n = most * place / 4
        said = escape(number_format(round(n), force_grouping=True))
        parts.append(f'<text class="kms-axis" text-anchor="middle" x="{x(n):.1f}" y="{height - 28}">{said}</text>')
    said = escape(_("people behind the share"))
    parts.append(f'<text class="kms-axis" text-anchor="middle" x="{width / 2}" y="{height - 4}">{said}</text>')
    for z in limits:
        for sign in (1, -1):
            steps = [smallest + (most - smallest) * (step / 60) ** 2 for step in range(61)]
            line_at = " ".join(f"{x(n):.1f},{y(mean + sign * z * math.sqrt(mean * (1 - mean) / n)):.1f}" for n in steps)
            parts.append(f'<polyline class="funnel-limit funnel-{"outer" if z > 2.5 else "inner"}" points="{line_at}"/>')
    parts.append(f'<line class="funnel-mean" x1="{left}" x2="{width - 12}" y1="{y(mean):.1f}" y2="{y(mean):.1f}"/>')
    dots = "".join(
        f'<circle class="kms-dot" cx="{x(n):.1f}" cy="{y(share):.1f}" r="4">'
        f"<title>{escape(name)}: {escape(percent(share, 1))} ({n})</title></circle>"
        for name, n, share in points
    )
    told = escape(_("%(title)s of %(n)s areas, all together %(mean)s") % {"title": title, "n": len(points), "mean": percent(mean, 1)})
    return mark_safe(  # noqa: S308 - made of numbers and escaped texts
        f'<svg class="trend" viewBox="0 0 {width} {height}" role="img" aria-label="{told}">{"".join(parts)}{dots}</svg>'
    )
