"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable

import pghistory
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from .people import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class PermissionsPolicyMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class HistoryMiddleware:
    """Change history says who: the person and the page are noted with every change made by a form."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"} or request.path in settings.PATHS_OF_NOBODY or not isinstance(request, WSGIRequest):
            return self.get_response(request)
        user_id = request.user.pk if request.user.is_authenticated else None
        with pghistory.context(user=user_id, url=request.path):
            return self.get_response(request)


class StaffSecondFactorMiddleware:
    """People who act for the government must set up a second factor before they go on; not in demo."""

    ALLOWED = ("/accounts/", "/en/accounts/", "/static/", "/healthz/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PORTAL_DEMO and not request.path.startswith(self.ALLOWED) and self.is_missing(request):
            return redirect(reverse("mfa_index"))
        return self.get_response(request)

    @staticmethod
    def is_missing(request: HttpRequest) -> bool:
        # No session cookie: nobody is signed in, and the session need not be read.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False
        user = request.user
        if not isinstance(user, User) or not user.needs_second_factor:
            return False
        from allauth.mfa.utils import is_mfa_enabled

        return not is_mfa_enabled(user)
