"""A sentence while it is being taken apart: its tokens, and which of them are settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from mindseye.query.plain.base import Chip, Plain
from mindseye.query.plain.language import Language
from mindseye.query.plain.languages import LATIN, WIDE, language
from mindseye.query.plain.tokens import Token, stands_free, tokens


@dataclass
class Sentence:
    """`settled` are indices of tokens that a chip has taken; `barred` may be part of none.

    `unvisited` are places that are meant but stay words, by name, and `named` their tokens.
    """

    text: str
    plain: Plain
    chips: list[Chip] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    barred: set[int] = field(default_factory=set)
    unvisited: list[str] = field(default_factory=list)
    named: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        for spoken in self.languages:
            for at in range(len(self.said)):
                self.barred.update(range(at, spoken.lists["never"].past(self.said, at)))

    @cached_property
    def said(self) -> list[Token]:
        """Its tokens."""
        return tokens(self.text)

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """The languages it may be in: by script, and by the function words of each."""
        wide = [token for token in self.said if token.wide]
        codes = [code for code in WIDE if wide and _fits(code, self.text)]
        latin = [
            token.raw.lower() for token in self.said if token.text.isalpha() and not token.wide
        ]
        if latin or not wide:
            spoken = [language(code) for code in LATIN]
            scores = [sum(word in each.spelled_words for word in latin) for each in spoken]
            best = max(scores)
            codes += [
                each.code for each, score in zip(spoken, scores, strict=True) if score == best
            ]
        return tuple(language(code) for code in codes)

    @property
    def spoken_for_sure(self) -> bool:
        """Whether its own words tell which one language it is in."""
        return len(self.languages) == 1

    def free(self, start: int, end: int) -> bool:
        """Whether these tokens are words of their own that nothing has taken yet."""
        if any(at in self.settled or at in self.barred for at in range(start, end)):
            return False
        return stands_free(self.text, self.said[start].start, self.said[end - 1].end)

    def settle(self, start: int, end: int, chip: Chip) -> None:
        """Take these tokens for a chip."""
        self.settled.update(range(start, end))
        self.chips.append(chip)

    def leave(self, start: int, end: int, place: str) -> None:
        """Let these tokens, which name a place that no photo is from, stay words."""
        if not self.named.intersection(range(start, end)):
            self.unvisited.append(place)
        self.named.update(range(start, end))

    def closed(self, at: int, spoken: Language) -> bool:
        """Whether the phrase that ends before `at` is no attribute of a noun behind it."""
        if at >= len(self.said):
            return True
        token = self.said[at]
        joins = token.text in "'-" and self.said[at - 1].end == token.start
        return (token.sign and not joins) or token.text in spoken.words or at in self.settled

    def left(self) -> Iterator[tuple[int, int]]:
        """Runs of tokens that no chip has taken."""
        start = None
        for at in range(len(self.said) + 1):
            loose = at < len(self.said) and at not in self.settled
            if loose and start is None:
                start = at
            if not loose and start is not None:
                yield start, at
                start = None


def _fits(code: str, text: str) -> bool:
    """Kana are Japanese; without them a text may be either."""
    kana = any("\u3040" <= character <= "\u30ff" for character in text)
    return code == "ja" or not kana
