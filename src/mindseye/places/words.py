"""The words that a file or a user says of a place, found in the gazetteer.

Words win over a position: what the gazetteer knows of the place is only kept as far as it agrees
with them, so that a photo moved by its user to another town is not found under the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mindseye.fold import fold
from mindseye.places.gazetteer import Gazetteer
from mindseye.places.model import NamedPlace
from mindseye.types import LocalNames, Located, Place


def settle(gazetteer: Gazetteer, words: Place, at: Located | None) -> Located | None:
    """What the gazetteer knows of the place of these words; `at` is what it knows of the position.

    Where the words name the position, or part of it, that is the place. Else it is the city or
    region of that name in the country the words name or the position lies in; without a country
    there is none. The time zone stays that of the position.
    """
    if at is not None and _agree(words, at):
        return at
    found = _by_words(gazetteer, words, at)
    zone = "" if at is None else at.timezone
    if found is not None:
        return replace(found, timezone=zone)
    return Located(timezone=zone) if zone else None


def _agree(words: Place, at: Located) -> bool:
    """Whether nothing that the words say is called otherwise at a position."""
    named = (
        (words.city, at.city_names),
        (words.region, at.region_names),
        (words.country, at.country_names),
    )
    if words.country_code and words.country_code.upper() != at.country_code:
        return False
    # A city's region is written in many ways ("Kyoto-fu"): of a city that agrees it does not count.
    cities_agree = bool(words.city) and _is_among(words.city, at.city_names)
    return all(
        not word or _is_among(word, names) or (cities_agree and names is at.region_names)
        for word, names in named
    )


def _is_among(word: str | None, names: Iterable[str]) -> bool:
    wanted = fold(word)
    return any(fold(name) == wanted for name in names)


def _by_words(gazetteer: Gazetteer, words: Place, at: Located | None) -> Located | None:
    country = _country(gazetteer, words, at)
    if country is None:
        return None
    regions = _inside(gazetteer, words.region, "region", country)
    cities = _inside(gazetteer, words.city, "city", country)
    for city in cities:
        found = gazetteer.at(city.latitude, city.longitude)
        # The nearest centre to a small place may be another's: then only its own names are sure.
        if not _is_among(words.city, found.city_names):
            continue
        if not regions or _is_among(words.region, found.region_names):
            return found
    region = regions[0] if regions and not words.city else None
    return Located(
        region=None if region is None else region.name,
        country=country.name,
        country_code=country.country_code,
        local=LocalNames(None, None if region is None else region.local_name, country.local_name),
        region_names=() if region is None else region.names,
        country_names=country.names,
    )


def _country(gazetteer: Gazetteer, words: Place, at: Located | None) -> NamedPlace | None:
    """The country the words name; where they name none, that of the position."""
    if not words.country and not words.country_code:
        return gazetteer.country(at.country_code) if at is not None and at.country_code else None
    if words.country_code and (found := gazetteer.country(words.country_code.upper())):
        return found
    named = gazetteer.named(words.country or "")
    return next((place for place in named if place.kind == "country"), None)


def _inside(
    gazetteer: Gazetteer, word: str | None, kind: str, country: NamedPlace
) -> Sequence[NamedPlace]:
    """The places of a kind in a country that a word names, the most populous first."""
    code = country.country_code
    named = gazetteer.named(word) if word else []
    return [place for place in named if place.kind == kind and place.country_code == code]
