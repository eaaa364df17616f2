"""From table to table: a number at the first, the queue in order of numbers, then services and advice, until the last table lets them go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_each_is_where_the_tables_are(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    born = timezone.localdate() - timedelta(days=100)
    last, first = child(born, name="Abdul"), child(born + timedelta(days=1), name="Zahra")
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url

    def shown(show: str) -> list[str]:
        return [one.name for one in client.get(day, {"show": show}).context["listing"].rows]

    for one in (first, last):
        client.post(f"{day}arrive/", {"person": one.pk})
    assert shown("queue") == ["Zahra", "Abdul"]  # as they came, not by name
    assert shown("after") == []
    client.post(f"{day}children/{first.pk}/", {"weight": "5,6", "confirmed": "on"})
    assert (shown("queue"), shown("after"), shown("done")) == (["Abdul"], ["Zahra"], ["Zahra"])
    page = client.get(day, {"show": "after"}).content.decode()
    assert "Heksavalen 1" in page  # what table 4 is to give
    client.post(f"{day}arrive/", {"person": first.pk, "act": "done", "back": "show=after"})
    assert (shown("after"), shown("done")) == ([], ["Zahra"])
    client.post(f"{day}arrive/", {"person": last.pk, "act": "away", "back": "show=queue"})
    assert shown("queue") == []
    client.post(f"{day}arrive/", {"person": last.pk})
    assert shown("queue") == ["Abdul"]
    assert client.post(f"{day}arrive/", {"person": "x"}).status_code == 404


def test_questions_do_not_grow_with_people(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client = sign_in(cadre)
    day, asked = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url, []
    for many in (2, 10):
        for number in range(many):
            kid = child(timezone.localdate() - timedelta(days=100 + number), name=f"Anak {many} {number}")
            client.post(f"{day}arrive/", {"person": kid.pk})
            client.post(f"{day}children/{kid.pk}/", {"weight": "5,6", "confirmed": "on"})
        with CaptureQueriesContext(connection) as queries:
            client.get(day, {"show": "after"})
        asked.append(len(queries))
    assert asked[0] == asked[1]
