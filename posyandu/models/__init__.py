"""Tables of the Posyandu Information System, by concept."""

from .contacts import Condition, Finding, QuestionKind, VisitForm, VisitQuestion
from .families import Came, Household, Left, Merge, PastStay, Person, Relation, Sex
from .places import Arrival, OpenDay, Posyandu
from .rules import GrowthLimit, MinimumGain
from .sync import SyncedEntry
from .tallies import FindingMonth, PosyanduMonth, VillageMonth
from .visits import GrowthVisit, Measure, Visit, WeightStatus

__all__ = [
    "Arrival",
    "Came",
    "Condition",
    "Finding",
    "FindingMonth",
    "GrowthLimit",
    "GrowthVisit",
    "Household",
    "Left",
    "Measure",
    "Merge",
    "MinimumGain",
    "OpenDay",
    "PastStay",
    "Person",
    "Posyandu",
    "PosyanduMonth",
    "QuestionKind",
    "Relation",
    "Sex",
    "SyncedEntry",
    "VillageMonth",
    "Visit",
    "VisitForm",
    "VisitQuestion",
    "WeightStatus",
]
