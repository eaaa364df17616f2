import re

import pytest
from django.core.management import CommandError, call_command

from ntbportal.commons.tokens import ApiToken, owner_of


@pytest.mark.django_db
def test_on_the_account_page_a_token_is_shown_once_and_can_be_revoked(person, sign_in) -> None:
    user = person("producer", agency="dinkes")
    client = sign_in(user)
    page = client.post("/me/tokens/", {"label": "Skrip bulanan"}).content.decode()
    token = re.search(r'id="fresh-token">(ntb_[\w-]+)<', page)[1]
    assert owner_of(token) == user
    again = client.get("/me/tokens/").content.decode()
    assert "Skrip bulanan" in again
    assert token not in again
    assert token not in str(ApiToken.objects.values_list())
    client.post("/me/tokens/", {"revoke": ApiToken.objects.get().pk})
    assert owner_of(token) is None


@pytest.mark.django_db
def test_nobody_revokes_anothers_token(person, sign_in) -> None:
    sign_in(person("producer", agency="dinkes")).post("/me/tokens/", {"label": "x"})
    sign_in(person("citizen")).post("/me/tokens/", {"revoke": ApiToken.objects.get().pk})
    assert ApiToken.objects.get().revoked_at is None


@pytest.mark.django_db
def test_the_command_prints_one(person, capsys) -> None:
    user = person("producer", agency="dinkes")
    call_command("api_token", user.email)
    assert owner_of(capsys.readouterr().out.strip()) == user
    with pytest.raises(CommandError):
        call_command("api_token", "tidak@ada.org")
