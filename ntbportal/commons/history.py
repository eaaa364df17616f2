"""Reading the change history that pghistory keeps: which rows there are of a model, and who made them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from .people import User


def events_of(model: type[models.Model]) -> Any:
    """The model of the history rows of `model`."""
    return model._meta.apps.get_model(model._meta.app_label, f"{model.__name__}Event")


def who_made(events: Iterable[Any]) -> dict[int, str]:
    """Names by number of the history row (with pgh_context at hand); nothing for what the portal did itself. One question."""
    users = {one.pgh_id: (one.pgh_context.metadata or {}).get("user") for one in events if one.pgh_context}
    names = {one.pk: str(one) for one in User.objects.filter(pk__in=set(users.values()) - {None})}
    return {number: names[user] for number, user in users.items() if user in names}
