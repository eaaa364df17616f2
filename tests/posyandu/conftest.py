"""Who works at the posyandu of these tests."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def cadre(posyandu: Any, person: Any) -> Any:
    user = person("cadre")
    posyandu.cadres.add(user)
    return user
