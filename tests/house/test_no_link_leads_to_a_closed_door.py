"""Nobody is offered, on the pages of their work, a link that answers "not for your account"."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ntbportal.commons.people import Role

PAGES = (
    *("/", "/me/", "/me/notices/", "/care/", "/care/desk/", "/onedata/", "/onedata/desk/", "/onedata/plan/"),
    *("/posyandu/", "/posyandu/cadre/", "/posyandu/leader/", "/action-plan/", "/search/?q=data"),
)
LINK = re.compile(r'<a [^>]*href="(/[^"#]*|\?[^"#]*)"')


@pytest.fixture
def something(report: Any, data_set: Any, posyandu: Any) -> None:
    """A report, a data set at each stage of waiting and a posyandu, so that lists are not empty."""
    from care.routing import route_case

    route_case(report("jalan").case.pk)
    for title, stage, priority in (("Menunggu", "submitted", False), ("Prioritas", "verified", True)):
        made = data_set(title)
        made.stage, made.is_priority = stage, priority
        made.save()


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_ones_pages_opens(role: str, something: None, person: Any, sign_in: Any, posyandu: Any) -> None:
    fields = {"agency": "pupr"} if role in {"officer", "producer"} else {}
    client = sign_in(person(role, **fields))
    seen, closed = set(), []
    for page in PAGES:
        answer = client.get(page)
        if answer.status_code != 200:
            continue
        for link in LINK.findall(answer.content.decode()):
            address = link.replace("&amp;", "&")
            address = page.partition("?")[0] + address if address.startswith("?") else address
            if address in seen or address.startswith("/en/") or "export=" in address:
                continue
            seen.add(address)
            if client.get(address).status_code in {403, 404, 500}:
                closed.append(f"{page} → {address}")
    assert len(seen) > 10
    assert not closed, "\n".join(closed)


def test_who_checks_reads_what_waits(something: None, person: Any, sign_in: Any) -> None:
    assert "1 data set menunggu pemeriksaan Anda" in sign_in(person("walidata")).get("/me/").content.decode()
    assert "1 data prioritas menunggu pemeriksaan Anda" in sign_in(person("pembina")).get("/me/").content.decode()


def test_the_pembina_is_not_told_to_begin_a_data_set(person: Any, sign_in: Any) -> None:
    assert "Mulailah" not in sign_in(person("pembina")).get("/onedata/desk/").content.decode()
