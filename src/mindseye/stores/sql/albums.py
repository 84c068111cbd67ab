"""The albums of a library, and what it has settled on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from mindseye.errors import NotFound, UsageError
from mindseye.stores.albums import name_key
from mindseye.stores.rows import now
from mindseye.stores.schema import album_photos, albums, choices, photos
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import Album


class SqlAlbums:
    """Albums by name; there are few, so all of them are read and compared here."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def __iter__(self) -> Iterator[Album]:
        """All albums, by name."""
        with self._session.read() as connection:
            found = _all(connection)
        return iter(sorted(found, key=lambda album: name_key(album.name)))

    def get(self, name: str) -> Album:
        """The album of this name; raises `NotFound`, naming the nearest."""
        found = self.find(name)
        if found is not None:
            return found
        known = {name_key(album.name): album.name for album in self}
        near = get_close_matches(name_key(name), known, n=1)
        raise NotFound(
            f"there is no album {name!r}",
            hint=f"did you mean {known[near[0]]!r}?" if near else "`mindseye album list` shows all",
        )

    def find(self, name: str) -> Album | None:
        """The album of this name, or None."""
        return next((album for album in self if name_key(album.name) == name_key(name)), None)

    def put(self, album: Album) -> Album:
        """Write an album, a new one where its `id` is 0; returns it as it was written."""
        with self._session.write() as connection:
            return write_album(connection, album)

    def remove(self, name: str) -> None:
        """Remove an album, not its photos; raises `NotFound`."""
        gone = self.get(name).id
        with self._session.write() as connection:
            connection.execute(albums.delete().where(albums.c.id == gone))

    @repeatable
    def picked(self, album_id: int) -> frozenset[int]:
        """Ids of the photos picked by hand for an album."""
        with self._session.read() as connection:
            return _picked(connection, album_id)

    def pick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Pick photos for an album by hand; returns how many were not picked before."""
        with self._session.write() as connection:
            there = select(photos.c.id).where(one_of(photos.c.id, photo_ids))
            unknown = set(photo_ids) - set(connection.execute(there).scalars())
            if unknown:
                raise NotFound(f"there is no photo {min(unknown)}", hint="nothing was picked")
            known = select(albums.c.id).where(albums.c.id == album_id)
            if connection.execute(known).scalar() is None:
                raise NotFound(f"there is no album with the id {album_id}; was it removed?")
            new = set(photo_ids) - _picked(connection, album_id)
            rows = [{"album_id": album_id, "photo_id": photo_id} for photo_id in sorted(new)]
            if rows:
                connection.execute(album_photos.insert(), rows)
        return len(rows)

    def unpick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Take photos out of those picked by hand; returns how many of them there were."""
        gone = album_photos.delete().where(
            album_photos.c.album_id == album_id, one_of(album_photos.c.photo_id, photo_ids)
        )
        with self._session.write() as connection:
            return connection.execute(gone).rowcount


class SqlChoices:
    """What the library has settled on, by name."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @repeatable
    def find(self, name: str) -> str | None:
        """What was chosen, or None."""
        with self._session.read() as connection:
            chosen = select(choices.c.value).where(choices.c.name == name)
            found: str | None = connection.execute(chosen).scalar()
        return found

    def put(self, name: str, value: str, albums: Sequence[Album] = ()) -> None:
        """Record a choice, and rewrite these known albums, in one transaction."""
        with self._session.write() as connection:
            connection.execute(choices.delete().where(choices.c.name == name))
            connection.execute(choices.insert().values(name=name, value=value))
            for album in albums:
                write_album(connection, album)


def write_album(connection: Connection, album: Album) -> Album:
    """Write an album inside a transaction that is under way; see `Albums.put`."""
    if any(
        name_key(other.name) == name_key(album.name) and other.id != album.id
        for other in _all(connection)
    ):
        raise UsageError(
            f"there is an album {album.name!r} already", hint="`mindseye album edit` changes it"
        )
    album = replace(album, created_at=album.created_at or now())
    row: dict[str, Any] = {
        "name": album.name,
        "description": album.description,
        "folders": list(album.folders),
        "encoder": album.encoder,
        "searched_by": album.searched_by,
        "min_score": album.min_score,
        "max_results": album.max_results,
        "optimise": album.optimise,
        "search": album.search,
        "created_at": album.created_at,
    }
    if album.id:
        changed = connection.execute(albums.update().where(albums.c.id == album.id).values(**row))
        if not changed.rowcount:
            raise NotFound(f"the album {album.name!r} was removed meanwhile")
        return album
    made = connection.execute(albums.insert().values(**row))
    assert made.inserted_primary_key is not None, "SQLite gives the key of a new row"
    return replace(album, id=made.inserted_primary_key[0])


def _picked(connection: Connection, album_id: int) -> frozenset[int]:
    listed = select(album_photos.c.photo_id).where(album_photos.c.album_id == album_id)
    return frozenset(connection.execute(listed).scalars())


def _all(connection: Connection) -> list[Album]:
    return [_album(row) for row in connection.execute(select(albums)).mappings()]


def _album(row: RowMapping) -> Album:
    return Album(**{**row, "folders": tuple(row["folders"])})
