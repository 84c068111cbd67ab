"""Many photos as columns: what a grid of a million photos or a map needs of each, and no more.

The statements are the same for every database; `passes` gives the condition on a row of `photos`
under which it is chosen, as the database at hand writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, func, select

from mindseye.stores.base import NO_DATE, NO_TINT, Positions, Selection, Timeline
from mindseye.stores.schema import colours, photos
from mindseye.stores.sql.session import repeatable
from mindseye.types import Ids

_TINTS: Final = {
    "black": (24, 24, 24), "grey": (128, 128, 128), "white": (236, 236, 236),
    "red": (186, 46, 40), "orange": (214, 128, 44), "yellow": (222, 196, 74),
    "green": (88, 128, 64), "teal": (52, 136, 132), "blue": (66, 108, 172),
    "purple": (118, 72, 142), "pink": (214, 132, 160), "brown": (112, 78, 54),
    "monochrome": (128, 128, 128),
}  # fmt: skip
"""A typical sRGB value for each colour that has a name (`mindseye.media.palette`)."""

_WEIGHT: Final = 1000
"""A share of 1 as a whole number: shares are kept to thousandths."""

_BITS: Final = 20
"""Of a sum of one channel, which is at most 255 times the sum of the weights."""

_MASK: Final = (1 << _BITS) - 1


def _beside(value: tuple[int, int, int]) -> int:
    red, green, blue = value
    return red << 2 * _BITS | green << _BITS | blue


_SIDE_BY_SIDE: Final[dict[str, Any]] = {name: _beside(value) for name, value in _TINTS.items()}

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

    @repeatable
    def timeline(self, chosen: Selection | None = None) -> Timeline:
        """The photos chosen, newest first, those without a date last; as `DateOrder` says."""
        known = (photos.c.id, photos.c.taken_at, photos.c.width, photos.c.height, photos.c.digest)
        passing = self._passes(chosen or Selection())
        with self._read() as connection:
            rows = connection.execute(select(*known).where(passing)).all()
            # Without a choice those of missing photos are read too: that costs less than to ask.
            known_tints = _tints(connection, None if chosen is None else passing)
        ids, moments, widths, heights, digests = _columns(
            rows, (np.int64, "datetime64[us]", np.int32, np.int32, "U8")
        )
        undated = np.isnat(moments)
        order = np.lexsort((-ids, -moments.astype(np.int64), undated))
        minutes = moments.astype("datetime64[m]").astype(np.int64)
        tags = np.array([int(digest, 16) for digest in digests.tolist()], dtype=np.uint32)
        return Timeline(
            ids=ids[order],
            minutes=np.where(undated, NO_DATE, minutes)[order],
            widths=widths[order],
            heights=heights[order],
            tags=tags[order],
            tints=_looked_up(ids, *known_tints)[order],
        )

    @repeatable
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
        return Positions(*_columns(rows, (np.int64, np.float64, np.float64)))


def tint_of(shares: dict[str, float]) -> int:
    """One sRGB value (0xRRGGBB) for a picture with these shares of named colours."""
    total = sum(shares.values())
    if not total:
        return NO_TINT
    red, green, blue = (
        round(sum(share * _TINTS[name][channel] for name, share in shares.items()) / total)
        for channel in range(3)
    )
    return red << 16 | green << 8 | blue


def _columns(rows: Sequence[Any], kinds: Sequence[Any]) -> list[NDArray[Any]]:
    """The columns of rows as arrays of these types.

    Turned around first: NumPy would ask each row what kind of array it is.
    """
    listed = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return [np.array(column, dtype=kind) for column, kind in zip(listed, kinds, strict=True)]


def _tints(
    connection: Connection, passing: ColumnElement[bool] | None
) -> tuple[Ids, NDArray[np.int32]]:
    """Photos that pass, or all, whose colours are known, by id, and the mean of their colours.

    It is weighted by their shares. Sums of the channels are made side by side in one number: to
    ask for each of them by itself would cost most of what a timeline costs.
    """
    weight = cast(colours.c.share * _WEIGHT, BigInteger)
    side_by_side = case(_SIDE_BY_SIDE, value=colours.c.colour, else_=_beside((128, 128, 128)))
    sums = (func.sum(weight * side_by_side), func.sum(weight))
    listed = (
        select(colours.c.photo_id, *(cast(total, BigInteger) for total in sums))
        .group_by(colours.c.photo_id)
        .order_by(colours.c.photo_id)
    )
    if passing is not None:
        listed = listed.where(colours.c.photo_id.in_(select(photos.c.id).where(passing)))
    ids, totals, weights = _columns(connection.execute(listed).all(), (np.int64,) * 3)
    channels = [totals >> 2 * _BITS, totals >> _BITS & _MASK, totals & _MASK]
    red, green, blue = (np.rint(one / np.maximum(weights, 1)).astype(np.int32) for one in channels)
    return ids, red << 16 | green << 8 | blue


def _looked_up(ids: Ids, known: Ids, tints: NDArray[np.int32]) -> NDArray[np.int32]:
    """The tint of each of these photos, given those of some in the order of their ids."""
    found = np.full(len(ids), NO_TINT, dtype=np.int32)
    places = np.searchsorted(known, ids)
    there = np.flatnonzero(places < len(known))
    there = there[known[places[there]] == ids[there]]
    found[there] = tints[places[there]]
    return found
