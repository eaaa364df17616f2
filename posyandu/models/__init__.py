"""Tables of the Posyandu Information System, by concept."""

from .families import Household, Person, Sex
from .places import OpenDay, Posyandu
from .rules import GrowthLimit, MinimumGain
from .visits import GrowthVisit, Measure, WeightStatus

__all__ = [
    "GrowthLimit",
    "GrowthVisit",
    "Household",
    "Measure",
    "MinimumGain",
    "OpenDay",
    "Person",
    "Posyandu",
    "Sex",
    "WeightStatus",
]
