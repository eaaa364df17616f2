"""Tables of NTB Care, by concept."""

from .cases import STAFF_CHANNELS, Case, CaseFollow, CaseKind, CaseMove, CasePhoto, CaseState, Channel
from .drafts import DraftPhoto, ReportDraft
from .rules import AnswerKind, AnswerTemplate, Category, DeadlineRule, DutyShift, EmergencyWord, Question, RetentionRule, RoutingRule, Step

__all__ = [
    "STAFF_CHANNELS",
    "AnswerKind",
    "AnswerTemplate",
    "Case",
    "CaseFollow",
    "CaseKind",
    "CaseMove",
    "CasePhoto",
    "CaseState",
    "Category",
    "Channel",
    "DeadlineRule",
    "DraftPhoto",
    "DutyShift",
    "EmergencyWord",
    "Question",
    "ReportDraft",
    "RetentionRule",
    "RoutingRule",
    "Step",
]
