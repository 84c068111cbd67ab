"""Where the photos of a library were taken, as the gazetteer knows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, func, select

from mindseye.stores.base import Placed
from mindseye.stores.rows import located_row, placed_row, where_and_when
from mindseye.stores.schema import photo_places, photos, places
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import Located, Metadata


class SqlPlaces:
    """Photos share places: what is known of one is written once."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def waiting(self, limit: int) -> list[tuple[int, Metadata]]:
        """Photos the gazetteer was not asked about since they were written, by id."""
        asked = exists().where(photo_places.c.photo_id == photos.c.id)
        listed = select(photos).where(~asked).order_by(photos.c.id).limit(limit)
        with self._session.read() as connection:
            rows = connection.execute(listed).mappings().all()
        return [(row["id"], where_and_when(row)) for row in rows]

    def put(self, placed: Sequence[Placed]) -> int:
        """Write what was found, in one transaction; returns for how many photos."""
        if not placed:
            return 0
        with self._session.write() as connection:
            listed = select(photos).where(one_of(photos.c.id, [each.photo_id for each in placed]))
            rows = connection.execute(listed).mappings()
            now = {row["id"]: where_and_when(row) for row in rows}
            current = [each for each in placed if now.get(each.photo_id) == each.seen]
            if current:
                _write(connection, current)
                # A place is among the words by which a photo is found.
                named = [each.photo_id for each in current if each.located or each.seen.place]
                self._session.words.write(connection, named)
        return len(current)

    def forget(self) -> int:
        """Let all photos wait again; returns how many there are."""
        with self._session.write() as connection:
            connection.execute(delete(photo_places))
            connection.execute(delete(places))
            return int(connection.execute(select(func.count()).select_from(photos)).scalar_one())


def let_wait(connection: Connection, photo_ids: Iterable[int]) -> None:
    """Forget where these photos were taken: what is known of them has changed."""
    connection.execute(photo_places.delete().where(one_of(photo_places.c.photo_id, photo_ids)))


def _write(connection: Connection, placed: Sequence[Placed]) -> None:
    ids = _place_ids(connection, {each.located for each in placed if each.located is not None})
    let_wait(connection, [each.photo_id for each in placed])
    connection.execute(
        photo_places.insert(),
        [
            {"photo_id": each.photo_id, "place_id": each.located and ids[each.located]}
            for each in placed
        ],
    )
    rows = [{**placed_row(each.metadata), "at_id": each.photo_id} for each in placed]
    changed: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "at_id"}
    connection.execute(
        photos.update().where(photos.c.id == bindparam("at_id")).values(changed), rows
    )


def _place_ids(connection: Connection, found: AbstractSet[Located]) -> dict[Located, int]:
    """The ids of places; those that are new are written."""
    rows = {located: located_row(located) for located in found}
    keys = [row["key"] for row in rows.values()]
    listed = select(places.c.key, places.c.id).where(one_of(places.c.key, keys))
    known = set(connection.execute(listed).scalars())
    fresh = {row["key"]: row for row in rows.values() if row["key"] not in known}
    if fresh:
        connection.execute(places.insert(), list(fresh.values()))
    ids: dict[str, int] = dict(connection.execute(listed).all())
    return {located: ids[row["key"]] for located, row in rows.items()}
