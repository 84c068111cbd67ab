"""Photos as they come out of their rows, whole."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, func, select

from mindseye.stores.rows import photo_from
from mindseye.stores.schema import photo_places, photos, picture_texts, places, roots
from mindseye.stores.sql.lists import lists_of
from mindseye.types import Photo


def load_photos(connection: Connection, where: ColumnElement[bool]) -> dict[int, Photo]:
    """The photos that a condition on `photos` allows, by id, within a transaction."""
    twin = photos.alias()
    copies = select(func.count()).where(
        twin.c.digest == photos.c.digest,
        twin.c.id != photos.c.id,
        twin.c.missing_since.is_(None),
    )
    listed: Select[tuple[object, ...]] = select(
        photos,
        roots.c.path.label("root_path"),
        copies.scalar_subquery().label("copies"),
        picture_texts.c.text,
        *(column.label(f"at_{column.name}") for column in places.c),
    ).select_from(
        photos.join(roots, roots.c.id == photos.c.root_id)
        .outerjoin(photo_places, photo_places.c.photo_id == photos.c.id)
        .outerjoin(places, places.c.id == photo_places.c.place_id)
        .outerjoin(picture_texts, picture_texts.c.digest == photos.c.digest)
    )
    rows = connection.execute(listed.where(where)).mappings().all()
    lists = lists_of(connection, [row["id"] for row in rows])
    return {row["id"]: photo_from(row, lists[row["id"]]) for row in rows}
