"""Sign-in and sign-up on django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .people import User


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """As allauth's, but who is signed in is read together with what they are."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """Raises PermissionDenied for a wrong password: allauth's own backend, which stays for those signed in by it, is not asked too."""
        found = super().authenticate(request, **credentials)
        if found is None and credentials.get("password"):
            raise PermissionDenied
        return found

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.with_posts(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


class SignupForm(forms.Form):
    """What is asked besides e-mail and password."""

    full_name = forms.CharField(label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def signup(self, request: HttpRequest, user: User) -> None:
        user.full_name = self.cleaned_data["full_name"]
        user.language = (get_language() or "id")[:2]
        user.save(update_fields=["full_name", "language"])


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Citizens sign in by e-mail; their user name is never shown."""
        if not user.username and user.email:
            user.username = self.generate_unique_username([user.email.split("@")[0], "warga"])
