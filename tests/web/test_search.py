"""Searching: words, chips, suggestions, pictures, and where the list ends."""

from __future__ import annotations

import base64
import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, Route, expect
from tests.web.conftest import Look, Served, by_date, shown

from mindseye.testing.encoder import COLOURS

_DROP = """([encoded, kind]) => {
    const bytes = Uint8Array.from(atob(encoded), character => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'found.png', { type: 'image/png' }));
    const said = { bubbles: true, cancelable: true };
    if (kind === 'paste')
        dispatchEvent(new ClipboardEvent('paste', { ...said, clipboardData: transfer }));
    else for (const name of ['dragenter', 'dragover', 'drop'])
        dispatchEvent(new DragEvent(name, { ...said, dataTransfer: transfer }));
}"""


def _painted(colour: str) -> str:
    """A picture of a colour, as a page can be given it."""
    buffer = BytesIO()
    Image.new("RGB", (40, 30), COLOURS[colour][0]).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def _search(page: Page, words: str) -> None:
    page.get_by_label("Search photos").fill(words)
    page.keyboard.press("Enter")


def _tiles(page: Page) -> list[int]:
    found = "tiles => tiles.map(tile => [Number(tile.dataset.place), Number(tile.dataset.photo)])"
    placed = page.locator(".tile").evaluate_all(found)
    return [photo for _, photo in sorted(placed)]


def _chips(page: Page) -> list[str]:
    return page.locator(".field-chips .chip").all_inner_texts()


def test_words_find_photos_and_weaker_matches_stand_below_a_line(
    served: Served, look: Look
) -> None:
    page = look(served)
    _search(page, "red")
    expect(page.locator(".results-said")).to_contain_text("photos")
    wanted = served.ids("red")
    assert _tiles(page)[: len(wanted)] == wanted
    expect(page).to_have_url(re.compile(r"/\?q=red$"))
    expect(page.locator(".grid-head").first).to_contain_text("Weaker matches below")
    page.go_back()
    expect(page.locator(".field-chips .chip")).to_have_count(0)
    expect(page.locator(".grid-head").first).to_contain_text("June 2025")


def test_what_is_typed_while_photos_are_loaded_is_kept(served: Served, look: Look) -> None:
    page = look(served)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/v1/search*", hold)
    with page.expect_request("**/api/v1/search*"):
        page.goto("/?q=blue")
    page.get_by_label("Search photos").fill("red")
    for route in held:
        route.continue_()
    expect(page.locator(".field-chips .chip")).to_have_count(1)
    expect(page.get_by_label("Search photos")).to_have_value("red")


def test_chips_say_what_was_understood_and_can_be_taken_away(served: Served, look: Look) -> None:
    page = look(served, "/?q=red - blue date:2024")
    expect(page.locator(".field-chips .chip")).to_have_count(3)
    assert _chips(page) == ["red", "not blue", "date:2024"]
    page.get_by_role("button", name="Remove not blue").click()
    expect(page.locator(".field-chips .chip")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"q=red\+date%3A2024"))
    page.get_by_label("Search photos").focus()
    page.keyboard.press("Backspace")
    expect(page.get_by_label("Search photos")).to_have_value("date:2024 ")


def test_more_words_become_another_chip(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    expect(page.locator(".chip")).to_have_count(1)
    _search(page, "-blue")
    expect(page.locator(".chip.away")).to_have_text("not blue")
    expect(page).to_have_url(re.compile(r"q=red\+-\+blue"))


def test_a_chip_is_given_weight_and_turned_into_its_opposite(served: Served, look: Look) -> None:
    page = look(served, "/?q=red %2B blue")
    page.get_by_role("button", name="blue", exact=True).click()
    page.get_by_role("slider", name=re.compile("Counts")).fill("2")
    page.get_by_label("Not this: push it away").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip.away")).to_have_text("not 2 × blue")


def test_filters_alone_stand_by_month(served: Served, look: Look) -> None:
    page = look(served, "/?q=date:2024")
    expect(page.locator(".grid-head").first).to_contain_text("December 2024")
    expect(page.locator(".results-said")).to_contain_text(f"{len(served.ids('date:2024'))} photos")
    expect(page.get_by_role("group", name="Order")).to_have_count(0)


def test_what_is_found_can_be_put_in_order_of_time(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    page.get_by_role("button", name="Date").first.click()
    expect(page.locator(".grid-head").first).to_contain_text("2025")
    seen = _tiles(page)
    newest = [photo.id for photo in by_date(served) if photo.id in served.ids("red")]
    assert seen == newest[: len(seen)]


def test_a_query_that_is_wrong_is_explained_and_can_be_corrected(
    served: Served, look: Look
) -> None:
    page = look(served)
    shown(page)
    _search(page, "camra:leica")
    expect(page.get_by_role("alert")).to_contain_text("camra")
    field = page.get_by_label("Search photos")
    expect(field).to_have_value("camra:leica")
    expect(field).to_have_attribute("aria-invalid", "true")
    look.troubles.clear()  # type: ignore[attr-defined] - the browser logs the answer 400
    field.fill("red")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text("red")


def test_where_nothing_is_found_filters_can_be_given_up(served: Served, look: Look) -> None:
    page = look(served, '/?q=red camera:"Pinhole 3" date:1950')
    offer = page.locator(".relaxing")
    expect(offer.get_by_role("button")).to_have_count(2)
    expect(offer).not_to_contain_text("Without camera")
    less = offer.get_by_role("button", name=re.compile("Without date:1950"))
    photos = len(served.ids('red camera:"Pinhole 3"'))
    expect(less).to_contain_text(f"{photos} photos")
    less.click()
    expect(page.locator(".results-said")).to_contain_text(f"{photos} photos")
    expect(page.locator(".field-chips .chip")).to_have_count(2)


def test_suggestions_complete_filters_with_counts(served: Served, look: Look) -> None:
    page = look(served)
    page.get_by_label("Search photos").click()
    page.keyboard.type("camera:pin")
    option = page.get_by_role("option", name=re.compile("Pinhole 3"))
    expect(option).to_contain_text(str(len(served.ids('camera:"Pinhole 3"'))))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chip.filter")).to_contain_text("Pinhole 3")


def test_results_are_narrowed_by_what_they_have(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    page.get_by_role("button", name="Camera", exact=True).click()
    page.get_by_role("button", name=re.compile("Pinhole 3")).click()
    expect(page.locator(".chip")).to_have_count(2)
    assert set(served.ids('red camera:"Pinhole 3"')) <= set(_tiles(page))


def test_what_a_picture_finds_is_narrowed_too(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    page.evaluate(_DROP, [_painted("green"), "drop"])
    expect(page.locator(".chip img")).to_have_count(1)
    page.get_by_role("button", name="Camera", exact=True).click()
    page.get_by_role("button", name=re.compile("Pinhole 3")).click()
    expect(page.locator(".chip.filter")).to_contain_text("Pinhole 3")
    expect(page.locator(".chip img")).to_have_count(1)
    assert _tiles(page)[:4] == served.ids('green camera:"Pinhole 3"')[:4]


def test_a_picture_that_is_dropped_or_pasted_is_searched_by(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    for colour, kind in (("green", "drop"), ("blue", "paste")):
        page.evaluate(_DROP, [_painted(colour), kind])
        expect(page.locator(".chip img")).to_have_count(1)
        expect(page.locator(".results-said")).to_contain_text("photos")
        assert _tiles(page)[:4] == served.ids(colour)[:4]
        page.get_by_role("button", name="Clear the search").click()
        expect(page.locator(".chip")).to_have_count(0)


def test_more_like_a_photo_and_not_like_another(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    shown(page)
    page.locator(".tile[data-place='0']").click()
    page.keyboard.press("s")
    expect(page.locator(".chip img")).to_have_count(1)
    expect(page).to_have_url(re.compile("like="))
    assert set(_tiles(page)[:5]) <= set(served.ids("red"))


def test_why_a_photo_was_found_is_said(served: Served, look: Look) -> None:
    page = look(served, "/?q=red date:2024")
    shown(page)
    page.locator(".tile[data-place='0']").click()
    page.keyboard.press("i")
    reasons = page.locator(".reason")
    expect(reasons.first).to_contain_text("red")
    expect(reasons.last).to_contain_text("2024")


def test_a_search_is_saved_as_an_album(own: Served, look: Look) -> None:
    page = look(own, "/?q=red")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Name").fill("Everything red")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("It stands with the albums.")).to_be_visible()
    assert own.library.store.albums.get("Everything red").search == "red"
