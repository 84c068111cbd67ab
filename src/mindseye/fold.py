"""Text as filters compare it: without case, accents or doubled blanks.

A store gives its database this very function, so that SQL and Python cannot disagree.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
"""Combining diacritical marks. The voicing marks of kana and the vowel signs of Indic scripts lie
elsewhere and stay: without them a word is another word."""

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
)
"""Letters whose stroke Unicode does not take apart."""


def fold(text: str | None) -> str | None:
    """The text without case, accents and doubled blanks; folding twice changes nothing more.

    Compatibility forms become plain ones (full-width letters, ligatures), as NFKC does.
    """
    if text is None or not text:
        return text
    if not text.isascii():
        # Folding case may compose what must be taken apart again: "İ" becomes "i" and a dot.
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", plain).translate(_LETTERS))
    return " ".join(text.lower().split())
