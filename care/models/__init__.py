"""Tables of NTB Care, by concept."""

from .cases import Case, CaseFollow, CaseKind, CaseMove, CasePhoto, CaseState
from .drafts import ReportDraft
from .rules import AnswerTemplate, Category, DeadlineRule, DutyShift, EmergencyWord, RetentionRule, RoutingRule, Step

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
    "DutyShift",
    "EmergencyWord",
    "ReportDraft",
    "RetentionRule",
    "RoutingRule",
    "Step",
]
