"""Measure the page in a real browser: the first photo, the map while it moves, grids that scroll.

    python benchmarks/page.py --photos 100000

Chromium draws by the processor, as on a machine without a graphics card. The photos of the library
are made up; the newest are drawn and have files, so that thumbnails can be made of them. The grid
of a million is the answer of `timeline` made up here: it never meets the catalog.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from machine import describe
from mindseye.config import load_settings
from mindseye.library import Library
from mindseye.server.columns import BINARY, Columns
from server import draw, make, served, tell

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SIZE = {"width": 1440, "height": 860}
MILLION = 1_000_000
COLD_LOADS = 5

NOTE = """
new MutationObserver((_, seen) => {
  if (!document.querySelector('.tile.loaded')) return;
  window.firstPhoto = performance.now();
  seen.disconnect();
}).observe(document, {subtree: true, childList: true, attributeFilter: ['class']});
"""
"""Notes when the first photo is there, in milliseconds since the address was asked for."""

FRAMES = """
([moves, seconds]) => new Promise((done) => {
  const move = new Function('at', moves);
  const began = performance.now();
  let frames = 0;
  const step = (now) => {
    if (now - began > 1000 * seconds) return done(1000 * frames / (now - began));
    move(frames++);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})
"""
"""Frames a second while something moves before each of them."""

ZOOM = """
const map = document.querySelector('.map canvas');
const box = map.getBoundingClientRect();
map.dispatchEvent(new WheelEvent('wheel', {
  deltaY: at % 40 < 20 ? -60 : 60, clientX: box.left + box.width / 2 + 3 * (at % 30),
  clientY: box.top + box.height / 2, bubbles: true, cancelable: true,
}));
"""
PAN = """
const map = document.querySelector('.map canvas');
const box = map.getBoundingClientRect();
const point = (type, x) => map.dispatchEvent(new PointerEvent(type, {
  pointerId: 1, clientX: box.left + x, clientY: box.top + 300, bubbles: true, isPrimary: true,
}));
if (at === 0) { map.setPointerCapture = () => {}; point('pointerdown', 400); }
point('pointermove', 400 + 200 * Math.sin(at / 15));
"""
SCROLL = "document.querySelector('#grid').scrollTop += 60;"


def main() -> None:
    """Make the library, serve it, look at it, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--library", type=Path, help="keep the library here, or use that one")
    options = parser.parse_args()
    print(describe())
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        library, pictures = options.library or Path(scratch) / "library", Path(scratch) / "drawn"
        make(library, options.photos)
        draw(pictures, 120)
        with Library.open(settings=load_settings({"library": library})) as opened:
            opened.ingest([pictures])
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=list(QUIET),
        )
        with served(library, pictures) as (address, _):
            print("\n| what | measured |\n|---|---|")
            first_photo(browser, address)
            moving(browser, address)
            million(browser, address)
        browser.close()


def looked_at(browser: Browser, address: str, path: str = "/") -> Page:
    """A page in a window of its own, which has been to no page before."""
    context = browser.new_context(base_url=address, viewport=SIZE)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.add_init_script(NOTE)
    page.goto(path)
    return page


def first_photo(browser: Browser, address: str) -> None:
    """When the first photo is seen: thumbnails not made yet, then made."""
    times = []
    for _ in range(1 + COLD_LOADS):
        page = looked_at(browser, address)
        page.wait_for_selector(".tile.loaded")
        times.append(page.evaluate("window.firstPhoto"))
        page.context.close()
    tell("first photo after a cold load, nothing made yet", f"{times[0]:.0f} ms")
    tell("the same later, nothing in the browser's cache", f"{statistics.median(times[1:]):.0f} ms")


def moving(browser: Browser, address: str) -> None:
    """Frames a second while the map and the grid move."""
    page = looked_at(browser, address, "/map")
    page.wait_for_selector(".landmark")
    tell("the map, zoomed", frames(page, ZOOM))
    tell("the map, panned", frames(page, PAN))
    page.context.close()
    page = looked_at(browser, address)
    page.wait_for_selector(".tile.loaded")
    tell("the grid, scrolled", frames(page, SCROLL))
    page.context.close()


def million(browser: Browser, address: str) -> None:
    """The grid of a million photos: how long until it is laid out, and how it scrolls."""
    rng = np.random.default_rng(1)
    body = Columns(
        {
            "id": np.arange(1, MILLION + 1, dtype=np.uint32),
            "minute": np.sort(rng.integers(12_000_000, 29_000_000, MILLION, np.int32))[::-1],
            "aspect": rng.choice(np.array([667, 750, 1333, 1500], np.uint16), MILLION),
            "rgb": rng.integers(0, 2**15, MILLION, np.uint16),
            "tag": np.zeros(MILLION, np.uint32),
        },
        {"photos": MILLION},
    ).packed()
    context = browser.new_context(base_url=address, viewport=SIZE)  # type: ignore[arg-type]
    page = context.new_page()
    page.route("**/api/v1/timeline*", lambda route: route.fulfill(body=body, content_type=BINARY))
    page.goto("/")
    page.wait_for_selector(".tile", timeout=60_000)
    laid = page.evaluate("performance.now()")
    tell("a grid of 1,000,000, until its first row stands", f"{laid:.0f} ms")
    tell("the same, scrolled", frames(page, SCROLL))
    context.close()


def frames(page: Page, moves: str, seconds: float = 4.0) -> str:
    """Frames a second over some seconds of movement."""
    return f"{page.evaluate(FRAMES, [moves, seconds]):.0f} frames a second"


if __name__ == "__main__":
    main()
