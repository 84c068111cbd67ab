"""Which town a point belongs to, among all towns of its country.

A town of `p` people is taken for a disc of 5000 people a square kilometre, the density of large
cities: its reach is `R = sqrt(p / (5000 pi))` kilometres. The settlement of a point is the one of
the least `d / (1 + sqrt(R))`, with `d` the distance to its centre: of two at the same distance the
larger, but a village close by before a metropolis far off.

A part of a city then gives way to the city: to the largest one of more than twice its people, in
the same region, within whose reach both the point and the part lie. A city of one district with the
part may share the district with other towns, so there its people are taken to live twice as
densely; a city that fills several districts, or a region by itself, has its whole reach.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TOWN: Final = np.dtype(
    [
        ("country", "S2"),
        ("latitude", "f4"),
        ("longitude", "f4"),
        ("population", "i4"),
        ("id", "i4"),
        ("region", "i4"),
        ("area", "i4"),
        ("state", "?"),
    ]
)
"""A row of the table of towns: degrees, people, and GeoNames ids (0 is none) of the town, its
region and its district, and whether it bears the name of its region and lies in no district."""

_DENSITY: Final = 5000.0
"""People a square kilometre: Berlin has 4100, London 5700, Tokyo's wards 15 000, Rome 1800."""

_FAR: Final = 20.0
"""Kilometres beyond its reach at which a town no longer says where a photo was taken."""

_KM_PER_DEGREE: Final = 111.195
"""On a sphere of 6371 km."""

_BAND: Final = 0.75
"""Degrees of latitude to either side in which a town is looked for: the reach of 30 million people
and `_FAR` beyond."""

_VOTERS: Final = 7

Towns = NDArray[Any]
"""Rows of `TOWN`."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What was found at a point: the code of a country, and GeoNames ids, 0 where nothing is near.

    `part` is the nearest settlement, which may be a part of `city`.
    """

    code: str
    city: int = 0
    part: int = 0
    region: int = 0


@dataclass(frozen=True)
class TownTable:
    """The towns of the world, by country and then from south to north."""

    towns: Towns

    def settled(self, codes: tuple[str, ...], latitude: float, longitude: float) -> Settled:
        """The town and region at a point in one of these countries."""
        found = [(code, *self._of(code, latitude, longitude)) for code in codes]
        code, near, distance = min(found, key=lambda each: each[2].min(initial=np.inf))
        if not len(near):
            return Settled(code)
        reach = _reach(near["population"], _DENSITY)
        best = int(np.argmin(distance / (1 + np.sqrt(reach))))
        if distance[best] > reach[best] + _FAR:
            return Settled(code, region=_vote(near, distance))
        city = _city_of(near, distance, best)
        return Settled(
            code, int(near["id"][city]), int(near["id"][best]), int(near["region"][city])
        )

    def nearest(self, latitude: float, longitude: float) -> Settled:
        """The town whose centre is the nearest of all, whatever lies between: for comparison."""
        row = int(np.argmin(_kilometres(self.towns, latitude, longitude)))
        town = self.towns[row]
        number = int(town["id"])
        return Settled(town["country"].decode(), number, number, int(town["region"]))

    @cached_property
    def _slices(self) -> dict[str, slice]:
        """Country code -> its rows."""
        codes, starts = np.unique(self.towns["country"], return_index=True)
        ends = [*starts[1:].tolist(), len(self.towns)]
        rows = map(slice, starts.tolist(), ends)
        return {code.decode(): part for code, part in zip(codes.tolist(), rows, strict=True)}

    def _of(
        self, code: str, latitude: float, longitude: float
    ) -> tuple[Towns, NDArray[np.float32]]:
        """The towns of a country around a point, or all of them where none is; their distances."""
        country = self.towns[self._slices.get(code, slice(0))]
        south, north = (
            bisect_left(country["latitude"], latitude + band) for band in (-_BAND, _BAND)
        )
        near = country[south:north]
        distance = _kilometres(near, latitude, longitude)
        if len(near) and distance.min() <= _BAND * _KM_PER_DEGREE:
            close = distance <= _BAND * _KM_PER_DEGREE
            return near[close], distance[close]
        return country, _kilometres(country, latitude, longitude)


def _city_of(near: Towns, distance: NDArray[np.float32], best: int) -> int:
    """The row of the city that the settlement in row `best` is a part of, or that row itself."""
    part = near[best]
    # A city that is in no district while its parts are in some.
    spans = near["state"] if part["area"] == 0 else near["area"] == 0
    reach = _reach(near["population"], np.where(spans, _DENSITY, 2 * _DENSITY))
    between = _kilometres(near, float(part["latitude"]), float(part["longitude"]))
    holds = (
        (near["region"] == part["region"])
        & (spans | (near["area"] == part["area"]))
        & (near["population"] > 2 * max(int(part["population"]), 1))
        & (distance <= reach)
        & (between <= reach)
    )
    if not holds.any():
        return best
    return int(np.argmax(np.where(holds, near["population"], -1)))


def _vote(near: Towns, distance: NDArray[np.float32]) -> int:
    """The region that most of the nearest towns lie in, the nearer counting for more."""
    nearest = np.argsort(distance)[:_VOTERS]
    regions, of = np.unique(near["region"][nearest], return_inverse=True)
    votes = np.bincount(of, weights=1 / np.maximum(distance[nearest], 1))
    return int(regions[np.argmax(votes)])


def _reach(population: NDArray[np.int32], density: Any) -> NDArray[np.float64]:
    reach: NDArray[np.float64] = np.sqrt(population / (np.pi * density))
    return reach


def _kilometres(towns: Towns, latitude: float, longitude: float) -> NDArray[np.float32]:
    """Distances on the sphere, by the haversine."""
    there = np.radians(towns["latitude"])
    east = np.radians(towns["longitude"] - np.float32(longitude))
    here = np.float32(np.radians(latitude))
    square = np.sin((there - here) / 2) ** 2 + np.cos(there) * np.cos(here) * np.sin(east / 2) ** 2
    away: NDArray[np.float32] = 2 * 6371 * np.arcsin(np.sqrt(np.minimum(square, 1)))
    return away
