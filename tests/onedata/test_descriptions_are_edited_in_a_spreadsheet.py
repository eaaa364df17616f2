"""Out, edited, in again: each change is shown first; all happen or none; nobody changes another agency's."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from onedata.models import DataSet, Variable

pytestmark = pytest.mark.django_db
ADDRESS = "/onedata/desk/bulk/datasets/"


def exported(client: Any, address: str = ADDRESS) -> list[dict[str, str]]:
    text = b"".join(client.get(f"{address}?export=csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def sent(client: Any, rows: list[dict[str, str]], address: str = ADDRESS) -> Any:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return client.post(address, {"file": SimpleUploadedFile("uraian.csv", out.getvalue().encode())})


@pytest.fixture
def desk(data_set: Any, person: Any, sign_in: Any) -> Any:
    data_set("Balita gizi kurang", keywords=["balita", "gizi"], frequency="monthly")
    data_set("Kunjungan puskesmas")
    data_set("Jalan rusak", producer="pupr")
    return sign_in(person("producer", agency="dinkes"))


def test_what_is_sent_back_unchanged_changes_nothing(desk: Any) -> None:
    rows = exported(desk)
    assert {row["title"] for row in rows} == {"Balita gizi kurang", "Kunjungan puskesmas"}
    answer = sent(desk, rows)
    assert "0 baris akan berubah, 2 tetap" in answer.content.decode()


def test_changes_are_shown_then_made(desk: Any) -> None:
    rows = exported(desk)
    row = next(row for row in rows if row["title"] == "Balita gizi kurang")
    row |= {"unit": "orang", "keywords": "gizi, balita, wasting", "frequency": "Tahunan"}
    new = dict.fromkeys(row, "") | {
        "title": "Ibu hamil KEK", "description": "Per kabupaten", "producer": "dinkes", "topic": "Kesehatan", "kind": "statistical",
        "frequency": "yearly", "coverage": "52", "licence": "CC-BY-4.0", "access": "open",
    }  # fmt: skip
    page = sent(desk, [*rows, new]).content.decode()
    assert "2 baris akan berubah, 1 tetap" in page
    assert not DataSet.objects.filter(title="Ibu hamil KEK").exists()
    desk.post(ADDRESS, {"act": "apply"})
    changed = DataSet.objects.get(title="Balita gizi kurang")
    assert (changed.unit, sorted(changed.keywords), changed.frequency) == ("orang", ["balita", "gizi", "wasting"], "yearly")
    assert DataSet.objects.get(title="Ibu hamil KEK").stage == "draft"


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("topic", "astrologi", "Baris 2, topic"), ("coverage", "99", "Baris 2, coverage"), ("period_from", "kemarin", "Baris 2, period_from"),
        ("slug", "jalan-rusak", "milik instansi lain"), ("slug", "tidak-ada", "Tidak ada data set"), ("title", "", "Baris 2, title"),
    ],
)  # fmt: skip
def test_one_wrong_cell_keeps_everything_as_it_is(desk: Any, column: str, value: str, said: str) -> None:
    rows = exported(desk)
    rows[1]["unit"] = "orang"
    rows[0][column] = value
    answer = sent(desk, rows)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    desk.post(ADDRESS, {"act": "apply"})
    assert not DataSet.objects.filter(unit="orang").exists()


def test_shared_records_go_the_same_way(desk: Any) -> None:
    address = "/onedata/desk/bulk/variable/"
    row = dict.fromkeys(["code", "name", "owner", "concept", "definition", "value_type", "is_public"], "")
    row |= {
        "name": "Berat badan",
        "owner": "dinkes",
        "concept": "Berat badan",
        "definition": "Tanpa sepatu",
        "value_type": "Bilangan",
        "is_public": "ya",
    }
    page = sent(desk, [row], address).content.decode()
    assert "1 baris akan berubah" in page, page[page.find("summary") : page.find("summary") + 600]
    desk.post(address, {"act": "apply"})
    assert Variable.objects.get().code == "berat-badan"
    assert exported(desk, address)[0]["name"] == "Berat badan"


def test_a_record_is_defined_once_and_used_by_data_sets(desk: Any, client: Any, person: Any, sign_in: Any) -> None:
    desk.post(
        "/onedata/concepts/variable/new/",
        {
            "name": "Tinggi badan",
            "owner": DataSet.objects.first().producer_id,
            "concept": "Tinggi",
            "definition": "cm",
            "value_type": "number",
            "is_public": "on",
        },
    )
    variable = Variable.objects.get()
    assert not variable.is_public  # until the Walidata opens it
    Variable.objects.update(is_public=True)
    found = DataSet.objects.get(title="Balita gizi kurang")
    found.variables.add(variable)
    DataSet.objects.filter(pk=found.pk).update(stage="published", published_at=found.created_at)
    page = client.get(variable.get_absolute_url()).content.decode()
    assert "Balita gizi kurang" in page
    other = sign_in(person("producer", agency="pupr"))
    assert other.post(f"/onedata/concepts/variable/{variable.code}/edit/", {"name": "x"}).status_code == 403
    Variable.objects.update(is_public=False)
    assert client.get(variable.get_absolute_url()).status_code == 404


def test_a_copy_begins_with_the_same_description(desk: Any) -> None:
    found = DataSet.objects.get(title="Balita gizi kurang")
    answer = desk.post(f"/onedata/desk/{found.slug}/clone/")
    copy = DataSet.objects.get(slug=answer["Location"].split("/")[3])
    assert copy.title == "Balita gizi kurang (salinan)"
    assert (copy.keywords, copy.frequency, copy.stage, copy.current) == (found.keywords, "monthly", "draft", None)
