"""People who are in a photo, and the colours it shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "people",
        sa.Column("photo_id", _ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        _of_photo("people"),
        sa.PrimaryKeyConstraint("photo_id", "position", name=op.f("pk_people")),
    )
    op.create_index(op.f("ix_people_name_photo_id"), "people", ["name", "photo_id"])
    op.create_table(
        "colours",
        sa.Column("photo_id", _ID, nullable=False),
        sa.Column("colour", sa.String(length=16), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        _of_photo("colours"),
        sa.PrimaryKeyConstraint("photo_id", "colour", name=op.f("pk_colours")),
    )
    op.create_index(
        op.f("ix_colours_colour_share_photo_id"), "colours", ["colour", "share", "photo_id"]
    )


def _of_photo(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["photo_id"],
        ["photos.id"],
        name=op.f(f"fk_{table}_photo_id_photos"),
        ondelete="CASCADE",
    )
