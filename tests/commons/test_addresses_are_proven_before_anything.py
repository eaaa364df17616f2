"""Nobody gets anything by the address of somebody else, and nobody learns who has an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from ntbportal.commons.people import Membership, User
from tests.conftest import PASSWORD


@pytest.fixture(autouse=True)
def _letters(settings: Any, db: None) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PORTAL_DEMO = True


def sign_up(client: Client, email: str) -> Any:
    form = {"email": email, "full_name": "Seseorang", "password1": PASSWORD, "password2": PASSWORD}
    return client.post(reverse("account_signup"), form)


def test_an_address_that_is_not_proven_opens_nothing() -> None:
    attacker = Client()
    sign_up(attacker, "pejabat@ntbprov.go.id")
    assert attacker.get("/me/").status_code == 302
    attacker.post(reverse("account_login"), {"login": "pejabat@ntbprov.go.id", "password": PASSWORD})
    assert attacker.get("/me/").status_code == 302


def test_the_code_of_the_mail_opens_it_where_it_was_begun() -> None:
    client = Client()
    sign_up(client, "baru@example.org")
    code = re.search(r"^[A-Z0-9-]{6,}$", mail.outbox[-1].body, re.M)
    assert code, mail.outbox[-1].body
    client.post(reverse("account_email_verification_sent"), {"code": code[0]})
    assert client.get("/me/").status_code == 200
    assert EmailAddress.objects.get().verified


def test_no_role_for_an_address_that_somebody_claimed() -> None:
    sign_up(Client(), "pejabat@ntbprov.go.id")
    user = User.objects.get()
    with pytest.raises(ValidationError):
        Membership(user=user, role="officer").full_clean()
    EmailAddress.objects.update(verified=True)
    Membership(user=user, role="officer").full_clean()


def test_nor_by_the_pages_of_the_administrator(person: Any, sign_in: Any) -> None:
    sign_up(Client(), "pejabat@ntbprov.go.id")
    user = User.objects.get()
    page = sign_in(person("admin"))
    sent = {
        "username": user.username, "full_name": "X", "email": user.email, "language": "id", "is_active": "on",
        "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0, "memberships-0-role": "officer",
        "memberships-0-user": user.pk, "memberships-0-valid_from": "2026-01-01",
    }  # fmt: skip
    assert page.post(f"/admin/commons/user/{user.pk}/change/", sent).status_code == 200
    assert not user.memberships.exists()


def test_sign_up_does_not_tell_who_has_an_account(person: Any) -> None:
    person("citizen", name="siti")
    known, new = sign_up(Client(), "siti@example.org"), sign_up(Client(), "lain@example.org")
    assert (known.status_code, known.url) == (new.status_code, new.url)
    assert User.objects.filter(email="siti@example.org").count() == 1


def test_a_cadre_without_an_address_signs_in_by_name(person: Any) -> None:
    person("cadre", name="aminah", email=None)
    client = Client()
    client.post(reverse("account_login"), {"login": "aminah", "password": PASSWORD})
    assert client.get("/me/").status_code == 200
