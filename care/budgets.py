"""How much strangers may lay down: bytes of photos for each caller and for the whole, and pages to those on duty.

Nothing is refused that matters: a report is taken without its photos, and an emergency beyond the budget is
told of with others in one message instead of each for itself.
"""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from ntbportal.commons.throttle import is_too_much, is_too_often

KILOBYTES_EACH = 80_000  # of photos from one caller in an hour
KILOBYTES_ALL = 4_000_000  # of photos of all callers in an hour
PAGES = 12  # emergencies that one desk is told of one by one
PAGES_SECONDS = 600


def photos_are_too_many(request: HttpRequest) -> bool:
    """Whether the photos of a request go beyond a budget; counted before any of them is opened."""
    files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    if not files:
        return False
    kilobytes = sum((file.size or 0) // 1024 + 1 for file in files)
    mine = is_too_often(request, "photo-kb", KILOBYTES_EACH, by=kilobytes)
    return mine or is_too_much("photo-kb", KILOBYTES_ALL, by=kilobytes)


def wave(desk: str) -> str:
    """Count one more emergency of a desk; empty while each is told of for itself, else the name of the wave."""
    count: int = cache.count_up(f"pages:{desk}", PAGES_SECONDS)  # type: ignore[attr-defined]
    if count <= PAGES:
        return ""
    return f"{desk}:{int(timezone.now().timestamp()) // PAGES_SECONDS}"
