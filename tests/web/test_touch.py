"""Fingers: the touches are those a browser makes of a touch screen, not events of our making."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import CDPSession, Page, expect
from tests.web.conftest import Look, Served, by_date, shown

Spot = tuple[float, float]


class Fingers:
    """Fingers on the screen of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)

    def press(self, at: Spot, milliseconds: int) -> None:
        """One finger stays where it came down."""
        self._say("touchStart", [at])
        self._page.wait_for_timeout(milliseconds)
        self._say("touchEnd", [])

    def move(self, *ways: tuple[Spot, Spot]) -> None:
        """Each finger goes from one spot to another."""
        self._say("touchStart", [start for start, _ in ways])
        for step in range(1, 11):
            share = step / 10
            self._say("touchMove", [_between(start, end, share) for start, end in ways])
            self._page.wait_for_timeout(16)
        self._say("touchEnd", [])

    def _say(self, kind: str, spots: Sequence[Spot]) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(spots)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def _between(start: Spot, end: Spot, share: float) -> Spot:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _phone(look: Look, served: Served, path: str = "/") -> Page:
    return look(served, path, width=360, has_touch=True, is_mobile=True)


def _middle(page: Page, place: int) -> Spot:
    box = page.locator(f".tile[data-place='{place}']").bounding_box()
    assert box is not None
    return (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@contextmanager
def _opened(look: Look, served: Served) -> Iterator[tuple[Page, Fingers]]:
    """The third photo, open."""
    page = _phone(look, served)
    shown(page)
    page.touchscreen.tap(*_middle(page, 2))
    expect(page.locator(".viewer-count")).to_contain_text("3 / ")
    yield page, Fingers(page)


def test_a_long_press_selects_and_taps_then_select_more(served: Served, look: Look) -> None:
    page = _phone(look, served)
    shown(page)
    fingers = Fingers(page)
    fingers.press(_middle(page, 0), 700)
    bar = page.locator(".selection")
    expect(bar).to_contain_text("1 selected")
    page.touchscreen.tap(*_middle(page, 1))
    expect(bar).to_contain_text("2 selected")
    page.touchscreen.tap(*_middle(page, 1))
    page.touchscreen.tap(*_middle(page, 0))
    expect(bar).to_be_hidden()
    page.touchscreen.tap(*_middle(page, 0))
    expect(page.locator(".viewer")).to_be_visible()


def test_a_finger_that_scrolls_selects_nothing(served: Served, look: Look) -> None:
    page = _phone(look, served)
    shown(page)
    x, y = _middle(page, 4)
    Fingers(page).move(((x, y), (x, y - 150)))
    page.wait_for_timeout(600)
    expect(page.locator(".selection")).to_be_hidden()
    assert page.locator(".grid").evaluate("grid => grid.scrollTop") > 50


def test_a_swipe_turns_the_page_and_a_short_one_does_not(served: Served, look: Look) -> None:
    with _opened(look, served) as (page, fingers):
        count = page.locator(".viewer-count")
        fingers.move(((300, 400), (80, 410)))
        expect(count).to_contain_text("4 / ")
        fingers.move(((80, 400), (300, 390)))
        expect(count).to_contain_text("3 / ")
        fingers.move(((200, 400), (170, 400)))
        page.wait_for_timeout(200)
        expect(count).to_contain_text("3 / ")
        expect(page).to_have_url(re.compile(f"/photo/{by_date(served)[2].id}$"))


def test_a_pinch_looks_closer_and_a_drag_then_moves_the_picture(served: Served, look: Look) -> None:
    with _opened(look, served) as (page, fingers):
        fingers.move(((150, 400), (60, 400)), ((210, 400), (300, 400)))
        expect(page.locator(".viewer-stage")).to_have_class(re.compile("zoomed"))
        transform = "picture => new DOMMatrix(getComputedStyle(picture).transform).toJSON()"
        before = page.locator(".viewer-picture").evaluate(transform)
        assert before["a"] > 2
        fingers.move(((200, 400), (120, 380)))
        after = page.locator(".viewer-picture").evaluate(transform)
        assert abs(after["e"] - before["e"] + 80) < 10
        expect(page.locator(".viewer-count")).to_contain_text("3 / ")
        fingers.move(((60, 400), (175, 400)), ((300, 400), (185, 400)))
        expect(page.locator(".viewer-stage")).not_to_have_class(re.compile("zoomed"))


def test_two_fingers_zoom_the_map_of_meaning(served: Served, look: Look) -> None:
    page = _phone(look, served, "/map")
    page.wait_for_selector(".landmark")
    spread = """() => { const lefts = [...document.querySelectorAll('.landmark')]
        .map(one => one.getBoundingClientRect().left);
        return Math.max(...lefts) - Math.min(...lefts); }"""
    before = page.evaluate(spread)
    Fingers(page).move(((160, 400), (110, 400)), ((200, 400), (250, 400)))
    assert page.evaluate(spread) > 1.5 * before


def test_the_knob_of_the_timeline_is_whole_from_end_to_end(served: Served, look: Look) -> None:
    page = _phone(look, served)
    shown(page)
    stage = page.locator(".stage").bounding_box()
    knob = page.locator(".scrub-knob")
    assert stage is not None
    for top in (0, 100_000):
        page.locator(".grid").evaluate(f"grid => grid.scrollTop = {top}")
        page.wait_for_timeout(200)
        box = knob.bounding_box()
        assert box is not None
        assert box["y"] >= stage["y"]
        assert box["y"] + box["height"] <= stage["y"] + stage["height"]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    Fingers(page).move(((x, y), (x, stage["y"] + 20)))
    expect(page.get_by_role("slider", name="Timeline")).to_have_attribute("aria-valuenow", "0")


def test_stacks_on_a_phone_do_not_cover_each_other(served: Served, look: Look) -> None:
    page = _phone(look, served, "/places")
    expect(page.locator(".stack").first).to_be_visible()
    for _ in range(3):
        page.wait_for_timeout(500)
        boxes = [stack.bounding_box() for stack in page.locator(".stack").all()]
        spots = [(box["x"], box["y"]) for box in boxes if box is not None]
        for at, (x, y) in enumerate(spots):
            for other_x, other_y in spots[at + 1 :]:
                assert max(abs(x - other_x), abs(y - other_y)) > 40
        page.get_by_role("button", name="Zoom in").tap()
