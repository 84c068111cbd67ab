"""What is said of photos in the page: when, where, and written beside them; who may say it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import (
    WIDTHS,
    Look,
    Served,
    _serving,
    _settings,
    by_date,
    cookie_of,
    shown,
    with_accounts,
)
from tests.web.legible import pale, spilt, unnamed

from mindseye.library import Library
from mindseye.media.readers.xmp import read_packet
from mindseye.server.access.roles import Role
from mindseye.types import Album, Edit, Gps, Photo, Place


@pytest.fixture
def copied(painted: Path, tmp_path: Path) -> Iterator[Served]:
    """A library of copies of some photos, beside which may be written."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for path in sorted((painted / "photos").glob("photo-00*.jpg")):
        shutil.copy(path, photos)
    with Library.open(settings=_settings(tmp_path)) as library:
        library.ingest([photos])
    with _serving(_settings(tmp_path)) as served:
        yield served


def opened(served: Served, look: Look, photo: Photo, width: int = 1440, **how: object) -> Page:
    page = look(served, f"/photo/{photo.id}", width, **how)
    expect(page.locator(".viewer-count")).not_to_be_empty()
    if not page.locator(".drawer").is_visible():
        page.keyboard.press("i")
    expect(page.locator(".drawer")).to_contain_text(photo.location.name)
    return page


def refused(look: Look) -> None:
    """A browser writes to the console that a request was refused; here it was meant to be."""
    troubles = look.troubles  # type: ignore[attr-defined]
    troubles[:] = [one for one in troubles if "400" not in one and "422" not in one]


def placed(served: Served) -> Photo:
    return next(photo for photo in by_date(served) if photo.metadata.gps)


def test_a_date_is_said_and_taken_back(own: Served, look: Look) -> None:
    photo = by_date(own)[0]
    page = opened(own, look, photo)
    page.get_by_role("button", name="Edit the date").click()
    date = page.get_by_role("textbox", name="Date")
    expect(date).to_have_value("2025-06-20 12:00:00")
    date.fill("one day in May")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("no date of the calendar")
    refused(look)
    date.fill("1987-06")
    page.keyboard.press("Enter")
    expect(page.locator(".drawer")).to_contain_text("exact to the month")
    taken = own.library.photo(photo.id).metadata
    assert taken.taken_at is not None
    assert (taken.taken_at.year, taken.precision) == (1987, "month")
    page.get_by_role("button", name="Edit the date").click()
    expect(date).to_have_value("1987-06")
    page.get_by_role("dialog", name="When it was taken").get_by_role(
        "button", name="Take back"
    ).click()
    expect(page.locator(".drawer")).to_contain_text("2025")
    assert own.library.photo(photo.id).metadata.taken_at == photo.metadata.taken_at


def test_a_place_is_found_by_its_name_and_set_on_the_map(own: Served, look: Look) -> None:
    photo = by_date(own)[0]
    assert photo.metadata.gps is None
    page = opened(own, look, photo)
    expect(page.locator(".drawer .mini-map")).to_have_count(0)
    page.get_by_role("button", name="Edit the place").click()
    page.get_by_role("combobox", name="Place").fill("京都")
    known = page.locator("#places-found option").first
    expect(known).to_be_attached()
    page.get_by_role("combobox", name="Place").fill(known.get_attribute("value") or "")
    page.wait_for_timeout(400)
    ground = page.locator(".dialog .mini-map")
    ground.click()
    expect(ground.locator(".pin")).to_be_visible()
    expect(page.get_by_label("Position")).to_have_value(re.compile(r"^3[45]\.\d+, 13[56]\.\d+$"))
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".dialog")).to_have_count(0)
    drawer = page.locator(".drawer")
    expect(drawer).to_contain_text("Japan")
    expect(drawer.locator(".mini-map .pin")).to_be_visible()
    said = own.library.photo(photo.id).metadata
    assert said.gps is not None
    assert said.place is not None
    assert (said.place.city, said.place.country_code) == ("Kyoto", "JP")
    page.keyboard.press("ArrowRight")
    expect(drawer).to_contain_text(by_date(own)[1].location.name)


@pytest.mark.parametrize(
    ("place", "position", "trouble"),
    [("a, b, c, d", "", "at most three names"), ("", "north", "two numbers"), ("", "95, 0", "90")],
)
def test_what_is_no_place_is_refused_in_the_form(
    own: Served, look: Look, place: str, position: str, trouble: str
) -> None:
    photo = by_date(own)[0]
    page = opened(own, look, photo)
    page.get_by_role("button", name="Edit the place").click()
    page.get_by_role("combobox", name="Place").fill(place)
    page.get_by_label("Position").fill(position)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(trouble)
    refused(look)
    assert own.library.photo(photo.id).metadata.place is None


def test_names_alone_are_a_place_and_can_be_taken_away(own: Served, look: Look) -> None:
    photo = by_date(own)[0]
    page = opened(own, look, photo)
    page.get_by_role("button", name="Edit the place").click()
    page.get_by_role("combobox", name="Place").fill("Grandma's garden, Nowhere")
    page.keyboard.press("Enter")
    expect(page.locator(".drawer")).to_contain_text("Grandma's garden, Nowhere")
    page.get_by_role("button", name="Edit the place").click()
    page.get_by_role("combobox", name="Place").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".drawer")).to_contain_text("No place")
    assert own.library.photo(photo.id).metadata.place is None


def test_what_was_said_is_written_beside_the_photo(copied: Served, look: Look) -> None:
    photo = by_date(copied)[0]
    beside = Path(f"{photo.path}.xmp")
    page = opened(copied, look, photo)
    expect(page.get_by_role("button", name="Write to XMP")).to_have_count(0)
    page.get_by_role("button", name="4 stars").click()
    expect(page.locator(".drawer")).to_contain_text("Stars: kept in the library")
    assert not beside.exists()
    page.get_by_role("button", name="Write to XMP").click()
    expect(page.get_by_text(f"Written to {beside.name}")).to_be_visible()
    assert read_packet(beside.read_bytes()).rating == 4
    page.get_by_role("button", name="Write to XMP").click()
    expect(page.get_by_text("says all of it already")).to_be_visible()
    page.get_by_role("button", name="Take back", exact=True).click()
    page.get_by_role("dialog", name="Take it back?").get_by_role("button", name="Take back").click()
    expect(page.locator(".star.lit")).to_have_count(0)
    expect(page.get_by_role("button", name="Write to XMP")).to_have_count(0)


def test_selected_photos_are_edited_and_written_together(copied: Served, look: Look) -> None:
    page = look(copied)
    shown(page)
    page.locator(".grid").focus()
    page.keyboard.press("Shift+ArrowRight")
    bar = page.get_by_role("toolbar", name="Selected photos")
    bar.get_by_role("button", name="Edit").click()
    page.get_by_label("Stars").select_option("3")
    page.get_by_label("Date").fill("1987")
    page.get_by_role("combobox", name="Place").fill("Kyoto, Japan")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("2 photos edited")).to_be_visible()
    found = copied.ids("rating:3 date:1987 city:kyoto")
    assert len(found) == 2
    page.locator(".grid").focus()
    page.keyboard.press("Control+a")
    bar.get_by_role("button", name="Write to XMP").click()
    page.get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_text("XMP files are being written")).to_be_visible()
    page.goto("/jobs")
    card = page.locator(".card").first
    expect(card).to_contain_text("Writing what was said beside the photos")
    expect(card).to_contain_text("Done")
    expect(card).to_contain_text("2 files written")
    photos = Path(copied.library.photo(found[0]).path).parent
    assert len(list(photos.glob("*.xmp"))) == 2


@pytest.mark.parametrize("role", [Role.GUEST, Role.VIEWER, Role.EDITOR])
def test_only_those_who_may_say_something_are_asked_to(own: Served, look: Look, role: Role) -> None:
    with_accounts(own)
    own.library.put_album(Album("All", search="has:gps"))
    photo = placed(own)
    said = Edit(rating=3, caption="by the sea", add_keywords=("sea",))
    own.library.edit([photo.id], said)
    cookie = cookie_of(own, role, album="All")
    page = opened(own, look, photo, cookie=cookie)
    drawer = page.locator(".drawer")
    expect(drawer.get_by_role("button", name="sea", exact=True)).to_be_visible()
    expect(drawer.locator(".star.lit")).to_have_count(3)
    expect(drawer.locator(".mini-map")).to_have_count(int(role >= Role.VIEWER))
    expect(drawer).to_contain_text("Pinhole 3")
    may = int(role >= Role.EDITOR)
    names = (
        "Edit the date",
        "Edit the place",
        "Write to XMP",
        "Take back",
        "4 stars",
        "Remove sea",
    )
    for name in names:
        expect(drawer.get_by_role("button", name=name)).to_have_count(may)
    expect(drawer.get_by_role("textbox")).to_have_count(2 * may)
    expect(page.locator(".notice")).to_have_count(0)
    assert unnamed(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_forms_fit_into_any_window(own: Served, look: Look, width: int) -> None:
    photo = placed(own)
    own.library.edit([photo.id], Edit(rating=3, gps=Gps(35.0, 135.7), place=Place("Kyoto")))
    page = opened(own, look, photo, width)
    for form in ("Edit the date", "Edit the place"):
        page.get_by_role("button", name=form).click()
        page.wait_for_load_state("networkidle")
        assert (spilt(page), pale(page), unnamed(page)) == ([], [], [])
        page.get_by_role("button", name="Cancel").click()
    assert spilt(page) == []
