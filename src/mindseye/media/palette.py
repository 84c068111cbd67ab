"""The colours of a picture by name, and the share of its pixels that each takes.

Every sRGB value has one of the names, by its lightness, chroma and hue in OKLab (Björn Ottosson,
"A perceptual color space for image processing", 2020). What has little chroma is black, grey or
white by its lightness; the rest is named by its hue, and some hues by their lightness and chroma
too: a dull orange is brown. How large a share must be for a photo to be called red is said by
`mindseye.query.colours`.
"""

from __future__ import annotations

from functools import cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.types import Pixels

_Floats: TypeAlias = NDArray[np.float64]

NAMES: Final = (
    "black", "grey", "white", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink",
    "brown",
)  # fmt: skip
"""Every colour that has a name."""

MONOCHROME: Final = "monochrome"
"""Stands beside the names for the share of pixels without any colour."""

SMALLEST: Final = 0.02
"""A colour of less than this share of the pixels is not spoken of."""

_COLOURLESS: Final = 0.98
"""From this share of pixels without any colour on, a picture is `MONOCHROME`."""

_SAMPLES: Final = 128
"""Rows and columns of pixels that are looked at, at least: shares to half a percent or so."""

_BITS: Final = 5
"""Bits of each channel that are told apart."""

_HUES: Final = (
    (18.0, "pink"), (42.0, "red"), (75.0, "orange"), (114.0, "yellow"), (168.0, "green"),
    (212.0, "teal"), (288.0, "blue"), (335.0, "purple"), (360.0, "pink"),
)  # fmt: skip
"""Where each hue ends, in degrees of OKLCh; primary red lies at 29, yellow at 110, green at 142,
blue at 264. These and the bounds below were set by eye, over photos of people, animals, streets
and landscapes."""


def colours_of(pixels: Pixels) -> dict[str, float]:
    """Name -> share of the pixels, the largest first; those below `SMALLEST` are left out.

    A picture that shows no colour at all holds `MONOCHROME` besides.
    """
    rows, columns = (max(1, side // _SAMPLES) for side in pixels.shape[:2])
    red, green, blue = (pixels[::rows, ::columns] >> (8 - _BITS)).reshape(-1, 3).T.astype(np.intp)
    seen = np.bincount((red << 2 * _BITS) | (green << _BITS) | blue, minlength=1 << 3 * _BITS)
    names, colourless = _tables()
    shares = np.bincount(names, weights=seen, minlength=len(NAMES)) / len(red)
    found = dict(zip(NAMES, shares.tolist(), strict=True))
    plain = float(seen[colourless].sum() / len(red))
    if plain >= _COLOURLESS:
        found[MONOCHROME] = plain
    kept = {name: round(share, 3) for name, share in found.items() if share >= SMALLEST}
    return dict(sorted(kept.items(), key=lambda entry: -entry[1]))


@cache
def _tables() -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For every colour of `_BITS` bits a channel: its place in `NAMES`, and whether it has none."""
    levels = (np.arange(1 << _BITS) + 0.5) / (1 << _BITS)
    rgb = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    light, chroma, hue = _oklch(rgb)
    named = _named(light, chroma, hue)
    places = np.array([NAMES.index(name) for name in named.tolist()], dtype=np.intp)
    return places, chroma < 0.025


def _oklch(rgb: _Floats) -> tuple[_Floats, _Floats, _Floats]:
    """Lightness (0 to 1), chroma and hue (degrees from 0 to 360) of sRGB values from 0 to 1."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    light, a, b = _TO_LAB @ np.cbrt(_TO_CONES @ linear.T)
    return light, np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360.0


_TO_CONES: Final = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
)
_TO_LAB: Final = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
)


def _named(light: _Floats, chroma: _Floats, hue: _Floats) -> NDArray[np.str_]:
    """The name of each colour: the first rule below that fits it, else that of its hue."""
    ends = [end for end, _ in _HUES]
    by_hue = np.array([name for _, name in _HUES])[np.searchsorted(ends, hue, "right") % len(ends)]
    pinkish = (by_hue == "pink") | (by_hue == "purple")
    rules = (
        ("black", light < 0.17),
        ("white", (light > 0.88) & (chroma < 0.05)),
        ("black", (light < 0.3) & (chroma < 0.035)),
        ("grey", chroma < 0.035),
        ("grey", pinkish & (chroma < 0.05)),
        # A dark pink is a red or a purple; a pale red is a pink.
        ("red", (by_hue == "pink") & (light < 0.5) & (hue < 180.0)),
        ("purple", (by_hue == "pink") & (light < 0.5)),
        ("pink", (hue < 35.0) & (light > 0.68) & (chroma >= 0.07)),
        # Dull or dark oranges are wood, sand, skin and earth.
        ("brown", (hue < 114.0) & (by_hue != "pink") & (chroma < 0.11)),
        ("brown", (hue >= 35.0) & (hue < 75.0) & (light < 0.58)),
        # Dark yellows are olives, leaves and grass.
        ("green", (by_hue == "yellow") & (light < 0.62)),
    )
    return np.select([fits for _, fits in rules], [name for name, _ in rules], by_hue)
