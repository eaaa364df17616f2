"""Who may see what. Every view says so with `audience`; the rules themselves are predicates over memberships."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import rules
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from .people import Role, User

View = Callable[..., HttpResponseBase]
EVERYONE = "everyone"
SIGNED_IN = "signed in"


def holds(*roles: str) -> rules.Predicate:
    """Predicate: the person holds one of the roles today. Administrators hold all."""

    @rules.predicate(name=f"holds {' or '.join(roles)}")  # type: ignore[untyped-decorator]
    def check(user: Any) -> bool:
        return isinstance(user, User) and user.is_active and (user.is_superuser or user.is_one_of(*roles, Role.ADMIN))

    return check


def audience(permission: str) -> Callable[[View], View]:
    """Say who may see a view: EVERYONE, SIGNED_IN, or the name of a permission. Others are asked to sign in, or
    refused. What depends on the object itself, the view checks with `require`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            if permission != EVERYONE:
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                if permission != SIGNED_IN and not request.user.has_perm(permission):
                    raise PermissionDenied
            return view(request, *args, **options)

        guarded.audience = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def require(user: Any, permission: str, thing: Any) -> None:
    """Raise PermissionDenied unless the person has the permission for this very thing."""
    if not user.has_perm(permission, thing):
        raise PermissionDenied


rules.add_perm("commons.administer", holds(Role.ADMIN))
rules.add_perm("commons.see_mail", holds(Role.ADMIN))
