"""A portal without demo data, for tests that stop, kill and restore it. All of these run in one xdist worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.conftest import Portal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("launcher"))


@pytest.fixture(scope="session")
def plain_portal() -> Iterator[Portal]:
    var = settings.ROOT / "var" / "test" / "plain"
    shutil.rmtree(var, ignore_errors=True)
    portal = Portal(var)
    yield portal
    portal.run("down")
    shutil.rmtree(var, ignore_errors=True)
