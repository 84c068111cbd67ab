"""The tables of a library, the same in every database.

Folder and name are text made by `mindseye.media.paths`; digests are SHA-256 in hexadecimal;
moments of the library itself are UTC, `taken_at` is local wall time. Vectors are rows of float16.
`vectors.id` only ever grows: what an index file has not seen yet is what lies above its stamp.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy import Text as AnyText

from mindseye.stores.halves import Halves

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
"""Text that is compared byte by byte: names that differ in case are different names."""

Folder = Text.with_variant(String(500), "mariadb")
Name = Text.with_variant(String(255), "mariadb")
Path = Text.with_variant(String(760), "mariadb")
"""Texts that are looked up by an index: MariaDB wants to know how long they can be, and takes keys
of 3,072 bytes in all, of which a character counts as four. What is longer is refused."""

Code = (
    String(8)
    .with_variant(AnyText(collation="C"), "postgresql")
    .with_variant(String(255), "mariadb")
)
"""A code of a few letters; files say anything, and a server would refuse what is longer."""

Id = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere; SQLite numbers rows only in a column it calls INTEGER."""


def _key() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _of(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


roots = Table(
    "roots",
    metadata,
    _key(),
    Column("path", Path, nullable=False, unique=True),
    Column("added_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

photos = Table(
    "photos",
    metadata,
    _key(),
    Column("root_id", Id, _of("roots"), nullable=False),
    Column("folder", Folder, nullable=False),
    Column("name", Name, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("format", String(32), nullable=False),
    Column("frame_count", Integer, nullable=False),
    Column("taken_at", DateTime),
    Column("offset_minutes", Integer),
    Column("precision", String(16)),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("altitude", Float),
    Column("city", Name),
    Column("region", Name),
    Column("country", Name),
    Column("country_code", Code),
    Column("camera", Name),
    Column("lens", Name),
    Column("exposure_seconds", Float),
    Column("f_number", Float),
    Column("iso", Integer),
    Column("focal_length", Float),
    Column("focal_length_35mm", Float),
    Column("title", Text),
    Column("caption", Text),
    Column("rating", Integer),
    Column("favourite", Boolean),
    Column("generation", JSON(none_as_null=True)),
    Column("sources", JSON, nullable=False),
    Column("added_at", DateTime, nullable=False),
    Column("missing_since", DateTime),
    UniqueConstraint("root_id", "folder", "name"),
    Index(None, "digest"),
    Index(None, "size"),
    Index(None, "taken_at", "id", "missing_since"),
    # These tell which photos pass without a look at rows that lie all over the table: they end in
    # what every search asks for, and in the id, which only PostgreSQL does not add by itself.
    *(
        Index(None, *columns, "missing_since", postgresql_include=["id"])
        for columns in (
            *(("added_at",), ("rating",), ("favourite",), ("latitude", "longitude")),
            *(("camera",), ("lens",), ("city",), ("region",), ("country",), ("country_code",)),
        )
    ),
    # Holds the numbers that filters compare, so that a look at every photo need not read its row.
    # What comes first is compared by no query: none shall walk this index to reach other columns.
    Index(
        "ix_photos_facts",
        *("frame_count", "format", "width", "height", "size", "rating", "iso", "f_number"),
        *("exposure_seconds", "focal_length", "focal_length_35mm", "latitude", "longitude"),
        *("precision", "taken_at", "missing_since"),
        postgresql_include=["id"],
    ),
    sqlite_autoincrement=True,
)

keywords = Table(
    "keywords",
    metadata,
    Column("photo_id", Id, _of("photos"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("keyword", Name, nullable=False),
    Index(None, "keyword", "photo_id"),
)

places = Table(
    "places",
    metadata,
    _key(),
    Column("key", String(64), nullable=False, unique=True),
    Column("timezone", String(64), nullable=False),
    Column("city", Text),
    Column("region", Text),
    Column("country", Text),
    Column("country_code", Code),
    Column("local_city", Text),
    Column("local_region", Text),
    Column("local_country", Text),
    Column("city_names", Text, nullable=False),
    Column("region_names", Text, nullable=False),
    Column("country_names", Text, nullable=False),
    sqlite_autoincrement=True,
)

photo_places = Table(
    "photo_places",
    metadata,
    Column("photo_id", Id, _of("photos"), primary_key=True),
    Column("place_id", Id, _of("places")),
    Index(None, "place_id", "photo_id"),
)

people = Table(
    "people",
    metadata,
    Column("photo_id", Id, _of("photos"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Name, nullable=False),
    Index(None, "name", "photo_id"),
)

# A photo without any row has not been looked at: every picture shows some colour.
colours = Table(
    "colours",
    metadata,
    Column("photo_id", Id, _of("photos"), primary_key=True),
    Column("colour", String(16), primary_key=True),
    Column("share", Float, nullable=False),
    Index(None, "colour", "share", "photo_id"),
)

# Outlives the photo, so that the same content is known again when it comes back.
edits = Table(
    "edits",
    metadata,
    _key(),
    Column("photo_id", Id, ForeignKey("photos.id", ondelete="SET NULL"), unique=True),
    Column("digest", String(64), nullable=False),
    Column("said", JSON, nullable=False),
    Column("beneath", JSON, nullable=False),
    Column("edited_at", DateTime, nullable=False),
    Index(None, "digest"),
    sqlite_autoincrement=True,
)

# Of a content, not of a photo: copies show the same. What stands last is long and seldom read.
picture_texts = Table(
    "picture_texts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("reader", Text, nullable=False),
    Column("read_at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("regions", JSON, nullable=False),
)

frames = Table(
    "frames",
    metadata,
    _key(),
    Column("photo_id", Id, _of("photos"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("time_ms", Integer),
    UniqueConstraint("photo_id", "position"),
    sqlite_autoincrement=True,
)

spaces = Table(
    "spaces",
    metadata,
    _key(),
    Column("encoder", Text, nullable=False),
    Column("fingerprint", String(128), nullable=False, unique=True),
    Column("dim", Integer, nullable=False),
    Column("created_at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)

vectors = Table(
    "vectors",
    metadata,
    _key(),
    Column("space_id", Id, _of("spaces"), nullable=False),
    Column("frame_id", Id, _of("frames"), nullable=False),
    # A word of its own in MariaDB.
    Column("vector", Halves, nullable=False, quote=True),
    UniqueConstraint("space_id", "frame_id"),
    Index(None, "frame_id"),
    sqlite_autoincrement=True,
)

skipped = Table(
    "skipped",
    metadata,
    Column("root_id", Id, _of("roots"), primary_key=True),
    Column("folder", Folder, primary_key=True),
    Column("name", Name, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)

albums = Table(
    "albums",
    metadata,
    _key(),
    Column("name", Name, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("folders", JSON, nullable=False),
    Column("encoder", Text, nullable=False),
    Column("searched_by", Text, nullable=False),
    Column("min_score", Float),
    Column("max_results", Integer),
    Column("optimise", Boolean),
    Column("created_at", DateTime, nullable=False),
    Column("search", Text, nullable=False, server_default=text("''")),
    sqlite_autoincrement=True,
)

album_photos = Table(
    "album_photos",
    metadata,
    Column("album_id", Id, _of("albums"), primary_key=True),
    Column("photo_id", Id, _of("photos"), primary_key=True),
    Index(None, "photo_id"),
)

choices = Table(
    "choices",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
