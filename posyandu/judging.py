"""What a visit shows, and why it asks for a referral: decided here, and nowhere else, for page, letter, paper and the phone's entries.

Of a weighing: the findings (GrowthFinding; loaded from data/growth_findings.json, sources there; editable), the labels of the indices
(GrowthLimit), the arm, the lines of the growth card, and how the weight moved. Conditions are those of conditions.py, over zwei, zlen,
zwfl, zbmi, zhc (z-scores), muac (cm), oedema and twice ("yes", "no"), status (N, T, B, O), age_months and sex. Without signal the phone
judges alike: growthJudgement() in static/portal/posyandu-rules.js.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from .conditions import judge
from .contacts import basics, work_out
from .growth.labels import PlainLabel, label_for, muac_label
from .models import Finding, GrowthFinding, GrowthVisit, Person, Visit, VisitForm
from .models.rules import GrowthIndex
from .visits import Z_FIELDS

INDICES = ("zwei", "zlen", "zwfl")
# a finding of a kind tells of the same thing as the label of an index: one reason, in the label's words
LABELLED = {"wasting": "zwfl", "length": "zlen", "weight": "zwei"}
RED_LINE, ORANGE_LINE = -3, 1  # weight for age, of the growth card (Buku KIA 2023)


@dataclass(frozen=True)
class Reason:
    """Why somebody is referred. `key`: of what kind, the same on the phone."""

    key: str
    text: str


@dataclass(frozen=True)
class GrowthJudgement:
    """A weighing judged. `indices`: title, z and label of each; `arm`: label of the upper arm, if it was measured at that age."""

    findings: list[GrowthFinding]
    indices: list[dict[str, Any]]
    arm: PlainLabel | None
    reasons: list[Reason]
    red_line: bool
    orange_line: bool

    @property
    def refer(self) -> bool:
        return bool(self.reasons)

    @property
    def urgent(self) -> bool:
        return any(rule.urgent for rule in self.findings)

    @property
    def sources(self) -> list[str]:
        return sorted({rule.source for rule in self.findings})


def growth_rules() -> QuerySet[GrowthFinding]:
    return GrowthFinding.objects.filter(is_active=True)


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
    return judge(growth_rules() if rules is None else rules, values_of(child, visit)).found


def judge_growth(child: Person, visit: GrowthVisit, rules: Iterable[GrowthFinding] | None = None) -> GrowthJudgement:
    """One question to the database, none where the rules are at hand."""
    rules = list(growth_rules() if rules is None else rules)
    found = growth_findings(child, visit, rules)
    months, z = child.age_in_months(visit.day), visit.zwei
    labels = {name: label_for(name, getattr(visit, name), months, visit.day) for name in INDICES}
    arm = muac_label(visit.muac, months)
    red, orange = z is not None and z < RED_LINE, z is not None and z > ORANGE_LINE
    reasons: dict[str, str] = {}
    if visit.oedema:
        reasons["oedema"] = _("Oedema in both feet")
    if visit.twice:
        reasons["gain"] = _("Weight not gained twice running (2T)")
    elif visit.status == "T":
        reasons["gain"] = _("Weight not gained (T)")
    for name, label in labels.items():
        if label is not None and label.refer:
            reasons[name] = f"{label.label} (z {getattr(visit, name):.2f})"
    if arm is not None and arm.refer:
        reasons["arm"] = f"{arm.label} ({visit.muac} cm)"
    for rule in found:
        if rule.refer:
            text = f"{rule.label} (z {visit.zhc:.2f})" if rule.group == "head" and visit.zhc is not None else rule.label
            reasons.setdefault(LABELLED.get(rule.group, rule.group), text)
    if red or orange:
        reasons.setdefault("zwei", _("The weight is below the red line.") if red else _("The weight is above the orange line."))
    rows = [{"title": GrowthIndex(name).label, "z": getattr(visit, name), "label": labels[name]} for name in INDICES]
    if visit.zhc is not None:
        of_head = [rule for rule in rules if rule.group == "head"]
        told = next((rule for rule in found if rule.group == "head"), None)
        in_order = PlainLabel(_("Head in order"), "good", refer=False) if of_head else None  # without rules nothing is known to be in order
        rows.append({"title": _("Head circumference for age (LK/U)"), "z": visit.zhc, "label": told or in_order})
    return GrowthJudgement(found, rows, arm, [Reason(key, text) for key, text in reasons.items()], red, orange)


@dataclass(frozen=True)
class ContactJudgement:
    """A visit by a form judged. `unjudged`: questions without which something could not be judged."""

    findings: list[Finding]
    reasons: list[Reason]
    unjudged: list[str]

    @property
    def refer(self) -> bool:
        return bool(self.reasons)

    @property
    def urgent(self) -> bool:
        return any(rule.urgent for rule in self.findings)

    @property
    def sources(self) -> list[str]:
        return sorted({rule.source for rule in self.findings})


def judge_contact(person: Person, visit: Visit, form: VisitForm) -> ContactJudgement:
    """What was found when the visit was kept, gravest first. `form` with its questions and rules at hand; asks the database nothing."""
    rules = {rule.code: rule for rule in form.finding_rules.all()}
    findings = [rules[code] for code in visit.findings if code in rules]
    findings.sort(key=lambda rule: (not rule.urgent, not rule.refer, rule.tone == "good", rule.position))
    reasons = [Reason(f"{form.slug}:{rule.code}", rule.label) for rule in findings if rule.refer]
    worked = work_out(form, basics(person, visit.day), visit.answers, visit.day, visit.derived)
    texts = {one.code: one.text for one in form.questions.all()}
    return ContactJudgement(findings, reasons, [texts[code] for code in worked.unjudged])


def reasons_for(person: Person, day: date) -> tuple[list[str], bool]:
    """(what the visits of a day give as reasons to refer, whether at once), in words of the labels."""
    judged: list[GrowthJudgement | ContactJudgement] = []
    weighings = list(GrowthVisit.objects.filter(person=person, day=day).order_by("pk"))
    rules = list(growth_rules()) if weighings else []
    judged += [judge_growth(person, one, rules) for one in weighings]
    contacts = Visit.objects.filter(person=person, day=day).select_related("form")
    for contact in contacts.prefetch_related("form__questions", "form__finding_rules").order_by("pk"):
        judged.append(judge_contact(person, contact, contact.form))
    reasons = [reason.text for one in judged for reason in one.reasons]
    return list(dict.fromkeys(reasons)), any(one.urgent for one in judged if one.refer)
