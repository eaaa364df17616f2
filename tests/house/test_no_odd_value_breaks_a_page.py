"""Whatever stands in an address or a form, no page answers with a server error.

Every parameter that the code reads is asked with every odd value at every address that reads it, by
somebody who may open all of them; all parameters at once by somebody who may open none.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from functools import cache, lru_cache
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

ODD = (
    *("²", "\x00", "a\x08b", "-1", "9" * 40, "9999-12-31", "0001-01-01", "' OR 1=1--", "[" * 2000),
    *("1e400", "NaN", "%", "{}", "٣", "\u202e", "x" * 3000),
)
ODD_JSON: tuple[Any, ...] = (
    *([], [1], "x", 5, None, True, {"a": {"b": [1, 2]}}, {"filters": "x", "fields": 5, "q": [1]}),
    {"id": [1], "name": 5, "groups": "x", "tags": 5, "extras": 5, "resources": 7},
)
RAW = ("[" * 200_000, '{"a":' * 5000, "\x00", "{", '"\\ud800"', "1" * 5000)
READ = re.compile(r"""(?:GET|POST|data|params|asked|query)(?:\.get|\.getlist)?[\[(]\s*f?["']([a-z_]{1,30})["']""")
# what every list and every choice of reports reads: ntbportal/commons/listing.py, care/choosing.py
COMMON = ("sort", "after", "before", "export", "page", "q")
CURSORS = (
    *("WyIiLDEsMV0=", "W10=", "WyJkYXRldGltZSIsNSw1XQ==", "WyIiLCJ4IiwieCJd", "WyIiLHt9LFtdXQ=="),
    *("WyIiLG51bGwsbnVsbF0=", "WyJkYXRlIiwiOTk5OTktOTktOTkiLDFd", "bnVsbA==", "WyIiLDFlNDAwLDFd"),
)
SHARED = {"care": ("category", "place", "state", "days", "since", "until", "box", "zoom", "view", "queue", "agency")}
READ_JSON = {"home:push", "posyandu:send"}
# signing out and the admin's own pages are Django's and allauth's
LEFT_OUT = ("admin:", "account_logout", "account_", "mfa_", "socialaccount_")


def patterns(resolver: Any = None, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            space = f"{one.namespace}:" if one.namespace else ""
            found += patterns(one, prefix + space)
        elif one.name:
            found.append((prefix + one.name, one))
    return found


def filled(name: str) -> str | None:
    """An address with something in each of its places; None where it cannot be made."""
    from django.urls import NoReverseMatch, reverse

    values = {
        "code": "ABCD-EFGH", "slug": "x", "number": 1, "pk": 1, "token": "x", "ending": "json", "name": "x", "level": "regency",
        "size": "small", "act": "reply", "year": 2025, "month": 1, "version": 1, "key": "x", "what": "x", "kind": "x", "day": "2025-01-01",
    }  # fmt: skip
    for entry in get_resolver_entries(name):
        given = {field: values.get(field, 1) for field in entry}
        try:
            return reverse(name, kwargs=given)
        except NoReverseMatch:
            continue
    return None


def get_resolver_entries(name: str) -> list[list[str]]:
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return [fields for possibilities in resolver.reverse_dict.getlist(last) for _text, fields in possibilities[0]]


@cache
def read_by(module: str) -> tuple[str, ...]:
    source = inspect.getsource(importlib.import_module(module))
    lists = COMMON if "Listing(" in source else ()
    return tuple(dict.fromkeys((*READ.findall(source), *SHARED.get(module.partition(".")[0], ()), *lists)))


@lru_cache(maxsize=1)
def addresses() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(name, address, parameters) of every view of the house."""
    found = {}
    for name, pattern in patterns():
        module = inspect.unwrap(pattern.callback).__module__
        is_ours = module.startswith(("ntbportal", "care", "onedata", "posyandu"))
        if is_ours and not name.startswith(LEFT_OUT) and (address := filled(name)):
            found[name] = (name, address, read_by(module))
    return tuple(found.values())


@pytest.fixture
def strict(settings: Any) -> Client:
    settings.PORTAL_DEMO = True
    return Client(raise_request_exception=False)


@pytest.fixture
def admin(strict: Client, person: Any) -> Client:
    strict.force_login(person("admin"), backend="ntbportal.commons.signin.AccountBackend")
    return strict


def broken(response: Any) -> bool:
    if response.streaming:  # what breaks while it is written breaks here
        b"".join(response.streaming_content)
    return response.status_code >= 500


def some(values: tuple[Any, ...], of: int, most: int) -> tuple[Any, ...]:
    """`most` of the values, others for each place, so that all of them are tried at many places."""
    return tuple(values[(of * most + step) % len(values)] for step in range(min(most, len(values))))


@pytest.mark.parametrize("part", range(4))
def test_each_parameter_by_somebody_who_may_open_all(part: int, admin: Client) -> None:
    found = []
    for number, (name, address, names) in enumerate(addresses()):
        if number % 4 != part:
            continue
        for place, parameter in enumerate(names):
            is_cursor = parameter in {"after", "before"}
            for value in some(CURSORS if is_cursor else ODD, number * 7 + place, 1):
                if broken(admin.get(address, {parameter: value})):
                    found.append(f"{name}?{parameter}={value[:30]!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("part", range(2))
def test_all_parameters_at_once_by_anybody(part: int, strict: Client, db: None) -> None:
    found = []
    for number, (name, address, names) in enumerate(addresses()):
        for value in some(ODD, number, 4)[part::2]:
            if broken(strict.get(address, dict.fromkeys(names, value))):
                found.append(f"{name}={value[:30]!r}")
    assert not found, "\n".join(found)


def test_all_fields_of_all_forms(admin: Client) -> None:
    found = []
    for number, (name, address, names) in enumerate(addresses()):
        if name == "home:unsubscribe":
            continue
        for value in some(ODD, number, 1):
            if broken(admin.post(address, dict.fromkeys((*names, "text", "code", "village"), value))):
                found.append(f"POST {name}={value[:30]!r}")
    assert not found, "\n".join(found)


def test_all_that_is_sent_as_json(admin: Client) -> None:
    bodies = (*(json.dumps(value) for value in ODD_JSON), *RAW)
    found = []
    for number, (name, address, _names) in enumerate(addresses()):
        reads = name in READ_JSON or name.startswith("action")
        for body in bodies if reads else some(bodies, number, 1):
            if broken(admin.post(address, data=body, content_type="application/json")):
                found.append(f"{name}: {body[:40]}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("odd", ["%00", "%08", "%C2%B2", "%FF", "%E2%80%AE", "..%2f..", "%0d%0aX: y", "a" * 3000])
def test_odd_signs_within_an_address(odd: str, strict: Client, db: None) -> None:
    found = []
    for _name, address, _names in addresses():
        for part in ("/x/", "/x.", "ABCD-EFGH", "/1/"):
            if part in address:
                asked = address.replace(part, part.replace(part.strip("/."), odd), 1)
                if broken(strict.get(asked)):
                    found.append(asked[:80])
    assert not found, "\n".join(found)
