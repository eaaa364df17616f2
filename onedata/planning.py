"""The yearly data list: what is released when; noting releases; reminding before and after the day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .models import DataSet, DataVersion, Frequency, Release, YearlyList

REMIND_BEFORE = (14, 3, 0)  # days before a release is due
REMIND_AFTER = (1, 7, 14, 28)  # days after; from the second on the Walidata is told too
EARLY = timedelta(days=60)  # a publication this long before the day counts as the release
MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.HALF_YEARLY: 6, Frequency.YEARLY: 12}


@transaction.atomic
def plan_release(data_set: DataSet, due_on: date, period: str = "") -> Release:
    """Promise a release; the list of its year is begun if need be. Raises ValidationError where the day is taken."""
    if Release.objects.filter(data_set=data_set, due_on=due_on).exists():
        raise ValidationError(_("A release of this data set is planned for this day already."))
    yearly, _made = YearlyList.objects.get_or_create(year=due_on.year)
    return Release.objects.create(yearly_list=yearly, data_set=data_set, due_on=due_on, period=period)


@transaction.atomic
def plan_year(data_set: DataSet, first: date) -> list[Release]:
    """Releases from `first` to the end of its year by the declared frequency; days that are planned already are kept."""
    yearly, _made = YearlyList.objects.get_or_create(year=first.year)
    days = list(_days(first, Frequency(data_set.frequency)))
    Release.objects.bulk_create([Release(yearly_list=yearly, data_set=data_set, due_on=day) for day in days], ignore_conflicts=True)
    return list(Release.objects.filter(data_set=data_set, due_on__in=days))


def _days(first: date, frequency: str) -> Iterator[date]:
    step = MONTHS.get(Frequency(frequency))
    if step is None:
        yield first
        return
    for month in range(first.month, 13, step):
        last = (date(first.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        yield date(first.year, month, min(first.day, last))


@transaction.atomic
def agree(yearly: YearlyList, by: User, decree: str) -> YearlyList:
    """The Forum has agreed on the list of the year."""
    yearly = YearlyList.objects.select_for_update().get(pk=yearly.pk)
    if yearly.agreed_on:
        raise ValidationError(_("The list of this year has been agreed on already."))
    if not yearly.releases.exists():
        raise ValidationError(_("The list of this year is empty."))
    yearly.agreed_on, yearly.agreed_by, yearly.decree = timezone.localdate(), by, decree.strip()
    yearly.save()
    return yearly


def note_release(data_set: DataSet, version: DataVersion) -> Release | None:
    """A publication fulfils the first open release that is due, or soon will be."""
    today = timezone.localdate()
    release = data_set.releases.filter(released_on__isnull=True, due_on__lte=today + EARLY).order_by("due_on").first()
    if release is None:
        return None
    release.released_on, release.version = today, version
    release.save(update_fields=["released_on", "version"])
    return release


def remind(today: date | None = None) -> int:
    """Tell producers (and the Walidata, when it grows late) of releases before and after their day. Each is told once,
    however often this runs; a day on which it did not run is made up for within the next two."""
    today = today or timezone.localdate()
    told = 0
    for days in REMIND_BEFORE:
        for release in _due(today + timedelta(days=days)):
            told += _remind(release, f"before:{days}", gettext_lazy("Due on %(due)s: %(title)s"), producers_of(release))
    for place, days in enumerate(REMIND_AFTER):
        for late in range(3):
            for release in _due(today - timedelta(days=days + late)):
                people = [*producers_of(release), *(User.objects.holding(Role.WALIDATA) if place else [])]
                told += _remind(release, f"after:{days}", gettext_lazy("Late since %(due)s: %(title)s"), people)
    return told


def producers_of(release: Release) -> Iterable[User]:
    return User.objects.holding(Role.PRODUCER, agency=release.data_set.producer)


def _due(day: date) -> Iterator[Release]:
    open_ones = Release.objects.filter(due_on=day, released_on__isnull=True).select_related("data_set__producer")
    return open_ones.iterator(chunk_size=500)


@transaction.atomic
def _remind(release: Release, when: str, subject: object, people: Iterable[User]) -> int:
    announce(
        Message(
            event=f"release:{release.pk}:{when}",
            subject=subject,
            body=gettext_lazy("%(producer)s promised a release of “%(title)s” for %(due)s in the yearly data list."),
            path=f"/onedata/desk/{release.data_set.slug}/",
            values={
                "title": release.data_set.title,
                "producer": release.data_set.producer.short_name,
                "due": date_format(release.due_on, "SHORT_DATE_FORMAT"),
            },
        ),
        users=people,
    )
    return 1
