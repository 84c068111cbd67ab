"""Many photos as columns: what a grid of a million photos or a map needs of each, and no more.

The statements are the same for every database; `passes` gives the condition on a row of `photos`
under which it is chosen, as the database at hand writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Connection, case, func, select

from mindseye.stores.base import NO_DATE, NO_TINT, Positions, Selection, Timeline
from mindseye.stores.schema import colours, photos

_TINTS: Final = {
    "black": (24, 24, 24), "grey": (128, 128, 128), "white": (236, 236, 236),
    "red": (186, 46, 40), "orange": (214, 128, 44), "yellow": (222, 196, 74),
    "green": (88, 128, 64), "teal": (52, 136, 132), "blue": (66, 108, 172),
    "purple": (118, 72, 142), "pink": (214, 132, 160), "brown": (112, 78, 54),
    "monochrome": (128, 128, 128),
}  # fmt: skip
"""A typical sRGB value for each colour that has a name (`mindseye.media.palette`)."""

Reading = Callable[[], AbstractContextManager[Connection]]


class StoreColumns:
    """Reads columns; every method is one short transaction of its own."""

    def __init__(
        self,
        read: Reading,
        passes: Callable[[Selection], ColumnElement[bool]],
        generation: Callable[[], str],
    ) -> None:
        self._read = read
        self._passes = passes
        self._generation = generation

    def generation(self) -> str:
        """A text that is another one after every write; reading it costs next to nothing."""
        return self._generation()

    def timeline(self, chosen: Selection | None = None) -> Timeline:
        """The photos chosen, newest first, those without a date last; as `DateOrder` says."""
        known = (photos.c.id, photos.c.taken_at, photos.c.width, photos.c.height, photos.c.digest)
        passing = self._passes(chosen or Selection())
        with self._read() as connection:
            rows = connection.execute(select(*known).where(passing)).all()
            tints = _tints(connection, passing)
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        moments = np.array([row[1] for row in rows], dtype="datetime64[us]")
        undated = np.isnat(moments)
        order = np.lexsort((-ids, -moments.astype(np.int64), undated))
        minutes = moments.astype("datetime64[m]").astype(np.int64)
        return Timeline(
            ids=ids[order],
            minutes=np.where(undated, NO_DATE, minutes)[order],
            widths=np.array([row[2] for row in rows], dtype=np.int32)[order],
            heights=np.array([row[3] for row in rows], dtype=np.int32)[order],
            tags=np.array([int(row[4][:8], 16) for row in rows], dtype=np.uint32)[order],
            tints=np.array([tints.get(row[0], NO_TINT) for row in rows], dtype=np.int32)[order],
        )

    def positions(self, chosen: Selection | None = None) -> Positions:
        """Where those of the photos chosen were taken of which that is known, by id."""
        known = (photos.c.id, photos.c.latitude, photos.c.longitude)
        listed = (
            select(*known)
            .where(self._passes(chosen or Selection()), photos.c.latitude.is_not(None))
            .order_by(photos.c.id)
        )
        with self._read() as connection:
            rows = connection.execute(listed).all()
        return Positions(
            ids=np.array([row[0] for row in rows], dtype=np.int64),
            latitudes=np.array([row[1] for row in rows], dtype=np.float64),
            longitudes=np.array([row[2] for row in rows], dtype=np.float64),
        )


def tint_of(shares: dict[str, float]) -> int:
    """One sRGB value (0xRRGGBB) for a picture with these shares of named colours."""
    total = sum(shares.values())
    if not total:
        return NO_TINT
    mixed = [
        sum(share * _TINTS[name][channel] for name, share in shares.items()) / total
        for channel in range(3)
    ]
    return _packed(mixed)


def _tints(connection: Connection, passing: ColumnElement[bool]) -> dict[int, int]:
    """Photo id -> the mean of the colours of its picture, weighted by their shares."""
    weights = [
        func.sum(colours.c.share * case(_channel(channel), value=colours.c.colour, else_=128))
        / func.sum(colours.c.share)
        for channel in range(3)
    ]
    chosen = select(photos.c.id).where(passing)
    listed = (
        select(colours.c.photo_id, *weights)
        .where(colours.c.photo_id.in_(chosen))
        .group_by(colours.c.photo_id)
    )
    return {row[0]: _packed(row[1:]) for row in connection.execute(listed)}


def _channel(channel: int) -> dict[str, Any]:
    return {name: value[channel] for name, value in _TINTS.items()}


def _packed(channels: Sequence[float]) -> int:
    red, green, blue = (round(channel) for channel in channels)
    return red << 16 | green << 8 | blue
