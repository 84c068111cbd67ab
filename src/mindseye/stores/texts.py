"""Texts in SQL, compared as `mindseye.fold` has them, without folding more than need be.

To fold a text costs a database more than a look at a row. Texts that many photos share, such as
cameras, are folded once each: a recursive query jumps through the index from one different text to
the next. Of texts that are all different, such as names, only those are folded that may fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    and_,
    case,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
)

from mindseye.stores.below import ROOT_WITH_SLASH
from mindseye.stores.schema import (
    keywords,
    people,
    photo_places,
    photos,
    picture_texts,
    places,
    roots,
)
from mindseye.stores.sql.expressions import characters, folded, goes_on, is_found, least, octets


@dataclass(frozen=True, slots=True)
class TextTest:
    """A comparison that only texts which hold `needle`, once folded, can pass."""

    needle: str
    passes: Callable[[ColumnElement[str], str], ColumnElement[bool]]

    def on(self, text: ColumnElement[str]) -> ColumnElement[bool]:
        """The comparison with a text that is to be folded."""
        return self.passes(folded(text), self.needle)

    def on_few(self, text: ColumnElement[str]) -> ColumnElement[bool]:
        """The same, where most texts are expected not to pass: those are not folded."""
        may: ColumnElement[bool] = false()
        if self.needle.isascii():
            # Blanks of the needle may be doubled in the text, or be tabs.
            parts = (_escaped(part) for part in self.needle.split())
            may = text.ilike(f"%{'%'.join(parts)}%", escape="/")
        beyond_ascii = octets(text) != characters(text)
        return case((or_(may, beyond_ascii), self.on(text)), else_=false())


def any_with(name: str, text: ColumnElement[str], test: TextTest) -> ColumnElement[bool]:
    """Whether a photo's fact, whose SQL is `text`, passes a test."""
    if name in _SHARED:
        value = _SHARED[name].c.value
        return is_found(photos.c[name], select(value).where(test.on(value)).scalar_subquery())
    if name == "name":
        # A query of its own reads the index over names, and no rows.
        named = photos.alias()
        return photos.c.id.in_(select(named.c.id).where(test.on_few(named.c.name)))
    if name == "text":
        read = picture_texts.c
        return photos.c.digest.in_(select(read.digest).where(test.on_few(read.text)))
    return and_(text.is_not(None), test.on_few(text))


def words_in(name: str, needle: str) -> ColumnElement[bool]:
    """Whether one of several texts, such as the keywords, holds these whole words."""
    listed, value = LISTS[name], _DIFFERENT[name].c.value
    padded = literal(" ").concat(folded(value)).concat(" ")
    fitting = select(value).where(padded.contains(f" {needle} ", autoescape=True))
    owners = select(listed.table.c.photo_id).where(is_found(listed, fitting.scalar_subquery()))
    return photos.c.id.in_(owners)


def named_so(name: str, needle: str) -> ColumnElement[bool]:
    """Whether the gazetteer knows the photo's city, region or country by this whole name."""
    names = places.c[name]
    called = select(places.c.id).where(names.contains(f"\n{needle}\n", autoescape=True))
    owners = select(photo_places.c.photo_id).where(photo_places.c.place_id.in_(called))
    return photos.c.id.in_(owners)


def folder_with(test: TextTest) -> ColumnElement[bool]:
    """Whether the whole path of a photo's folder, with "/" at its end, passes a test."""
    below = case((_FOLDERS.c.folder == "", ""), else_=_FOLDERS.c.folder.concat("/"))
    path = ROOT_WITH_SLASH.concat(below)
    inside = photos.alias()
    here = and_(inside.c.root_id == _FOLDERS.c.root_id, inside.c.folder == _FOLDERS.c.folder)
    return photos.c.id.in_(
        select(inside.c.id)
        .select_from(_FOLDERS)
        .join(roots, roots.c.id == _FOLDERS.c.root_id)
        .join(inside, here)
        .where(test.on(path))
    )


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _different(known: Column[str]) -> CTE:
    """Every different text of an indexed column, each once, and NULL."""
    table = known.table.alias()
    first = select(least(table.c[known.name]).label("value"))
    found = first.cte(f"different_{known.table.name}_{known.name}", recursive=True)
    table = known.table.alias()
    following = select(func.min(table.c[known.name])).where(table.c[known.name] > found.c.value)
    return found.union_all(select(following.scalar_subquery()).where(goes_on(found.c.value)))


def _different_folders() -> CTE:
    """Every folder of every root, each once, and NULL."""
    table = photos.alias()
    lowest = select(func.min(table.c.folder)).where(table.c.root_id == roots.c.id)
    first = select(roots.c.id.label("root_id"), lowest.scalar_subquery().label("folder"))
    # One of the two starts is empty: a database that finds all by itself does not jump.
    jumps = goes_on(literal_column("1"))
    found = first.where(jumps).cte("different_folders", recursive=True)
    table = photos.alias()
    every = select(table.c.root_id, table.c.folder).where(not_(jumps)).distinct()
    table = photos.alias()
    following = select(func.min(table.c.folder)).where(
        table.c.root_id == found.c.root_id, table.c.folder > found.c.folder
    )
    after = select(found.c.root_id, following.scalar_subquery())
    return found.union_all(every, after.where(goes_on(found.c.folder)))


_SHARED: Final = {
    name: _different(photos.c[name])
    for name in ("camera", "lens", "city", "region", "country", "country_code")
}
"""Columns of which many photos share a value -> their different values."""

LISTS: Final = {"keywords": keywords.c.keyword, "people": people.c.name}
"""Facts of which a photo may have several -> the column of their own tables that holds them."""

_DIFFERENT: Final = {name: _different(listed) for name, listed in LISTS.items()}
_FOLDERS: Final = _different_folders()
