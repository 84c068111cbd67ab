"""Points to time zones, countries and towns, many at once.

The borders are those of the time zones (timezone-boundary-builder, drawn from OpenStreetMap): a
zone lies in one country, exclaves, rivers and territorial waters included, and beyond them lie the
zones of the high seas, which are no country's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from mindseye.errors import MissingExtra
from mindseye.places.territories import country_of_zone
from mindseye.places.towns import TOWN, Settled, TownTable

if TYPE_CHECKING:
    from timezonefinder import TimezoneFinder

_COUNTRIES_OF_ZONE: Final = {
    # Kosovo has no zone of its own.
    "Europe/Belgrade": ("RS", "XK"),
    # Newer than the CLDR release that Babel may bring.
    "America/Coyhaique": ("CL",),
}


@dataclass(frozen=True, slots=True)
class At:
    """What was found at a point: a time zone, the code of a country or "", GeoNames ids or 0."""

    timezone: str
    code: str = ""
    region: int = 0
    city: int = 0
    part: int = 0

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The ids of region, city and nearest settlement."""
        return self.region, self.city, self.part


@dataclass(frozen=True)
class Points:
    """Finds what lies at points; one thread at a time."""

    table: TownTable

    @classmethod
    def over(cls, towns: bytes) -> Self:
        """Over the rows of `TOWN` that a gazetteer holds."""
        return cls(TownTable(np.frombuffer(towns, dtype=TOWN)))

    def settled(self, points: Sequence[tuple[float, float]]) -> list[At]:
        """What lies at each (latitude, longitude)."""
        latitudes, longitudes = np.array(points, dtype=np.float64).reshape(-1, 2).T
        zones = self._finder.timezone_names_at(lngs=longitudes, lats=latitudes)
        return [self._at(zone or "", *point) for zone, point in zip(zones, points, strict=True)]

    def zones(self) -> list[str]:
        """All time zones that a point may lie in."""
        return list(self._finder.timezone_names)

    def _at(self, zone: str, latitude: float, longitude: float) -> At:
        codes = countries_of(zone)
        if not codes:
            return At(zone)
        found: Settled = self.table.settled(codes, latitude, longitude)
        return At(zone, found.code, found.region, found.city, found.part)

    @cached_property
    def _finder(self) -> TimezoneFinder:
        try:
            from timezonefinder import TimezoneFinder
        except ImportError as error:
            raise MissingExtra("timezonefinder", "places") from error
        return TimezoneFinder()


def countries_of(zone: str) -> tuple[str, ...]:
    """The codes of the countries that a time zone lies in: none at sea, more than one for few."""
    known = _COUNTRIES_OF_ZONE.get(zone)
    if known is None:
        # Of Antarctica's zones CLDR knows only those of stations with a country code.
        code = "AQ" if zone.startswith("Antarctica/") else country_of_zone(zone)
        known = () if code is None else (code,)
    return known
