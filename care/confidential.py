"""Which reports the public never reads: those of confidential categories, those whose words may
tell of somebody in danger or of a wrong, and those whose reporter wishes it.

The public sees that there are such reports, as numbers (league.py), never what they say.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ntbportal.commons.cache import remembered

from .models import Case, CaseMove, Category, ConfidentialWord, SecretBecause
from .models.cases import OPEN_STATES, PUBLIC

AT_ONCE = 500


def why_secret(category: Category, text: str, *, wished: bool = False) -> str:
    """One of SecretBecause, the one that is hardest to lift first; empty where all may read it."""
    if wished:  # first: a category may be put right later, the wish stays
        return SecretBecause.REPORTER
    if category.keeps_secret:
        return SecretBecause.CATEGORY
    return SecretBecause.WORDS if confidential_word(text) else ""


def confidential_word(text: str) -> str:
    """The first word of the list that stands in the text; empty where none does."""
    words = remembered(_words)
    found = _any_of(words).search(text) if words else None
    return found[0].lower() if found else ""


def _words() -> tuple[str, ...]:
    return tuple(ConfidentialWord.objects.values_list("word", flat=True))


@lru_cache(maxsize=4)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    spaced = (re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
    return re.compile(rf"\b(?:{'|'.join(spaced)})(?:nya|kan|lah|kah)?\b", re.I)


def keep_secret_by_category(category: Category | None = None) -> int:
    """Make secret what is public in confidential categories (one, or all), and open reports with
    confidential words: called when a category becomes confidential, and once when the portal is
    brought up to date. Safe to run twice; returns how many were made secret."""
    of_category = Q(category__is_confidential=True) | Q(category__parent__is_confidential=True)
    rows = Case.objects.filter(PUBLIC)
    if category is not None:
        rows = rows.filter(Q(category=category) | Q(category__parent=category))
        return _make_secret(list(rows.values_list("pk", flat=True)), SecretBecause.CATEGORY)
    done = _make_secret(list(rows.filter(of_category).values_list("pk", flat=True)), SecretBecause.CATEGORY)
    telling = [pk for pk, text in rows.filter(state__in=OPEN_STATES).values_list("pk", "description").iterator() if confidential_word(text)]
    return done + _make_secret(telling, SecretBecause.WORDS)


def _make_secret(ids: list[int], because: str) -> int:
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        with transaction.atomic():
            found = Case.objects.select_for_update(of=("self",)).filter(pk__in=ids[start : start + AT_ONCE], is_secret=False)
            rows = list(found)
            for case in rows:
                case.is_secret, case.secret_because = True, because
                case.updated_at = timezone.now()
            Case.objects.bulk_update(rows, ["is_secret", "secret_because", "updated_at"])
            CaseMove.objects.bulk_create(
                CaseMove(
                    case=case,
                    what=CaseMove.What.MADE_SECRET,
                    agency_id=case.agency_id,
                    from_state=case.state,
                    to_state=case.state,
                    inside_note=str(SecretBecause(because).label),
                )
                for case in rows
            )
            done += len(rows)
    return done
