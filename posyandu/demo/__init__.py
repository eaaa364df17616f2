"""Demo posyandu: 60 posts, 3,000 families, people of every age; seeded, made in bulk."""

from ntbportal.commons.reference_data import Loader, register

from ..publication import close_due
from .children import load_posyandu
from .every_age import load_every_age
from .services import load_given, load_referrals, load_strata


def register_all() -> None:
    register(Loader("60 posyandu, 3,000 families, 18 months of visits", lambda: "1", load_posyandu, demo=True))
    register(Loader("people of every age and their visits", lambda: "1", load_every_age, demo=True))
    register(Loader("immunisations and vitamins given", lambda: "1", load_given, demo=True))
    register(Loader("strata", lambda: "1", load_strata, demo=True))
    register(Loader("referrals and families asked", lambda: "1", load_referrals, demo=True))
    register(Loader("public months", lambda: "1", lambda: f"{close_due()} months", demo=True))
