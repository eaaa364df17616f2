"""The portal's own inbox: a notice in the table is already delivered."""

from __future__ import annotations

from ..notices import Notice
from ..people import User


class InAppChannel:
    name = "in_app"
    urgent_only = is_group = False

    def reaches(self, user: User) -> bool:
        return user.is_active

    def send(self, notice: Notice) -> None:
        """Nothing to do."""
