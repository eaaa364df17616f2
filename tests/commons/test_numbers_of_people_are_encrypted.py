import base64

import pytest
from django.core.management import call_command
from django.db import connection

from ntbportal.commons.people import User
from ntbportal.commons.privacy import UnreadableField, blind_candidates, decrypt, encrypt

PHONE = "0812 3456 7890"


def stored(user: User) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_index FROM commons_user WHERE id = %s", [user.pk])
        return cursor.fetchone()


@pytest.mark.django_db
def test_the_database_never_holds_the_number(person) -> None:
    user = person("cadre", phone=PHONE)
    phone, index = stored(user)
    assert "3456" not in phone + index
    assert User.objects.get(pk=user.pk).phone == PHONE


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["081234567890", "+62 812-3456-7890", "62812 3456 7890"])
def test_it_is_found_however_it_is_written(person, typed: str) -> None:
    user = person("cadre", phone=PHONE)
    assert User.objects.get(phone_index__in=blind_candidates(typed)) == user


@pytest.mark.django_db
def test_filtering_on_the_encrypted_column_itself_is_a_mistake(person) -> None:
    with pytest.raises(TypeError, match="blind index"):
        User.objects.filter(phone=PHONE).exists()


@pytest.mark.django_db
def test_after_a_rotation_the_old_key_is_no_longer_needed(person, settings) -> None:
    user = person("cadre", phone=PHONE)
    new_key = base64.urlsafe_b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = [new_key, *settings.FIELD_KEYS]
    settings.BLIND_INDEX_KEYS = ["new", *settings.BLIND_INDEX_KEYS]
    assert User.objects.get(phone_index__in=blind_candidates(PHONE)) == user  # found before the rotation as well
    call_command("rotate_field_keys", verbosity=0)
    settings.FIELD_KEYS, settings.BLIND_INDEX_KEYS = [new_key], ["new"]
    assert User.objects.get(phone_index__in=blind_candidates(PHONE)).phone == PHONE


def test_a_value_under_a_lost_key_says_so(settings) -> None:
    token = encrypt("rahasia")
    settings.FIELD_KEYS = [base64.urlsafe_b64encode(b"o" * 32).decode()]
    with pytest.raises(UnreadableField):
        decrypt(token)
