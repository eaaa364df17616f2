"""Tables of NTB Care, by concept."""

from .cases import Case, CaseKind, CaseMove, CasePhoto, CaseState
from .drafts import ReportDraft
from .rules import Category, DeadlineRule, RoutingRule, Step

__all__ = [
    "Case",
    "CaseKind",
    "CaseMove",
    "CasePhoto",
    "CaseState",
    "Category",
    "DeadlineRule",
    "ReportDraft",
    "RoutingRule",
    "Step",
]
