"""Where the routing rules leave gaps and where they contradict one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import PROVINCE_CODE, Level, Region

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


def coverage(day: date) -> list[Row]:
    """Each category in use (subcategories only where they have rules of their own) by regency. Two queries and a half,
    however many rules there are."""
    regencies = list(Region.objects.filter(level=Level.REGENCY).order_by("code"))
    rules: dict[int, list[RoutingRule]] = {}
    for rule in RoutingRule.objects.valid_on(day).select_related("agency", "category"):
        rules.setdefault(rule.category_id, []).append(rule)
    rows = []
    for category in Category.objects.filter(is_active=True).select_related("parent"):
        if category.parent_id and category.pk not in rules:
            continue
        fitting = rules.get(category.pk, []) + (rules.get(category.parent_id, []) if category.parent_id else [])
        rows.append(Row(category, [_cell(category, region, fitting) for region in regencies]))
    return rows


def _cell(category: Category, region: Region, rules: list[RoutingRule]) -> Cell:
    wide = [rule for rule in rules if rule.region_id in {region.code, PROVINCE_CODE} and not rule.kind]
    finer = sum(rule.region_id.startswith(f"{region.code}.") for rule in rules)
    if not wide:
        return Cell(region, None, False, finer)
    best = max(wide, key=lambda rule: closeness(rule, category, ""))
    rank = (best.region_id, best.category_id)
    rivals = {rule.agency_id for rule in wide if (rule.region_id, rule.category_id) == rank}
    return Cell(region, best.agency, len(rivals) > 1, finer)
