import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD


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
    client = enter(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0, "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    assert client.get("/me/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/me/", "/admin/", "/me/tokens/", "/care/desk/", "/admin/commons/user/"])
def test_having_one_is_not_enough_if_this_session_did_not_use_it(person, enter, path: str) -> None:
    user = person("admin")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    answer = enter(user).get(path)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("mfa_reauthenticate"))


@pytest.mark.django_db
def test_the_record_of_somebody_else_does_not_count(person, enter) -> None:
    user, other = person("admin"), person("admin")
    client = enter(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0}]
    session["account_authentication_methods_user"] = str(other.pk)
    session.save()
    assert client.get("/me/").status_code == 302


@pytest.mark.django_db
def test_the_admin_has_no_door_of_its_own(person, settings) -> None:
    settings.PORTAL_DEMO = False
    user = person("admin")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = Client()
    page = client.get("/admin/login/")
    assert page.status_code == 302
    assert page.url.startswith(reverse("account_login"))
    sent = {"username": user.username, "password": PASSWORD, "next": "/admin/"}
    assert "_auth_user_id" not in client.session
    client.post("/admin/login/", sent)
    assert "_auth_user_id" not in client.session
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.url.startswith(reverse("mfa_authenticate"))
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_not_in_the_demo(person, sign_in) -> None:
    assert sign_in(person("officer", agency="pupr")).get("/me/").status_code == 200
