"""An officer works the desk without a mouse, with the map beside it, keeps a view, and paints over a face."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image
from playwright.sync_api import Page, expect


def test_keys_move_tick_search_and_open(visit: Callable[..., Page]) -> None:
    page = visit("/care/desk/?queue=all", who="petugas.pupr")
    rows = page.locator("[data-row]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class("row-here")
    page.keyboard.press("x")
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class("row-here")
    page.keyboard.press("?")
    expect(page.locator(".desk-keys")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Kode atau kata")).to_be_focused()
    page.keyboard.press("j")  # typed, not a command
    expect(page.get_by_label("Kode atau kata")).to_have_value("j")
    page.locator("h1").click()
    page.keyboard.press("m")
    page.wait_for_url("**view=split**")
    page.keyboard.press("j")
    code = page.locator("[data-row] [name=picked]").first.input_value()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/care/desk/{code}/")


def test_map_beside_the_desk_and_a_kept_view(visit: Callable[..., Page]) -> None:
    page = visit("/care/desk/?queue=all&view=split", who="petugas.pupr")
    expect(page.locator(".desk-map .dot").first).to_be_visible()
    page.get_by_text("Cari, saring, tampilan tersimpan").click()
    page.get_by_label("Kategori").select_option("jalan")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**category=jalan**")
    page.get_by_label("Simpan tampilan ini sebagai").fill("Jalan saja")
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.get_by_role("link", name="Jalan saja").click()
    page.wait_for_url("**category=jalan**")
    expect(page.locator(".desk-map .dot").first).to_be_visible()


def test_a_face_is_painted_over(visit: Callable[..., Page], portal) -> None:
    page = visit("/care/desk/?queue=all&category=jalan", who="petugas.pupr")
    codes = [one.input_value() for one in page.locator("[data-row] [name=picked]").all()]
    for code in codes:
        page.goto(f"/care/desk/{code}/")
        if page.locator("ul.photos a").count():
            break
    page.locator("ul.photos a").first.click()
    page.wait_for_url("**/photos/*/")
    before = page.locator(".brush img").first.get_attribute("src")
    size = Image.open(io.BytesIO(page.request.get(str(before)).body())).size
    canvas = page.locator(".brush canvas")
    expect(canvas).to_be_visible()
    frame = canvas.bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 40, frame["y"] + 30)
    page.mouse.down()
    page.mouse.move(frame["x"] + 120, frame["y"] + 40, steps=6)
    page.mouse.up()
    page.get_by_role("button", name="Kaburkan").click()
    expect(page.get_by_role("status")).to_be_visible()
    after = page.locator(".brush img").first.get_attribute("src")
    assert after != before
    picture = Image.open(io.BytesIO(page.request.get(str(after)).body()))
    assert picture.size == size
    page.get_by_role("button", name="Kembali ke foto asli").click()
    expect(page.get_by_role("button", name="Kembali ke foto asli")).to_have_count(0)
