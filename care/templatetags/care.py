"""What templates of NTB Care ask of the domain."""

from __future__ import annotations

from django import template

from ..models import Case, CaseMove
from ..redaction import public_note, public_place_note, public_text, redacted

register = template.Library()


@register.filter
def for_public(case: Case) -> str:
    """{{ case|for_public }}: the description without what would tell who somebody is."""
    return public_text(case)


@register.filter
def place_for_public(case: Case) -> str:
    """{{ case|place_for_public }}: where exactly, as the public reads it."""
    return public_place_note(case)


@register.filter
def note_for_public(move: CaseMove, case: Case) -> str:
    """{{ move|note_for_public:case }}: nothing of what is between reporter and agency."""
    return public_note(case, move)


@register.filter
def redacted_for(text: str, case: Case) -> str:
    """{{ answer|redacted_for:case }}: a reporter's text without what would tell who somebody is."""
    return redacted(text, case.reporter_name, words=case.hidden_words)
