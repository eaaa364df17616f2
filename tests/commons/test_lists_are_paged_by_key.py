from urllib.parse import parse_qs

import pytest
from django.test import RequestFactory

from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.places import Region

COLUMNS = (Column("Kode", lambda row: row.code, "code"), Column("Tingkat", lambda row: row.level, "level"))


def page(query: str = "", rows=None, size: int = 100) -> Listing:
    request = RequestFactory().get(f"/{query}")
    return Listing(request, Region.objects.all() if rows is None else rows, COLUMNS, sort="code", size=size, name="wilayah")


def walk(query: str, direction: str = "next") -> list[str]:
    found: list[str] = []
    while True:
        listing = page(query)
        codes = [row.code for row in listing.rows]
        found = found + codes if direction == "next" else codes + found
        query = getattr(listing, direction)
        if not query:
            return found


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["code", "-code", "level", "-level"])
def test_walking_through_all_pages_shows_each_row_once_in_order(sort: str) -> None:
    codes = walk(f"?sort={sort}")
    field = sort.lstrip("-")
    sign = "-" if sort.startswith("-") else ""
    assert codes == list(Region.objects.order_by(sort, f"{sign}pk").values_list("code", flat=True)), field


@pytest.mark.django_db
def test_walking_back_leads_to_the_first_page() -> None:
    last = page()
    while last.next:
        last = page(last.next)
    before = walk(last.previous, "previous")
    assert before + [row.code for row in last.rows] == list(Region.objects.order_by("code").values_list("code", flat=True))


@pytest.mark.django_db
def test_filters_stay_when_the_page_turns() -> None:
    listing = page("?q=abc&sort=-code")
    assert parse_qs(listing.next.removeprefix("?"))["q"] == ["abc"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["?after=nonsense", "?after=W10=", "?sort=password", "?before=%00"])
def test_a_broken_address_shows_the_first_page(query: str) -> None:
    assert page(query).rows[0].code == "52"


@pytest.mark.django_db
def test_the_cost_of_a_page_does_not_grow_with_its_rows(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert len(page(size=10).rows) == 10
    with django_assert_num_queries(1):
        assert len(page(size=500).rows) == 500


@pytest.mark.django_db
def test_an_export_holds_the_whole_list() -> None:
    response = page("?export=csv").export()
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + 1294
