"""Reports of the same thing nearby, shown before another one is sent; "me too" instead of a double; following."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import User
from ntbportal.commons.places import KM_PER_DEGREE, Region
from ntbportal.commons.privacy import blind_index

from .models import Case, CaseFollow

NEAR_KM = 2.0
LOOKED_AT = 200  # open cases of the category nearby that are compared
SHOWN = 4


@dataclass(frozen=True)
class Similar:
    case: Case
    likeness: float  # 0 to 1
    km: float | None
    affected: int


def similar_cases(*, category: int, region: Region, text: str, latitude: float | None, longitude: float | None) -> list[Similar]:
    """Open public cases of the same category in the same district (or within NEAR_KM of the place), most alike first.

    A case counts as similar if its text is like this one, or if it lies within 300 m. Compared is
    what the public reads: whoever types a name must not learn that it stands in a report.
    """
    parts = region.code.split(".")
    district = ".".join(parts[:3])
    family = Q(category=category) | Q(category__parent=category)
    rows = Case.objects.public().open().filter(family, region__code__startswith=district)
    rows = rows.annotate(likeness=TrigramWordSimilarity(text[:300].upper(), Upper("public_description"))).select_related(
        "category", "region"
    )
    found = []
    for case in rows.order_by("-created_at")[:LOOKED_AT]:
        km = None
        if latitude is not None and longitude is not None and case.latitude is not None and case.longitude is not None:
            squeeze = math.cos(math.radians(latitude))
            km = KM_PER_DEGREE * math.hypot(case.latitude - latitude, (case.longitude - longitude) * squeeze)
            if km > NEAR_KM:
                continue
        if case.likeness >= 0.3 or (km is not None and km <= 0.3):
            found.append(Similar(case, case.likeness, km, 0))
    found.sort(key=lambda one: (-(one.likeness + (0.5 if one.km is not None and one.km <= 0.3 else 0)), -one.case.pk))
    found = found[:SHOWN]
    counts = affected([one.case.pk for one in found])
    return [Similar(one.case, one.likeness, one.km, counts.get(one.case.pk, 0)) for one in found]


def affected(cases: list[int]) -> dict[int, int]:
    """How many people said "me too" of each case."""
    from django.db.models import Count

    rows = CaseFollow.objects.filter(case__in=cases, is_affected=True).values_list("case").annotate(Count("pk"))
    return dict(rows)


def follow(
    case: Case, *, user: User | None = None, email: str = "", visitor: str = "", is_affected: bool = False, language: str = "id"
) -> bool:
    """Tell somebody of what happens to the case, and count them if they are affected. Twice is once. Returns whether it
    was new."""
    known = case.follows.none()
    if user is not None:
        known = case.follows.filter(user=user)
    elif visitor:
        known = case.follows.filter(visitor=visitor)
    if (had := known.first()) is not None:
        had.is_affected = had.is_affected or is_affected
        if email and not user and email != had.email:
            had.email, had.confirmed_at = email, None
        with transaction.atomic():
            had.save()
            ask_to_confirm(had)
        return False
    try:
        with transaction.atomic():
            made = CaseFollow.objects.create(
                case=case,
                user=user,
                email="" if user else email,
                visitor="" if user else visitor,
                is_affected=is_affected,
                language=language,
            )
            ask_to_confirm(made)
    except IntegrityError:  # pressed twice
        return False
    return True


def ask_to_confirm(one: CaseFollow) -> None:
    """Ask the owner of an address whether they want to hear of the case, once; until they say so
    nothing else is written there. Belongs in a transaction."""
    if not one.email or one.user_id or one.confirmed_at:
        return
    message = Message(
        event=f"follow:{one.pk}:{blind_index(one.email)[:12]}:confirm",
        subject=_("Please confirm: news of report %(code)s"),
        body=_(
            "Somebody gave this address to hear of a report. Open the link below if it was you; else do nothing, and we do not write again."
        ),
        path=follow_path(one),
        values={"code": one.case.code},
    )
    announce(message, addresses=[(one.email, one.language)])


def follow_path(one: CaseFollow) -> str:
    """The page on which following is confirmed or ended; only who reads the mail knows it."""
    return reverse("care:follow", args=[Signer(salt="care.follow").sign(f"{one.pk}:{blind_index(one.email)[:12]}")])


def follow_of(token: str) -> CaseFollow | None:
    """Who follows by a link. None where it is not one of ours, or the address is another one now."""
    try:
        pk, _colon, digest = Signer(salt="care.follow").unsign(token).partition(":")
    except BadSignature:
        return None
    found = CaseFollow.objects.filter(pk=pk).select_related("case__category", "case__region").first()
    is_same = found is not None and found.email and blind_index(found.email)[:12] == digest
    return found if is_same else None


@transaction.atomic
def stop_following(number: int) -> None:
    """No more mails of a case; whoever is affected stays counted."""
    CaseFollow.objects.filter(pk=number).update(email="", email_index="", confirmed_at=None)
