import io
import json

import duckdb
import pytest
from django.utils import timezone
from openpyxl import load_workbook


@pytest.fixture
def table(data_set, upload, client):
    lines = ["kode,nama tempat,nilai"] + [f"K{n:03},{'Desa' if n % 2 else 'Kota'} {n},{n * 3 % 101}" for n in range(60)]
    found = data_set()
    version = upload(found, "\n".join(lines) + '\n=cmd(),"Tanda ""kutip""",5\n')
    found.current, found.stage, found.published_at = version, "published", timezone.now()
    found.save()
    version.published_at = timezone.now()
    version.save()

    def page(query: str = "") -> str:
        return client.get(f"/onedata/datasets/{found.slug}/{query}").content.decode()

    page.slug = found.slug
    return page


@pytest.mark.django_db
def test_pages_sort_and_filter(table) -> None:
    first = table()
    assert "K000" in first
    assert "Halaman 1 dari 3" in first
    assert "K059" in table("?page=3")
    assert "K059" in table("?sort=-kode")
    desa = table("?column=nama+tempat&contains=desa")
    assert "30 baris" in desa
    assert "Kota 2<" not in desa
    assert "1 baris" in table("?contains=kutip")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?sort=evil", "?sort=%22;DROP", "?column=x&contains=%27", "?page=999999", "?page=x", "?contains=%25%27%22"]
)
def test_odd_questions_break_nothing(table, client, query: str) -> None:
    assert client.get(f"/onedata/datasets/{table.slug}/{query}").status_code == 200


@pytest.mark.django_db
def test_the_same_rows_in_every_format(table, client) -> None:
    base = f"/onedata/datasets/{table.slug}/v1"
    csv_text = b"".join(client.get(f"{base}.csv").streaming_content).decode("utf-8-sig")
    assert len(csv_text.splitlines()) == 62
    assert "'=cmd()" in csv_text  # harmless in a spreadsheet
    rows = json.loads(b"".join(client.get(f"{base}.json").streaming_content))
    assert len(rows) == 61
    assert rows[1] == {"kode": "K001", "nama tempat": "Desa 1", "nilai": 3}
    sheet = load_workbook(io.BytesIO(b"".join(client.get(f"{base}.xlsx").streaming_content))).active
    assert sheet.max_row == 62
    parquet = b"".join(client.get(f"{base}.parquet").streaming_content)
    assert parquet[:4] == b"PAR1"


@pytest.mark.django_db
def test_filtered_rows_are_downloaded_filtered(table, client) -> None:
    text = b"".join(client.get(f"/onedata/datasets/{table.slug}/v1.csv?contains=desa").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 31


@pytest.mark.django_db
def test_the_parquet_opens_elsewhere(table, client, tmp_path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"".join(client.get(f"/onedata/datasets/{table.slug}/v1.parquet").streaming_content))
    assert duckdb.sql(f"SELECT sum(nilai) FROM '{path}'").fetchall()[0][0] == sum(n * 3 % 101 for n in range(60)) + 5
