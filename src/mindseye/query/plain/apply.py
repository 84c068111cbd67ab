"""Plain language inside a typed query: only words that stand alone are read, nothing in quotes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mindseye.query.model import Words
from mindseye.query.plain.base import Chip, Plain
from mindseye.query.plain.understand import understand
from mindseye.query.split import QUOTES
from mindseye.query.terms import TermPart, without_blanks


@dataclass(frozen=True, slots=True)
class Applied:
    """The terms that are left, what was understood of them, and places that stay words."""

    terms: list[TermPart]
    chips: list[Chip]
    unvisited: tuple[str, ...]


def apply(words: str, parts: list[TermPart], plain: Plain) -> Applied:
    """The terms with what was understood taken out of them, and that as chips.

    `words` are those of the query with its typed filters blanked. Terms with a weight, pictures and
    what stands in quotes stay as they are. Where nothing would be left to look for beside what is
    pushed away from, the words stay too.
    """
    kept: list[TermPart] = []
    chips: list[Chip] = []
    unvisited: list[str] = []
    for part in parts:
        found = _understood(words, part, plain)
        chips += found.chips
        kept += found.terms
        unvisited += found.unvisited
    if kept and all(part.term.weight < 0 for part in kept):
        kept = parts
    return Applied(kept, chips, tuple(dict.fromkeys(unvisited)))


def _understood(words: str, part: TermPart, plain: Plain) -> Applied:
    """The same of one term, which is taken whole where nothing is left of it."""
    typed = words[part.start : part.end]
    if not isinstance(part.term.value, Words) or part.term.weight != 1.0:
        return Applied([part], [], ())
    if typed[0] in QUOTES or without_blanks(typed) != part.term.value.text:
        return Applied([part], [], ())
    found = understand(typed, plain)
    if not found.chips:
        return Applied([part], [], found.unvisited)
    chips = [
        replace(chip, start=part.start + chip.start, end=part.start + chip.end)
        for chip in found.chips
    ]
    if not found.words:
        return Applied([], chips, found.unvisited)
    pieces = tuple((part.start + start, part.start + end) for start, end in found.pieces)
    term = replace(part.term, value=Words(without_blanks(found.words)))
    left = TermPart(term, pieces[0][0], pieces[-1][1], pieces)
    return Applied([left], chips, found.unvisited)
