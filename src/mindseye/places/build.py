"""Compiles a gazetteer out of what the packages know: one SQLite file, put in place at once."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from filelock import FileLock

from mindseye.errors import StoreUnavailable
from mindseye.fold import fold
from mindseye.places import names, sources
from mindseye.places.model import NamedPlace
from mindseye.places.spoken import Spoken
from mindseye.places.territories import local_country_name, territory_names, writing
from mindseye.places.towns import TOWN

_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16384;
CREATE TABLE stamp (packages TEXT NOT NULL, longest INTEGER NOT NULL);
CREATE TABLE places (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, local_name TEXT NOT NULL,
    country_code TEXT NOT NULL, population INTEGER NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, names TEXT NOT NULL
);
CREATE TABLE named (
    folded TEXT NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (folded, place)
) WITHOUT ROWID;
CREATE TABLE columns (name TEXT PRIMARY KEY, data BLOB NOT NULL);
"""

_MOST_LETTERS: Final = 60
"""Names that are longer are sentences; they can be read but not looked up."""


@dataclass(slots=True)
class _Region:
    """A region while its cities are read."""

    place: NamedPlace
    largest: int = -1


@dataclass(slots=True)
class _Build:
    """What is known while the cities go by."""

    countries: dict[str, NamedPlace]
    capitals: Mapping[str, str]
    areas: Sequence[sources.Area | None]
    spoken: Spoken = field(default_factory=Spoken)
    regions: dict[str, _Region] = field(default_factory=dict)
    towns: list[tuple[object, ...]] = field(default_factory=list)
    located: set[str] = field(default_factory=set)
    largest: dict[str, int] = field(default_factory=dict)


def compile_alone(file: Path, wanted: str) -> None:
    """Compile unless another process just did, in a process of its own that gives its memory back.

    `wanted` are the packages the gazetteer is to be compiled from. Raises `StoreUnavailable`.
    """
    # A link in the cache leads to where the file is kept.
    file = file.resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock"):
        if _packages_of(file) == wanted:
            return
        command = [sys.executable, "-m", "mindseye.places.build", str(file)]
        done = subprocess.run(  # noqa: S603 - this very program
            command, capture_output=True, text=True, check=False
        )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise StoreUnavailable(
            f"the gazetteer could not be compiled into {file}: {reason}",
            hint="is the folder writable, and has the disk 80 MB left?",
        )


def _packages_of(file: Path) -> str:
    """What a gazetteer was compiled from; "" where none is."""
    if not file.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return str(database.execute("SELECT packages FROM stamp").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return ""


def compile_gazetteer(file: Path) -> None:
    """Write the gazetteer to `file`, replacing what was there at once; takes some ten seconds.

    Raises `MissingExtra`, `OSError` where the folder cannot be written.
    """
    stamp = sources.versions()
    if file.is_dir():
        raise IsADirectoryError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    os.close(handle)
    temporary = Path(name)
    try:
        with closing(sqlite3.connect(temporary)) as database:
            database.executescript(_TABLES)
            longest = _write(database)
            database.execute("INSERT INTO stamp VALUES (?, ?)", (stamp, longest))
            database.commit()
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def _write(database: sqlite3.Connection) -> int:
    """Write all tables but the stamp; returns the length of the longest name."""
    longest = 0
    building = _begin()
    for places in _groups(building):
        database.executemany(
            "INSERT OR IGNORE INTO places VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(place) for place in places),
        )
        folded = [(name, place.id) for place in places for name in _folded(place.names)]
        longest = max(longest, *(len(name) for name, _ in folded))
        database.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", folded)
    database.executemany("INSERT INTO columns VALUES (?, ?)", _columns(building.towns))
    return longest


def _begin() -> _Build:
    others = sources.other_country_names()
    countries, capitals = {}, {}
    for country in sources.countries():
        english, *more = territory_names(country.code) or (country.name,)
        listed = (country.name, *more, *others.get(country.code, ()))
        countries[country.code] = NamedPlace(
            country.id, "country", english, local_country_name(country.code) or english,
            country.code, country.population, 0.0, 0.0,
            tuple(dict.fromkeys((english, *listed))),
        )  # fmt: skip
        capitals[country.code] = country.capital
    areas = list(sources.areas())
    building = _Build(countries, capitals, areas)
    for area in areas:
        if area is not None and area.level == 1:
            building.regions[area.code] = _Region(_region(area, building.spoken))
    return building


def _region(area: sources.Area, spoken: Spoken) -> NamedPlace:
    code = area.code.partition(".")[0]
    english = names.english_region(area.name, area.names)
    language, script = writing(code)
    listed = names.usable((area.name, *area.names), english)
    local = names.in_script(listed, language, script, ()) if names.has_script(script) else area.name
    known = spoken.of_place(area.id, code, listed)
    return NamedPlace(area.id, "region", english, local or area.name, code, 0, 0.0, 0.0, known)


def _groups(building: _Build) -> Iterator[list[NamedPlace]]:
    """All places in groups; cities first, since regions and countries are placed by theirs."""
    lines, group = sources.areas_of_cities(), []
    for city in sources.cities():
        inside = [area for line in lines.get(city.id, ()) if (area := building.areas[line - 1])]
        group.append(_city(building, city, inside))
        if len(group) >= 20_000:
            yield group
            group = []
    yield group
    yield [region.place for region in building.regions.values()]
    yield list(building.countries.values())


def _city(building: _Build, city: sources.City, inside: Sequence[sources.Area]) -> NamedPlace:
    code = city.country_code
    region = next((area.code for area in inside if area.level == 1), f"{code}.{city.admin_code}")
    area = next((area.id for area in inside if area.level == 2), 0)
    listed = (*names.usable(city.names, city.name), *names.CITY_NAMES.get(city.id, ()))
    place = NamedPlace(
        city.id, "city", city.name, _local(city, inside), code, city.population,
        city.latitude, city.longitude, building.spoken.of_city(city, listed),
    )  # fmt: skip
    _locate(building, place, region)
    owner = building.regions.get(region)
    building.towns.append(
        (code, city.latitude, city.longitude, city.population, city.id,
         0 if owner is None else owner.place.id, area,
         area == 0 and owner is not None and owner.place.name in place.names)
    )  # fmt: skip
    return place


def _local(city: sources.City, inside: Iterable[sources.Area]) -> str:
    around = [name for area in inside for name in (area.name, *area.names)]
    language, script = writing(city.country_code)
    if names.has_script(script):
        return names.in_script(city.names, language, script, around) or city.name
    return names.local_city(city.id, city.name, city.names, around)


def _locate(building: _Build, city: NamedPlace, code: str) -> None:
    """Place the region and the country of a city by it, where it is the largest or the capital."""
    if region := building.regions.get(code):
        region.place = replace(region.place, population=region.place.population + city.population)
        if city.population > region.largest:
            region.largest = city.population
            region.place = replace(region.place, latitude=city.latitude, longitude=city.longitude)
    country = building.countries.get(city.country_code)
    if country is None:
        return
    capital = city.name == building.capitals[country.country_code]
    rank = city.population + (10**9 if capital else 0)
    if rank > building.largest.get(country.country_code, -1):
        building.largest[country.country_code] = rank
        building.countries[country.country_code] = replace(
            country, latitude=city.latitude, longitude=city.longitude
        )


def _row(place: NamedPlace) -> tuple[object, ...]:
    return (
        place.id, place.kind, place.name, place.local_name, place.country_code, place.population,
        place.latitude, place.longitude, "\n".join(place.names),
    )  # fmt: skip


def _folded(listed: Iterable[str]) -> set[str]:
    folded = {fold(name) or "" for name in listed}
    return {name for name in folded if 0 < len(name) <= _MOST_LETTERS}


def _columns(towns: Sequence[tuple[object, ...]]) -> Iterator[tuple[str, bytes]]:
    """The numbers by which a town is chosen, by country and then from south to north."""
    table = np.array(towns, dtype=TOWN)
    table = table[np.lexsort((table["latitude"], table["country"]))]
    yield "towns", table.tobytes()


if __name__ == "__main__":
    compile_gazetteer(Path(sys.argv[1]))
