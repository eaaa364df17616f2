"""Sign-in and sign-up on django-allauth."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.stages import EmailVerificationStage
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .people import User
from .throttle import network_of


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


class ProvenAddressStage(EmailVerificationStage):  # type: ignore[misc]
    """Nobody signs in with an address that is not proven to be theirs: a code is sent there, to be
    entered where the sign-in began. Cadres without an address sign in by their user name."""

    def handle(self) -> tuple[Any, bool]:
        user = self.login.user  # None while it is not told whether there is one
        return super().handle() if user is None or user.email else (None, True)  # type: ignore[no-any-return]


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def get_login_stages(self) -> list[str]:
        ours = f"{ProvenAddressStage.__module__}.{ProvenAddressStage.__qualname__}"
        stages = super().get_login_stages()
        return [ours if stage.endswith(".EmailVerificationStage") else stage for stage in stages]

    def get_client_ip(self, request: HttpRequest) -> str:
        """As all our limits: one that is set by a proxy of ours, a network for IPv6."""
        return network_of(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Citizens sign in by e-mail; their user name is never shown."""
        if not user.username and user.email:
            user.username = self.generate_unique_username([user.email.split("@")[0], "warga"])


def used_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session was opened, or confirmed since, with a second factor or a passkey; not
    whether the person has one: whoever knows the password alone has opened another session."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
