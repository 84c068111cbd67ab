"""Which photos lie below folders: the one restriction that albums, searches and encoding share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, Text, and_, case, false, func, or_, select, union_all

from mindseye.stores.schema import photos, roots
from mindseye.stores.sql.expressions import characters

ROOT_WITH_SLASH: Final = case(
    (roots.c.path.endswith("/"), roots.c.path), else_=roots.c.path.concat("/")
)
"""The path of a root, of which only that of the whole disk has a slash at its end."""


def photos_below(folders: Sequence[str]) -> ColumnElement[bool]:
    """Photos below any of these absolute folders (text); with no folders, no photo."""
    if not folders:
        return false()
    # One look at an index for each folder: joined by OR, SQLite would go through a whole root.
    looks = [look(folder.rstrip("/")) for folder in folders for look in (_whole_roots, _part)]
    return photos.c.id.in_(union_all(*looks))


def _whole_roots(folder: str) -> Select[int]:
    """Photos of all roots that are the folder or lie in it."""
    inside = func.substr(roots.c.path, 1, len(folder) + 1) == f"{folder}/"
    covered = select(roots.c.id).where(or_(roots.c.path == folder, inside))
    table = photos.alias()
    return select(table.c.id).where(table.c.root_id.in_(covered))


def _part(folder: str) -> Select[int]:
    """Photos below the folder in the root that it lies in; roots do not lie in each other."""
    root = ROOT_WITH_SLASH
    holds = and_(func.substr(folder, 1, characters(root)) == root, characters(root) < len(folder))
    root_id = select(roots.c.id).where(holds).scalar_subquery()
    rest = func.substr(folder, characters(root) + 1, type_=Text)
    part = select(rest).where(holds).scalar_subquery()
    table = photos.alias()
    # "0" is the character that follows "/": one range of the index holds all there is, with the
    # folders that only begin alike ("a b" beside "a").
    return select(table.c.id).where(
        table.c.root_id == root_id,
        table.c.folder >= part,
        table.c.folder < part.concat("0"),
        or_(table.c.folder == part, table.c.folder >= part.concat("/")),
    )
