"""What a language gives to the reading of sentences: its words and its phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from mindseye.query.plain.grammar import Grammar, Rule, Slot, any_of, lexicon, number
from mindseye.query.plain.period import Event, Month
from mindseye.query.plain.tokens import Token, tokens


@dataclass(frozen=True, slots=True)
class Names:
    """Words or several words each, the longest first, by their first and by their last token."""

    by_first: Mapping[str, Sequence[tuple[str, ...]]]
    by_last: Mapping[str, Sequence[tuple[str, ...]]]

    @classmethod
    def of(cls, words: str) -> Self:
        """Those of a list parted by commas."""
        first: dict[str, list[tuple[str, ...]]] = {}
        last: dict[str, list[tuple[str, ...]]] = {}
        for word in filter(str.strip, words.split(",")):
            name = tuple(token.text for token in tokens(word))
            first.setdefault(name[0], []).append(name)
            last.setdefault(name[-1], []).append(name)
        for listed in (*first.values(), *last.values()):
            listed.sort(key=len, reverse=True)
        return cls(first, last)

    def past(self, said: Sequence[Token], at: int) -> int:
        """Where the longest of these that begins at `at` ends; `at` where none does."""
        if at >= len(said):
            return at
        for name in self.by_first.get(said[at].text, ()):
            if _are(said[at : at + len(name)], name):
                return at + len(name)
        return at

    def before(self, said: Sequence[Token], at: int) -> int:
        """Where the longest of these that ends before `at` begins; `at` where none does."""
        if at == 0:
            return at
        for name in self.by_last.get(said[at - 1].text, ()):
            if at >= len(name) and _are(said[at - len(name) : at], name):
                return at - len(name)
        return at


def _are(said: Sequence[Token], name: tuple[str, ...]) -> bool:
    return tuple(token.text for token in said) == name


@dataclass(frozen=True)
class Frame:
    """Words around what is looked for that say nothing of it; lists are parted by commas.

    `[asks] [determiners] [newest|oldest] photos [newest|oldest] [links]` stands before what is
    looked for; `trailers` are what stands behind it instead, `photos` among them.
    """

    asks: str
    determiners: str
    photos: str
    links: str
    newest: str
    oldest: str
    trailers: str = ""


@dataclass(frozen=True)
class Locating:
    """Words around a place that say it is meant as one; lists are parted by commas.

    A place is meant after `before`, after the last word of `journeys`, after `sources` where photos
    stand before them, and in front of `behind`; `owners` may follow the name of a city. What may
    follow a place besides function words are `follows`; a name alone may only be followed by
    `alone`. `the` stands before names of countries, `joins` between places. `doubtful` names are as
    often words or people.
    """

    before: str
    journeys: str = ""
    sources: str = ""
    behind: str = ""
    owners: str = ""
    follows: str = ""
    alone: str = ""
    the: str = ""
    joins: str = ""
    doubtful: str = ""


@dataclass(frozen=True)
class Shooting:
    """Words around a camera that say photos were taken with it; lists are parted by commas.

    It is meant after `taken_by`, and between `using` and `done`; `holders` may stand before its
    name, `devices` behind it.
    """

    taken_by: str = ""
    using: str = ""
    done: str = ""
    holders: str = ""
    devices: str = ""


@dataclass(frozen=True)
class Language:
    """One language; lists of words are parted by commas, templates are those of `grammar`.

    `function_words` tell the language, and end what a date or place could be an attribute of.
    `prepositions` and `participles` before a date are taken with it, `endings` behind it; after
    `articles` "last summer" is any summer that was the last.
    `never` are words that hold a date or place and mean something else. `outings` are what a date
    may own: "last year's trip"; a number after `labels` is no year. `decades` is how one is written
    ("{year}s", "{short}s") and the words for the thirties to the nineties.
    """

    code: str
    function_words: str
    events: Mapping[str, Event]
    weekdays: str
    units: Mapping[str, str]
    counts: Mapping[str, int]
    dates: tuple[Rule, ...]
    phrases: tuple[Rule, ...]
    frame: Frame
    locating: Locating
    shooting: Shooting = field(default_factory=Shooting)
    prepositions: str = ""
    participles: str = ""
    endings: str = ""
    articles: str = ""
    never: str = ""
    outings: str = ""
    labels: str = ""
    decades: tuple[str, Sequence[str]] = ("", ())
    slots: Mapping[str, Slot] = field(default_factory=dict)

    @cached_property
    def grammar(self) -> Grammar:
        """Its phrases, in which `date` is any of its dates and `sure` one that may stand alone."""
        slots = self._slots()
        dates = Grammar(slots, self.dates)
        date, sure = dates.as_slot(), dates.as_slot(without="bound")
        return Grammar({**slots, "date": date, "until": date, "sure": sure}, self.phrases)

    def _slots(self) -> dict[str, Slot]:
        year, day, count = number(1000, 2999, digits=4), number(1, 31), number(1, 999)
        event = lexicon(self.events)
        months = {names: event for names, event in self.events.items() if isinstance(event, Month)}
        weekdays = {names: number for number, names in enumerate(self.weekdays.split(";"))}
        return {
            "event": event,
            "last_event": event,
            "month": lexicon(months),
            "weekday": lexicon(weekdays),
            "unit": lexicon(self.units),
            "count": any_of(count, lexicon(self.counts)),
            "day": day,
            "last_day": day,
            "year": year,
            "last_year": year,
            "dd": number(1, 31, digits=2),
            "mm": number(1, 12, digits=2),
            "decade": lexicon(_decades(*self.decades)),
            **self.slots,
        }

    @cached_property
    def words(self) -> frozenset[str]:
        """Its function words, folded."""
        return frozenset(token.text for token in tokens(self.function_words.replace(",", " ")))

    @cached_property
    def spelled_words(self) -> frozenset[str]:
        """Its function words with their accents, by which it is told from other languages."""
        return frozenset(self.function_words.split(","))

    @cached_property
    def lists(self) -> Mapping[str, Names]:
        """Its lists of words."""
        listed = {name: getattr(self, name) for name in _LISTS}
        listed |= {name: getattr(self.frame, name) for name in _FRAME_LISTS}
        listed |= {name: getattr(self.locating, name) for name in _LOCATING_LISTS}
        listed |= {name: getattr(self.shooting, name) for name in _SHOOTING_LISTS}
        return {name: Names.of(words) for name, words in listed.items()}


def _decades(written: str, tens: Sequence[str]) -> Mapping[str, int]:
    """How each decade from 1830 on is named -> its first year; "90s" is the 1990s."""
    found: dict[str, int] = {}
    for year in range(1830, 2100, 10):
        names = [name for name in written.split(",") if "{short}" not in name]
        if 1930 <= year < 2000:
            names = written.split(",")
            if tens:
                names.append(tens[(year - 1930) // 10])
        for name in names:
            found[name.format(year=year, short=f"{year % 100:02d}")] = year
    return found


_LOCATING_LISTS = (
    "before", "journeys", "sources", "behind", "owners", "follows", "alone", "the", "joins",
    "doubtful",
)  # fmt: skip
_SHOOTING_LISTS = ("taken_by", "using", "done", "holders", "devices")
_LISTS = ("prepositions", "participles", "endings", "articles", "never", "outings", "labels")
_FRAME_LISTS = ("asks", "determiners", "photos", "links", "newest", "oldest", "trailers")
