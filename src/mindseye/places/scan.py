"""The parts of a text that may be names: whole words in a row, or any letters in a row of Han."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from mindseye.fold import fold

_MOST_WORDS: Final = 6
"""Words in a name; longer ones are official titles that nobody types into a search box."""

_MOST_LETTERS: Final = 16
"""Letters in a name of a script without blanks."""

_WITHOUT_BLANKS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han."""

_WORD: Final = re.compile(rf"[{_WITHOUT_BLANKS}]|(?:(?![{_WITHOUT_BLANKS}])\w)+", re.UNICODE)


def spans(text: str, longest: int) -> list[tuple[int, int, str]]:
    """Start, end and folded text of every part that may be a name of at most `longest` letters.

    In the order of their starts, the longer first. A word keeps what joins it: "Aix-en-Provence"
    is five starts, one of them of the whole.
    """
    words = [(match.start(), match.end()) for match in _WORD.finditer(text)]
    found = []
    for first in range(len(words)):
        for start, end in reversed(list(_from(text, words, first))):
            folded = fold(text[start:end]) or ""
            if 0 < len(folded) <= longest:
                found.append((start, end, folded))
    return found


def _from(text: str, words: list[tuple[int, int]], first: int) -> Iterator[tuple[int, int]]:
    """The parts that start with this word, the shorter first."""
    start = words[first][0]
    tokens = 0
    for number in range(first, min(first + _MOST_LETTERS, len(words))):
        begin, end = words[number]
        joined = number > first and begin == words[number - 1][1]
        tokens += not (joined and len(text[begin:end]) == 1)
        if tokens > _MOST_WORDS:
            return
        yield start, end
        # A dot ends an abbreviation that is a name: "U.S.A."
        if text[end : end + 1] == ".":
            yield start, end + 1
