"""Where photos were taken, as the gazetteer knows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "places",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("city", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("country_code", sa.String(length=8)),
        sa.Column("local_city", sa.Text()),
        sa.Column("local_region", sa.Text()),
        sa.Column("local_country", sa.Text()),
        sa.Column("city_names", sa.Text(), nullable=False),
        sa.Column("region_names", sa.Text(), nullable=False),
        sa.Column("country_names", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("key", name=op.f("uq_places_key")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "photo_places",
        sa.Column("photo_id", _ID, nullable=False),
        sa.Column("place_id", _ID),
        _of("photo_id", "photos"),
        _of("place_id", "places"),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_photo_places")),
    )
    op.create_index(
        op.f("ix_photo_places_place_id_photo_id"), "photo_places", ["place_id", "photo_id"]
    )


def _of(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_photo_places_{column}_{table}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")
