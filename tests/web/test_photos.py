"""The grid of photos, the photo over it, and the keys of both."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import WIDTHS, Look, Served, by_date, shown
from tests.web.legible import spilt

_TILES = """() => [...document.querySelectorAll('.tile')].map(tile => [
    Number(tile.dataset.photo), tile.querySelector('img').getAttribute('src')])"""


def _shows_its_own_photos(page: Page) -> int:
    tiles = page.evaluate(_TILES)
    pictured = [(photo, source) for photo, source in tiles if source]
    for photo, source in pictured:
        assert f"/photos/{photo}/thumbnail?" in source
    return len(pictured)


def test_photos_stand_by_month_newest_first(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    photos = by_date(served)
    first = page.locator(".tile[data-place='0']")
    assert first.get_attribute("data-photo") == str(photos[0].id)
    expect(page.locator(".grid-head").first).to_contain_text("June 2025")


def test_every_tile_shows_its_own_photo_wherever_it_is_scrolled(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    for top in (0, 900, 2400, 300, 100_000, 0):
        page.locator(".grid").evaluate(f"grid => grid.scrollTop = {top}")
        page.wait_for_timeout(200)
        assert _shows_its_own_photos(page) > 5


def test_the_last_photo_is_reached_by_end_and_opened_by_enter(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    page.locator(".grid").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    last = by_date(served)[-1]
    expect(page).to_have_url(re.compile(f"/photo/{last.id}$"))


def test_keys_move_select_and_clear(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    page.locator(".grid").focus()
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+X")
    expect(page.locator(".selection")).to_contain_text("3 selected")
    expect(page.locator(".tile[aria-selected='true']")).to_have_count(3)
    page.keyboard.press("Control+a")
    expect(page.locator(".selection")).to_contain_text(f"{len(by_date(served))} selected")
    page.keyboard.press("Escape")
    expect(page.locator(".selection")).to_be_hidden()


def test_a_click_with_shift_selects_up_to_there(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    page.locator(".tile[data-place='1']").hover()
    page.locator(".tile[data-place='1'] .tick").click()
    page.locator(".tile[data-place='5']").click(modifiers=["Shift"])
    expect(page.locator(".selection")).to_contain_text("5 selected")


def test_the_timeline_leads_to_another_month(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    scrub = page.get_by_role("slider", name="Timeline")
    scrub.focus()
    page.keyboard.press("End")
    oldest = by_date(served)[-1].metadata.taken_at
    assert oldest is not None
    expect(scrub).to_have_attribute("aria-valuenow", "100")
    expect(page.locator(".tile.loaded").last).to_be_attached()
    page.keyboard.press("Home")
    expect(scrub).to_have_attribute("aria-valuetext", "June 2025")


def test_a_photo_is_leafed_through_and_closed_where_it_was_opened(
    served: Served, look: Look
) -> None:
    page = look(served)
    shown(page)
    photos = by_date(served)
    page.locator(".tile[data-place='2']").click()
    expect(page.locator(".viewer-count")).to_have_text(f"3 / {len(photos)}")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"/photo/{photos[3].id}$"))
    expect(page.locator(".viewer-picture")).to_have_attribute(
        "src", re.compile(f"/photos/{photos[3].id}/thumbnail.size=1440")
    )
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    page.go_forward()
    expect(page.locator(".viewer")).to_be_visible()
    page.go_back()
    expect(page.locator(".viewer")).to_be_hidden()


def test_the_address_of_a_photo_opens_it(served: Served, look: Look) -> None:
    photo = by_date(served)[7]
    page = look(served, f"/photo/{photo.id}")
    expect(page.locator(".viewer-count")).to_contain_text("8 / ")
    page.get_by_role("button", name="Close (Esc)").click()
    expect(page).to_have_url(re.compile("/$"))
    shown(page)


def test_a_photo_is_looked_at_closely(served: Served, look: Look) -> None:
    page = look(served)
    page.locator(".tile.loaded").first.click()
    page.locator(".viewer-stage").hover()
    page.mouse.wheel(0, -400)
    expect(page.locator(".viewer-stage")).to_have_class(re.compile("zoomed"))
    page.keyboard.press("z")
    expect(page.locator(".viewer-stage")).not_to_have_class(re.compile("zoomed"))


def test_what_is_said_of_a_photo_is_kept(own: Served, look: Look) -> None:
    page = look(own)
    photo = by_date(own)[0]
    page.locator(".tile[data-place='0']").click()
    page.keyboard.press("i")
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text(photo.location.name)
    expect(drawer).to_contain_text("Camera obscura")
    page.get_by_role("button", name="4 stars").click()
    expect(page.locator(".star.lit")).to_have_count(4)
    page.get_by_label("Caption").fill("The first of all")
    page.get_by_label("Add a tag").click()
    page.get_by_label("Add a tag").fill("paint, test")
    page.keyboard.press("Enter")
    expect(drawer.locator(".chip")).to_have_count(2)
    page.locator(".viewer-stage").click()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Favourite (f)")).to_have_attribute(
        "aria-pressed", "true"
    )
    said = own.library.photo(photo.id).metadata
    assert (said.rating, said.favourite, said.caption) == (4, True, "The first of all")
    assert set(said.keywords) == {"paint", "test"}


def test_many_photos_are_tagged_at_once(own: Served, look: Look) -> None:
    page = look(own)
    shown(page)
    page.locator(".grid").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Keywords").fill("pair")
    page.get_by_role("button", name="Tag", exact=True).last.click()
    expect(page.get_by_text("2 photos tagged")).to_be_visible()
    assert len(own.ids("keyword:pair")) == 2


def test_a_slideshow_turns_the_pages_until_it_is_ended(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    page.evaluate("localStorage.setItem('pace', '2')")
    page.reload()
    photos = by_date(served)
    page.locator(".tile[data-place='0']").click()
    page.keyboard.press("p")
    expect(page.get_by_label("How long a photo stands")).to_have_value("2")
    expect(page.locator(".viewer-count")).to_have_text(f"2 / {len(photos)}")
    expect(page.locator(".viewer-count")).to_have_text(f"3 / {len(photos)}")
    page.keyboard.press("Escape")
    expect(page.get_by_label("How long a photo stands")).to_be_hidden()
    expect(page.locator(".viewer")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".viewer")).to_be_hidden()


def test_a_slideshow_begins_again_after_the_last_photo(served: Served, look: Look) -> None:
    last = by_date(served)[-1]
    page = look(served, f"/photo/{last.id}")
    total = len(by_date(served))
    expect(page.locator(".viewer-count")).to_have_text(f"{total} / {total}")
    page.get_by_role("button", name="Slideshow (p)").click()
    page.get_by_label("How long a photo stands").select_option("2")
    expect(page.locator(".viewer-count")).to_have_text(f"1 / {total}")


def test_the_next_photo_comes_by_space_and_one_after_the_other_while_it_is_held(
    served: Served, look: Look
) -> None:
    page = look(served)
    shown(page)
    page.locator(".tile[data-place='0']").click()
    count = page.locator(".viewer-count")
    page.keyboard.press(" ")
    expect(count).to_contain_text("2 /")
    page.keyboard.down(" ")
    expect(count).to_contain_text("3 /")
    page.keyboard.down(" ")  # again without going up is what a key that is held says
    expect(count).to_contain_text("5 /")
    page.keyboard.up(" ")
    at = count.inner_text()
    page.wait_for_timeout(1500)
    assert count.inner_text() == at


def test_keys_of_the_grid_act_on_the_photo_or_on_what_is_selected(own: Served, look: Look) -> None:
    page = look(own)
    shown(page)
    photos = by_date(own)
    page.locator(".grid").focus()
    page.keyboard.press("f")
    expect(page.get_by_text("1 photo marked as favourite")).to_be_visible()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("4")
    expect(page.get_by_text("2 photos rated ★★★★")).to_be_visible()
    assert own.library.photo(photos[0].id).metadata.favourite
    assert [own.library.photo(one.id).metadata.rating for one in photos[:3]] == [4, 4, None]
    page.locator(".grid").focus()
    with page.expect_download() as download:
        page.keyboard.press("Shift+D")
    page.keyboard.press("s")
    expect(page.locator(".chip img")).to_have_count(1)
    assert download.value.suggested_filename.startswith("photo-")


def test_the_search_field_is_reached_by_ctrl_k(served: Served, look: Look) -> None:
    page = look(served, "/albums")
    expect(page.get_by_text("No albums yet")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_label("Search photos")).to_be_focused()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(served: Served, look: Look, width: int) -> None:
    page = look(served, width=width)
    shown(page)
    photo = by_date(served)[0].id
    for path in ("/?q=red", f"/photo/{photo}", "/albums", "/jobs", "/settings", "/map", "/places"):
        page.goto(path)
        page.wait_for_load_state("networkidle") if path != "/map" else None
        assert spilt(page) == [], path


def test_the_theme_is_switched_and_kept(served: Served, look: Look) -> None:
    page = look(served, color_scheme="light")
    shown(page)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.keyboard.press("t")
    dark = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == dark


def test_keys_lead_from_page_to_page(served: Served, look: Look) -> None:
    page = look(served, "/?q=red")
    shown(page)
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("/$"))
    expect(page.locator(".rail [aria-current]")).to_have_text("Photos")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_label("Search photos")).to_be_focused()


def test_dates_are_those_of_the_place_not_of_the_browser(served: Served, look: Look) -> None:
    page = look(served, timezone_id="Pacific/Kiritimati")
    shown(page)
    taken = by_date(served)[0].metadata.taken_at
    assert taken is not None
    said = datetime(taken.year, taken.month, taken.day, tzinfo=UTC).strftime("%-d %B %Y")
    expect(page.locator(".tile[data-place='0']")).to_have_attribute(
        "aria-label", f"Photo, of {said}"
    )
