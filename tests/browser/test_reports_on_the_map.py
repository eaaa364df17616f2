"""A reader looks at the map of reports, comes closer and opens one; a reporter shows the place on the map."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("phone", [True, False])
def test_reader_comes_closer_and_opens_a_report(visit: Callable[..., Page], phone: bool) -> None:
    page = visit("/care/?view=map", phone=phone)
    page.locator(".map").scroll_into_view_if_needed()
    dots = page.locator(".map .dot")
    expect(dots.first).to_be_visible()
    expect(page.locator("#map-list li").first).to_be_visible()
    for _step in range(9):
        if page.locator(".leaflet-popup a").count():
            break
        shown = page.locator(".map").get_attribute("data-shown")
        dots.first.dispatch_event("click")
        page.wait_for_function(
            "old => document.querySelector('.map').dataset.shown !== old || document.querySelector('.leaflet-popup a')", arg=shown
        )
        page.wait_for_timeout(300)
    page.locator(".leaflet-popup a").first.click()
    expect(page.get_by_role("heading", name="Yang sudah terjadi")).to_be_visible()


def test_filters_narrow_the_map(visit: Callable[..., Page]) -> None:
    page = visit("/care/?view=map")
    expect(page.locator(".map .dot").first).to_be_visible()
    page.get_by_label("Kabupaten atau kota").select_option("52.07")
    expect(page.get_by_label("Kecamatan")).to_be_visible()  # the districts come by themselves
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url(re.compile("place=52.07"))
    expect(page.locator(".map .dot").first).to_be_visible()
    for place in page.locator("#map-list p.soft").all_text_contents():
        assert place


def test_the_map_is_used_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("/care/?view=map")
    dot = page.locator(".map .dot").first
    expect(dot).to_be_visible()
    assert re.fullmatch(r"\d+ laporan", dot.get_attribute("aria-label") or "")
    shown = page.locator(".map").get_attribute("data-shown")
    dot.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("old => document.querySelector('.map').dataset.shown !== old", arg=shown)


def test_reporter_shows_the_place_on_the_map(visit: Callable[..., Page]) -> None:
    page = visit("/care/new/", phone=True)
    page.get_by_text("Jalan dan jembatan").click()
    page.get_by_label("Apa yang terjadi?").fill("Jembatan kecil di dusun kami putus sejak kemarin.")
    page.get_by_role("button", name="Lanjut").first.click()
    page.wait_for_url("**/care/new/where/**")
    page.get_by_text("Tunjukkan tempatnya di peta").click()
    expect(page.locator(".map path").first).to_be_attached()
    page.wait_for_timeout(300)
    page.locator(".map").click(position={"x": 60, "y": 170})
    expect(page.get_by_label("Kecamatan")).to_be_visible()
    assert page.locator("[name=latitude]").input_value().startswith("-8.")
    assert page.get_by_label("Kabupaten atau kota").input_value().startswith("52.")
