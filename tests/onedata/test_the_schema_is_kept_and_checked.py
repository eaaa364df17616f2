"""What a producer asks of the columns is checked in each version; published tables are only looked at again."""

from __future__ import annotations

from typing import Any

import pytest

from onedata.models import PastScore
from onedata.quality.running import check_version, recheck
from onedata.schema import save_checks, save_schema, table_schema
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db

TABLE = "kode,kelas,nilai,tanggal\nA1,rendah,5,2025-01-01\nA1,sedang,150,2025-06-01\n,tinggi,-3,2019-01-01\nb2,aneh,7,2025-02-02\n"


def found(version: Any) -> set[tuple[str, int | None, str]]:
    return {(f.check_name, f.row, f.value) for f in version.report.findings.all()}


@pytest.fixture
def table(data_set: Any, upload: Any) -> Any:
    return upload(data_set(), TABLE)


def again(version: Any) -> Any:
    check_version(version.pk)
    version.refresh_from_db()
    return version


@pytest.mark.parametrize(
    ("asked", "finding"),
    [
        ({"name": "kode", "required": True}, ("required_missing", 3, "")),
        ({"name": "kode", "unique": True}, ("not_unique", 2, "A1")),
        ({"name": "kode", "pattern": "[A-Z][0-9]"}, ("pattern_miss", 4, "b2")),
        ({"name": "kelas", "enum": ["rendah", "sedang", "tinggi"]}, ("not_in_enum", 4, "aneh")),
        ({"name": "nilai", "minimum": "0"}, ("below_minimum", 3, "-3")),
        ({"name": "nilai", "maximum": "100"}, ("above_maximum", 2, "150")),
        ({"name": "tanggal", "minimum": "2020-01-01"}, ("below_minimum", 3, "2019-01-01")),
        ({"name": "kelas", "code_list": "jenjang-pendidikan"}, ("unknown_code", 1, "rendah")),
        ({"name": "kelas", "type": "integer"}, ("not_integer", 1, "rendah")),
    ],
)
def test_each_constraint_names_row_and_value(table: Any, asked: dict[str, Any], finding: tuple[str, int, str]) -> None:
    assert finding not in found(table)
    save_schema(table.data_set, [asked])
    assert finding in found(again(table))


def test_codes_of_a_reference_list_pass(data_set: Any, upload: Any) -> None:
    found_set = data_set()
    found_set.schema = [{"name": "jenjang", "code_list": "jenjang-pendidikan"}]
    found_set.save()
    version = upload(found_set, "jenjang,siswa\nD1,10\nD2,20\nX9,3\n")
    assert [(f.row, f.value) for f in version.report.findings.filter(check_name="unknown_code")] == [(3, "X9")]


def test_the_schema_is_that_of_frictionless(table: Any) -> None:
    from frictionless import Schema

    save_schema(
        table.data_set,
        [{"name": "kode", "required": True, "unique": True, "title": "Kode"}, {"name": "nilai", "minimum": "0", "unit": "orang"}],
    )
    table.data_set.refresh_from_db()
    described = table_schema(table.data_set, again(table))
    schema = Schema.from_descriptor(described)
    assert schema.get_field("kode").constraints == {"required": True, "unique": True}
    assert schema.get_field("nilai").constraints == {"minimum": 0}
    assert described["primaryKey"] == ["kode"]


def test_a_sum_that_differs_from_its_total(data_set: Any, upload: Any) -> None:
    found_set = data_set()
    save_checks(found_set, [{"kind": "sum", "total": "jumlah", "parts": ["l", "p"]}])
    version = upload(found_set, "desa,l,p,jumlah\nA,1,2,3\nB,4,5,10\nC,1,,1\n")
    assert found(version) & {("sum_differs", 1, "3 / 3"), ("sum_differs", 2, "10 / 9"), ("sum_differs", 3, "1 / 1")} == {
        ("sum_differs", 2, "10 / 9")
    }


def test_a_value_far_from_its_own_series(data_set: Any, upload: Any) -> None:
    """Bima's 2023 is ten times its other years, yet in no way far from Mataram's figures."""
    found_set = data_set()
    save_checks(found_set, [{"kind": "series", "value": "nilai", "by": ["kode"]}])
    years = range(2018, 2026)
    small = [f"52.06,{year},{100 + year % 3}" for year in years]
    small[5] = "52.06,2023,1020"
    large = [f"52.71,{year},{1000 + year % 7}" for year in years]
    version = upload(found_set, "kode,tahun,nilai\n" + "\n".join(small + large) + "\n")
    assert [(f.row, f.value) for f in version.report.findings.filter(check_name="far_from_series")] == [(6, "1020 / 101.5")]


def test_a_published_table_is_looked_at_again_and_stays_as_it_is(table: Any, person: Any) -> None:
    publish(submit(table.data_set, person("producer", agency="dinkes")), person("walidata"))
    table.refresh_from_db()
    before = (table.parquet.name, table.parquet_sha256, table.columns)
    save_schema(table.data_set, [{"name": "kelas", "enum": ["rendah"]}, {"name": "nilai", "type": "string"}])
    assert recheck(table.pk)
    table.refresh_from_db()
    assert ("not_in_enum", 4, "aneh") in found(table)
    assert (table.parquet.name, table.parquet_sha256, table.columns) == before
    assert table.state == "ready"
    assert PastScore.objects.filter(data_set=table.data_set).count() == 2


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(table: Any, person: Any, sign_in: Any) -> None:
    client = sign_in(person("producer", agency="dinkes"))
    address = f"/onedata/desk/{table.data_set.slug}/schema/"
    bad = client.post(address, {"c0-pattern": "[A-", "c2-minimum": "banyak", "c1-title": "Kelas risiko"})
    assert bad.status_code == 422
    text = bad.content.decode()
    assert "Kelas risiko" in text
    assert "banyak" in text
    good = client.post(address, {"c0-pattern": "[A-Z][0-9]", "c2-minimum": "0", "c1-enum": "rendah\nsedang\n"})
    assert good.status_code == 302
    table.data_set.refresh_from_db()
    assert table.data_set.field("kelas") == {"name": "kelas", "enum": ["rendah", "sedang"]}


def test_another_agency_changes_nothing(table: Any, person: Any, sign_in: Any) -> None:
    client = sign_in(person("producer", agency="dinsos"))
    for page in ("schema", "reading", "checks", "fetch"):
        assert client.post(f"/onedata/desk/{table.data_set.slug}/{page}/", {"c0-title": "x"}).status_code in {403, 404}
