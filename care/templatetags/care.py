"""What templates of NTB Care ask of the domain."""

from __future__ import annotations

from django import template

from ..models import Case
from ..screening import public_text
from ..screening import screened as screened_text

register = template.Library()


@register.filter
def for_public(case: Case) -> str:
    """{{ case|for_public }}: the description without what would tell who somebody is."""
    return public_text(case)


@register.filter
def screened(text: str, case: Case) -> str:
    """{{ move.public_note|screened:case }}."""
    return screened_text(text, case.reporter_name, words=case.hidden_words)
