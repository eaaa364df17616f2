"""Every spreadsheet of the house that can be sent back: sent back unchanged, it changes nothing."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from ntbportal.commons.spreadsheets import csv_lines, harmless, restored
from onedata.models import RECORDS, CodeList, CodeProposal

pytestmark = pytest.mark.django_db
EVIL = ["=1+1", "Data UMKM;=cmd|'/C calc'!A0;x", 'a;"@SUM(1)', "-2+3", "+62 812 3456", "'=sudah", "x\ty\t=1", "x|-2+3+cmd|' /C calc'!A0"]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.fixture
def walidata(person: Any, sign_in: Any) -> Any:
    return sign_in(person("walidata", agency="diskominfotik"))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("slug", ["jenjang-pendidikan", "kecamatan", "kabupaten-kota"])
def test_a_code_list(walidata: Any, slug: str, kind: str, language: str) -> None:
    code_list = CodeList.objects.get(slug=slug)
    first = code_list.codes.current().order_by("code").first()
    type(first).objects.filter(pk=first.pk).update(label="=Nama;@aneh", description="a;=1", valid_from=date(2026, 1, 31))
    prefix = "/en" if language == "en" else ""
    content = body_of(walidata.get(f"{prefix}/onedata/reference/{slug}/?export={kind}"))
    walidata.post(
        f"/onedata/reference/{slug}/propose/",
        {"file": SimpleUploadedFile(f"kode.{kind}", content), "whole": "whole", "label": "2", "reason": "x"},
    )
    proposal = CodeProposal.objects.latest("pk")
    assert proposal.changes == []
    assert proposal.unchanged == code_list.codes.current().count()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["datasets", *RECORDS])
def test_descriptions_of_many(walidata: Any, data_set: Any, name: str, kind: str) -> None:
    from onedata.models import Activity, Indicator, Variable

    found = data_set("=Judul; @aneh", keywords=["a", "b"], concept="-5 persen", description="Satu;=2\nDua, -3")
    Variable.objects.create(code="v", name="+Tinggi", owner=found.producer, concept="=1", definition="a;=b")
    Indicator.objects.create(code="i", name="@Indikator", owner=found.producer, concept="x", definition="y")
    Activity.objects.create(code="a", name="-Kegiatan", owner=found.producer, year=2026)
    address = f"/onedata/desk/bulk/{name}/"
    content = body_of(walidata.get(f"{address}?export={kind}"))
    answer = walidata.post(address, {"file": SimpleUploadedFile(f"t.{kind}", content)})
    trial = answer.context["trial"]
    assert (trial.changes, trial.errors, trial.unchanged) == ([], [], 1)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_of_data(data_set: Any, upload: Any, person: Any, client: Any, kind: str) -> None:
    from onedata.differences import compare
    from onedata.workflow import publish, submit
    from tests.onedata.tables import parquet

    found = data_set()
    table = parquet(
        "SELECT * FROM (VALUES ('52010', 1.234, DATE '2026-01-31', true, TIMESTAMP '2026-01-31 08:30:00', 5, '1.500'), "
        "('00012', -13.125, NULL, false, TIMESTAMP '2026-01-31 09:30:00', 7, 'dua;tiga')) t(kode, rasio, hari, ya, saat, jumlah, teks)"
    )
    before = upload(found, table, "t.parquet")
    publish(submit(found, person("producer", agency="dinkes")), person("walidata"))
    content = body_of(client.get(f"/onedata/datasets/{found.slug}/v1.{kind}"))
    found.refresh_from_db()
    after = upload(found, content, f"t.{kind}")
    difference = compare(found, before, after)
    assert (difference.added, difference.removed, difference.changed, difference.types_changed) == (0, 0, 0, [])


def test_tables_of_the_admin_pages(admin_client_of: Any) -> None:
    from django.contrib import admin
    from import_export.admin import ImportExportModelAdmin

    from ntbportal.commons.admin_tables import TableAdmin
    from onedata.models import Synonym

    pages = [one for one in admin.site._registry.values() if isinstance(one, ImportExportModelAdmin)]
    assert pages
    assert all(isinstance(one, TableAdmin) for one in pages)  # none with the package's own, which lets formulas out
    Synonym.objects.create(words=["=cmd|'/C calc'!A0", "biasa;=1"])
    page = admin.site._registry[Synonym]
    resource = page.get_export_resource_classes(None)[0]()
    dataset = resource.export()
    assert not any(str(cell).startswith("=") or ";=" in str(cell) for row in dataset for cell in row)
    again = page.get_import_resource_classes(None)[0]().import_data(dataset, dry_run=True, raise_errors=True)
    assert again.totals["update"] == 0
    assert again.totals["skip"] + again.totals["new"] >= 0


@pytest.fixture
def admin_client_of(db: None) -> None:
    return None


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("splitting", [",", ";", "\t", "|"])
def test_no_formula_leaves_wherever_a_program_splits(evil: str, splitting: str) -> None:
    text = "".join(csv_lines(["satu", "dua"], [["biasa", evil], [evil, "x"]])).removeprefix("\ufeff")
    for row in csv.reader(io.StringIO(text), delimiter=splitting):
        for cell in row:
            assert not re.match(r'[ "]*[=@]|[ "]*[+\-].*[(|!]', cell), (splitting, cell)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(list("=+-@'\"; ,\t|\nax1(!")), max_size=14))
def test_what_is_made_harmless_comes_back_as_it_was(text: str) -> None:
    assert restored(harmless(text)) == text or harmless(text) == text
    assert not re.match(r"[=@]", str(harmless(text)))


def test_headings_in_either_language_mean_the_same() -> None:
    from onedata.codes import TITLES, fields_of

    for language in ("id", "en"):
        with translation.override(language):
            assert fields_of([str(title) for title in TITLES.values()]) == list(TITLES)
    assert fields_of(["kode", "uraian"]) == ["code", "label"]
    assert fields_of(["kode", "nama", "uraian"]) == ["code", "label", "description"]
