"""Forgetting who reported: after the retention period, or when the reporter asks. What was reported stays, also in the
history; name, e-mail, phone and account go, from the history too.
"""

from __future__ import annotations

from datetime import timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import Case, CaseMove, ReportDraft, RetentionRule
from .models.cases import OPEN_STATES
from .redaction import redact_case, redacted

NOBODY = {"reporter": None, "reporter_name": "", "reporter_email": "", "reporter_phone": ""}


@transaction.atomic
def forget(case: Case) -> bool:
    """Erase the reporter of a case, its followers' addresses, and both in the history. Returns False where there was
    nobody to forget. Safe to run twice."""
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    had = bool(case.reporter_id or case.reporter_name or case.reporter_email or case.reporter_phone)
    name = case.reporter_name
    for field, value in NOBODY.items():
        setattr(case, field, value)
    # until now the name was left out whenever the text was shown; nobody will know it any more, so it goes for good
    case.description, case.place_note = _without(case.description, name), _without(case.place_note, name)
    for move in case.moves.exclude(public_note=""):
        if (told := _without(move.public_note, name)) != move.public_note:
            move.public_note = told
            move.save(update_fields=["public_note"])
    for move in case.moves.exclude(published_note=""):
        move.published_note = _without(move.published_note, name)
        move.save(update_fields=["published_note"])
    case.pin_digest = ""
    case.answers = [one for one in case.answers if one["public"]]  # the others may tell of the reporter
    case.forgotten_at = case.forgotten_at or timezone.now()
    redact_case(case)
    case.save()
    ReportDraft.objects.filter(sent_code=case.code).update(sent_pin="")
    events = apps.get_model("care", "CaseEvent").objects.filter(pgh_obj_id=case.pk)
    for event in events.iterator(chunk_size=200):
        for field, value in NOBODY.items():
            setattr(event, field, value)
        event.description, event.place_note = _without(event.description, name), _without(event.place_note, name)
        event.save()
    if not case.is_open:
        case.follows.update(email="", email_index="", visitor="")
        case.offers.update(contact="")
    if had:
        CaseMove.objects.create(case=case, what=CaseMove.What.NOTED, from_state=case.state, to_state=case.state, inside_note="⌫")
    return had


def _without(text: str, name: str) -> str:
    """The text without the reporter; others whom it names stay for the agency, and hidden from the public."""
    return redacted(text, name, others=False)


def forget_old(limit: int = 1000) -> int:
    """Cases closed longer ago than the rule for their kind allows. Returns how many were forgotten."""
    today = timezone.localdate()
    rules = list(RetentionRule.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today), valid_from__lte=today))
    done = 0
    for rule in sorted(rules, key=lambda one: one.kind == ""):
        named = [one.kind for one in rules if one.kind]
        rows = Case.objects.filter(forgotten_at__isnull=True).exclude(state__in=OPEN_STATES)
        rows = rows.filter(kind=rule.kind) if rule.kind else rows.exclude(kind__in=named)
        limit_day = timezone.now() - timedelta(days=rule.days)
        for pk in list(rows.filter(updated_at__lt=limit_day).order_by("pk").values_list("pk", flat=True)[:limit]):
            forget(Case(pk=pk))
            done += 1
    return done


DRAFTS_KEPT = timedelta(days=7)


def forget_drafts() -> int:
    """Reports begun and never sent, with their photos, after a week."""
    old = list(ReportDraft.objects.filter(created_at__lt=timezone.now() - DRAFTS_KEPT)[:1000])
    for draft in old:
        draft.forget()
    return len(old)
