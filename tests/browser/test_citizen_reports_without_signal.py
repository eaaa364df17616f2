"""A report written without signal waits on the phone, survives the closed tab, and is sent once."""

import re
import time

from playwright.sync_api import expect

from tests.browser.test_citizen_reports_and_reads_the_answer import photo


def kept_page(visit):
    """A phone that had signal once, and then has none."""
    page = visit("/care/new/", phone=True)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # the worker has kept the page when it is active
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    return page


def write(page, text: str) -> None:
    page.get_by_label("Tentang apa?").select_option(label="Jembatan rusak")
    page.get_by_label("Apa yang terjadi?").fill(text)
    page.get_by_label("Kecamatan").select_option(label="Taliwang")
    page.set_input_files("[name=photos]", photo())
    page.get_by_role("button", name="Simpan dan kirim").click()


def test_it_waits_and_is_sent_when_the_signal_comes_back(visit) -> None:
    page = kept_page(visit)
    marked = f"Jembatan gantung putus {time.time_ns() % 100000}."
    page.context.set_offline(True)
    page.goto("/care/new/")
    write(page, marked)
    expect(page.get_by_text("menunggu sinyal")).to_be_visible()
    page.close()
    page = page.context.new_page()
    page.goto("/care/new/")  # still no signal, and the tab was closed
    expect(page.get_by_text("menunggu sinyal")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("terkirim", exact=True)).to_be_visible(timeout=20_000)
    code, pin = page.locator("[data-code]").inner_text(), page.locator("[data-pin]").inner_text()
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}", code)

    reader = visit("/care/track/", phone=True)
    reader.get_by_label("Kode laporan").fill(code)
    reader.get_by_label("PIN").fill(pin)
    reader.get_by_role("button", name="Tampilkan laporan").click()
    expect(reader.get_by_text(marked)).to_be_visible()
    expect(reader.get_by_role("img", name="Foto 1 dari laporan")).to_be_visible()


def test_what_was_typed_goes_along_where_the_signal_ends_in_between(visit) -> None:
    page = kept_page(visit)
    page.get_by_label(re.compile("^Sampah dan lingkungan")).check()
    page.get_by_label("Apa yang terjadi?").fill("Sampah menumpuk di tepi sungai.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Lanjut: tempat").click()
    expect(page.get_by_role("heading", name="Lapor tanpa sinyal")).to_be_visible()
    expect(page.get_by_label("Apa yang terjadi?")).to_have_value("Sampah menumpuk di tepi sungai.")
