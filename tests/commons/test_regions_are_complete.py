from collections import Counter

import pytest

from ntbportal.commons.places import Region


@pytest.mark.django_db
def test_all_areas_of_the_province_are_there_with_both_codes() -> None:
    counts = Counter(Region.objects.values_list("level", flat=True))
    assert counts == {"province": 1, "regency": 10, "district": 117, "village": 1166}
    younger_than_2020 = set(Region.objects.exclude(level="village").filter(bps_code="").values_list("name", flat=True))
    assert younger_than_2020 == {"Lenek"}
    assert Region.objects.filter(level="village", bps_code="").count() == 48  # founded or renamed after 2020


@pytest.mark.django_db
def test_each_area_lies_within_the_one_its_code_says() -> None:
    for region in Region.objects.exclude(level="province"):
        assert region.code.rpartition(".")[0] == region.parent_id


@pytest.mark.django_db
def test_within_does_not_take_codes_that_only_begin_alike() -> None:
    codes = set(Region.objects.all().within("52.07").values_list("code", flat=True))
    assert "52.07" in codes
    assert "52.07.02.2021" in codes
    assert not any(code.startswith("52.71") for code in codes)


@pytest.mark.django_db
def test_a_full_name_goes_up_to_the_regency() -> None:
    assert Region.objects.get(code="52.07.02.2021").full_name.endswith("Kabupaten Sumbawa Barat")
