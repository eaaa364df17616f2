import duckdb
import pytest

from onedata.storage import local_path

GOOD = "kode_wilayah,tahun,nilai,catatan\n52.07,2024,12.5,baik\n52.71,2024,9.25,\n52.08,2025,11,sedang\n"


@pytest.mark.django_db
def test_types_are_found_and_codes_stay_text(data_set, upload) -> None:
    version = upload(data_set(), GOOD)
    assert version.state == "ready"
    assert [(column["name"], column["type"]) for column in version.columns] == [
        ("kode_wilayah", "string"), ("tahun", "integer"), ("nilai", "number"), ("catatan", "string"),
    ]  # fmt: skip
    rows = duckdb.sql(f"SELECT * FROM '{local_path(version.parquet)}'").fetchall()
    assert rows == [("52.07", 2024, 12.5, "baik"), ("52.71", 2024, 9.25, None), ("52.08", 2025, 11.0, "sedang")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        ("\ufeffnama;nilai\nDesa Labuhan;1,5\nDesa Baru;2,25\n".encode(), "utf-8-sig", ";"),
        ("nama\tnilai\nKäse\t1,5\nÉta\t2,25\n".encode("cp1252"), "cp1252", "\t"),
        ("nama|nilai\nA|1,5\nB|2,25\n".encode("utf-16"), "utf-16", "|"),
    ],
)
def test_encodings_separators_and_decimal_commas(data_set, upload, content: bytes, encoding: str, separator: str) -> None:
    version = upload(data_set(), content)
    assert version.reading == {"encoding": encoding, "separator": separator}
    values = duckdb.sql(f"SELECT nilai FROM '{local_path(version.parquet)}'").fetchall()
    assert values == [(1.5,), (2.25,)]


@pytest.mark.django_db
def test_thousands_with_points_are_numbers(data_set, upload) -> None:
    version = upload(data_set(), "nama;jumlah\na;1.234,5\nb;12.000\nc;7\nd;1.000.000,25\n")
    assert version.column("jumlah")["type"] == "number"
    values = duckdb.sql(f"SELECT jumlah FROM '{local_path(version.parquet)}'").fetchall()
    assert values == [(1234.5,), (12000.0,), (7.0,), (1000000.25,)]


@pytest.mark.django_db
def test_findings_name_row_and_column_in_plain_words(data_set, upload) -> None:
    lines = ["kode_wilayah,nama,nilai"] + [f"52.0{1 + n % 8},Tempat {n},{n}" for n in range(40)]
    lines[3] = "52.99,Tempat 2,2"  # unknown code in row 3
    lines[5] = "52.05,Tempat 4,banyak"  # not a number in row 5
    lines[8] = lines[7]  # row 8 repeats row 7
    lines[10] = "52.02, Tempat 9,"  # a space and a gap
    version = upload(data_set(), "\n".join(lines) + "\n")
    said = [finding.message for finding in version.report.findings.all()]
    assert "Baris 3, kolom “kode_wilayah”: “52.99” tidak ada dalam daftar kode wilayah." in said
    assert "Baris 5, kolom “nilai”: “banyak” bukan bilangan bulat." in said
    assert "Baris 8 sama dengan baris 7." in said
    assert any("spasi" in text and "baris 10" in text for text in said)
    assert any("1 sel kosong" in text and "baris 10" in text for text in said)
    assert 90 < version.report.score < 100
    assert version.report.dimensions["uniqueness"]["failed"] == 1


@pytest.mark.django_db
def test_a_value_far_from_the_others_is_pointed_out(data_set, upload) -> None:
    lines = ["nama,nilai"] + [f"T{n},{50 + n % 17}" for n in range(60)]
    lines[20] = "T19,9000"
    findings = upload(data_set(), "\n".join(lines) + "\n").report.findings.filter(check_name="far_value")
    assert [(finding.row, finding.value) for finding in findings] == [(20, "9000")]


@pytest.mark.django_db
def test_lines_with_too_few_or_many_cells_are_named_and_the_rest_is_kept(data_set, upload) -> None:
    version = upload(data_set(), "a,b,c\n1,2,3\n4,5\n6,7,8,9\n10,11,12\n")
    assert version.rows == 3  # a short line is kept, its missing cells are empty
    assert version.report.findings.get(check_name="short_rows").row == 3
    assert version.report.findings.get(check_name="lost_row").row == 4
    assert version.losses["rows"] == 1


@pytest.mark.django_db
def test_a_faultless_table_has_full_marks(data_set, upload) -> None:
    version = upload(data_set(), "kode_wilayah,nilai\n52.07,1\n52.08,2\n")
    assert version.report.score == 100
    assert not version.report.findings.exists()


@pytest.mark.django_db
def test_checking_twice_is_checking_once(data_set, upload) -> None:
    from onedata.models import QualityReport
    from onedata.quality.running import check_version

    version = upload(data_set(), GOOD)
    assert not check_version(version.pk)
    assert QualityReport.objects.count() == 1


@pytest.mark.django_db
def test_a_check_broken_off_is_taken_up_again(data_set, upload) -> None:
    """The worker was killed in the middle: the sweeper finds the version still being checked."""
    from onedata.models import DataVersion
    from onedata.quality.running import check_waiting

    version = upload(data_set(), GOOD)
    DataVersion.objects.filter(pk=version.pk).update(state="checking", reading={"claimed": "2020-01-01T00:00:00+00:00"})
    assert check_waiting() == 1
    version.refresh_from_db()
    assert version.state == "ready"
