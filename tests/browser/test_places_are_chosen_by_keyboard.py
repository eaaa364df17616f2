"""A place typed into a list by keyboard stays what was typed: only the lists below are exchanged."""

import re

import pytest


def type_into(page, selector: str, text: str) -> str:
    page.focus(selector)
    page.keyboard.type(text, delay=90)
    page.wait_for_timeout(1200)
    return page.locator(f"{selector} option:checked").inner_text()


@pytest.mark.parametrize("name", ["Kabupaten Sumbawa Barat", "Kabupaten Lombok Utara", "Kota Bima"])
def test_in_the_report(name: str, visit) -> None:
    page = visit("/care/new/", phone=True)
    page.locator("input[name=category]").last.check(force=True)
    page.wait_for_timeout(400)
    page.fill("#id_description", "Lampu taman mati sejak minggu lalu.")
    page.get_by_role("button", name=re.compile("^(Lanjut|Berikut)")).click()
    page.wait_for_url("**/where/**")
    assert type_into(page, "#id_regency", name) == name
    page.wait_for_selector("#id_district option:nth-child(2)", state="attached")
    second = page.locator("#id_district option").nth(2).inner_text()
    assert type_into(page, "#id_district", second) == second
    page.wait_for_selector("#id_village option:nth-child(2)", state="attached")
    assert page.locator("#id_regency option:checked").inner_text() == name, "the list above was left alone"


@pytest.mark.parametrize(("path", "who"), [("/care/desk/new/", "petugas.pupr"), ("/care/desk/rules/", "koordinator")])
def test_on_the_desk(path: str, who: str, visit) -> None:
    page = visit(path, who=who)
    assert type_into(page, "#id_regency", "Kabupaten Sumbawa Barat") == "Kabupaten Sumbawa Barat"


def test_in_the_filters(visit) -> None:
    page = visit("/care/")
    for details in page.locator("details:has(#f-regency)").all():
        details.evaluate("one => one.open = true")
    assert type_into(page, "#f-regency", "Kabupaten Sumbawa Barat") == "Kabupaten Sumbawa Barat"
    page.wait_for_selector("#f-district option:nth-child(2)", state="attached")
