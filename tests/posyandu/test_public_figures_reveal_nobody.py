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


@pytest.mark.django_db
def test_the_page_says_when_the_next_open_day_is_and_what_to_bring(client, posyandu) -> None:
    from datetime import date

    from posyandu.finding import open_days_from

    assert open_days_from(10, date(2026, 11, 10), 1) == [date(2026, 11, 10)]
    assert open_days_from(10, date(2026, 11, 11), 1) == [date(2026, 12, 10)]
    assert open_days_from(31, date(2026, 11, 20), 1) == [date(2026, 11, 30)]
    assert open_days_from(5, date(2026, 12, 20), 1) == [date(2027, 1, 5)]
    page = client.get("/posyandu/?q=Melati").content.decode()
    assert "Hari buka berikutnya" in page
    assert "Buku KIA" in page


@pytest.mark.django_db
def test_the_download_hides_what_the_page_hides(client, posyandu, child) -> None:
    from datetime import date
    from decimal import Decimal

    from posyandu.models import GrowthVisit, OpenDay

    day = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 10, 12))
    for number in range(2):
        ani = child(date(2025, 3, 1 + number))
        GrowthVisit.objects.create(
            person=ani, posyandu=posyandu, open_day=day, day=day.day, weight=Decimal(8), zlen=-2.6 + number, status="B"
        )
    table = b"".join(client.get("/posyandu/?month=2026-10&figures=csv").streaming_content).decode()
    assert "52.07" in table
    assert "0.5" not in table
