"""Hearing of what is new: followers of a data set, of its producer, of its topic."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import User

from .models import DataSet, DataVersion, Follow


def followers(data_set: DataSet) -> list[User]:
    wanted = Q(data_set=data_set) | Q(agency=data_set.producer_id) | Q(topic=data_set.topic)
    return list(User.objects.filter(is_active=True, pk__in=Follow.objects.filter(wanted).values("user")))


def tell_followers(data_set: DataSet, version: DataVersion) -> None:
    """Once for each published version, inside the transaction that publishes it."""
    announce(
        Message(
            event=f"dataset:{data_set.pk}:version:{version.pk}",
            subject=gettext_lazy("New data: %(title)s"),
            body=gettext_lazy("%(producer)s has published a new version of data that you follow."),
            path=data_set.get_absolute_url(),
            values={"title": data_set.title, "producer": data_set.producer.short_name},
        ),
        users=followers(data_set),
    )
