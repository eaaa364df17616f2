"""The case of NTB Care from end to end: two browsers, a real worker, no reload of the officer's desk."""

import io
import re
import time

import pytest
from PIL import Image
from playwright.sync_api import expect


def photo() -> dict:
    buffer = io.BytesIO()
    Image.new("RGB", (1200, 900), (90, 90, 95)).save(buffer, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def report(page, text: str, *, category: str = "Jalan dan jembatan", email: str = "") -> tuple[str, str]:
    """Three screens on a phone; returns code and PIN."""
    page.get_by_label(re.compile(f"^{category}")).check()
    page.get_by_label("Apa yang terjadi?").fill(text)
    page.get_by_label("tidak", exact=True).check()
    page.get_by_label("Jalan berlubang atau rusak").check()
    page.get_by_label("Seberapa lebar kerusakannya?").select_option("1 sampai 5 meter")
    expect(page.get_by_label("tidak", exact=True)).to_be_checked()  # what was answered before the finer category stays
    page.set_input_files("[name=photos]", [photo(), photo()])
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Kabupaten atau kota").select_option(label="Kabupaten Sumbawa Barat")
    page.get_by_label("Kecamatan").select_option(label="Taliwang")
    page.get_by_label("Desa atau kelurahan").select_option(index=1)
    page.get_by_label("Tepatnya di mana?").fill("depan pasar")
    page.get_by_role("button", name="Lanjut: kontak").click()
    expect(page.get_by_text(text)).to_be_visible()
    if email:
        page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Kirim laporan").click()
    page.wait_for_url(re.compile("/care/new/thanks/"))
    return page.locator("#case-code").inner_text(), page.locator("#case-pin").inner_text()


@pytest.mark.parametrize("phone_width", [True, False], ids=["360", "1280"])
def test_from_the_citizen_to_the_desk_and_back(visit, phone_width: bool) -> None:
    desk = visit("/care/desk/", who="petugas.pupr", phone=not phone_width)
    marked = f"Jalan amblas dekat pasar {time.time_ns() % 100000}."
    phone = visit("/care/new/", phone=phone_width)
    code, pin = report(phone, marked, email="nurul@example.org")
    started = time.monotonic()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)
    assert re.fullmatch(r"\d{6}", pin)
    # the desk was open all the time and shows the report by itself
    expect(desk.get_by_text(code)).to_be_visible(timeout=6000)
    print(f"on the desk after {time.monotonic() - started:.1f} s")

    desk.locator("tr", has_text=code).get_by_role("link", name="Jalan berlubang").click()
    desk.get_by_role("button", name="Tangani").click()
    expect(desk.get_by_text("Laporan kini Anda tangani.")).to_be_visible()
    desk.get_by_label("Jawaban").fill("Tim kami menambal jalan hari ini.")
    desk.get_by_role("button", name="Kirim jawaban").click()
    expect(desk.get_by_text("Jawaban sudah dikirim.")).to_be_visible()

    reader = visit("/care/track/", phone=phone_width)
    reader.get_by_label("Kode laporan").fill(code.lower())
    reader.get_by_role("button", name="Tampilkan laporan").click()
    expect(reader.get_by_text("Tim kami menambal jalan hari ini.")).to_be_visible()
    expect(reader.get_by_role("img", name="Foto 1 dari laporan")).to_be_visible()

    mail = visit("/demo/mail/")
    for _try in range(20):
        if mail.get_by_text(f"Jawaban atas laporan Anda {code}").count():
            break
        mail.wait_for_timeout(500)
        mail.reload()
    expect(mail.get_by_text(f"Jawaban atas laporan Anda {code}")).to_have_count(1)
    expect(mail.get_by_text(f"Laporan baru {code}")).to_have_count(1)


def test_the_phones_position_fills_the_lists(visit) -> None:
    page = visit("/care/new/", phone=True, geolocation={"latitude": -8.7437, "longitude": 116.8519}, permissions=["geolocation"])
    page.get_by_label(re.compile("^Sampah dan lingkungan")).check()
    page.get_by_label("Apa yang terjadi?").fill("Sampah menumpuk di tepi jalan.")
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_role("button", name="Gunakan posisi saya").click()
    expect(page.get_by_text("Tempat ini di")).to_be_visible()
    expect(page.get_by_label("Kabupaten atau kota")).to_have_value("52.07")
    page.get_by_role("button", name="Lanjut: kontak").click()
    expect(page.get_by_role("button", name="Kirim laporan")).to_be_visible()


def test_without_scripts_it_works_all_the_same(visit) -> None:
    page = visit("/care/new/", phone=True, java_script_enabled=False)
    page.get_by_label(re.compile("^Air bersih")).check()
    page.get_by_label("Apa yang terjadi?").fill("Air tidak mengalir sejak kemarin.")
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Air tidak mengalir", exact=True).check()
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Sejak kapan air tidak mengalir?").fill("2026-11-20")
    page.get_by_role("button", name="Lanjut: tempat").click()
    page.get_by_label("Kabupaten atau kota").select_option(label="Kota Mataram")
    page.get_by_role("button", name="Lanjut: kontak").click()
    page.get_by_label("Kecamatan").select_option(index=1)
    page.get_by_role("button", name="Lanjut: kontak").click()
    page.get_by_label("Desa atau kelurahan").select_option(index=1)
    page.get_by_role("button", name="Lanjut: kontak").click()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.locator("#case-code")).to_be_visible()
