"""What is held back until the Walidata decides: personal data in tables and descriptions. No door leads around it: a version with
an open or refused finding is neither published nor shown, whoever uploaded it and however.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .models import DataSet, DataSetMove, DataVersion, Holding, PersonalDataReview
from .quality.personal import personal_data_in_text

TEXTS = (
    "title", "description", "concept", "definition", "classification", "measure", "unit", "access_reason", "link",
)  # fmt: skip


def fingerprint(found: list[dict[str, Any]]) -> str:
    """The same for findings of the same kinds in the same columns."""
    said = sorted((one["column"], one["kind"]) for one in found)
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def texts_of(data_set: DataSet) -> list[str]:
    """Everything about a data set that people write and the public reads."""
    texts = [str(getattr(data_set, name) or "") for name in TEXTS] + list(data_set.keywords)
    for field in data_set.schema:
        texts += [str(field.get(key) or "") for key in ("title", "description", "unit")]
    return texts


@transaction.atomic
def note_personal_data(version: DataVersion, found: list[dict[str, Any]]) -> None:
    """Keep what a check found. A decision on the same findings stays; new ones wait for the Walidata, who is told."""
    DataSet.objects.select_for_update().get(pk=version.data_set_id)
    reviews = version.personal_reviews
    if not found:
        reviews.filter(state=Holding.WAITING).delete()  # of a reading that is no more
        held = False
    else:
        mark = fingerprint(found)
        reviews.filter(state=Holding.WAITING).exclude(fingerprint=mark).delete()
        review = reviews.filter(fingerprint=mark).first()
        if review is None:
            review = PersonalDataReview.objects.create(data_set_id=version.data_set_id, version=version, found=found, fingerprint=mark)
            if version.published_at is not None:
                _tell_walidata(review)
        elif review.state == Holding.WAITING:
            review.found = found
            review.save(update_fields=["found"])
        held = review.state != Holding.ALLOWED
    text_review(version.data_set)
    if held != version.is_held:
        version.is_held = held
        version.save(update_fields=["is_held"])


def _tell_walidata(review: PersonalDataReview) -> None:
    announce(
        Message(
            event=f"personal:{review.pk}",
            subject=gettext_lazy("Personal data in a published table: %(title)s"),
            body=gettext_lazy("Its rows are held back until you decide."),
            path=f"/onedata/desk/{review.data_set.slug}/",
            values={"title": review.data_set.title},
        ),
        users=User.objects.holding(Role.WALIDATA),
    )


def text_review(data_set: DataSet) -> PersonalDataReview | None:
    """The finding in the description that stands between a data set and the public, if there is one."""
    found = personal_data_in_text(*texts_of(data_set))
    if not found:
        data_set.personal_reviews.filter(version=None, state=Holding.WAITING).delete()
        return None
    mark = hashlib.sha256(json.dumps([[one["kind"], one["cells"], one["sample"]] for one in found]).encode()).hexdigest()
    data_set.personal_reviews.filter(version=None, state=Holding.WAITING).exclude(fingerprint=mark).delete()  # of an earlier text
    review, _created = PersonalDataReview.objects.get_or_create(
        data_set=data_set, version=None, fingerprint=mark, defaults={"found": found}
    )
    return None if review.state == Holding.ALLOWED else review


def open_reviews(data_set: DataSet, version: DataVersion | None) -> list[PersonalDataReview]:
    """What the Walidata has to decide, or has refused, before this version may be public."""
    found = []
    if version is not None and version.is_held:
        review = version.personal_reviews.first()
        found += [review] if review else []
    review = text_review(data_set)
    return [*found, review] if review else found


@transaction.atomic
def decide(review: PersonalDataReview, by: User, *, allow: bool, reason: str) -> PersonalDataReview:
    """The Walidata's decision, with its reason. Raises ValidationError without one."""
    if not reason.strip():
        raise ValidationError(_("Give the reason: it is kept with the data set."))
    data_set = DataSet.objects.select_for_update().get(pk=review.data_set_id)
    review = PersonalDataReview.objects.select_for_update(of=("self",)).select_related("version").get(pk=review.pk)
    review.state = Holding.ALLOWED if allow else Holding.REFUSED
    review.reason, review.decided_by, review.decided_at = reason.strip(), by, timezone.now()
    review.save()
    if review.version is not None:
        review.version.is_held = not allow
        review.version.save(update_fields=["is_held"])
    said = _("Personal data: may be published.") if allow else _("Personal data: held back.")
    DataSetMove.objects.create(
        data_set=data_set, by=by, from_stage=data_set.stage, to_stage=data_set.stage, note=f"{said} {reason.strip()}"
    )
    return review


def hinders_publication(data_set: DataSet, version: DataVersion | None) -> str:
    """Why a version must not be published now, in words; empty where nothing hinders it."""
    reviews = open_reviews(data_set, version)
    if not reviews:
        return ""
    if any(review.state == Holding.REFUSED for review in reviews):
        return _("Personal data were found and held back. The producer must leave them out.")
    return _("Personal data were found. Decide on them first, with a reason; until then nothing is published.")
