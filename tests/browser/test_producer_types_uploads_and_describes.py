"""What is typed is kept, a large file survives a broken line, columns are described: as a producer does it."""

import time

import pytest
from playwright.sync_api import expect

ROWS = 300_000
LARGE = b"kode_wilayah,tahun,nilai,catatan\n" + b"".join(
    b"52.0%d,2025,%d,catatan ke-%d yang panjang\n" % (n % 8 + 1, n, n) for n in range(ROWS)
)


# Each on a data set of its own: what is typed is kept by person and form, and other workers sign in as the same producer.
@pytest.mark.parametrize(
    ("phone", "slug"),
    [(True, "cakupan-imunisasi-dasar-lengkap-contoh"), (False, "kasus-demam-berdarah-contoh")],
    ids=["360", "1280"],
)
def test_what_is_typed_is_measured_and_kept(visit, phone: bool, slug: str) -> None:
    page = visit(f"/onedata/desk/{slug}/edit/", who="produsen", phone=phone)
    stored = page.get_by_label("Judul", exact=True).input_value()
    title = f"Balita gizi kurang menurut desa {time.time_ns() % 100000}"
    page.get_by_label("Satuan").fill("")
    page.get_by_label("Judul", exact=True).fill(title)
    page.get_by_label("Konsep").press_sequentially(" gizi")
    expect(page.get_by_text("Yang Anda ketik tersimpan pukul")).to_be_visible(timeout=10_000)
    before = page.locator("#meter progress").get_attribute("value")
    page.get_by_label("Satuan").press_sequentially("orang")
    expect(page.locator("#meter progress")).not_to_have_attribute("value", before, timeout=10_000)
    page.goto(f"/onedata/desk/{slug}/edit/")
    expect(page.get_by_label("Judul", exact=True)).to_have_value(title)
    expect(page.get_by_label("Satuan")).to_have_value("orang")
    page.get_by_role("button", name="Buang").click()
    expect(page.get_by_label("Judul", exact=True)).to_have_value(stored)


def test_a_large_file_over_a_line_that_breaks(visit) -> None:
    assert len(LARGE) > 9_000_000
    page = visit("/onedata/desk/new/", who="produsen")
    title = f"Data besar {time.time_ns() % 100000}"
    page.get_by_label("Judul", exact=True).fill(title)
    page.get_by_label("Uraian", exact=True).fill("Satu baris per desa.")
    page.get_by_label("Topik").select_option("health")
    broken = []

    def break_once(route) -> None:
        if route.request.method == "PATCH" and route.request.headers.get("upload-offset") != "0" and not broken:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    # before the navigation: Chromium sometimes lets everything through where the interception is switched on in the midst of one
    page.route("**/upload/parts/**", break_once)
    page.get_by_role("button", name="Simpan").click()
    # before the scripts are there the form is sent as a whole, which is another test's matter
    page.get_by_role("button", name="Unggah").wait_for()
    page.wait_for_load_state("load")
    page.wait_for_function("window.tus !== undefined")
    page.set_input_files("[name=file]", {"name": "besar.csv", "mimeType": "text/csv", "buffer": LARGE})
    page.get_by_role("button", name="Unggah").click()
    expect(page.get_by_text("Pemeriksaan: ")).to_be_visible(timeout=60_000)
    assert broken, "the second part was to break"
    expect(page.locator("dl.facts").first).to_contain_text("300.000")

    page.get_by_role("link", name="Uraikan kolom").click()
    page.locator("summary", has_text="nilai").click()
    page.get_by_label("Satuan").nth(2).fill("orang")
    page.get_by_label("Nilai terbesar").nth(2).fill("299.998".replace(".", ""))
    page.get_by_role("button", name="Simpan dan periksa lagi").click()
    expect(page.get_by_text("lebih besar daripada yang dibolehkan skema")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
def test_somebody_asks_for_data_and_is_answered(visit, phone: bool) -> None:
    title = f"Jumlah perahu per desa {time.time_ns() % 100000}"
    citizen = visit("/onedata/requests/new/", phone=phone)
    citizen.get_by_label("Data yang diperlukan").fill(title)
    citizen.get_by_label("Tujuan").fill("Skripsi")
    citizen.locator("[name=requester_email]").fill("mahasiswa@example.org")
    citizen.get_by_role("button", name="Kirim permohonan").click()
    expect(citizen.get_by_text("Permohonan Anda kami terima")).to_be_visible()
    walidata = visit("/onedata/desk/requests/", who="walidata", phone=phone)
    walidata.get_by_role("link", name=title).click()
    walidata.get_by_label("Jawaban atau alasan").fill("Data sudah terbit.")
    walidata.get_by_role("button", name="Diberikan").click()
    expect(walidata.get_by_text("Tersimpan; pemohon telah diberi tahu.")).to_be_visible()
    citizen.reload()
    expect(citizen.get_by_text("Data sudah terbit.")).to_be_visible()
