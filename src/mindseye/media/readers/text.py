"""Text in metadata becomes clean: decoded, without control characters, bounded in length."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

LONGEST_TEXT: Final = 10_000
"""Captions, titles and prompts are cut to so many characters."""

LONGEST_NAME: Final = 200
"""So are the names of cameras, lenses, places and keywords."""

MOST_KEYWORDS: Final = 1000

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")

_DEFAULTS: Final = frozenset(
    {
        "asus",
        "binary comment",
        "camera360",
        "casio computer co.,ltd",
        "charset=ascii",
        "dcim",
        "default",
        "digital camera",
        "digital still camera",
        "dsc",
        "exif_jpeg_picture",
        "hdrpl",
        "image description",
        "image",
        "kodak digital still camera",
        "konica minolta digital camera",
        "minolta digital camera",
        "my beautiful picture",
        "none",
        "null",
        "olympus digital camera",
        "samsung camera pictures",
        "samsung csc",
        "samsung digital camera",
        "sony dsc",
        "untitled",
        "user comments",
    }
)
"""What cameras write into a caption when nobody wrote one, in lower case."""


def clean(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """The value as text without control characters, or None when nothing is left of it."""
    if isinstance(value, bytes):
        value = decoded(value)
    if not isinstance(value, str):
        return None
    # A C string ends at its first NUL; what a camera left behind it is not meant to be read.
    text = _CONTROLS.sub("", mended(value.split("\0", 1)[0] if value[:1] != "\0" else value))
    text = "\n".join(" ".join(line.split()) for line in text.strip().splitlines())
    return text[:longest].rstrip() or None


def name(value: object) -> str | None:
    """The value as a name on one line, or None."""
    text = clean(value, LONGEST_NAME)
    return " ".join(text.split()) if text else None


def caption(value: object) -> str | None:
    """The value as a caption; None for what cameras write when nobody wrote one."""
    text = clean(value)
    if text is None or text.lower() in _DEFAULTS or not re.search(r"\w", text):
        return None
    return text


def keywords(values: Iterable[object]) -> tuple[str, ...]:
    """The values as keywords in order, each once whatever its case, `MOST_KEYWORDS` at most."""
    kept: dict[str, str] = {}
    for value in values:
        word = name(value)
        if word and len(kept) < MOST_KEYWORDS:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())


def decoded(data: bytes) -> str:
    """Bytes of unknown encoding as text: UTF-8 where valid, else the Western code page."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def mended(text: str) -> str:
    """UTF-8 that was read as Latin-1 (as Pillow reads EXIF) read again; other text unchanged.

    Latin-1 text that happens to be valid UTF-8 with a character beyond ASCII is next to impossible.
    """
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
