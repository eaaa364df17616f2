import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("phone", [True, False], ids=["360", "1280"])
def test_from_opening_the_day_to_the_growth_card(visit, phone: bool) -> None:
    page = visit("/posyandu/cadre/", who="kader", phone=phone)
    page.get_by_role("button", name="Buka hari ini").or_(page.get_by_role("link", name="Lanjutkan hari buka hari ini")).click()
    page.get_by_role("link", name="Belum").click()
    page.get_by_label("Umur").select_option("under-five")
    page.get_by_role("button", name="Cari").click()
    first = page.locator(".child-list a").first
    name = first.locator("strong").inner_text()
    first.click()
    page.get_by_label("Berat (kg)").fill("95")
    page.get_by_role("button", name="Simpan dan lihat hasilnya").click()
    expect(page.get_by_role("heading", name="Mohon periksa lagi")).to_be_visible()
    expect(page.get_by_label("Berat (kg)")).to_have_value("95")
    page.get_by_label("Berat (kg)").fill("11,2")
    page.get_by_label("Panjang atau tinggi (cm)").fill("85,5")
    page.get_by_role("button", name="Simpan dan lihat hasilnya").click()
    if page.get_by_role("heading", name="Mohon periksa lagi").is_visible():  # far from this child's last weight
        page.get_by_label("Sudah saya periksa").check()
        page.get_by_role("button", name="Simpan dan lihat hasilnya").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator("svg.kms .kms-child")).to_be_visible()
    expect(page.locator(".verdict b")).to_have_text(_any_of("N", "T", "O", "B"))
    expect(page.get_by_text("Berat menurut umur (BB/U)")).to_be_visible()
    page.get_by_role("link", name="Orang berikutnya").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_label("Nama, nama ibu, atau NIK").fill(name)
    page.get_by_role("button", name="Cari").click()
    expect(page.locator(".child-list, .empty").first).to_be_visible()


def _any_of(*letters: str):
    import re

    return re.compile(f"^({'|'.join(letters)})$")
