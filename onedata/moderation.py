"""What readers write is shown after somebody has seen it; an officer's own words at once. Hidden things keep a reason."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .models import Comment, DataSet, Moderation, Reuse
from .quality.personal import personal_data_in_text

SIXTEEN_DIGITS = re.compile(r"(?<!\d)\d{16}(?!\d)")


@transaction.atomic
def say(data_set: DataSet, author: User, text: str, answers: Comment | None = None) -> Comment:
    """A comment of somebody signed in. Raises ValidationError where it holds a NIK, phone number or address."""
    text = text.strip()
    if not text:
        raise ValidationError(_("Write something first."))
    if SIXTEEN_DIGITS.search(text) or personal_data_in_text(text):
        raise ValidationError(_("Leave out phone numbers, e-mail addresses and NIK: everyone can read this."))
    official = author.has_perm("onedata.check") or data_set.producer_id in author.agencies_as(Role.PRODUCER)
    comment = Comment.objects.create(
        data_set=data_set, author=author, text=text, answers=answers, is_official=official,
        state=Moderation.SHOWN if official else Moderation.WAITING,
    )  # fmt: skip
    office = list(User.objects.holding(Role.PRODUCER, agency=data_set.producer)) + list(User.objects.holding(Role.WALIDATA))
    people = [answers.author] if official and answers else [] if official else office
    announce(
        Message(
            event=f"comment:{comment.pk}",
            subject=gettext_lazy("Discussion of %(title)s"),
            body=gettext_lazy("%(text)s"),
            path=data_set.get_absolute_url() if official else "/onedata/desk/moderation/",
            values={"title": data_set.title, "text": text[:500]},
        ),
        users=people,
    )
    return comment


@transaction.atomic
def moderate(thing: Comment | Reuse, by: User, *, show: bool, reason: str = "") -> None:
    """Show or hide. Hiding needs a reason, which the author is told."""
    if not show and not reason.strip():
        raise ValidationError(_("Say why it is hidden."))
    model: Any = type(thing)
    found = model.objects.select_for_update(of=("self",)).select_related("author").get(pk=thing.pk)
    found.state = Moderation.SHOWN if show else Moderation.HIDDEN
    found.reason = "" if show else reason.strip()[:200]
    found.moderated_by, found.moderated_at = by, timezone.now()
    found.save()
    if not show:
        announce(
            Message(
                event=f"hidden:{model.__name__}:{found.pk}:{found.moderated_at:%Y%m%d%H%M%S}",
                subject=gettext_lazy("What you wrote is not shown"),
                body=gettext_lazy("Reason: %(reason)s"),
                path="/onedata/",
                values={"reason": found.reason},
            ),
            users=[found.author],
        )
