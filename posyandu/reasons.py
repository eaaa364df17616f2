"""Lists of people leave the portal only with a reason, which supervisors see."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from ntbportal.commons.audit import note_look

SHORTEST = 10


def has_reason(request: HttpRequest, subject: str) -> bool:
    """Whether ?reason= says what a list is for; written down then, and asked for otherwise."""
    reason = request.GET.get("reason", "")[:120].strip()
    if len(reason) < SHORTEST:
        messages.error(request, _("Say what the list is for, in at least ten letters: lists of people are personal data."))
        return False
    note_look(request.user, f"export:{subject}", page=f"{request.path} {reason}")  # type: ignore[arg-type]
    return True
