"""Places in a sentence: a name becomes a filter where the words around it say a place is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mindseye.fold import fold
from mindseye.query.model import And, Field, Filter, Operator, Or
from mindseye.query.plain.base import Chip, Gazetteer, NamedPlace
from mindseye.query.plain.language import Language
from mindseye.query.plain.sentence import Sentence
from mindseye.query.plain.tokens import is_wide

_CITY: Final = 50_000
"""Smaller cities bear names that are words in some language too often."""

_BY_ANOTHER_NAME: Final = 300_000
"""The same for names that are neither the English nor the local one, and for short wide ones."""

_REGION: Final = 150_000
_LARGE_REGION: Final = 5_000_000
_METROPOLIS: Final = 1_000_000
"""From here on a city is meant without a capital, or by its name alone."""

_KNOWN_CODES: Final = frozenset({"usa", "uk", "uae", "nyc"})
"""Names of at most three letters that are typed in small ones too."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Tokens that may name a place, and the filter that would be meant."""

    start: int
    end: int
    text: str
    filter: Filter
    name: str
    kind: str
    people: int
    """How many live there."""
    exact: bool
    """Whether it is the English or the local name."""

    @property
    def large(self) -> bool:
        """Whether it is known well enough to be meant without a capital, or by its name alone."""
        least = {"country": 0, "region": _LARGE_REGION, "city": _METROPOLIS}[self.kind]
        return self.people >= least and (self.exact or self.kind == "country" or is_wide(self.text))


def settle_places(sentence: Sentence, gazetteer: Gazetteer) -> None:
    """Settle every place that is meant, from left to right, the longest name at each."""
    places = _candidates(sentence, gazetteer)
    for spoken in sentence.languages:
        for place in places:
            inside = range(place.start, place.end)
            if not sentence.free(place.start, place.end) or sentence.named.intersection(inside):
                continue
            start = _evident(sentence, spoken, place, places)
            if start is None:
                continue
            end, filter_, names = _joined(sentence, spoken, place, places)
            end = spoken.lists["endings"].past(sentence.said, end)
            if not sentence.free(start, end):
                continue
            if sentence.plain.visited is not None and not sentence.plain.visited(filter_):
                sentence.leave(start, end, names)
                continue
            first, last = sentence.said[start], sentence.said[end - 1]
            chip = Chip(first.start, last.end, f"taken in {names}", filter_)
            sentence.settle(start, end, chip)


def _candidates(sentence: Sentence, gazetteer: Gazetteer) -> list[_Place]:
    starts = {token.start: at for at, token in enumerate(sentence.said)}
    ends = {token.end: at + 1 for at, token in enumerate(sentence.said)}
    found = []
    for mention in gazetteer.mentions(sentence.text):
        if mention.start in starts and mention.end in ends:
            text = sentence.text[mention.start : mention.end]
            place = _meant(text, starts[mention.start], ends[mention.end], mention.places)
            if place is not None:
                found.append(place)
    return found


def _meant(text: str, start: int, end: int, named: Sequence[NamedPlace]) -> _Place | None:
    """Which place a name means: a country, else what is large enough; of two kinds either.

    Places that are called so first of all are meant before those that are called so as well:
    Granada is a city of Spain, and only in Spanish the country Grenada too.
    """
    folded = fold(text)
    exact = [each for each in named if folded in (fold(each.name), fold(each.local_name))]
    country = next((each for each in named if each.kind == "country"), None)
    least = _CITY if exact and len(text) > 2 else _BY_ANOTHER_NAME
    region, city = _largest(exact, "region", _REGION), _largest(exact, "city", least)
    if region is None and city is None:
        region = _largest(named, "region", _REGION)
    city = city or _largest(named, "city", _BY_ANOTHER_NAME)
    if city in exact and country not in exact and _outnumbers(city, country):
        country = None
    if region is not None and _outnumbers(region, city) and _abroad(region, city):
        # Florida is a town of Cuba as well.
        city = None
    if country is not None:
        people, sure = country.population, country in exact
        if region is not None and region.country_code != country.country_code and sure:
            # Georgia, which is another country's state as well.
            field = _field("place", country.name)
        else:
            field = _field("country", country.country_code.lower())
        return _Place(start, end, text, field, country.name, "country", people, sure)
    if region is not None and city is None:
        field = _field("region", region.name)
        return _Place(
            start, end, text, field, region.name, "region", region.population, bool(exact)
        )
    if city is None:
        return None
    name = city.name if region is None else min(city.name, region.name, key=len)
    return _Place(
        start, end, text, _field("place", name), name, "city", city.population, bool(exact)
    )


def _largest(named: Sequence[NamedPlace], kind: str, least: int) -> NamedPlace | None:
    fitting = (place for place in named if place.kind == kind and place.population >= least)
    return next(fitting, None)


def _outnumbers(place: NamedPlace | None, other: NamedPlace | None) -> bool:
    """Whether both are there, and more people live in the first."""
    return place is not None and other is not None and place.population > other.population


def _abroad(place: NamedPlace, other: NamedPlace | None) -> bool:
    return other is not None and place.country_code != other.country_code


def _field(name: str, value: str) -> Field:
    return Field(name, Operator.IS, value)


def _evident(
    sentence: Sentence, spoken: Language, place: _Place, places: Sequence[_Place]
) -> int | None:
    """Where the phrase around a place begins; None where nothing says that one is meant."""
    if sentence.said[place.start].wide:
        return _evident_wide(sentence, spoken, place)
    if not _spelled(sentence, spoken, place):
        return None
    said, at = sentence.said, place.start
    if place.kind == "country":
        at = spoken.lists["the"].before(said, at)
    source = spoken.lists["sources"].before(said, at)
    if source < at and _after_photos(sentence, spoken, source):
        return _closed(sentence, spoken, place.end, source)
    before = spoken.lists["before"].before(said, at)
    if before < at and _accented(sentence, spoken, before, at):
        return _closed(sentence, spoken, place.end, before)
    if spoken.lists["journeys"].before(said, at) < at:
        return _closed(sentence, spoken, place.end, at - 1)
    if _located(sentence, place, places):
        return at
    return _alone(sentence, spoken, place)


def _spelled(sentence: Sentence, spoken: Language, place: _Place) -> bool:
    """With a capital, unless it is large and its name no word; what is like a code, in capitals."""
    tokens = sentence.said[place.start : place.end]
    if tokens[0].wide:
        return True
    letters = "".join(token.text for token in tokens)
    if len(letters) <= 3 and letters not in _KNOWN_CODES:
        return all(token.raw.isupper() for token in tokens)
    doubtful = _doubtful(sentence, spoken, place)
    if tokens[0].capital:
        # German nouns all have one.
        return not doubtful or spoken.code != "de"
    return not doubtful and place.large


def _accented(sentence: Sentence, spoken: Language, start: int, end: int) -> bool:
    """Whether a preposition has its accents, where the sentence may be in another language too.

    "a Panama" is English, "à Panama" is not.
    """
    typed = " ".join(token.raw.lower() for token in sentence.said[start:end])
    return sentence.spoken_for_sure or typed in spoken.locating.before.split(",")


def _doubtful(sentence: Sentence, spoken: Language, place: _Place) -> bool:
    return spoken.lists["doubtful"].past(sentence.said, place.start) >= place.end


def _after_photos(sentence: Sentence, spoken: Language, at: int) -> bool:
    """Whether photos are named, or something was taken, right before; or nothing stands there."""
    return at == 0 or any(
        spoken.lists[name].before(sentence.said, at) < at for name in ("photos", "participles")
    )


def _closed(sentence: Sentence, spoken: Language, end: int, start: int) -> int | None:
    """The start, where what follows is no noun that the place is an attribute of."""
    if not sentence.closed(end, spoken):
        said = sentence.said[end]
        if not said.text.isdecimal() and spoken.lists["photos"].past(sentence.said, end) == end:
            return None
    taken = spoken.lists["participles"].before(sentence.said, start)
    return taken if sentence.free(taken, end) else start


def _located(sentence: Sentence, place: _Place, places: Sequence[_Place]) -> bool:
    """Whether a city at the beginning is followed by what it lies in: "Paris, Texas"."""
    said, end = sentence.said, place.end
    if place.start > 0 or place.kind != "city" or end >= len(said) or said[end].text != ",":
        return False
    around = (each for each in places if each.start == end + 1)
    return any(each.kind != "city" and said[each.start].capital for each in around)


def _alone(sentence: Sentence, spoken: Language, place: _Place) -> int | None:
    """A name at the beginning or behind a comma, with nothing or little behind it."""
    said, end = sentence.said, place.end
    opens = place.start == 0 or said[place.start - 1].text == ","
    if not opens or not said[place.start].capital or not place.large:
        return None
    year = end < len(said) and said[end].text.isdecimal() and len(said[end].text) == 4
    if year:
        return place.start
    if _doubtful(sentence, spoken, place):
        return None
    if end == len(said) or said[end].text in {",", "."}:
        return place.start
    return place.start if _time_follows(sentence, spoken, end) else None


def _time_follows(sentence: Sentence, spoken: Language, at: int) -> bool:
    return spoken.lists["alone"].past(sentence.said, at) > at


def _evident_wide(sentence: Sentence, spoken: Language, place: _Place) -> int | None:
    said, end = sentence.said, place.end
    if _doubtful(sentence, spoken, place):
        return None
    if spoken.lists["behind"].past(said, end) > end:
        return spoken.lists["before"].before(said, place.start)
    before = spoken.lists["before"].before(said, place.start)
    if before < place.start:
        follows = spoken.lists["follows"].past(said, end) > end
        return before if follows or sentence.closed(end, spoken) else None
    opens = place.start == 0 or place.start - 1 in sentence.settled
    owned = place.kind == "city" and spoken.lists["owners"].past(said, end) > end
    if owned and place.people >= _METROPOLIS:
        return place.start
    whole = end == len(said) or said[end].sign or said[end].text.isdecimal()
    return place.start if opens and whole and place.large else None


def _joined(
    sentence: Sentence, spoken: Language, place: _Place, places: Sequence[_Place]
) -> tuple[int, Filter, str]:
    """The place with those joined to it: "Paris, Texas" lies in both, "France and Italy" either."""
    said, end = sentence.said, place.end
    either: list[Filter] = [place.filter]
    names = place.name
    while end < len(said):
        inside = said[end].text == "," and not said[end].wide
        behind = end + 1 if inside else spoken.lists["joins"].past(said, end)
        after = next((each for each in places if each.start == behind > end), None)
        if after is None or not _spelled(sentence, spoken, after):
            break
        if inside and after.kind == "city":
            break
        if inside:
            either[-1] = And((either[-1], after.filter))
            names += f", {after.name}"
        elif sentence.closed(after.end, spoken):
            either.append(after.filter)
            names += f" or {after.name}"
        else:
            break
        end = after.end
    return end, either[0] if len(either) == 1 else Or(tuple(either)), names
