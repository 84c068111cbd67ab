"""Looking words up: the photos that hold each, weighed by how much of the query they say."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, func, select

from mindseye.query.evidence import Said, evidence
from mindseye.query.segment import Sought, sought
from mindseye.stores.schema import frames, photos
from mindseye.stores.sql.expressions import as_list, ids_from, one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.stores.sql.words import WEIGHTS
from mindseye.types import Ids, Matches


class SqlTexts:
    """Looks words up; every method is one short transaction of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def search(self, words: str, limit: int | None = None, within: Ids | None = None) -> Matches:
        """The ids of the `limit` photos whose texts say most of `words`, or of all that do."""
        with self._session.read() as connection:
            said = [self._said(connection, one) for one in sought(words)]
            count = connection.execute(select(func.count()).select_from(photos)).scalar_one()
            found = evidence(said, count)
            if within is not None:
                found = _among(found, _owners(connection, found.ids, within))
        return _best(found, limit)

    def _said(self, connection: Connection, one: Sought) -> Said:
        """The photos that say a word, each with the weight of its weightiest passage that does."""
        ids, weights = np.empty(0, np.int64), np.empty(0, np.float32)
        for weight in WEIGHTS:
            more = self._session.words.holding(connection, one, weight)
            more = np.setdiff1d(more, ids, assume_unique=True)
            ids = np.concatenate([ids, more])
            weights = np.concatenate([weights, np.full(len(more), weight, np.float32)])
        return Said(ids, weights)


def _owners(connection: Connection, photo_ids: Ids, frame_ids: Ids) -> Ids:
    """Those of these photos that own any of these frames."""
    listed = select(as_list(frames.c.photo_id), as_list(frames.c.id)).where(
        one_of(frames.c.photo_id, photo_ids.tolist())
    )
    owners, owned = map(ids_from, connection.execute(listed).one())
    return np.unique(owners[np.isin(owned, frame_ids)])


def _among(found: Matches, photo_ids: Ids) -> Matches:
    kept = np.isin(found.ids, photo_ids, assume_unique=True)
    return Matches(found.ids[kept], found.scores[kept])


def _best(found: Matches, limit: int | None) -> Matches:
    order = np.lexsort((-found.ids, -found.scores))[:limit]
    return Matches(found.ids[order], found.scores[order])
