"""A query is split into its filters and the words around them.

item    = chain | words                    chain  = primary { " OR " primary }
primary = [ "-" | "NOT " ] ( field | group )
group   = "(" chain { [ " AND" ] " " chain } ")"
field   = name ":" value { "," value }     value  = ["<" | "<=" | ">" | ">="] text | a ".." b

OR binds tighter than a blank, as in web search: `date:2023 camera:canon OR camera:nikon` wants
2023 and either camera. A name is Latin letters with a value close behind its colon; so `12:30`,
`http://x`, `C:\\x` and `re: hello` are words, and so is everything in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mindseye.errors import QueryError
from mindseye.query.fields import BY_NAME, FieldSpec, near_names
from mindseye.query.model import And, Filter, Not, Or
from mindseye.query.read import Typed, read

QUOTES = {'"': '"', "“": "”", "「": "」"}
"""Opening quote -> closing quote."""

BLANK = "\x1f"
"""Stands in the words where a filter was: white space to Python, and nothing a user types."""

WORDS_HINT = "put it in quotes, or use --literal to take everything as words"

_NAME = re.compile(
    r"(?!photo:\d+(?:\s|$))([A-Za-z](?!:[/\\])|[A-Za-z][A-Za-z_-]+):(?=[^\s:)])(?!//)",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\((?:[\s(-]|NOT\s)*" + _NAME.pattern)
_WEIGHT = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+):")
_WORD = re.compile(r"\S+")
_SPACE = re.compile(r"\s*")
_NOT = re.compile(r"NOT\s+")
_AND = re.compile(r"\s+AND(?=\s)")
_DEEPEST = 40
_MOST_FIELDS = 250
"""SQLite takes expressions of depth 1000, and a person far fewer."""


@dataclass(frozen=True, slots=True)
class FilterPart:
    """A filter and which characters of the query it was typed with."""

    filter: Filter
    start: int
    end: int


def split(text: str) -> tuple[list[FilterPart], str]:
    """The filters in a query, and its words: as long as the text, with `BLANK` for filters.

    Raises `QueryError` at an unknown field, at a value that cannot be read, and where filters and
    words are joined by what joins filters only.
    """
    scanner = _Scanner(text)
    parts = list(scanner.parts())
    words = list(text)
    for start, end in (*((part.start, part.end) for part in parts), *scanner.dropped):
        words[start:end] = BLANK * (end - start)
    return parts, "".join(words)


@dataclass(slots=True)
class _Scanner:
    text: str
    dropped: list[tuple[int, int]] = field(default_factory=list)
    """Where an AND stands, which says nothing."""
    fields: int = 0

    def parts(self) -> Iterator[FilterPart]:
        """The filters at the top, each with what stands before and behind it checked."""
        at, before = self._skip(0), (0, 0)
        while at < len(self.text):
            found = self._chain(at, 0)
            if found is None:
                end = self._quoted_end(at) or self._word_end(at)
                before = (at, end)
            else:
                part, end = found
                self._check_before(*before, at)
                yield FilterPart(part, at, end)
                end = self._past_and(end)
                before = (end, end)
            at = self._skip(end)

    def _check_before(self, start: int, end: int, at: int) -> None:
        """What stands right before a filter must not be meant to join it with words."""
        word = self.text[start:end]
        if word == "AND":
            self.dropped.append((start, end))
        elif word == "OR":
            raise _joins_filters_only(start)
        elif word in ("+", "-"):
            raise QueryError(
                f"{word!r} stands before words; a filter follows",
                offset=start,
                hint=f"write -{self.text[at:].split(maxsplit=1)[0]} without a blank"
                if word == "-"
                else "leave it out: filters are joined by a blank",
            )

    def _past_and(self, at: int) -> int:
        """The end of an AND behind a filter with something behind it, else `at`."""
        start = self._skip(at)
        word = _WORD.match(self.text, start)
        if word is None or word[0] != "AND" or self._skip(word.end()) == len(self.text):
            return at
        self.dropped.append(word.span())
        return word.end()

    def _chain(self, at: int, depth: int) -> tuple[Filter, int] | None:
        """Filters joined by OR."""
        found = self._primary(at, depth)
        if found is None:
            return None
        parts, end = [found[0]], found[1]
        while True:
            start = self._skip(end)
            word = _WORD.match(self.text, start)
            if start == end or word is None or word[0] != "OR":
                return (parts[0] if len(parts) == 1 else Or(tuple(parts))), end
            found = self._primary(self._skip(word.end()), depth)
            if found is None:
                raise _joins_filters_only(start)
            parts.append(found[0])
            end = found[1]

    def _primary(self, at: int, depth: int) -> tuple[Filter, int] | None:
        if depth > _DEEPEST:
            raise QueryError("the filters are nested too deeply", offset=at)
        negation = _NOT.match(self.text, at)
        if negation is not None:
            found = self._primary(negation.end(), depth + 1)
        elif self.text.startswith("-", at):
            found = self._group(at + 1, depth) or self._field(at + 1)
        else:
            return self._group(at, depth) or self._field(at)
        return None if found is None else (Not(found[0]), found[1])

    def _group(self, at: int, depth: int) -> tuple[Filter, int] | None:
        """Filters in parentheses; words in parentheses are words."""
        if not _GROUP.match(self.text, at):
            return None
        parts: list[Filter] = []
        here = self._skip(at + 1)
        while not self.text.startswith(")", here):
            if here == len(self.text):
                raise QueryError("the parenthesis is never closed", offset=at)
            found = self._chain(here, depth + 1)
            if found is None:
                raise QueryError(
                    "only filters can stand in parentheses with filters",
                    offset=here,
                    hint="move the words out of the parentheses",
                )
            parts.append(found[0])
            here = self._skip(self._past_and_inside(found[1]))
        return (parts[0] if len(parts) == 1 else And(tuple(parts))), here + 1

    def _past_and_inside(self, at: int) -> int:
        return _end_of(_AND.match(self.text, at), at)

    def _field(self, at: int) -> tuple[Filter, int] | None:
        name = _NAME.match(self.text, at)
        if name is None:
            return None
        items, end = _items(self.text, name.end())
        if not items:
            return None
        self.fields += 1
        if self.fields > _MOST_FIELDS:
            raise QueryError(f"there are more than {_MOST_FIELDS} filters", offset=at)
        return read(_spec(name[1], at), items), end

    def _quoted_end(self, at: int) -> int | None:
        """The end of what stands in quotes here, a weight before them included."""
        weight = _WEIGHT.match(self.text, at)
        start = weight.end() if weight else at
        closing = QUOTES.get(self.text[start : start + 1])
        end = self.text.find(closing, start + 1) if closing else -1
        return None if end < 0 else end + 1

    def _word_end(self, at: int) -> int:
        return _end_of(_WORD.match(self.text, at), at + 1)

    def _skip(self, at: int) -> int:
        return _end_of(_SPACE.match(self.text, at), at)


def _end_of(match: re.Match[str] | None, otherwise: int) -> int:
    return otherwise if match is None else match.end()


def _spec(name: str, at: int) -> FieldSpec:
    spec = BY_NAME.get(name.lower())
    if spec is None:
        near = [f"{other}:" for other in near_names(name)]
        meant = f"did you mean {' or '.join(near)}? If not, " if near else ""
        raise QueryError(f"there is no field {name!r}", offset=at, hint=f"{meant}{WORDS_HINT}")
    return spec


def _joins_filters_only(at: int) -> QueryError:
    return QueryError("OR joins filters, and words stand beside it", offset=at, hint=WORDS_HINT)


def _items(text: str, at: int) -> tuple[list[Typed], int]:
    """The values from `at` on, split at commas, and where they end."""
    items: list[Typed] = []
    while at < len(text) and not text[at].isspace():
        item, end = _quoted(text, at) if text[at] in QUOTES else _bare(text, at)
        if item.text or item.quoted or text.startswith(",", end):
            items.append(item)
        if not text.startswith(",", end):
            return _without_empty(items), end
        at = end + 1
    return _without_empty(items), at


def _without_empty(items: list[Typed]) -> list[Typed]:
    for item in items:
        if not item.text.strip():
            raise QueryError("a value is missing here", offset=item.offset)
    return items


def _quoted(text: str, at: int) -> tuple[Typed, int]:
    """What stands in quotes; a doubled closing quote stands for itself."""
    closing = QUOTES[text[at]]
    end = text.find(closing, at + 1)
    while end >= 0 and text.startswith(closing, end + 1):
        end = text.find(closing, end + 2)
    if end < 0:
        raise QueryError(f"the quote is never closed by {closing}", offset=at)
    if end + 1 < len(text) and not (text[end + 1].isspace() or text[end + 1] in ",)"):
        raise QueryError("a blank is missing after the quote", offset=end + 1)
    inner = text[at + 1 : end].replace(closing * 2, closing)
    return Typed(inner, at + 1, quoted=True), end + 1


def _bare(text: str, at: int) -> tuple[Typed, int]:
    """What ends at a blank, a comma or a parenthesis opened before it."""
    depth = 0
    end = at
    while end < len(text) and not text[end].isspace() and text[end] != ",":
        depth += {"(": 1, ")": -1}.get(text[end], 0)
        if depth < 0:
            break
        end += 1
    return Typed(text[at:end], at), end
