"""What a name of a place means, and what lies at a point, by the gazetteer on this machine."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from mindseye.library import Library
from mindseye.places.gazetteer import Gazetteer
from mindseye.places.model import NamedPlace, PlaceKind
from mindseye.query.parse import parse
from mindseye.query.values import written
from mindseye.server.context import Here, Viewer
from mindseye.server.models import LocatedFacts, located_facts
from mindseye.server.problems import documented
from mindseye.stores.base import Selection
from mindseye.types import Located

router = APIRouter(tags=["places"], responses=documented(401, 403, 422, 501, 503))


class PlaceFound(BaseModel):
    """A place of some name, in English, and the photos known to be from it.

    The position of a country is its capital's; `filter` finds the photos, as it is typed.
    """

    kind: PlaceKind
    city: str | None
    region: str | None
    country: str | None
    country_code: str
    local_name: str
    population: int
    latitude: float
    longitude: float
    filter: str
    photos: int


@router.get("/places")
def places(
    context: Here,
    caller: Viewer,
    name: Annotated[str, Query(min_length=1, max_length=200, examples=["Firenze"])],
    limit: Annotated[int, Query(ge=1, le=100)] = 8,
) -> list[PlaceFound]:
    """Places of this name in any language, the most populous first, with counts of photos.

    None where the gazetteer was not compiled: an ingest does so, with the extra `places`.
    """
    del caller
    gazetteer = Gazetteer.find()
    if gazetteer is None:
        return []
    with gazetteer:
        named = gazetteer.named(name)[:limit]
        located = gazetteer.at_many([(one.latitude, one.longitude) for one in named])
    library = context.library
    return [_found(library, place, at) for place, at in zip(named, located, strict=True)]


def _found(library: Library, place: NamedPlace, at: Located) -> PlaceFound:
    """A place with what it lies in."""
    regions = {"country": None, "region": place.name, "city": at.region}
    within = f"country:{place.country_code}"
    named = f"{place.kind}:{written(place.name)} {within}"
    filter_ = within if place.kind == "country" else named
    return PlaceFound(
        kind=place.kind,
        city=place.name if place.kind == "city" else None,
        region=regions[place.kind],
        country=at.country,
        country_code=place.country_code,
        local_name=place.local_name,
        population=place.population,
        latitude=place.latitude,
        longitude=place.longitude,
        filter=filter_,
        photos=library.store.counts.photos(Selection(filter=parse(filter_).filter)),
    )


@router.get("/places/at")
def place_at(
    caller: Viewer,
    latitude: Annotated[float, Query(ge=-90, le=90, examples=[35.01])],
    longitude: Annotated[float, Query(ge=-180, le=180, examples=[135.77])],
) -> LocatedFacts:
    """Country, region, city and time zone of a point (WGS 84 degrees).

    The first look-up of a machine compiles the gazetteer, which takes some twenty seconds.
    """
    del caller
    with Gazetteer.open() as gazetteer:
        facts = located_facts(gazetteer.at(latitude, longitude))
    assert facts is not None
    return facts
