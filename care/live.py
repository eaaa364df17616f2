"""Open desks learn of changes within two seconds: they ask for a stamp in Redis, which costs no database query."""

from __future__ import annotations

from django.core import signing

from ntbportal.commons import stamps
from ntbportal.commons.people import Role, User

from .models import Case

EVERYWHERE = "care-desk:all"
SALT = "care.desk"
MAX_AGE = 24 * 3600


def desk_names(user: User) -> list[str]:
    """The stamps that concern a person's desk."""
    if user.is_superuser or user.is_one_of(Role.ADMIN, Role.COORDINATOR):
        return [EVERYWHERE]
    return sorted(f"care-desk:{agency}" for agency in user.agencies_as(Role.OFFICER))


def touch_desks(case: Case, *agencies: int | None) -> None:
    """After commit, all desks on which the case is or was will reload."""
    concerned = {agency for agency in (case.agency_id, case.unit_id, *agencies) if agency}
    stamps.touch_after_commit([EVERYWHERE, *(f"care-desk:{agency}" for agency in concerned)])


def desk_token(user: User) -> str:
    """Signed names of the desk's stamps: proves what may be asked for without reading the session again."""
    return signing.dumps(desk_names(user), salt=SALT)


def names_of(token: str) -> list[str]:
    """Raises django.core.signing.BadSignature for a token that is not ours or older than a day."""
    return list(signing.loads(token, salt=SALT, max_age=MAX_AGE))
