"""Which photos lie below folders: the one restriction that albums, searches and encoding share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, false, or_, select, union_all

from mindseye.media import paths
from mindseye.stores.schema import photos, roots


def photos_below(connection: Connection, folders: Sequence[str]) -> ColumnElement[bool]:
    """Photos below any of these absolute folders (text); with no folders, no photo."""
    known = connection.execute(select(roots.c.id, roots.c.path)).all()
    parts = [(root_id, part) for root_id, root in known for part in _inside(root, folders)]
    if not parts:
        return false()
    # One look at an index for each folder: joined by OR, SQLite would go through a whole root.
    return photos.c.id.in_(union_all(*(_in_folder(*part) for part in parts)))


def _inside(root: str, folders: Sequence[str]) -> list[str]:
    """The parts of a root that these folders cover, relative to it; "" is all of it."""
    if any(paths.covers(folder, root) for folder in folders):
        return [""]
    start = len(root.rstrip("/")) + 1
    return [folder[start:].rstrip("/") for folder in folders if paths.covers(root, folder)]


def _in_folder(root_id: int, part: str) -> Select[int]:
    listed = select(photos.c.id).where(photos.c.root_id == root_id)
    if not part:
        return listed
    # "0" is the character that follows "/": one range of the index holds all there is, with the
    # folders that only begin alike ("a b" beside "a").
    return listed.where(
        photos.c.folder >= part,
        photos.c.folder < f"{part}0",
        or_(photos.c.folder == part, photos.c.folder >= f"{part}/"),
    )
