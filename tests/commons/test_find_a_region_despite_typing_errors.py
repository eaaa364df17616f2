import pytest

from ntbportal.commons.places import Region


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mataram", "Kota Mataram"), ("mtaram", "Kota Mataram"), ("sumbawa brat", "Kabupaten Sumbawa Barat"), ("talliwang", "Taliwang"), ("52.07", "Kabupaten Sumbawa Barat"), ("5207", "Kabupaten Sumbawa Barat")],
)  # fmt: skip
def test_the_place_meant_is_among_the_first_three(typed: str, meant: str) -> None:
    assert meant in [region.name for region in Region.objects.all().named_like(typed, 3)]


@pytest.mark.django_db
def test_nothing_is_found_for_nonsense_or_nothing() -> None:
    assert not Region.objects.all().named_like("xqzwv")
    assert not Region.objects.all().named_like("  ")
