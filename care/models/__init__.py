"""Tables of NTB Care, by concept."""

from .cases import Case, CaseFollow, CaseKind, CaseMove, CasePhoto, CaseState
from .drafts import ReportDraft
from .rules import AnswerTemplate, Category, DeadlineRule, EmergencyWord, RoutingRule, Step

__all__ = [
    "AnswerTemplate",
    "Case",
    "CaseFollow",
    "CaseKind",
    "CaseMove",
    "CasePhoto",
    "CaseState",
    "Category",
    "DeadlineRule",
    "EmergencyWord",
    "ReportDraft",
    "RoutingRule",
    "Step",
]
