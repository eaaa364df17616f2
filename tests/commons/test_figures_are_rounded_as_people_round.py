"""Shares and decimals on pages are rounded half up, in the reader's language."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from ntbportal.commons.templatetags.portal import decimals, percent


@pytest.mark.parametrize(
    ("share", "shown"), [(2 / 3, "67 %"), (0.9375, "94 %"), (0.005, "1 %"), (0.0049, "0 %"), (1, "100 %"), (None, "–")]
)
def test_shares(share: float | None, shown: str) -> None:
    with override("id"):
        assert percent(share) == shown


@pytest.mark.parametrize(
    ("value", "places", "shown"), [(3.46, 1, "3,5"), (2.25, 1, "2,3"), (1234.56, 0, "1.235"), (0.04, 1, "0,0"), (7, 1, "7,0")]
)
def test_decimals(value: float, places: int, shown: str) -> None:
    with override("id"):
        assert decimals(value, places) == shown
