"""What every page is asked: are its controls named, its texts legible, does it fit its window."""

from __future__ import annotations

from playwright.sync_api import Page

_UNNAMED = """() => [...document.querySelectorAll(
    'button, a[href], input:not([type=hidden]):not([hidden]), select, textarea')]
    .filter(control => control.checkVisibility())
    .filter(control => !(control.getAttribute('aria-label') || control.title
        || control.innerText.trim() || control.labels?.length))
    .map(control => control.outerHTML.slice(0, 160))"""

_PALE = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = colour => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = ([red, green, blue]) => [red, green, blue]
        .map(one => one / 255)
        .map(one => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [.2126, .7152, .0722][at], 0);
    const ground = element => { for (let at = element; at; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor);
        if (colour[3] > 250) return colour; }
        return [255, 255, 255]; };
    return [...document.querySelectorAll('body *')].filter(element => element.checkVisibility()
            && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
            && !element.closest('.tile, .viewer, .skip, :disabled'))
        .map(element => { const [one, other] = [light(rgba(getComputedStyle(element).color)),
            light(ground(element))].sort((a, b) => b - a);
            return [(one + .05) / (other + .05), element.outerHTML.slice(0, 120)]; })
        .filter(([ratio]) => ratio < 4.5);
}"""

_SPILT = """() => [...document.querySelectorAll('body *')].filter(element => {
    const { left, right, width } = element.getBoundingClientRect();
    if (!width || right <= innerWidth + 1 && left >= -1) return false;
    for (let above = element.parentElement; above; above = above.parentElement)
        if (getComputedStyle(above).overflowX !== 'visible') return above === document.body;
    return true; }).map(element => element.outerHTML.slice(0, 120))"""


def unnamed(page: Page) -> list[str]:
    """Controls in sight that say nothing to whoever does not see them."""
    found: list[str] = page.evaluate(_UNNAMED)
    return found


def pale(page: Page) -> list[tuple[float, str]]:
    """Texts whose contrast is less than WCAG 2.2 asks for (1.4.3, level AA), with the contrast."""
    found: list[tuple[float, str]] = page.evaluate(_PALE)
    return found


def spilt(page: Page) -> list[str]:
    """Elements that stand out of the window at a side; the window itself where it scrolls."""
    found: list[str] = page.evaluate(_SPILT)
    width, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [*found, *(["the page"] if width > seen else [])]
