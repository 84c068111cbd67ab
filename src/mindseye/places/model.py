"""The nouns of the gazetteer: a place with all its names, and a mention of it in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

PlaceKind: TypeAlias = Literal["country", "region", "city"]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A country, a region (its first level of government) or a city, village or part of a city.

    `id` is that of GeoNames, `name` the English one, `local_name` the one used there where it is
    known, and `names` are all, in many languages and scripts. Latitude and longitude in degrees;
    those of a country are its capital's, those of a region its largest city's. The population of a
    region is the sum over its places.
    """

    id: int
    kind: PlaceKind
    name: str
    local_name: str
    country_code: str
    population: int
    latitude: float
    longitude: float
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a text, `text[start:end]`, that is the name of `places`, most populous first."""

    start: int
    end: int
    places: tuple[NamedPlace, ...]
