"""The gazetteer: which places a name means, and which place a point lies in.

It is opened from a compiled file (`mindseye.places.build`) in a few milliseconds and reads from it
only what is asked for. One object may be used from several threads.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self

import platformdirs

from mindseye.fold import fold
from mindseye.places.model import Mention, NamedPlace
from mindseye.places.scan import spans
from mindseye.types import LocalNames, Located

if TYPE_CHECKING:
    from mindseye.places.points import Points
    from mindseye.places.towns import TownTable

FORMAT: Final = 2
"""Another layout of the file, another way to fold or to choose names: it is compiled again."""

_REMEMBERED: Final = 512
"""Places kept in memory once read; a large city has 50 kB of names."""

_MOST_ASKED: Final = 500
"""Names asked for at once: fewer than the variables any SQLite takes."""


def gazetteer_file() -> Path:
    """Where the compiled gazetteer lies: in the cache folder of the user."""
    return platformdirs.user_cache_path("mindseye") / f"gazetteer-{FORMAT}.db"


class Gazetteer:
    """Places by name and by position; use it as a context manager or call `close`."""

    def __init__(self, database: sqlite3.Connection, packages: str, longest: int) -> None:
        self.packages = packages
        self._database = database
        self._longest = longest
        self._lock = Lock()
        self._known: OrderedDict[int, NamedPlace] = OrderedDict()

    @classmethod
    def open(cls, file: Path | None = None) -> Self:
        """The gazetteer, compiled first (some twenty seconds) where it is not up to date.

        Raises `MissingExtra` where the packages of the extra `places` are not installed.
        """
        from mindseye.places.sources import versions

        file, wanted = file or gazetteer_file(), versions()
        found = cls.find(file)
        if found is not None and found.packages == wanted:
            return found
        if found is not None:
            found.close()
        from mindseye.places.build import compile_alone

        compile_alone(file, wanted)
        return cls._at(file)

    @classmethod
    def find(cls, file: Path | None = None) -> Self | None:
        """The gazetteer as it was compiled last, or None where it never was; costs milliseconds."""
        file = file or gazetteer_file()
        try:
            return cls._at(file)
        except sqlite3.Error:
            return None

    @classmethod
    def is_ready(cls, file: Path | None = None) -> bool:
        """Whether it is compiled from the packages that are here; raises `MissingExtra`."""
        from mindseye.places.sources import versions

        wanted, found = versions(), cls.find(file)
        if found is None:
            return False
        with found:
            return found.packages == wanted

    @classmethod
    def _at(cls, file: Path) -> Self:
        # The file is never changed, only replaced: SQLite need not lock it.
        uri = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            packages, longest = database.execute("SELECT packages, longest FROM stamp").fetchone()
        except (sqlite3.Error, TypeError):
            database.close()
            raise
        return cls(database, packages, longest)

    def named(self, text: str) -> list[NamedPlace]:
        """Every place that has exactly this name, case and accents aside; most populous first."""
        return self._named([fold(text) or ""]).get(fold(text) or "", [])

    def longest(self) -> int:
        """How many characters the longest name has, folded."""
        return self._longest

    def mentions(self, text: str) -> list[Mention]:
        """Every part of a text that is a name, however they overlap, in the order of their starts.

        A name starts and ends where words do; in scripts that are written without blanks it may
        start and end anywhere. Of two at one start the longer comes first.
        """
        parts = spans(text, self._longest)
        known = self._named([folded for _, _, folded in parts])
        return [
            Mention(start, end, tuple(known[folded]))
            for start, end, folded in parts
            if folded in known
        ]

    def place(self, number: int) -> NamedPlace | None:
        """The place with this GeoNames id, or None."""
        return self._places([number]).get(number)

    def country(self, code: str) -> NamedPlace | None:
        """The country with this ISO code in capitals, or None."""
        return self._countries.get(code)

    def at(self, latitude: float, longitude: float) -> Located:
        """What lies at a point (WGS 84 degrees); raises `MissingExtra`."""
        return self.at_many([(latitude, longitude)])[0]

    def at_many(self, points: Sequence[tuple[float, float]]) -> list[Located]:
        """What lies at each (latitude, longitude); raises `MissingExtra`."""
        settled = self._points.settled(points)
        # Photos of one place share what is known of it.
        different = set(settled)
        places = self._places(sorted({number for found in different for number in found.numbers}))
        located = {
            found: _located(
                found.timezone,
                [self._countries.get(found.code), *map(places.get, found.numbers)],
            )
            for found in different
        }
        return [located[found] for found in settled]

    def towns(self) -> TownTable:
        """The table of all towns, by which one is chosen; raises `MissingExtra`."""
        return self._points.table

    def zones(self) -> list[str]:
        """All time zones by their IANA names; raises `MissingExtra`."""
        return self._points.zones()

    def largest_cities(self, count: int) -> list[NamedPlace]:
        """The cities of the most people, the most populous first."""
        query = "SELECT * FROM places WHERE kind = 'city' ORDER BY population DESC, id LIMIT ?"
        with self._lock:
            rows = self._database.execute(query, (count,)).fetchall()
        return [_place(row) for row in rows]

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def _points(self) -> Points:
        from mindseye.places.points import Points

        query = "SELECT data FROM columns WHERE name = 'towns'"
        with self._lock:
            [towns] = self._database.execute(query).fetchone()
        return Points.over(towns)

    @cached_property
    def _countries(self) -> dict[str, NamedPlace]:
        with self._lock:
            rows = self._database.execute("SELECT * FROM places WHERE kind = 'country'").fetchall()
        return {place.country_code: place for place in map(_place, rows)}

    def _named(self, folded: Sequence[str]) -> dict[str, list[NamedPlace]]:
        """Folded name -> its places; names of no place are left out."""
        pairs: list[tuple[str, int]] = []
        wanted = sorted(set(folded))
        for start in range(0, len(wanted), _MOST_ASKED):
            part = wanted[start : start + _MOST_ASKED]
            marks = ", ".join("?" * len(part))
            query = f"SELECT folded, place FROM named WHERE folded IN ({marks})"  # noqa: S608
            with self._lock:
                pairs += self._database.execute(query, part).fetchall()
        places = self._places(sorted({number for _, number in pairs}))
        found: dict[str, list[NamedPlace]] = {}
        for name, number in pairs:
            found.setdefault(name, []).append(places[number])
        for listed in found.values():
            listed.sort(key=lambda place: (-place.population, place.id))
        return found

    def _places(self, numbers: Sequence[int]) -> dict[int, NamedPlace]:
        with self._lock:
            found = {number: self._known[number] for number in numbers if number in self._known}
            for number in numbers:
                if number in found:
                    continue
                query = "SELECT * FROM places WHERE id = ?"
                row = self._database.execute(query, (number,)).fetchone()
                if row is not None:
                    self._known[number] = found[number] = _place(row)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found


def current_stamp() -> str:
    """What a gazetteer compiled now would be compiled from; raises `MissingExtra`."""
    from mindseye.places.sources import versions

    return f"{FORMAT}, {versions()}"


def _place(row: Sequence[Any]) -> NamedPlace:
    number, kind, name, local_name, code, population, latitude, longitude, names = row
    return NamedPlace(
        number, kind, name, local_name, code, population, latitude, longitude,
        tuple(names.split("\n")),
    )  # fmt: skip


def _local_name(place: NamedPlace | None) -> str | None:
    return None if place is None else place.local_name


def _located(timezone: str, found: Sequence[NamedPlace | None]) -> Located:
    """Out of the country, the region, the city and the nearest settlement."""
    country, region, city, part = found
    parts = [place for place in dict.fromkeys((city, part)) if place is not None]
    return Located(
        timezone=timezone,
        country_code=None if country is None else country.country_code,
        country=None if country is None else country.name,
        region=None if region is None else region.name,
        city=None if city is None else city.name,
        local=LocalNames(*(_local_name(place) for place in (city, region, country))),
        city_names=tuple(dict.fromkeys(name for place in parts for name in place.names)),
        region_names=() if region is None else region.names,
        country_names=() if country is None else country.names,
    )
