"""Social problems found early: the ten questions, what is to be done, and, with the family's consent, a secret report to NTB Care."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from care.intake import Report, file_complaint
from care.models import Category, Channel
from ntbportal.commons.people import User

from .models import Household, Posyandu, Problem, SocialCase, SocialCheck
from .models.following import CATEGORIES


@transaction.atomic
def check(
    household: Household, posyandu: Posyandu, day: date, by: User, *, found: list[str], notes: Mapping[str, str], consent: bool,
    plan: str = "", follow_up_on: date | None = None,
) -> SocialCheck:  # fmt: skip
    """Keep the answers of a family; a second time on the same day corrects. Where the family agrees, each problem found that has not
    been passed on yet becomes a report to NTB Care: secret, in the cadre's name, without the names of the family."""
    unknown = set(found) - set(Problem.values)
    if unknown:
        raise ValidationError(_("Choose one of the list."))
    if day > timezone.localdate():
        raise ValidationError(_("A visit cannot lie in the future."))
    household = Household.objects.select_for_update().get(pk=household.pk)
    row, _created = SocialCheck.objects.update_or_create(
        household=household,
        day=day,
        defaults={
            "posyandu": posyandu, "found": sorted(found),
            "notes": {key: str(text)[:500] for key, text in notes.items() if key in found and text},
            "consent": consent, "plan": plan[:1000], "follow_up_on": follow_up_on, "asked_by": by, "asked_at": timezone.now(),
        },
    )  # fmt: skip
    if consent:
        for problem in row.found:
            _pass_on(row, Problem(problem), by)
    return row


def _pass_on(row: SocialCheck, problem: Problem, by: User) -> None:
    """Once for each problem, and not again while an open case of an earlier check of the family tells of the same."""
    same = SocialCase.objects.filter(problem=problem, check_made__household=row.household_id)
    if same.filter(check_made=row).exists() or same.exclude(case__state__in=["closed", "rejected", "duplicate"]).exists():
        return
    active = Category.objects.filter(is_active=True)
    category = active.filter(slug=CATEGORIES[problem]).first() or active.filter(is_emergency=False).order_by("pk").first()
    if category is None:
        raise ValidationError(_("NTB Care has no category for this problem; tell the administrator."))
    note = row.notes.get(problem, "")
    text = _("Found by a posyandu cadre: %(problem)s") % {"problem": problem.label}
    receipt = file_complaint(
        Report(
            category=category,
            description=f"{text}\n\n{note}".strip() if note else text,
            region=row.posyandu.village,
            place_note=_("Family of %(posyandu)s; the cadre knows the way.") % {"posyandu": row.posyandu.name},
            reporter=by,
            name=by.full_name or by.username,
            is_secret=True,
            channel=Channel.VISIT,
            entered_by=by,
            language=by.language,
        )
    )
    SocialCase.objects.create(check_made=row, problem=problem, case=receipt.case)
