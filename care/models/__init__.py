"""Tables of NTB Care, by concept."""

from .cases import STAFF_CHANNELS, Case, CaseFollow, CaseKind, CaseMove, CasePhoto, CaseState, Channel
from .drafts import DraftPhoto, ReportDraft
from .rules import AnswerKind, AnswerTemplate, Category, DeadlineRule, DutyShift, EmergencyWord, Question, RetentionRule, RoutingRule, Step
from .together import AreaAlert, CaseSupport, HelpOffer

__all__ = [
    "STAFF_CHANNELS",
    "AnswerKind",
    "AnswerTemplate",
    "AreaAlert",
    "Case",
    "CaseFollow",
    "CaseKind",
    "CaseMove",
    "CasePhoto",
    "CaseState",
    "CaseSupport",
    "Category",
    "Channel",
    "DeadlineRule",
    "DraftPhoto",
    "DutyShift",
    "EmergencyWord",
    "HelpOffer",
    "Question",
    "ReportDraft",
    "RetentionRule",
    "RoutingRule",
    "Step",
]
