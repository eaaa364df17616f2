"""Tables of NTB Care, by concept."""

from .cases import STAFF_CHANNELS, Case, CaseFollow, CaseKind, CaseMove, CasePhoto, CaseState, Channel, SecretBecause
from .desk import SavedView
from .drafts import DraftPhoto, IncomingReport, ReportDraft
from .onward import OnwardCase, OnwardServer, OnwardService
from .rules import (
    AnswerKind,
    AnswerTemplate,
    Category,
    ConfidentialWord,
    DeadlineRule,
    DutyShift,
    EmergencyWord,
    Question,
    RetentionRule,
    RoutingRule,
    Step,
)
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
    "ConfidentialWord",
    "DeadlineRule",
    "DraftPhoto",
    "DutyShift",
    "EmergencyWord",
    "HelpOffer",
    "IncomingReport",
    "OnwardCase",
    "OnwardServer",
    "OnwardService",
    "Question",
    "ReportDraft",
    "RetentionRule",
    "RoutingRule",
    "SavedView",
    "SecretBecause",
    "Step",
]
