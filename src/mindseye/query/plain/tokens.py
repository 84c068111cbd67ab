"""A sentence becomes tokens: words and numbers, and each Chinese or Japanese character alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mindseye.fold import fold

HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff"
KANA = r"\u3040-\u30ff"
_TOKEN = re.compile(rf"[{HAN}{KANA}]|\d+|[^\W\d_{HAN}{KANA}]+|[^\s]")
_SAME = {"’": "'", "–": "-", "—": "-", "〜": "~", "～": "~", "，": ",", "、": ","}
_JOINS = re.compile(r"[\w./@#-]")
_WIDE = re.compile(rf"[{HAN}{KANA}]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number, character or sign, folded; `raw` is how it was typed."""

    text: str
    raw: str
    start: int
    end: int

    @property
    def wide(self) -> bool:
        """Whether it is a character of a script that puts no blanks between words."""
        return is_wide(self.raw)

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital."""
        return self.raw[:1].isupper()

    @property
    def sign(self) -> bool:
        """Whether it is neither a word nor a number."""
        return not self.raw[0].isalnum()


def tokens(text: str) -> list[Token]:
    """The tokens of a sentence, in order."""
    return [
        Token(_SAME.get(match[0]) or fold(match[0]) or match[0], match[0], *match.span())
        for match in _TOKEN.finditer(text)
    ]


def is_wide(text: str) -> bool:
    """Whether a text begins with a character of a script that puts no blanks between words."""
    return _WIDE.match(text) is not None


def stands_free(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or joining sign touches what lies between; wide ones may."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and _JOINS.match(before) and not _touches(before, text[start]):
        return False
    if after in {".", "-", "/"}:
        after = text[end + 1 : end + 2]
    return not (after and _JOINS.match(after) and not _touches(after, text[end - 1]))


def _touches(neighbour: str, own: str) -> bool:
    """Whether two characters may stand side by side and still belong to different words."""
    if neighbour.isdigit() and own.isdigit():
        return False
    return is_wide(neighbour) or is_wide(own)
