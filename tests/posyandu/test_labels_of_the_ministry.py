"""Limits of Permenkes 2/2020: each label at, just above and just below its limit."""

from datetime import date

import pytest

from posyandu.growth.labels import label_for

DAY = date(2026, 11, 24)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "z", "label"),
    [
        ("zwei", -3.01, "Berat badan sangat kurang"), ("zwei", -3.0, "Berat badan kurang"), ("zwei", -2.01, "Berat badan kurang"),
        ("zwei", -2.0, "Berat badan normal"), ("zwei", 1.0, "Berat badan normal"), ("zwei", 1.01, "Risiko berat badan lebih"),
        ("zlen", -3.01, "Sangat pendek"), ("zlen", -3.0, "Pendek"), ("zlen", -2.0, "Normal"), ("zlen", 3.0, "Normal"), ("zlen", 3.01, "Tinggi"),
        ("zwfl", -3.01, "Gizi buruk"), ("zwfl", -3.0, "Gizi kurang"), ("zwfl", -2.0, "Gizi baik"), ("zwfl", 1.0, "Gizi baik"),
        ("zwfl", 1.01, "Berisiko gizi lebih"), ("zwfl", 2.0, "Berisiko gizi lebih"), ("zwfl", 2.01, "Gizi lebih"), ("zwfl", 3.0, "Gizi lebih"),
        ("zwfl", 3.01, "Obesitas"), ("zbmi", -3.01, "Gizi buruk"), ("zbmi", 2.5, "Gizi lebih"),
    ],
)  # fmt: skip
def test_under_five(index: str, z: float, label: str) -> None:
    assert label_for(index, z, 20, DAY).label_id == label


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("z", "label"), [(-3.01, "Gizi buruk"), (-2.0, "Gizi baik"), (1.01, "Gizi lebih"), (2.0, "Gizi lebih"), (2.01, "Obesitas")]
)
def test_bmi_from_five_to_eighteen(z: float, label: str) -> None:
    assert label_for("zbmi", z, 120, DAY).label_id == label


@pytest.mark.django_db
def test_no_z_no_label() -> None:
    assert label_for("zwei", None, 20, DAY) is None


@pytest.mark.django_db
def test_a_newer_rule_with_a_date_takes_over_on_that_day() -> None:
    from posyandu.models import GrowthLimit

    GrowthLimit.objects.filter(index="zlen", label_id="Tinggi").update(valid_until=date(2026, 12, 31))
    assert label_for("zlen", 3.5, 20, date(2026, 12, 31)).label_id == "Tinggi"
    assert label_for("zlen", 3.5, 20, date(2027, 1, 1)).label_id == "Normal"
