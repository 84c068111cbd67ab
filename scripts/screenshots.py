"""Pictures of every page of the web page: light, dark and as on a phone.

    python scripts/screenshots.py --library build/demo/library --out build/screenshots

Whoever changes the page looks at them. It takes chromium and playwright (`make dev`).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
VIEWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1440, "height": 900}},
    "phone": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
}
PAGES = {
    "photos": "/",
    "search": "/?q=a cat",
    "map": "/map",
    "map-of-a-search": "/map?q=a cat",
    "places": "/places",
    "albums": "/albums",
    "jobs": "/jobs",
    "settings": "/settings",
    "access": "/settings/access",
    "log": "/settings/log",
    "login": "/login",
}
REST = 1500
"""Milliseconds for thumbnails to come and maps to settle."""


def main() -> int:
    """Write the pictures; the exit code says whether all could be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("There is no chromium: `make dev` brings it on Debian", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    with serving(options.library) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for name, how in VIEWS.items():
            context = browser.new_context(base_url=address, **how)  # type: ignore[arg-type]
            shoot(context.new_page(), name, options.out)
            context.close()
        browser.close()
    print(f"{len(list(options.out.glob('*.png')))} pictures in {options.out.absolute()}")
    return 0


@contextmanager
def serving(library: Path) -> Iterator[str]:
    """The address of a server over a library, which ends afterwards."""
    program = Path(sys.executable).with_name("mindseye")
    command = [program, "serve", "--library", library, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            said = server.stdout.readline()
            yield next(word for word in said.split() if word.startswith("http"))
        finally:
            server.terminate()


def shoot(page: Page, name: str, out: Path) -> None:
    """Every page in one view."""
    for title, path in PAGES.items():
        page.goto(path)
        page.wait_for_timeout(REST)
        page.screenshot(path=out / f"{title}-{name}.png")
    one_photo(page)
    page.screenshot(path=out / f"photo-{name}.png")


def one_photo(page: Page) -> None:
    """The first result of a search, with all that is known of it."""
    page.goto("/?q=a cat")
    page.locator(".tile.loaded").first.click()
    page.wait_for_timeout(REST)
    if page.locator(".drawer").is_hidden():
        page.keyboard.press("i")
    page.wait_for_timeout(REST)


if __name__ == "__main__":
    sys.exit(main())
