"""The words of a query become terms.

words   = [sign] term { sign term }        sign = " + " | " - ", blanks on both sides
term    = [weight ":"] ( "quoted words" | path | link | "photo:" id | words )

dog on a beach                         one term
2:"golden retriever" + ./pool.jpg - people
photo:2041 + https://example.org/pool.jpg
t-shirt 16:9 24/7                      one term: no blanks around the hyphen, no word after ":"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mindseye.errors import QueryError
from mindseye.query.model import Like, Link, Picture, Term, TermValue, Words
from mindseye.query.split import BLANK, QUOTES, WORDS_HINT

_WEIGHT = re.compile(r"(?P<weight>\d+(?:\.\d*)?|\.\d+):\s*(?=[^\s\d])")
_PATH = re.compile(r"(?:\.{0,2}/|~/|file://|[A-Za-z]:[\\/])")
_LINK = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_LIKE = re.compile(r"photo:(\d{1,18})", re.IGNORECASE)
_GAP = re.compile(rf"\s*{BLANK}\s*")


@dataclass(frozen=True, slots=True)
class TermPart:
    """A term and which characters of the query it was typed with.

    Where others stood between them that were understood as something else, `pieces` are its own.
    """

    term: Term
    start: int
    end: int
    pieces: tuple[tuple[int, int], ...] = ()

    @property
    def own(self) -> tuple[tuple[int, int], ...]:
        """Its pieces, or the whole."""
        return self.pieces or ((self.start, self.end),)


def read_terms(words: str) -> list[TermPart]:
    """The terms of a query whose filters were replaced by `BLANK`; none where only blanks are left.

    Raises `QueryError` with the offset of the trouble.
    """
    if not words.strip():
        return []
    parts = list(_terms(words))
    if all(part.term.weight < 0 for part in parts):
        raise QueryError(
            "there is only something to push away from, nothing to look for",
            hint="name something to look for before the first ' - '",
        )
    return parts


def without_blanks(words: str) -> str:
    """Words without the marks of filters that stood between them."""
    return _GAP.sub(" ", words)


def _terms(text: str) -> Iterator[TermPart]:
    for sign, start, end in _pieces(text):
        piece = text[start:end].strip()
        offset = end - len(text[start:end].lstrip())
        if not piece:
            raise QueryError(f"a term is missing after {sign!r}", offset=offset, hint=WORDS_HINT)
        match = _WEIGHT.match(piece)
        weight = float(match["weight"]) if match else 1.0
        skip = match.end() if match else 0
        term = Term(_value(piece[skip:], offset + skip), -weight if sign == "-" else weight)
        yield TermPart(term, offset, offset + len(piece))


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Sign, start and end of each term: split at free-standing + and - outside quotes."""
    sign, start, closing = "+", 0, ""
    for offset, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character in QUOTES and _opens(text, offset):
            closing = QUOTES[character]
        elif character in "+-" and _stands_free(text, offset):
            if text[start:offset].strip() or start:
                yield sign, start, offset
            sign, start = character, offset + 1
    if closing:
        raise QueryError(f"the quote is never closed by {closing}", offset=start)
    yield sign, start, len(text)


def _opens(text: str, offset: int) -> bool:
    """A quote opens at the start of a term or after its weight: an inch mark does not."""
    before = text[:offset].rstrip()
    return not before or before[-1] in "+-:"


def _stands_free(text: str, offset: int) -> bool:
    before = offset == 0 or text[offset - 1].isspace()
    after = offset + 1 == len(text) or text[offset + 1].isspace()
    return before and after


def _value(piece: str, offset: int) -> TermValue:
    piece = without_blanks(piece)
    closing = QUOTES.get(piece[0])
    if closing and piece.endswith(closing) and len(piece) > 1:
        words = piece[1:-1].strip()
        if not words:
            raise QueryError("there is nothing between the quotes", offset=offset)
        return Words(words)
    if _LINK.fullmatch(piece):
        return Link(piece)
    if like := _LIKE.fullmatch(piece):
        return Like(int(like[1]))
    if not _PATH.match(piece):
        return Words(piece)
    local = unquote(urlsplit(piece).path) if piece.startswith("file://") else piece
    path = Path(local).expanduser()
    if not path.is_file():
        raise QueryError(f"there is no picture at {piece}", offset=offset, hint=WORDS_HINT)
    return Picture(path)
