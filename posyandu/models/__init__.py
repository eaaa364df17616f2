"""Tables of the Posyandu Information System, by concept."""

from .contacts import Condition, Finding, QuestionKind, VisitForm, VisitQuestion
from .families import Came, Household, Left, Merge, PastStay, Person, Relation, Sex
from .following import Problem, Referral, ReferralState, SocialCase, SocialCheck
from .places import Arrival, OpenDay, Posyandu
from .rules import GrowthLimit, MinimumGain
from .services import Campaign, Given, Item, ItemKind, StockMove
from .sync import SyncedEntry
from .tallies import FindingMonth, PosyanduMonth, VillageMonth
from .visits import GrowthVisit, Measure, Visit, WeightStatus

__all__ = [
    "Arrival",
    "Came",
    "Campaign",
    "Condition",
    "Finding",
    "FindingMonth",
    "Given",
    "GrowthLimit",
    "GrowthVisit",
    "Household",
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
    "Problem",
    "QuestionKind",
    "Referral",
    "ReferralState",
    "Relation",
    "Sex",
    "SocialCase",
    "SocialCheck",
    "StockMove",
    "SyncedEntry",
    "VillageMonth",
    "Visit",
    "VisitForm",
    "VisitQuestion",
    "WeightStatus",
]
