"""A portal without demo data, for the one test that stops, kills and restores it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.browser.conftest import Portal


@pytest.fixture(scope="session")
def plain_portal() -> Iterator[Portal]:
    # each worker its own: what one test kills, another must not miss; and a path with spaces, as people have them
    var = settings.ROOT / "var" / "test" / f"kantor gubernur {os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    shutil.rmtree(var, ignore_errors=True)
    portal = Portal(var)
    yield portal
    portal.run("down")
    shutil.rmtree(var, ignore_errors=True)
