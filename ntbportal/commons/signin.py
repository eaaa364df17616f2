"""Sign-in and sign-up on django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .people import User


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
