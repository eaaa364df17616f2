"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language

from .notices import Notice
from .people import User


def portal(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or "id"
    other = "en" if language == "id" else "id"
    user = getattr(request, "user", None)
    return {
        "is_demo": settings.PORTAL_DEMO,
        "other_language": other,
        "other_language_url": translate_url(request.get_full_path(), other),
        "unread_notices": Notice.objects.unread_count(user) if isinstance(user, User) else 0,
        "base_url": settings.BASE_URL,
    }
