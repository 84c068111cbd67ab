"""Texts as words that can be looked up, the same for an index and for what is asked of it.

A word is a run of letters and digits. Where its writing changes, from letters to digits or from
small to large, it has parts: "BirthdayParty2023" is looked up as a whole and as "birthday", "party"
and "2023". Scripts without blanks between words (Chinese, Japanese, Thai ...), and Korean, whose
words carry their particles, are cut into single characters and pairs of neighbours: what is asked
for in pairs is found wherever it stands. Everything is folded as `mindseye.fold` has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from mindseye.fold import fold
from mindseye.query.function_words import FUNCTION_WORDS

MOST_SOUGHT: Final = 64
"""Of a longer query only so many words are looked up; a search takes milliseconds for each."""

_UNSPACED: Final = tuple(
    range(first, last + 1)
    for first, last in (
        (0x0E00, 0x0EFF),  # Thai, Lao
        (0x1000, 0x109F),  # Myanmar
        (0x1100, 0x11FF),  # Hangul Jamo
        (0x1780, 0x17FF),  # Khmer
        (0x2E80, 0x2FDF),  # radicals of Han
        (0x3005, 0x3007),
        (0x3040, 0x31FF),  # Kana, Bopomofo, Hangul letters
        (0x3400, 0x4DBF),  # Han
        (0x4E00, 0x9FFF),
        (0xAC00, 0xD7FF),  # Hangul syllables
        (0xF900, 0xFAFF),
        (0x20000, 0x3FFFF),
    )
)

_VARIATIONS: Final = range(0xFE00, 0xFE10)
"""They choose the look of a character, mostly of an emoji, and are no part of a word."""


class _Shapes(dict[int, str]):
    """What kind of character each code point is, worked out when it is first met.

    U: a large letter, l: another one, d: a digit, c: a character that is looked up by itself,
    blank: no part of a word.
    """

    def __missing__(self, code: int) -> str:
        shape = self[code] = _shape(code)
        return shape


def _shape(code: int) -> str:
    category = unicodedata.category(chr(code))
    if category == "So":
        return "c"
    if category[0] not in "LMN" or code in _VARIATIONS:
        return " "
    if any(code in script for script in _UNSPACED):
        return "c"
    if category in {"Lu", "Lt"}:
        return "U"
    return "d" if category[0] == "N" else "l"


_SHAPES: Final = _Shapes()
_RUN: Final = re.compile("c+|[Uld]+")
_PART: Final = re.compile("d+|U+(?=Ul)|U?l+|U+")


@dataclass(frozen=True, slots=True)
class Run:
    """A word of a text: its parts, folded, and where it stands in the plain text.

    A run of characters that are looked up by themselves has no blanks between them: its parts are
    these characters.
    """

    whole: str
    parts: tuple[str, ...]
    start: int
    end: int
    unspaced: bool

    @property
    def words(self) -> tuple[str, ...]:
        """Everything by which this run can be looked up."""
        if self.unspaced:
            return (*self.parts, *self.pairs)
        return self.parts if len(self.parts) == 1 else (self.whole, *self.parts)

    @property
    def pairs(self) -> tuple[str, ...]:
        """Neighbouring characters of a run without blanks."""
        return tuple(map("".join, zip(self.parts, self.parts[1:], strict=False)))


@dataclass(frozen=True, slots=True)
class Sought:
    """One word that is asked for: as a whole, or else all of its parts."""

    whole: str
    parts: tuple[str, ...] = ()


def plain(text: str) -> str:
    """The text to which the places of runs refer: compatibility forms become plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def runs(text: str) -> Iterator[Run]:
    """The words of a `plain` text, in order."""
    shapes = text.translate(_SHAPES)
    for match in _RUN.finditer(shapes):
        start, end = match.span()
        written = text[start:end]
        whole = fold(written) or ""
        if match[0][0] == "c":
            parts = tuple(whole)
        elif len(set(match[0])) == 1:
            parts = (whole,)
        else:
            cuts = (part.span() for part in _PART.finditer(match[0]))
            parts = tuple(fold(written[first:last]) or "" for first, last in cuts)
        if whole:
            yield Run(whole, tuple(filter(None, parts)), start, end, match[0][0] == "c")


def segment(text: str) -> list[str]:
    """Everything by which a text can be looked up, each word once."""
    return list(dict.fromkeys(word for run in runs(plain(text)) for word in run.words))


def sought(words: str) -> tuple[Sought, ...]:
    """What is looked up for a query, each word once, at most `MOST_SOUGHT` of them.

    Words that only join others ("the", "und") are left out, unless there are no others.
    """
    found = dict.fromkeys(one for run in runs(plain(words)) for one in _sought(run))
    telling = [one for one in found if one.whole not in FUNCTION_WORDS]
    return tuple(telling or found)[:MOST_SOUGHT]


def _sought(run: Run) -> Iterator[Sought]:
    if run.unspaced:
        for pair in run.pairs or run.parts:
            yield Sought(pair)
    else:
        yield Sought(run.whole, run.parts if len(run.parts) > 1 else ())
