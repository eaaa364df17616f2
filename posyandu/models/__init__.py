"""Tables of the Posyandu Information System, by concept."""

from .contacts import Condition, Finding, GrowthFinding, QuestionKind, VisitForm, VisitQuestion
from .families import Came, Household, Left, Merge, PastStay, Person, Relation, Sex
from .following import Problem, Referral, ReferralState, SocialCase, SocialCheck
from .imports import ImportState, VisitImport
from .places import Arrival, OpenDay, Posyandu
from .pregnancies import Ending, PregnancyEnd
from .publication import PublishedMonth
from .rules import GrowthLimit, MinimumGain
from .services import Campaign, Given, Item, ItemKind, StockMove
from .strata import PosyanduPlan, Stratum, StratumRecord
from .sync import SyncedEntry
from .tallies import DistrictFinding, DistrictMonth, FindingMonth, PosyanduMonth
from .visits import GrowthVisit, Measure, Visit, WeighingCheck, WeightStatus

__all__ = [
    "Arrival",
    "Came",
    "Campaign",
    "Condition",
    "DistrictFinding",
    "DistrictMonth",
    "Ending",
    "Finding",
    "FindingMonth",
    "Given",
    "GrowthFinding",
    "GrowthLimit",
    "GrowthVisit",
    "Household",
    "ImportState",
    "Item",
    "ItemKind",
    "Left",
    "Measure",
    "Merge",
    "MinimumGain",
    "OpenDay",
    "PastStay",
    "Person",
    "Posyandu",
    "PosyanduMonth",
    "PosyanduPlan",
    "PregnancyEnd",
    "Problem",
    "PublishedMonth",
    "QuestionKind",
    "Referral",
    "ReferralState",
    "Relation",
    "Sex",
    "SocialCase",
    "SocialCheck",
    "StockMove",
    "Stratum",
    "StratumRecord",
    "SyncedEntry",
    "Visit",
    "VisitForm",
    "VisitImport",
    "VisitQuestion",
    "WeighingCheck",
    "WeightStatus",
]
