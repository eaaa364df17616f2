"""Referral to the puskesmas and back: written with the reasons the visit gave, answered there, chased where nobody came."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Membership, Role, User

from .judging import reasons_for
from .models import Person, Posyandu, Referral, ReferralState

DAYS_TO_COME = 7
DAYS_TO_COME_URGENT = 1


@transaction.atomic
def refer(person: Person, posyandu: Posyandu, day: date, by: User, note: str = "") -> Referral:
    """Refer a person for what was found on a day; once a day, a second time renews the reasons. ValidationError without a reason."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    reasons, urgent = reasons_for(person, day)
    if not reasons and not note.strip():
        raise ValidationError(_("Say why: nothing that was found today asks for a referral."))
    known = Referral.objects.filter(person=person, day=day).first()
    if known is not None and known.state != ReferralState.SENT:
        if note.strip() and note.strip()[:300] != known.note:
            raise ValidationError(
                _("The referral of this day has been answered or closed already; refer again on another day, or call the puskesmas.")
            )
        return known
    referral = known or Referral(person=person, posyandu=posyandu, puskesmas_id=posyandu.puskesmas_id, day=day, referred_by=by)
    referral.reasons, referral.note, referral.is_urgent = reasons, note.strip()[:300] or referral.note, urgent
    referral.due_on = day + timedelta(days=DAYS_TO_COME_URGENT if urgent else DAYS_TO_COME)
    referral.save()
    announce(
        Message(
            event=f"referral:{referral.pk}:sent",
            subject=gettext_lazy("Referral from %(posyandu)s"),
            body=gettext_lazy("Somebody has been referred to your puskesmas. Please answer when they come."),
            path=referral.get_absolute_url(),
            urgent=urgent,
            values={"posyandu": posyandu.name},
        ),
        users=midwives_of(posyandu),
    )
    return referral


def midwives_of(posyandu: Posyandu) -> list[User]:
    """Those who answer at the puskesmas: midwives of the posyandu's village, or the nearest area above it that has any."""
    parts = posyandu.village_id.split(".")
    for length in range(len(parts), 0, -1):
        code = ".".join(parts[:length])
        found = list(
            User.objects.filter(memberships__in=Membership.objects.filter(role=Role.MIDWIFE, region=code), is_active=True).distinct()[:20]
        )
        if found:
            return found
    return []


def visible_to(user: User) -> QuerySet[Referral]:
    return Referral.objects.filter(posyandu__in=Posyandu.objects.visible_to(user))


@transaction.atomic
def answer(referral: Referral, feedback: str, advice: str, by: User, seen_on: date) -> Referral:
    """The puskesmas says what it found and did; the cadres of the posyandu are told."""
    referral = Referral.objects.select_for_update(of=("self",)).select_related("posyandu").get(pk=referral.pk)
    if not feedback.strip():
        raise ValidationError(_("Say what was found and done."))
    if seen_on < referral.day or seen_on > timezone.localdate():
        raise ValidationError(_("The day must lie between the referral and today."))
    referral.state, referral.feedback, referral.advice = ReferralState.ANSWERED, feedback.strip(), advice.strip()
    referral.seen_on, referral.answered_by = seen_on, by
    referral.save()
    announce(
        Message(
            event=f"referral:{referral.pk}:answered:{timezone.now():%Y%m%d%H%M}",
            subject=gettext_lazy("The puskesmas has answered a referral"),
            body=gettext_lazy("Open it to read what was found and what you are to do."),
            path=referral.get_absolute_url(),
        ),
        users=referral.posyandu.cadres.all(),
    )
    return referral


@transaction.atomic
def close(referral: Referral, by: User) -> None:
    """Nobody will come any more; kept as it is."""
    referral = Referral.objects.select_for_update().get(pk=referral.pk)
    if referral.state in {ReferralState.SENT, ReferralState.MISSED}:
        referral.state, referral.answered_by = ReferralState.CLOSED, by
        referral.save(update_fields=["state", "answered_by"])


def chase(limit: int = 500) -> int:
    """Referrals whose day has passed without an answer become "did not come", and the cadres are asked to visit; returns how many.
    Those of people who are not here any more are closed in silence."""
    count = 0
    late = Referral.objects.filter(state=ReferralState.SENT, due_on__lt=timezone.localdate()).order_by("due_on", "pk")
    for pk in list(late.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            rows = Referral.objects.select_for_update(skip_locked=True, of=("self",)).select_related("posyandu", "person")
            referral = rows.filter(pk=pk, state=ReferralState.SENT).first()
            if referral is None:
                continue
            if not referral.person.is_here:  # died or moved away: nobody is to ask the family why
                referral.state = ReferralState.CLOSED
                referral.save(update_fields=["state"])
                continue
            referral.state = ReferralState.MISSED
            referral.save(update_fields=["state"])
            announce(
                Message(
                    event=f"referral:{referral.pk}:missed",
                    subject=gettext_lazy("A referral was not kept"),
                    body=gettext_lazy("The puskesmas has not seen somebody whom you referred. Please visit the family and ask why."),
                    path=referral.get_absolute_url(),
                    urgent=referral.is_urgent,
                ),
                users=[*referral.posyandu.cadres.all(), *midwives_of(referral.posyandu)],
            )
            count += 1
    return count
