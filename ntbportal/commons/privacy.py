"""Personal data at rest: fields encrypted with rotating keys, and blind indexes to find them by exact value.

Encryption is Fernet (AES-128-CBC with HMAC-SHA256) of the `cryptography` package; the newest key of FIELD_KEYS
encrypts, all of them decrypt. A blind index is HMAC-SHA256 of the normalised value, so equal values can be found
but not read, and never sorted or searched in part.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

NIK_PATTERN = re.compile(r"^\d{16}$")


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.encode()) for key in keys])


def cipher() -> MultiFernet:
    return _cipher(tuple(settings.FIELD_KEYS))


class UnreadableField(ValueError):
    """None of the present FIELD_KEYS decrypts the value."""


def encrypt(value: str) -> str:
    return cipher().encrypt(value.encode()).decode()


def decrypt(token: str) -> str:
    try:
        return cipher().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise UnreadableField("no key in FIELD_KEYS decrypts this value") from error


def normalise(value: str) -> str:
    """Same number, same index: spaces, dots and dashes do not count, +62 and 62 read as 0."""
    value = re.sub(r"[\s.\-()]", "", value).lower()
    return re.sub(r"^\+?62(?=8)", "0", value)


def blind_index(value: str, key: str | None = None) -> str:
    """32 hexadecimal digits; empty for an empty value."""
    if not value:
        return ""
    key = key or settings.BLIND_INDEX_KEYS[0]
    return hmac.new(key.encode(), normalise(value).encode(), hashlib.sha256).hexdigest()[:32]


def blind_candidates(value: str) -> list[str]:
    """Indexes of a value under every key still in use; look up with `__in` while a rotation is under way."""
    return [blind_index(value, key) for key in settings.BLIND_INDEX_KEYS] if value else []


class EncryptedTextField(models.TextField):
    """Text that is only ever in the database encrypted. Cannot be filtered, save by a BlindIndexField beside it."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in {"exact", "iexact", "in", "contains", "icontains", "startswith", "istartswith", "regex", "iregex"}:
            raise TypeError(f"{self.name} is encrypted; filter on its blind index instead")
        return super().get_lookup(lookup_name)


class BlindIndexField(models.CharField):
    """Kept in step with the encrypted field it is named after on every save()."""

    def __init__(self, *args: Any, of: str = "", **options: Any) -> None:
        self.of = of
        options.setdefault("max_length", 32)
        options.setdefault("db_index", True)
        options.setdefault("blank", True)
        options.setdefault("default", "")
        options.setdefault("editable", False)
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if hasattr(model_instance, self.of):
            setattr(model_instance, self.attname, blind_index(getattr(model_instance, self.of) or ""))
        return super().pre_save(model_instance, add)


def encrypted_fields() -> list[tuple[type[models.Model], list[str]]]:
    """Every model with encrypted fields, and their names."""
    from django.apps import apps

    found = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)]
        if names:
            found.append((model, names))
    return found
