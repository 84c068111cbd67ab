"""A contact sheet: one row of pictures per query, each with its rank and score below it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from PIL import Image, ImageDraw, ImageFont

from mindseye.cli.output import shown
from mindseye.encode import load_pixels
from mindseye.errors import MindseyeError, NotFound
from mindseye.media.base import DecodeLimits
from mindseye.search.found import Found
from mindseye.types import Hit

_TILE = 220
_GAP = 12
_HEADING = 30
_CAPTION = 22
_PAPER = (250, 250, 248)
_INK = (30, 30, 30)
_FAINT = (120, 120, 120)
_ACROSS = 6

_Row: TypeAlias = tuple[str, tuple[Hit, ...], int, int]
"""A label, some hits, the place of the first of them, and how many hits are relevant in all."""

_WIDE_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Fonts with Chinese, Japanese and Korean letters, where systems keep them."""


def write_sheet(path: Path, answers: Sequence[tuple[str, Found]]) -> None:
    """Write the pictures of each (label, answer) to `path`, in the format its suffix names.

    Raises `NotFound` when the file cannot be written. A hit whose file is gone leaves a grey tile.
    """
    rows: list[_Row] = [
        (label if start == 0 else "", found.hits[start : start + _ACROSS], start, found.relevant)
        for label, found in answers
        for start in range(0, max(len(found.hits), 1), _ACROSS)
    ]
    height = _HEADING + _TILE + _CAPTION + _GAP
    sheet = Image.new("RGB", (_GAP + _ACROSS * (_TILE + _GAP), len(rows) * height + _GAP), _PAPER)
    for place, row in enumerate(rows):
        _draw_row(sheet, place * height + _GAP, row)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sheet.save(path)
    except (OSError, ValueError) as error:
        raise NotFound(f"the contact sheet {path} cannot be written: {error}") from error


def _draw_row(sheet: Image.Image, top: int, row: _Row) -> None:
    label, hits, first, relevant = row
    draw = ImageDraw.Draw(sheet)
    if label:
        draw.text((_GAP, top), _printable(label), fill=_INK, font=_font(label, 18))
    if label and not hits:
        draw.text((_GAP, top + _HEADING), "nothing relevant", fill=_FAINT, font=_font("", 15))
    for column, hit in enumerate(hits):
        left = _GAP + column * (_TILE + _GAP)
        tile = _tile(hit)
        corner = (left + (_TILE - tile.width) // 2, top + _HEADING + _TILE - tile.height)
        sheet.paste(tile, corner)
        chance = "" if hit.probability is None else f"  {hit.probability:.0%}"
        below = "  below cut-off" if first + column >= relevant else ""
        draw.text(
            (left, top + _HEADING + _TILE + 3),
            f"{first + column + 1}  {hit.score:.3f}{chance}{below}",
            fill=_FAINT if below else _INK,
            font=_font("", 14),
        )


def _tile(hit: Hit) -> Image.Image:
    try:
        pixels = load_pixels(Path(shown(hit.photo.path)), DecodeLimits(resolution=_TILE))
    except MindseyeError:
        return Image.new("RGB", (_TILE, _TILE), (210, 210, 210))
    tile = Image.fromarray(pixels)
    tile.thumbnail((_TILE, _TILE))
    return tile


@cache
def _wide_font() -> str | None:
    return next((font for font in _WIDE_FONTS if Path(font).is_file()), None)


def _is_wide(text: str) -> bool:
    return any(character > "ɏ" for character in text)


def _font(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    if _is_wide(text) and (font := _wide_font()):
        return ImageFont.truetype(font, size)
    return ImageFont.load_default(size)


def _printable(text: str) -> str:
    """The label, or what can be drawn of it where no font on this machine has its letters."""
    if not _is_wide(text) or _wide_font():
        return text
    plain = "".join(character for character in text if not _is_wide(character))
    return f"{plain.strip()} (no font here has the other letters)".strip()
