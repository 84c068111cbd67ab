"""Colours get the names that people give them, and the shares that they take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageColor

from mindseye.media.palette import MONOCHROME, NAMES, SMALLEST, colours_of
from mindseye.types import Pixels


def plain(colour: str, width: int = 40, height: int = 30) -> Pixels:
    return np.array(Image.new("RGB", (width, height), ImageColor.getrgb(colour)))


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("red", "red crimson firebrick maroon darkred"),
        ("orange", "orange darkorange #e08010"),
        ("yellow", "yellow gold #ffe066"),
        ("green", "green lime forestgreen olive seagreen limegreen darkolivegreen"),
        ("teal", "teal darkcyan turquoise darkturquoise"),
        ("blue", "blue navy royalblue skyblue steelblue dodgerblue"),
        ("purple", "purple indigo rebeccapurple mediumpurple violet"),
        ("pink", "hotpink deeppink pink palevioletred lightpink"),
        ("brown", "saddlebrown sienna tan"),
        ("black", "black #111111 #0a0505"),
        ("grey", "grey silver dimgrey slategrey"),
        ("white", "white snow ivory whitesmoke"),
    ],
)
def test_the_colours_of_css_have_their_names(name: str, css: str) -> None:
    named = {colour: next(iter(colours_of(plain(colour)))) for colour in css.split()}
    assert named == dict.fromkeys(css.split(), name)


def test_the_largest_share_comes_first_and_specks_are_left_out() -> None:
    pixels = plain("blue", 100, 100)
    pixels[:30] = ImageColor.getrgb("red")
    pixels[99, :10] = ImageColor.getrgb("lime")
    assert list(colours_of(pixels).items()) == [("blue", 0.699), ("red", 0.3)]


def test_a_picture_without_colour_is_monochrome_and_one_red_ball_ends_that() -> None:
    ramp = np.repeat(np.linspace(0, 255, 120).astype(np.uint8)[None, :, None], 100, 0).repeat(3, 2)
    assert colours_of(ramp)[MONOCHROME] == 1.0
    ramp[:20, 40:60] = ImageColor.getrgb("red")
    assert MONOCHROME not in colours_of(ramp)


def test_sepia_is_brown_and_not_monochrome() -> None:
    assert list(colours_of(plain("#705438"))) == ["brown"]


def test_a_small_copy_of_a_picture_has_nearly_the_same_shares() -> None:
    picture = Image.effect_mandelbrot((900, 600), (-2, -1.2, 0.8, 1.2), 60).convert("RGB")
    large, small = (colours_of(np.array(each)) for each in (picture, picture.resize((300, 200))))
    assert large == pytest.approx(small, abs=0.02)


@given(arrays(np.uint8, st.tuples(st.integers(1, 300), st.integers(1, 9), st.just(3))))
def test_shares_of_any_picture_are_shares_of_known_names(pixels: Pixels) -> None:
    found = colours_of(pixels)
    assert set(found) <= {*NAMES, MONOCHROME}
    assert all(SMALLEST <= share <= 1.0 for share in found.values())
    assert sum(found[name] for name in NAMES if name in found) <= 1.01
    assert found
