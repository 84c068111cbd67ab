"""Words typed by a user become terms.

query   = [sign] term { sign term }        sign = " + " | " - ", blanks on both sides
term    = [weight ":"] ( "quoted words" | path | words )

dog on a beach                         one term
2:"golden retriever" + ./pool.jpg - people
t-shirt 16:9 24/7                      one term: no blanks around the hyphen, no word after ":"
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mindseye.errors import QueryError
from mindseye.query.model import Picture, Term, TermValue, Words

_WEIGHT = re.compile(r"(?P<weight>\d+(?:\.\d*)?|\.\d+):\s*(?=[^\s\d])")
_PATH = re.compile(r"(?:\.{0,2}/|~/|file://|[A-Za-z]:[\\/])")
_QUOTES = {'"': '"', "“": "”", "「": "」"}
_LITERAL_HINT = "put it in quotes, or use --literal to take everything as words"


def parse(text: str, *, literal: bool = False) -> tuple[Term, ...]:
    """The terms of a query; with `literal` the whole text is one term of words.

    Raises `QueryError` with the offset of the trouble.
    """
    if not text.strip():
        return ()
    if literal:
        return (Term(Words(text.strip())),)
    terms = tuple(_terms(text))
    if all(term.weight < 0 for term in terms):
        raise QueryError(
            "there is only something to push away from, nothing to look for",
            hint="name something to look for before the first ' - '",
        )
    return terms


def _terms(text: str) -> Iterator[Term]:
    for sign, start, end in _pieces(text):
        piece = text[start:end].strip()
        offset = end - len(text[start:end].lstrip())
        if not piece:
            raise QueryError(f"a term is missing after {sign!r}", offset=offset, hint=_LITERAL_HINT)
        match = _WEIGHT.match(piece)
        weight = float(match["weight"]) if match else 1.0
        skip = match.end() if match else 0
        yield Term(_value(piece[skip:], offset + skip), -weight if sign == "-" else weight)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """Sign, start and end of each term: split at free-standing + and - outside quotes."""
    sign, start, closing = "+", 0, ""
    for offset, character in enumerate(text):
        if closing:
            closing = "" if character == closing else closing
        elif character in _QUOTES and _opens(text, offset):
            closing = _QUOTES[character]
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
    closing = _QUOTES.get(piece[0])
    if closing and piece.endswith(closing) and len(piece) > 1:
        words = piece[1:-1].strip()
        if not words:
            raise QueryError("there is nothing between the quotes", offset=offset)
        return Words(words)
    if not _PATH.match(piece):
        return Words(piece)
    local = unquote(urlsplit(piece).path) if piece.startswith("file://") else piece
    path = Path(local).expanduser()
    if not path.is_file():
        raise QueryError(f"there is no picture at {piece}", offset=offset, hint=_LITERAL_HINT)
    return Picture(path)
