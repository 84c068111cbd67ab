"""What a photo has several of (keywords, people, colours), in tables of their own.

Where it was taken, which follows from its metadata, is cleared with them and found out anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, select

from mindseye.stores.base import PhotoRecord
from mindseye.stores.rows import Lists
from mindseye.stores.schema import colours, keywords, people, photo_places
from mindseye.stores.sql.expressions import one_of


def lists_of(connection: Connection, photo_ids: Iterable[int]) -> defaultdict[int, Lists]:
    """What these photos have; a photo that is not among them has nothing."""
    asked = list(photo_ids)
    words = _grouped(connection, select(keywords).order_by(keywords.c.position), asked)
    names = _grouped(connection, select(people).order_by(people.c.position), asked)
    largest = select(colours).order_by(colours.c.share.desc(), colours.c.colour)
    shares = _grouped(connection, largest, asked)
    found: defaultdict[int, Lists] = defaultdict(Lists)
    for photo_id in {*words, *names, *shares}:
        found[photo_id] = Lists(
            keywords=tuple(row.keyword for row in words[photo_id]),
            people=tuple(row.name for row in names[photo_id]),
            colours={row.colour: row.share for row in shares[photo_id]} or None,
        )
    return found


def write_lists(connection: Connection, records: Mapping[int, PhotoRecord]) -> None:
    """Write what photos, by id, are said to have; nothing may be written of them yet."""
    known = records.items()
    words = {photo_id: record.metadata.keywords for photo_id, record in known}
    names = [
        {"photo_id": photo_id, "position": place, "name": name}
        for photo_id, record in known
        for place, name in enumerate(record.metadata.people)
    ]
    _insert(connection, keywords, _keyword_rows(words))
    _insert(connection, people, names)
    write_colours(
        connection, {photo_id: record.picture.colours or {} for photo_id, record in known}
    )


def replace_keywords(connection: Connection, words: Mapping[int, Sequence[str]]) -> None:
    """Write the keywords of photos, by id, in place of those they had."""
    connection.execute(keywords.delete().where(one_of(keywords.c.photo_id, words)))
    _insert(connection, keywords, _keyword_rows(words))


def write_colours(connection: Connection, shares: Mapping[int, Mapping[str, float]]) -> None:
    """Write the colours of photos, by id, in place of those that were written before."""
    if shares:
        connection.execute(colours.delete().where(one_of(colours.c.photo_id, shares)))
    _insert(
        connection,
        colours,
        [
            {"photo_id": photo_id, "colour": colour, "share": share}
            for photo_id, found in shares.items()
            for colour, share in found.items()
        ],
    )


def clear_lists(connection: Connection, photo_ids: Iterable[int]) -> None:
    """Remove all that is written of these photos."""
    asked = list(photo_ids)
    for table in (keywords, people, colours, photo_places):
        connection.execute(table.delete().where(one_of(table.c.photo_id, asked)))


def _keyword_rows(words: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {"photo_id": photo_id, "position": place, "keyword": keyword}
        for photo_id, owned in words.items()
        for place, keyword in enumerate(owned)
    ]


def _grouped(
    connection: Connection, listed: Select[Any], photo_ids: list[int]
) -> defaultdict[int, list[Row[Any]]]:
    grouped: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    table_id = listed.selected_columns.photo_id
    for row in connection.execute(listed.where(one_of(table_id, photo_ids))):
        grouped[row.photo_id].append(row)
    return grouped


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
