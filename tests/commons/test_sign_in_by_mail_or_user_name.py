import pytest
from django.test import Client
from django.urls import reverse

from ntbportal.commons.people import User
from tests.conftest import PASSWORD


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["siti", "siti@example.org", "SITI@example.org"])
def test_both_lead_to_ones_own_page(person, typed: str) -> None:
    person("cadre", name="siti")
    response = Client().post(reverse("account_login"), {"login": typed, "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/me/")


@pytest.mark.django_db
def test_a_cadre_without_mail_signs_in_by_user_name(person) -> None:
    person("cadre", name="aminah", email=None)
    assert Client().post(reverse("account_login"), {"login": "aminah", "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_a_citizen_signs_up_and_is_known_by_name() -> None:
    form = {"email": "baru@example.org", "full_name": "Nurul Aini", "password1": PASSWORD, "password2": PASSWORD}
    response = Client().post(reverse("account_signup"), form)
    assert response.status_code == 302, response.content.decode()
    assert User.objects.get(email="baru@example.org").full_name == "Nurul Aini"


@pytest.mark.django_db
def test_a_membership_that_has_ended_gives_nothing(person) -> None:
    from datetime import date

    user = person("officer", agency="pupr")
    user.memberships.update(valid_from=date(2020, 1, 1), valid_until=date(2020, 12, 31))
    assert User.objects.get(pk=user.pk).posts == ()
