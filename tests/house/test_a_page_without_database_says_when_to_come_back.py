"""A database that is away is not an error of the portal: 503 and when to try again; a wrong question is one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from ntbportal.home import views


class Away(Exception):
    sqlstate = None


class Slow(Exception):
    sqlstate = "57014"  # statement timeout: the question's fault


def broken_by(error: Exception) -> Any:
    def view(*_: Any, **__: Any) -> None:
        raise error

    return view


@pytest.mark.parametrize("error", [OperationalError("connection refused"), InterfaceError("connection already closed")])
def test_away(error: Exception, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.DataSet.objects, "published", broken_by(error), raising=False)
    monkeypatch.setattr(type(views.DataSet.objects), "published", broken_by(error), raising=False)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "segera kembali" in answer.content.decode()


def test_a_wrong_question_is_an_error(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(views.DataSet.objects), "published", broken_by(ValueError("x")), raising=False)
    assert Client(raise_request_exception=False).get("/").status_code == 500


def test_so_is_one_that_takes_too_long() -> None:
    from ntbportal.home.problems import is_without_database

    slow = OperationalError("canceling statement due to statement timeout")
    slow.__cause__ = Slow()
    assert not is_without_database(slow)
    assert connection.vendor == "postgresql"
