"""The way of a data set: planned > draft > submitted > (returned with findings >) verified > published > archived.

Each step locks the data set, checks that it may be taken from where the data set stands, and leaves who, when and why.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Membership, Role, User
from ntbportal.commons.tasks import send_soon

from .following import tell_followers
from .holding import hinders_publication, text_review
from .models import DataSet, DataSetMove, DataVersion, Stage, VersionState
from .planning import note_release
from .quality.losses import unconfirmed
from .search import contents_of

# stage -> stages it may move to
STEPS: dict[str, set[str]] = {
    Stage.PLANNED: {Stage.DRAFT, Stage.ARCHIVED},
    Stage.DRAFT: {Stage.SUBMITTED, Stage.ARCHIVED},
    Stage.SUBMITTED: {Stage.RETURNED, Stage.VERIFIED},
    Stage.RETURNED: {Stage.SUBMITTED, Stage.ARCHIVED},
    Stage.VERIFIED: {Stage.PUBLISHED, Stage.RETURNED},
    Stage.PUBLISHED: {Stage.SUBMITTED, Stage.SUPERSEDED, Stage.ARCHIVED},
    Stage.SUPERSEDED: {Stage.PUBLISHED, Stage.ARCHIVED},
    Stage.ARCHIVED: {Stage.DRAFT},
}


class WrongStep(ValidationError):
    """The data set does not stand where this step begins."""


def _locked(data_set: DataSet) -> DataSet:
    return DataSet.objects.select_for_update(of=("self",)).select_related("producer", "current").get(pk=data_set.pk)


def _move(data_set: DataSet, to: str, by: User | None, note: str = "") -> DataSetMove:
    if to not in STEPS[data_set.stage]:
        raise WrongStep(
            _("“%(title)s” is now: %(stage)s. This step is not possible from there; reload the page.")
            % {"title": data_set.title, "stage": data_set.get_stage_display()}
        )
    before, data_set.stage = data_set.stage, to
    data_set.save()
    return DataSetMove.objects.create(data_set=data_set, by=by, from_stage=before, to_stage=to, note=note)


def latest_version(data_set: DataSet) -> DataVersion | None:
    return data_set.versions.order_by("-number").first()


def people_of(data_set: DataSet) -> Iterable[User]:
    """The producers of the agency the data set comes from."""
    return User.objects.holding(Role.PRODUCER, agency=data_set.producer)


def _tell(data_set: DataSet, move: DataSetMove, users: Iterable[User], subject: object, body: object, path: str) -> None:
    message = Message(
        event=f"dataset:{data_set.pk}:move:{move.pk}",
        subject=subject,
        body=body,
        path=path,
        values={"title": data_set.title, "note": move.note, "producer": data_set.producer.short_name},
    )
    announce(message, users=users)


def _desk_path(data_set: DataSet) -> str:
    return f"/onedata/desk/{data_set.slug}/"


@transaction.atomic
def submit(data_set: DataSet, by: User, note: str = "") -> DataSet:
    """The producer hands the data set to the Walidata. Its newest version must have been read and checked."""
    data_set = _locked(data_set)
    version = latest_version(data_set)
    if version is None:
        raise ValidationError(_("Upload the table first."))
    if version.state in {VersionState.WAITING, VersionState.CHECKING}:
        raise ValidationError(_("The checks are still running. Wait until they are done."))
    if version.state == VersionState.BROKEN:
        raise ValidationError(_("The newest file could not be read. Upload a corrected one."))
    if data_set.stage == Stage.PUBLISHED and version == data_set.current:
        raise ValidationError(_("Nothing has changed since the last publication. Upload a new version first."))
    _nothing_is_lost(version)
    data_set.inspected_by = data_set.inspected_at = None
    move = _move(data_set, Stage.SUBMITTED, by, note.strip())
    checkers = User.objects.filter(is_active=True, pk__in=Membership.objects.today().filter(role=Role.WALIDATA).values("user"))
    _tell(
        data_set,
        move,
        checkers,
        gettext_lazy("To be checked: %(title)s"),
        gettext_lazy("%(producer)s has submitted a data set. Please check it."),
        _desk_path(data_set),
    )
    return data_set


def _nothing_is_lost(version: DataVersion) -> None:
    """Raise ValidationError while something of the file is not in the table without somebody's yes, or a column is unclear."""
    if questions := version.losses.get("questions"):
        names = ", ".join(one["column"] for one in questions[:5])
        raise ValidationError(_("Say first how these columns are to be read: %(names)s.") % {"names": names})
    if numbers := unconfirmed(version):
        raise ValidationError(
            _(
                "Not everything of the file is in the table (rows: %(rows)s, cells: %(cells)s, other: %(other)s). "
                "Look at it and say yes first."
            )
            % {"rows": numbers["rows"], "cells": numbers["cells"], "other": numbers["formulas"] + numbers["hidden"]}
        )


@transaction.atomic
def return_with_findings(data_set: DataSet, by: User, note: str) -> DataSet:
    """The Walidata sends the data set back; the note says what is to be corrected."""
    if not note.strip():
        raise ValidationError(_("Say what is to be corrected."))
    data_set = _locked(data_set)
    move = _move(data_set, Stage.RETURNED, by, note.strip())
    _tell(
        data_set,
        move,
        people_of(data_set),
        gettext_lazy("Please correct: %(title)s"),
        gettext_lazy("The Walidata has returned the data set:\n\n%(note)s"),
        _desk_path(data_set),
    )
    return data_set


@transaction.atomic
def verify(data_set: DataSet, by: User, note: str = "") -> DataSet:
    """The Walidata confirms that data and metadata are to standard. Of priority data the Pembina is told."""
    data_set = _locked(data_set)
    _verify(data_set, by, note.strip())
    return data_set


def _verify(data_set: DataSet, by: User, note: str = "") -> None:
    move = _move(data_set, Stage.VERIFIED, by, note)
    if data_set.is_priority and data_set.inspected_at is None:
        _tell(
            data_set,
            move,
            User.objects.holding(Role.PEMBINA),
            gettext_lazy("Priority data to be inspected: %(title)s"),
            gettext_lazy("The Walidata has verified priority data of %(producer)s. The Pembina inspects them before they are published."),
            _desk_path(data_set),
        )


@transaction.atomic
def inspect(data_set: DataSet, by: User, note: str = "") -> DataSet:
    """The Pembina has inspected priority data (Presidential Regulation 39/2019: besides the Walidata, also the Pembina)."""
    data_set = _locked(data_set)
    if data_set.stage != Stage.VERIFIED or not data_set.is_priority:
        raise WrongStep(_("Only verified priority data are inspected by the Pembina."))
    data_set.inspected_by, data_set.inspected_at = by, timezone.now()
    data_set.save(update_fields=["inspected_by", "inspected_at", "updated_at"])
    move = DataSetMove.objects.create(
        data_set=data_set, by=by, from_stage=data_set.stage, to_stage=data_set.stage, note=note.strip() or _("Inspected by the Pembina.")
    )
    _tell(
        data_set,
        move,
        User.objects.holding(Role.WALIDATA),
        gettext_lazy("Inspected: %(title)s"),
        gettext_lazy("The Pembina has inspected the priority data. They can be published."),
        _desk_path(data_set),
    )
    return data_set


def publish(data_set: DataSet, by: User, note: str = "") -> DataSet:
    """Make the newest version the public one. The version before stays at its own address. Raises ValidationError."""
    text_review(data_set)  # what is found in the description stays to be decided on, whatever comes of this step
    return _publish(data_set, by, note)


@transaction.atomic
def _publish(data_set: DataSet, by: User, note: str) -> DataSet:
    data_set = _locked(data_set)
    if data_set.stage == Stage.SUBMITTED:
        _verify(data_set, by)
    if data_set.is_priority and data_set.inspected_at is None:
        raise ValidationError(_("These are priority data: verify them first, then the Pembina inspects them, then they are published."))
    version = latest_version(data_set)
    if version is None or version.state != VersionState.READY:
        raise ValidationError(_("The newest file could not be read. Upload a corrected one."))
    _nothing_is_lost(version)
    if problem := hinders_publication(data_set, version):
        raise ValidationError(problem)
    data_set.current, data_set.published_at = version, timezone.now()
    version.published_at = data_set.published_at
    version.save(update_fields=["published_at"])
    data_set.contents = contents_of(data_set)
    move = _move(data_set, Stage.PUBLISHED, by, note.strip())
    _tell(
        data_set,
        move,
        people_of(data_set),
        gettext_lazy("Published: %(title)s"),
        gettext_lazy("The data set is now open to everyone."),
        data_set.get_absolute_url(),
    )
    transaction.on_commit(lambda: send_soon("onedata.build_copy", version.pk))
    note_release(data_set, version)
    tell_followers(data_set, version)
    return data_set


@transaction.atomic
def supersede(data_set: DataSet, by: User, successor: DataSet, note: str = "") -> DataSet:
    """Another data set takes this one's place: its page stays, and points there."""
    data_set = _locked(data_set)
    if successor.pk == data_set.pk or not successor.is_public:
        raise ValidationError(_("Choose another published data set that takes its place."))
    data_set.superseded_by = successor
    _move(data_set, Stage.SUPERSEDED, by, note.strip())
    return data_set


@transaction.atomic
def archive(data_set: DataSet, by: User, note: str) -> DataSet:
    """Take the data set out of the catalogue, with a reason. Nothing is deleted."""
    if not note.strip():
        raise ValidationError(_("Say why the data set is archived."))
    data_set = _locked(data_set)
    _move(data_set, Stage.ARCHIVED, by, note.strip())
    return data_set


def plan_draft(data_set: DataSet, by: User | None) -> None:
    """The first step of a new data set, written when it is created."""
    DataSetMove.objects.create(data_set=data_set, by=by, from_stage="", to_stage=data_set.stage)


CLONED = (
    "description", "producer_id", "kind", "topic", "keywords", "frequency", "licence", "access", "access_reason", "coverage_id", "concept",
    "definition", "classification", "measure", "unit", "schema", "extra_checks", "activity_id",
)  # fmt: skip


@transaction.atomic
def clone(data_set: DataSet, by: User) -> DataSet:
    """A draft that begins with another's description, schema and checks; neither its table nor its period."""
    from .forms import free_slug

    title = _("%(title)s (copy)") % {"title": data_set.title[:180]}
    copy = DataSet.objects.create(title=title, slug=free_slug(title), created_by=by, **{name: getattr(data_set, name) for name in CLONED})
    copy.indicators.set(data_set.indicators.all())
    copy.variables.set(data_set.variables.all())
    plan_draft(copy, by)
    return copy
