import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse


@pytest.fixture
def enter(settings):
    settings.PORTAL_DEMO = False

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="ntbportal.commons.signin.AccountBackend")
        return client

    return sign_in


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "midwife", "coordinator", "producer", "walidata", "pembina", "leader", "admin"])
def test_who_acts_for_the_government_is_led_to_set_one_up(person, enter, role: str) -> None:
    response = enter(person(role, agency="pupr")).get("/me/")
    assert response.status_code == 302
    assert response.url == reverse("mfa_index")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["citizen", "cadre", "cso"])
def test_others_go_on(person, enter, role: str) -> None:
    assert enter(person(role)).get("/me/").status_code == 200


@pytest.mark.django_db
def test_with_a_second_factor_staff_go_on(person, enter) -> None:
    user = person("officer", agency="pupr")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert enter(user).get("/me/").status_code == 200


@pytest.mark.django_db
def test_not_in_the_demo(person, sign_in) -> None:
    assert sign_in(person("officer", agency="pupr")).get("/me/").status_code == 200
