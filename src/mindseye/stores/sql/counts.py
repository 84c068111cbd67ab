"""Numbers over many photos of a library."""

from __future__ import annotations

import numpy as np
from sqlalchemy import func, select

from mindseye.stores.base import Count, Selection
from mindseye.stores.facets import counted
from mindseye.stores.schema import photos
from mindseye.stores.sql.catalog import SqlCatalog, passes
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import Photo

_DRAWN = 2
"""So many times more ids are drawn than photos are wanted: some ids are no photo any more."""


class SqlCounts:
    """Counts photos; every method is one short transaction of its own."""

    def __init__(self, session: Session, catalog: SqlCatalog) -> None:
        self._session = session
        self._catalog = catalog

    @repeatable
    def sample(self, count: int) -> list[Photo]:
        """Up to `count` photos that are not missing, drawn evenly, always the same ones."""
        with self._session.read() as connection:
            last = connection.execute(select(func.max(photos.c.id))).scalar() or 0
            drawn = np.unique(np.linspace(1, last, _DRAWN * count).astype(np.int64)).tolist()
            there = select(photos.c.id).where(
                one_of(photos.c.id, drawn if last else []), photos.c.missing_since.is_(None)
            )
            ids = connection.execute(there.order_by(photos.c.id)).scalars().all()
        step = max(len(ids) // max(count, 1), 1)
        return self._catalog.photos(ids[::step][:count])

    @repeatable
    def facet(self, name: str, chosen: Selection, most: int = 100) -> list[Count]:
        """The commonest values of one facet among the photos chosen."""
        with self._session.read() as connection:
            rows = connection.execute(counted(name, passes(chosen), most)).all()
        return [Count(str(value), number) for value, number in rows]

    @repeatable
    def photos(self, chosen: Selection) -> int:
        """How many photos are chosen."""
        listed = select(func.count()).select_from(photos).where(passes(chosen))
        with self._session.read() as connection:
            return connection.execute(listed).scalar_one()
