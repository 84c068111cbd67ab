"""Roots, folders and the state of files: what an ingest asks of the catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import inf

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    case,
    func,
    literal,
    or_,
    select,
    true,
    union,
)

from mindseye.media import paths
from mindseye.stores.base import KnownFile, Root
from mindseye.stores.rows import now
from mindseye.stores.schema import photos, roots, skipped
from mindseye.stores.sql.catalog import SqlCatalog
from mindseye.stores.sql.expressions import one_of
from mindseye.stores.sql.session import Session, repeatable
from mindseye.types import FileStamp, Location, Photo


class SqlFiles:
    """Roots, folders and files, as an ingest compares them with the disk."""

    def __init__(self, session: Session, catalog: SqlCatalog) -> None:
        self._session = session
        self._catalog = catalog
        self._longest_folder = _longest(session, photos.c.folder)
        self._longest_name = _longest(session, photos.c.name)

    @repeatable
    def roots(self) -> list[Root]:
        """All roots, by path."""
        with self._session.read() as connection:
            return _roots(connection)

    def add_root(self, path: str) -> Root:
        """The root that covers `path`, made if need be. Roots below it are merged into it."""
        with self._session.write() as connection:
            known = _roots(connection)
            for root in known:
                if paths.covers(root.path, path):
                    return root
            made = connection.execute(roots.insert().values(path=path, added_at=now()))
            assert made.inserted_primary_key is not None, "SQLite gives the key of a new row"
            root = Root(made.inserted_primary_key[0], path)
            for inner in known:
                if paths.covers(path, inner.path):
                    moved = _merge(connection, inner, root)
                    # The folders between the two are now among those by which they are found.
                    self._session.words.write(connection, moved)
        return root

    @repeatable
    def folders(self, root_id: int, below: str = "") -> set[str]:
        """Folders that hold a known file, `below` itself and under it ("" is the whole root)."""
        listed = union(
            *(
                select(table.c.folder).where(
                    table.c.root_id == root_id, _is_below(table.c.folder, below)
                )
                for table in (photos, skipped)
            )
        )
        with self._session.read() as connection:
            return set(connection.execute(listed).scalars())

    @repeatable
    def in_folders(self, root_id: int, folders: Sequence[str]) -> list[KnownFile]:
        """Known files directly in these folders: photos, and files that were skipped."""
        as_photo = select(
            photos.c.folder,
            photos.c.name,
            photos.c.size,
            photos.c.mtime_ns,
            photos.c.id,
            photos.c.missing_since.is_not(None),
        ).where(photos.c.root_id == root_id, one_of(photos.c.folder, folders))
        as_skipped = select(
            skipped.c.folder, skipped.c.name, skipped.c.size, skipped.c.mtime_ns
        ).where(skipped.c.root_id == root_id, one_of(skipped.c.folder, folders))
        known: dict[tuple[str, str], KnownFile] = {}
        with self._session.read() as connection:
            for folder, name, size, mtime_ns, photo_id, missing in connection.execute(as_photo):
                known[folder, name] = KnownFile(
                    Location(root_id, folder, name), FileStamp(size, mtime_ns), photo_id, missing
                )
            for folder, name, size, mtime_ns in connection.execute(as_skipped):
                before = known.get((folder, name))
                known[folder, name] = KnownFile(
                    Location(root_id, folder, name),
                    FileStamp(size, mtime_ns),
                    None if before is None else before.photo_id,
                    skipped=True,
                )
        return list(known.values())

    @repeatable
    def with_sizes(self, sizes: Sequence[int]) -> dict[int, list[str]]:
        """Digests of known photos by file size: what a new file of that size may be a copy of."""
        found: dict[int, list[str]] = defaultdict(list)
        listed = select(photos.c.size, photos.c.digest).where(one_of(photos.c.size, sizes))
        with self._session.read() as connection:
            for size, digest in connection.execute(listed.distinct()):
                found[size].append(digest)
        return dict(found)

    @repeatable
    def with_digests(self, digests: Sequence[str]) -> dict[str, list[Photo]]:
        """Photos by digest, missing ones included, oldest first."""
        with self._session.read() as connection:
            ids = connection.execute(
                select(photos.c.id).where(one_of(photos.c.digest, digests)).order_by(photos.c.id)
            )
            listed = list(ids.scalars())
        found: dict[str, list[Photo]] = defaultdict(list)
        for photo in self._catalog.photos(listed):
            found[photo.digest].append(photo)
        return dict(found)

    def holds(self, location: Location) -> bool:
        """Whether a file of this place can be written: a server may limit the length of names."""
        return (
            len(location.folder) <= self._longest_folder
            and len(location.name) <= self._longest_name
        )


def _longest(session: Session, column: Column[str]) -> float:
    """So many characters a column holds in this database."""
    length: int | None = getattr(column.type.dialect_impl(session.engine.dialect), "length", None)
    return inf if length is None else length


def _roots(connection: Connection) -> list[Root]:
    listed = select(roots.c.id, roots.c.path).order_by(roots.c.path)
    return [Root(root_id, path) for root_id, path in connection.execute(listed)]


def _merge(connection: Connection, inner: Root, outer: Root) -> Sequence[int]:
    """Hand everything below `inner` to `outer`: the same files, seen from further up.

    Returns the ids of the photos among them.
    """
    prefix = inner.path[len(outer.path.rstrip("/")) :].strip("/")
    moved = connection.execute(select(photos.c.id).where(photos.c.root_id == inner.id))
    photo_ids = moved.scalars().all()
    for table in (photos, skipped):
        inside = literal(prefix + "/").concat(table.c.folder)
        folder = case((table.c.folder == "", prefix), else_=inside)
        connection.execute(
            table.update()
            .where(table.c.root_id == inner.id)
            .values(root_id=outer.id, folder=folder)
        )
    connection.execute(roots.delete().where(roots.c.id == inner.id))
    return photo_ids


def _is_below(folder: ColumnElement[str], below: str) -> ColumnElement[bool]:
    if not below:
        return true()
    return or_(folder == below, func.substr(folder, 1, len(below) + 1) == below + "/")
