"""The facets by which a set of photos is counted: each value with how many photos have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from mindseye.errors import QueryError
from mindseye.query.model import Filter
from mindseye.query.parse import parse
from mindseye.query.values import written


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to count photos; `field` is that of the filter which a value becomes."""

    name: str
    field: str
    help: str
    by_date: bool = False
    """Whether values are spans of time, which come latest first, not by count."""

    def filter(self, value: str) -> Filter:
        """The filter that the photos with this value pass, and others only where it holds them."""
        found = parse(f"{self.field}:{written(value)}").filter
        assert found is not None
        return found


FACETS: Final[tuple[Facet, ...]] = (
    Facet("year", "date", "the year it was taken", by_date=True),
    Facet("month", "date", "the month it was taken", by_date=True),
    Facet("country", "country", "the country"),
    Facet("region", "region", "the state, province or region"),
    Facet("city", "city", "the city"),
    Facet("camera", "camera", "maker and model of the camera"),
    Facet("lens", "lens", "the lens"),
    Facet("keyword", "keyword", "each of its keywords"),
    Facet("person", "person", "each person in it"),
    Facet("type", "type", "photo, raw or animated"),
    Facet("format", "format", "the format of the file"),
    Facet("rating", "rating", "stars"),
)

BY_NAME: Final[Mapping[str, Facet]] = {facet.name: facet for facet in FACETS}

USUAL: Final = ("year", "country", "city", "camera", "person")
"""The facets that are counted where none is named."""


def facet_of(name: str) -> Facet:
    """The facet of this name; raises `QueryError`, naming the nearest."""
    found = BY_NAME.get(name)
    if found is None:
        near = get_close_matches(name, BY_NAME, n=1)
        meant = f"did you mean {near[0]}? There are " if near else "there are "
        raise QueryError(f"there is no facet {name!r}", hint=meant + ", ".join(BY_NAME))
    return found
