"""What every request passes through."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pghistory
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.views.defaults import bad_request

from .people import User
from .texts import CONTROLS, without_controls

GetResponse = Callable[[HttpRequest], HttpResponse]


class PermissionsPolicyMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class CleanInputMiddleware:
    """No control sign comes in by an address or a form: they break feeds, XML and the database, and
    no text of a person needs them. What programs send as JSON is cleaned where it is read
    (texts.clean_json)."""

    FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if CONTROLS.search(request.path_info):
            return bad_request(request, SuspiciousOperation("control signs in the address"))
        if "%" in request.META.get("QUERY_STRING", ""):
            request.GET = cleaned(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and request.content_type in self.FORMS and has_controls(request.POST):
            request._post = cleaned(request.POST)  # type: ignore[attr-defined]
        return self.get_response(request)


def has_controls(values: QueryDict) -> bool:
    return any(CONTROLS.search(text) for name, texts in values.lists() for text in (name, *texts))


def cleaned(values: QueryDict) -> QueryDict:
    """The same values without control signs."""
    if not has_controls(values):
        return values
    result = QueryDict(mutable=True)
    for name, texts in values.lists():
        result.setlist(without_controls(name), [without_controls(text) for text in texts])
    result._mutable = False
    return result


class ContentPolicyMiddleware(CSPMiddleware):
    """As django-csp, but an answer that brings its own policy is left alone; django-csp puts one together and throws it away."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if HEADER in response else super().process_response(request, response)


class ShortWayMiddleware:
    """What nobody in particular sends to PATHS_OF_NOBODY has no session, no account and no messages to look for: it takes the short
    way, with its language and the check against forged forms, past all that comes below. Measured in benchmarks/intake.py."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.locale, self.csrf = LocaleMiddleware(get_response), CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path not in settings.PATHS_OF_NOBODY or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        request.user = AnonymousUser()
        self.locale.process_request(request)
        self.csrf.process_request(request)
        request.resolver_match = found = resolve(request.path_info)
        refused = self.csrf.process_view(request, found.func, found.args, found.kwargs)
        response = refused or found.func(request, *found.args, **found.kwargs)
        response["X-Frame-Options"], response["Content-Length"] = "DENY", str(len(response.content))
        return response  # type: ignore[no-any-return]


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
    """People who act for the government go on only in a session that used a second factor: without one
    they are led to set it up, with one to confirm it. Not in demo."""

    ALLOWED = ("/accounts/", "/en/accounts/", "/static/", "/healthz/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.PORTAL_DEMO and not request.path.startswith(self.ALLOWED) and (to := self.missing(request)):
            return to
        return self.get_response(request)

    @staticmethod
    def missing(request: HttpRequest) -> HttpResponse | None:
        """Where to set up or confirm the second factor; None where nothing is missing."""
        # No session cookie: nobody is signed in, and the session need not be read.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request.user
        if not isinstance(user, User) or not user.needs_second_factor:
            return None
        from allauth.mfa.utils import is_mfa_enabled

        from .signin import used_second_factor

        if used_second_factor(request, user):
            return None
        if not is_mfa_enabled(user):
            return redirect(reverse("mfa_index"))
        back = request.get_full_path() if request.method == "GET" else "/me/"
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
