"""Facets as SQL: the text of a photo's value, from its row of `photos`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import Column, ColumnElement, Select, String, Text, case, func, literal, select

from mindseye.query.facets import facet_of
from mindseye.stores.filters import column
from mindseye.stores.schema import keywords, people, photos
from mindseye.types import Precision


def counted(name: str, chosen: ColumnElement[bool], most: int) -> Select[str, int]:
    """The values of a facet with their counts, over the photos that a condition lets pass.

    Raises `QueryError` for a facet that is not there.
    """
    facet = facet_of(name)
    listed_in = _LISTS.get(name)
    value = _VALUES[name] if listed_in is None else listed_in
    number = func.count().label("number")
    listed = select(cast("ColumnElement[str]", value.label("value")), number).select_from(photos)
    if listed_in is not None:
        table = listed_in.table
        listed = listed.join(table, table.c.photo_id == photos.c.id)
    listed = listed.where(chosen, value.is_not(None), value != "").group_by(value)
    latest, commonest = value.desc(), (number.desc(), value)
    return listed.order_by(*((latest,) if facet.by_date else commonest)).limit(most)


def _first(characters: int) -> ColumnElement[str]:
    """The beginning of a date as ISO 8601 writes it, which databases cast moments to."""
    return func.substr(photos.c.taken_at.cast(Text), 1, characters, type_=String)


_LISTS: Final[Mapping[str, Column[str]]] = {
    "keyword": keywords.c.keyword,
    "person": people.c.name,
}
"""Facets of which a photo has several values, each in a row of its own."""

_VALUES: Final[Mapping[str, ColumnElement[Any]]] = {
    "year": _first(4),
    "month": case((photos.c.precision == literal(Precision.YEAR.value), None), else_=_first(7)),
    "country": photos.c.country,
    "region": photos.c.region,
    "city": photos.c.city,
    "camera": photos.c.camera,
    "lens": photos.c.lens,
    "type": column("kind"),
    "format": func.lower(photos.c.format),
    "rating": photos.c.rating.cast(String),
}
