"""The map of meaning and the map of places."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import WIDTHS, Look, Served, by_date, shown
from tests.web.legible import pale, spilt, unnamed

_LASSO = ((300, 200), (1390, 200), (1390, 790), (300, 790), (300, 200))


def _draw(page: Page) -> None:
    page.mouse.move(*_LASSO[0])
    page.mouse.down()
    for spot in _LASSO[1:]:
        page.mouse.move(*spot, steps=4)
    page.mouse.up()


def test_the_map_shows_every_photo_and_a_lasso_catches_them(own: Served, look: Look) -> None:
    page = look(own, "/map")
    photos = len(by_date(own))
    expect(page.get_by_role("status").first).to_contain_text(f"{photos} photos")
    page.wait_for_selector(".landmark")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Lasso (l)").click()
    _draw(page)
    tray = page.locator(".tray")
    expect(tray).to_contain_text(re.compile(r"\d+ photos"))
    tray.get_by_role("button", name="Save as album").click()
    page.get_by_label("Name").fill("Caught")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It stands with the albums.")).to_be_visible()
    album = own.library.store.albums.get("Caught")
    said = re.search(r"(\d+) photos", tray.inner_text())
    assert said is not None
    picked = {entry.album.name: entry.picked for entry in own.library.status().albums}
    assert picked[album.name] == int(said[1])
    tray.get_by_role("button", name="Open as grid").click()
    shown(page)
    expect(page.locator(".tile").first).to_have_attribute("aria-setsize", said[1])


def test_a_query_lights_its_photos_up_on_the_map(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    page.get_by_role("link", name="Show on map").click()
    said = f"{len(served.ids('red'))} of {len(by_date(served))} photos match “red”"
    expect(page.get_by_role("status").first).to_have_text(said)
    expect(page.get_by_label("What colours stand for")).to_have_value("match")
    page.get_by_label("What colours stand for").select_option("year")
    expect(page.locator(".legend")).to_contain_text("2025")


def test_a_photo_of_the_map_opens_over_it(served: Served, look: Look) -> None:
    page = look(served, "/map")
    page.locator(".landmark").first.click()
    expect(page.locator(".viewer")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/photo/\d+$"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/map$"))
    expect(page.locator(".map")).to_be_visible()


def test_a_photo_is_shown_where_it_lies_on_the_map(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    photo = by_date(served)[3]
    page.locator(".tile[data-place='3']").click()
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile(f"/map.photo={photo.id}$"))
    expect(page.locator(".mark")).to_be_visible()
    page.wait_for_timeout(900)
    mark, whole = page.locator(".mark").bounding_box(), page.locator(".map").bounding_box()
    assert mark is not None
    assert whole is not None
    for start, size in (("x", "width"), ("y", "height")):
        middle = whole[start] + whole[size] / 2
        assert abs(mark[start] + mark[size] / 2 - middle) < 3
    page.goto("/map")
    expect(page.locator(".mark")).to_be_hidden()


def test_a_theme_is_named_flown_to_and_looked_at(served: Served, look: Look) -> None:
    page = look(served, "/map")
    names = page.get_by_role("group", name="Themes").get_by_role("button")
    expect(names.first).to_be_visible()
    expect(page.get_by_label("What colours stand for")).to_have_value("theme")
    name = names.first.inner_text()
    expect(page.locator(".legend")).to_contain_text(name)
    told = page.request.get("/api/v1/themes").json()
    themes = told["meta"]["themes"]
    place = [theme["name"] for theme in themes].index(name)
    names.first.click()
    tray = page.locator(".tray")
    expect(tray.get_by_role("heading")).to_have_text(name)
    expect(tray).to_contain_text(f"{themes[place]['photos']} photos")
    tray.get_by_role("button", name="Open as grid").click()
    shown(page)
    tiles = page.locator(".tile").evaluate_all("tiles => tiles.map(one => +one.dataset.photo)")
    theme_of = dict(zip(told["columns"]["id"], told["columns"]["theme"], strict=True))
    assert {theme_of[photo] for photo in tiles} == {place}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_map_with_its_names_is_legible_and_fits(served: Served, look: Look, width: int) -> None:
    page = look(served, "/map", width=width)
    expect(page.locator(".theme-label:visible").first).to_be_visible()
    assert unnamed(page) == []
    assert pale(page) == []
    assert spilt(page) == []


def test_the_map_is_drawn_without_a_graphics_card_too(served: Served, look: Look) -> None:
    page = look(served, "/map")
    page.wait_for_selector(".landmark")
    painted = """() => { const canvas = document.querySelector('.map canvas');
        const context = canvas.getContext('2d');
        if (!context) return -1;
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, at) => at % 4 === 3 && value).length; }"""
    # A browser without a screen draws by software: the page then draws the dots itself.
    assert page.evaluate(painted) > 20


def test_places_stand_as_stacks_that_open(served: Served, look: Look) -> None:
    page = look(served, "/places")
    stacks = page.locator(".stack")
    placed = len(served.ids("has:gps"))
    assert placed
    expect(page.get_by_role("status").first).to_contain_text(f"{placed} photos on the map")
    expect(stacks.first).to_be_visible()
    page.wait_for_timeout(400)
    counts = [int(text or "1") for text in stacks.all_inner_texts()]
    assert sum(counts) == placed
    page.get_by_role("button", name="Search this area").click()
    expect(page.locator(".chip.filter")).to_contain_text("near:")


def test_photos_without_a_place_are_told_and_found(served: Served, look: Look) -> None:
    page = look(served, "/places")
    page.get_by_role("link", name=re.compile("without a place")).click()
    without = len(served.ids("-has:gps"))
    expect(page.locator(".results-said")).to_contain_text(f"{without} photos")
