"""`mindseye places`: what lies at a point, what a name means, and looking places up anew."""

from __future__ import annotations

import click

from mindseye.cli.options import Settings, with_settings
from mindseye.cli.output import print_json
from mindseye.errors import UsageError
from mindseye.library import Library
from mindseye.places.gazetteer import Gazetteer
from mindseye.places.model import NamedPlace
from mindseye.types import Located

_NAMES_SHOWN = 12

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def places() -> None:
    """Look up places: what lies at a point, and what a name means.

    Nobody is asked: a gazetteer of the world lies on this machine. The first look-up compiles it,
    which takes some twenty seconds.
    """


@places.command()
@click.argument("point", metavar="LATITUDE,LONGITUDE")
@_JSON
def at(point: str, *, as_json: bool) -> None:
    """Tell country, region, city and time zone of a point: `mindseye places at 35.01,135.77`.

    A point south of the equator follows two dashes: `mindseye places at -- -33.86,151.21`.
    """
    latitude, longitude = _point(point)
    with Gazetteer.open() as gazetteer:
        found = gazetteer.at(latitude, longitude)
    if as_json:
        print_json(found)
        return
    for name, value in _rows(found):
        click.echo(f"{name:10} {value}")


@places.command()
@click.argument("name")
@click.option("--limit", default=10, show_default=True, help="Most places shown.")
@_JSON
def find(name: str, limit: int, *, as_json: bool) -> None:
    """List the places that have this NAME in any language, the most populous first."""
    with Gazetteer.open() as gazetteer:
        found = gazetteer.named(name)[:limit]
    if as_json:
        print_json({"places": found})
        return
    for place in found:
        click.echo(_line(place))
    if not found:
        click.echo(f"no place is called {name!r}")


@places.command()
@with_settings()
def refresh(settings: Settings, *, as_json: bool) -> None:
    """Look the places of all photos up anew; `mindseye ingest` does so for new ones.

    No file is read. What a file or you said of a place stays.
    """
    with Library.open(settings=settings, create=False) as library:
        count = library.locate(again=True)
    if as_json:
        print_json({"photos": count})
    else:
        click.echo(f"looked up the places of {count} photos")


def _point(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(
            f"a point is latitude,longitude in degrees, not {text!r}",
            hint="mindseye places at 35.01,135.77",
        ) from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise UsageError(
            f"the latitude lies in -90..90 and the longitude in -180..180, not {text!r}",
            hint="is the latitude first?",
        )
    return latitude, longitude


def _rows(found: Located) -> list[tuple[str, str]]:
    parts = ("city", "region", "country")
    rows = [(part, _both(getattr(found, part), getattr(found.local, part))) for part in parts]
    rows += [("code", found.country_code or ""), ("time zone", found.timezone)]
    also = [name for name in found.city_names if name != found.city]
    if also:
        rows.append(("also", ", ".join(also[:_NAMES_SHOWN])))
    return [(name, value) for name, value in rows if value]


def _both(name: str | None, local: str | None) -> str:
    if not name:
        return ""
    return name if not local or local == name else f"{name} ({local})"


def _line(place: NamedPlace) -> str:
    name = _both(place.name, place.local_name)
    point = f"{place.latitude:.4f},{place.longitude:.4f}"
    return f"{place.kind:8} {name}, {place.country_code}   {place.population:,} people   {point}"
