"""Dates and orders in a sentence: where a phrase of a language says one, it becomes a chip."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mindseye.query.plain.base import Chip
from mindseye.query.plain.grammar import Match
from mindseye.query.plain.language import Language
from mindseye.query.plain.readings import Said
from mindseye.query.plain.sentence import Sentence

_FIRST_BARE_YEAR: Final = 1990
"""A number before this, alone at the end of a sentence, is as often no year."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    said: Said


def settle_dates(sentence: Sentence) -> None:
    """Settle every date and order, from left to right, the longest at each place."""
    at = 0
    while at < len(sentence.said):
        found = max(_found_at(sentence, at), key=lambda each: each.end, default=None)
        if found is None:
            at += 1
            continue
        first, last = sentence.said[found.start], sentence.said[found.end - 1]
        chip = Chip(first.start, last.end, found.said.means, found.said.filter, found.said.sort)
        sentence.settle(found.start, found.end, chip)
        at = found.end


def _found_at(sentence: Sentence, at: int) -> Iterator[_Found]:
    """What is said from here on, a preposition before it included."""
    for spoken in sentence.languages:
        behind = spoken.lists["prepositions"].past(sentence.said, at)
        for start in sorted({at, behind}):
            if start == len(sentence.said):
                continue
            for match in spoken.grammar.matches(sentence.said, start):
                said = _read(sentence, spoken, match)
                if said is not None:
                    yield _Found(_with_participle(sentence, spoken, at), *said)


def _read(sentence: Sentence, spoken: Language, match: Match) -> tuple[int, Said] | None:
    """Where a phrase ends and what it says; None where it is not meant so."""
    if not sentence.free(match.start, match.end):
        return None
    end = _end(sentence, spoken, match)
    said = None if end is None else match.rule.reading(sentence.plain, **match.values)
    return (end, said) if end is not None and isinstance(said, Said) else None


def _end(sentence: Sentence, spoken: Language, match: Match) -> int | None:
    """Where a phrase ends, with what follows and belongs to it; None where it is not meant."""
    inner = match.values.get("sure")
    needs = {match.rule.needs, inner.rule.needs if isinstance(inner, Match) else ""} - {""}
    owner = _past_owner(sentence, spoken, match.end)
    if owner is None:
        return None
    if owner > match.end:
        needs -= {"closed"}
    if not all(_NEEDS[need](sentence, spoken, match) for need in needs):
        return None
    return spoken.lists["endings"].past(sentence.said, owner)


def _past_owner(sentence: Sentence, spoken: Language, at: int) -> int | None:
    """Behind the 's of "last year's trip"; None where what is owned shows no such time."""
    said = sentence.said
    if at + 1 >= len(said) or said[at].text != "'" or said[at + 1].text != "s":
        return at
    owned = spoken.lists["outings"].past(said, at + 2)
    return at + 2 if owned > at + 2 else None


def _with_participle(sentence: Sentence, spoken: Language, at: int) -> int:
    """Where a phrase begins, with the "taken" before it."""
    start = spoken.lists["participles"].before(sentence.said, at)
    return start if start < at and sentence.free(start, at) else at


def _closed(sentence: Sentence, spoken: Language, match: Match) -> bool:
    return sentence.closed(match.end, spoken)


def _framed(sentence: Sentence, spoken: Language, match: Match) -> bool:
    """The sentence speaks of photos, or says right before that something was taken."""
    if not sentence.closed(match.end, spoken):
        return False
    if spoken.lists["participles"].before(sentence.said, match.start) < match.start:
        return True
    said = sentence.said
    listed = (spoken.lists["photos"], spoken.lists["trailers"])
    return any(names.past(said, at) > at for names in listed for at in range(len(said)))


def _last(sentence: Sentence, spoken: Language, match: Match) -> bool:
    """A year ends the sentence, behind no name or label that a number may belong to."""
    year = match.values["year"]
    before = match.start - 1
    if match.end < len(sentence.said) or year < _FIRST_BARE_YEAR or before < 0:
        return False
    if before in sentence.settled or before in sentence.named:
        return True
    token = sentence.said[before]
    if token.capital or token.sign or token.text.isdecimal():
        return False
    if spoken.lists["photos"].past(sentence.said, before) > before:
        return True
    if token.text in spoken.words:
        return False
    # A label of any language that this may be in: "room 2019" might be German too.
    listed = (each.lists["labels"] for each in sentence.languages)
    return all(labels.before(sentence.said, match.start) == match.start for labels in listed)


def _own(sentence: Sentence, spoken: Language, match: Match) -> bool:
    """No article or possessive stands before: "the last summer of a war" is not last summer."""
    return spoken.lists["articles"].before(sentence.said, match.start) == match.start


def _sure_language(sentence: Sentence, spoken: Language, match: Match) -> bool:
    """The word means a date in one language and something else in others."""
    return sentence.languages == (spoken,) and sentence.closed(match.end, spoken)


_NEEDS: Final[Mapping[str, Callable[[Sentence, Language, Match], bool]]] = {
    "closed": _closed,
    "framed": _framed,
    "last": _last,
    "own": _own,
    "sure language": _sure_language,
}
"""What a rule may need around what it matches."""
