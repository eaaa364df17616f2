"""Where the routing rules leave gaps and where they contradict one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.outlines import drawn
from ntbportal.commons.places import Level, Region

from .models import Category, RoutingRule
from .routing import closeness


@dataclass(frozen=True)
class Cell:
    """A category in a regency: who is responsible, and what is remarkable about it."""

    region: Region
    agency: Agency | None
    is_overlap: bool  # two agencies by rules of the same rank: the newer one wins, perhaps not the meant one
    finer: int  # rules for single districts or villages within it


@dataclass(frozen=True)
class Row:
    category: Category
    cells: list[Cell]

    @property
    def gaps(self) -> int:
        return sum(cell.agency is None for cell in self.cells)


def coverage(day: date, level: str = Level.REGENCY) -> list[Row]:
    """Each category in use (subcategories only where they have rules of their own) by regency (or another level). Two queries and a half,
    however many rules there are."""
    regions = list(Region.objects.filter(level=level).order_by("code"))
    rules: dict[int, list[RoutingRule]] = {}
    for rule in RoutingRule.objects.valid_on(day).select_related("agency", "category"):
        rules.setdefault(rule.category_id, []).append(rule)
    rows = []
    for category in Category.objects.filter(is_active=True).select_related("parent"):
        if category.parent_id and category.pk not in rules:
            continue
        fitting = rules.get(category.pk, []) + (rules.get(category.parent_id, []) if category.parent_id else [])
        rows.append(Row(category, [_cell(category, region, fitting) for region in regions]))
    return rows


def _cell(category: Category, region: Region, rules: list[RoutingRule]) -> Cell:
    around = set(region.ancestor_codes())
    wide = [rule for rule in rules if rule.region_id in around and not rule.kind]
    finer = sum(rule.region_id.startswith(f"{region.code}.") for rule in rules)
    if not wide:
        return Cell(region, None, False, finer)
    best = max(wide, key=lambda rule: closeness(rule, category, ""))
    rank = (best.region_id, best.category_id)
    rivals = {rule.agency_id for rule in wide if (rule.region_id, rule.category_id) == rank}
    return Cell(region, best.agency, len(rivals) > 1, finer)


@dataclass(frozen=True)
class Shape:
    """A district on the map of gaps and overlaps. `tone`: gap, overlap, good, or shade-0 to shade-5 by the share of gaps."""

    name: str
    path: str
    tone: str
    said: str


def coverage_map(day: date, category: int | None = None, width: float = 750) -> list[Shape]:
    """Every district: for one category who is responsible, for all of them how many categories have nobody."""
    rows = [row for row in coverage(day, Level.DISTRICT) if category is None or row.category.pk == category]
    if category is not None and not rows:  # a finer category without rules of its own goes as the one above it
        upper = Category.objects.filter(pk=category).values_list("parent", flat=True).first()
        return coverage_map(day, upper, width) if upper else []
    cells = {region_cells[0].region.code: region_cells for region_cells in zip(*(row.cells for row in rows), strict=True)}
    shapes = []
    for code, name, path in drawn(Level.DISTRICT, width, 0.006):
        found = cells.get(code, ())
        gaps, overlaps = sum(cell.agency is None for cell in found), sum(cell.is_overlap for cell in found)
        if category is not None:
            cell = found[0]
            tone = "gap" if gaps else "overlap" if overlaps else "good"
            said = cell.agency.short_name if cell.agency else _("gap")
        else:
            tone = "gap" if found and gaps == len(found) else "overlap" if overlaps else f"shade-{-(-5 * gaps // max(1, len(found)))}"
            said = _("%(gaps)s of %(all)s categories without an agency, %(overlaps)s with two") % {
                "gaps": gaps, "all": len(found), "overlaps": overlaps,
            }  # fmt: skip
        shapes.append(Shape(name, path, tone, said))
    return shapes
