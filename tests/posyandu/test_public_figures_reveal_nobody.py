import pytest
from hypothesis import given
from hypothesis import strategies as st

from posyandu.disclosure import SMALLEST, suppressed


def test_small_cells_are_hidden_and_so_is_one_that_would_reveal_them() -> None:
    assert suppressed([3, 20, 9]) == [True, False, True]
    assert suppressed([3, 2, 20]) == [True, True, False]
    assert suppressed([10, 20, 0]) == [False, False, False]
    assert suppressed([]) == []


@given(st.lists(st.integers(0, 60), max_size=12))
def test_no_single_small_cell_follows_from_the_total(counts: list[int]) -> None:
    hidden = suppressed(counts)
    assert all(hide for hide, count in zip(hidden, counts, strict=True) if 0 < count < SMALLEST)
    others = [count for count in counts if count]
    if any(hidden) and len(others) > 1:
        assert sum(hidden) >= 2


@pytest.mark.django_db
def test_the_public_page_shows_a_sign_instead(client, posyandu, child) -> None:
    from datetime import date
    from decimal import Decimal

    from posyandu.models import GrowthVisit, OpenDay

    ani = child(date(2025, 3, 1))
    day = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 10, 12))
    GrowthVisit.objects.create(person=ani, posyandu=posyandu, open_day=day, day=day.day, weight=Decimal(8), zlen=-2.6, status="B")
    page = client.get("/posyandu/?month=2026-10").content.decode()
    assert "&lt; 5" in page
    assert "100,0" not in page
