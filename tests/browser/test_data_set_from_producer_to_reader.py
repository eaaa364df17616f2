import time

import pytest
from playwright.sync_api import expect

FAULTY = b"kode_wilayah,tahun,nilai\n" + b"".join(b"52.0%d,2025,%d\n" % (n % 8 + 1, n) for n in range(400)) + b"52.99,2025,8\n"
GOOD = FAULTY.replace(b"52.99", b"52.07")


def file(content: bytes) -> dict:
    return {"name": "stunting.csv", "mimeType": "text/csv", "buffer": content}


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
def test_upload_return_correct_publish_find_read_download(visit, phone: bool) -> None:
    title = f"Uji stunting {time.time_ns() % 1000000}"
    producer = visit("/onedata/desk/new/", who="produsen", phone=phone)
    producer.get_by_label("Judul", exact=True).fill(title)
    producer.get_by_label("Uraian", exact=True).fill("Hasil bulan timbang menurut kabupaten.")
    producer.get_by_label("Topik").select_option("health")
    producer.set_input_files("[name=file]", file(FAULTY))
    producer.get_by_role("button", name="Simpan").click()
    # the checks run in the worker; the page follows them and shows the result by itself
    expect(producer.get_by_text("“52.99” tidak ada dalam daftar kode wilayah")).to_be_visible(timeout=20_000)
    producer.get_by_role("button", name="Ajukan ke Walidata").click()
    expect(producer.get_by_text("Selesai: Diajukan.")).to_be_visible()

    walidata = visit("/onedata/desk/", who="walidata", phone=phone)
    walidata.get_by_role("link", name=title).click()
    walidata.get_by_label("Catatan").fill("Kode 52.99 tidak ada, mohon perbaiki.")
    walidata.get_by_role("button", name="Kembalikan ke produsen").click()
    expect(walidata.get_by_text("Selesai: Dikembalikan.")).to_be_visible()

    producer.reload()
    expect(producer.get_by_text("Kode 52.99 tidak ada, mohon perbaiki.")).to_be_visible()
    producer.set_input_files("[name=file]", file(GOOD))
    producer.get_by_role("button", name="Unggah").click()
    expect(producer.get_by_text("“52.99” tidak ada dalam daftar kode wilayah")).to_have_count(0, timeout=20_000)
    expect(producer.get_by_text("Pemeriksaan: ")).to_be_visible(timeout=20_000)
    producer.get_by_role("button", name="Ajukan ke Walidata").click()
    expect(producer.get_by_text("Selesai: Diajukan.")).to_be_visible()

    walidata.reload()
    walidata.get_by_role("button", name="Terbitkan").click()
    expect(walidata.get_by_text("Selesai: Terbit.")).to_be_visible()

    reader = visit("/onedata/", phone=phone)
    reader.get_by_label("Cari data set").fill(title.replace("stunting", "stuntng"))
    reader.get_by_role("button", name="Cari").click()
    reader.get_by_role("link", name=title).click()
    reader.wait_for_url("**/onedata/datasets/**")
    expect(reader.locator("#rows [role=status]")).to_contain_text("401 baris")
    reader.get_by_label("Teks atau angka").fill("52.08")
    reader.locator("#rows").get_by_role("button", name="Tampilkan").click()
    expect(reader.locator("#rows [role=status]")).to_contain_text("50 baris")
    reader.get_by_text("Kelompokkan dan jumlahkan").click()
    reader.get_by_label("Teks atau angka").fill("")
    reader.get_by_label("Menurut", exact=True).select_option("kode_wilayah")
    reader.get_by_label("tampilkan", exact=True).select_option("sum")
    reader.get_by_label("dari", exact=True).select_option("nilai")
    reader.locator("#rows").get_by_role("button", name="Tampilkan").click()
    expect(reader.locator("#rows [role=status]")).to_contain_text("8 kelompok")
    expect(reader.locator("#rows")).to_contain_text("sum_nilai")
    reader.get_by_role("link", name="hapus saringan").click()
    expect(reader.locator("#rows [role=status]")).to_contain_text("401 baris")
    with reader.expect_download() as started:
        reader.locator("a.btn", has_text="CSV").click()
    with open(started.value.path(), encoding="utf-8-sig") as downloaded:
        assert len(downloaded.read().splitlines()) == 402
    reader.get_by_role("link", name="Baca laporan mutu").click()
    expect(reader.get_by_role("heading", name="Laporan mutu")).to_be_visible()
