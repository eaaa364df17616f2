"""What a weighing shows and what the family is told: counselling for each finding, by age.

The findings are data (GrowthFinding; loaded from data/growth_findings.json, sources there; editable). Their conditions are those of
contacts.py, over zwei, zlen, zwfl, zbmi, zhc (z-scores), muac (cm), oedema and twice ("yes", "no"), status (N, T, B, O), age_months and
sex. Without signal the phone tells the same: growthValues() and firstOfEachKind() in static/portal/posyandu-rules.js.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from .contacts import basics, holds
from .growth.labels import PlainLabel, label_for
from .models import GrowthFinding, GrowthVisit, Person
from .models.rules import GrowthIndex
from .visits import Z_FIELDS


def values_of(child: Person, visit: GrowthVisit) -> dict[str, Any]:
    return {
        **basics(child, visit.day),
        **{name: getattr(visit, name) for name in Z_FIELDS},
        "muac": None if visit.muac is None else float(visit.muac),
        "oedema": "yes" if visit.oedema else "no",
        "status": str(visit.status),
        "twice": "yes" if visit.twice else "no",
    }


def growth_findings(child: Person, visit: GrowthVisit, rules: Iterable[GrowthFinding] | None = None) -> list[GrowthFinding]:
    """The first of each kind that holds, gravest kinds first. One question to the database."""
    values, found = values_of(child, visit), dict[str, GrowthFinding]()
    for rule in GrowthFinding.objects.filter(is_active=True) if rules is None else rules:
        if rule.group not in found and holds(rule.when, values):
            found[rule.group] = rule
    return list(found.values())


def indices(child: Person, visit: GrowthVisit, found: Iterable[GrowthFinding]) -> list[dict[str, Any]]:
    """Title, z and label of each index; of the head where it was measured, as `found` says."""
    months = child.age_in_months(visit.day)
    rows: list[dict[str, Any]] = [
        {"title": GrowthIndex(name).label, "z": (z := getattr(visit, name)), "label": label_for(name, z, months, visit.day)}
        for name in ("zwei", "zlen", "zwfl")
    ]
    if visit.zhc is not None:
        label = next((rule for rule in found if rule.group == "head"), None) or PlainLabel(_("Head in order"), "good", refer=False)
        rows.append({"title": _("Head circumference for age (LK/U)"), "z": visit.zhc, "label": label})
    return rows
