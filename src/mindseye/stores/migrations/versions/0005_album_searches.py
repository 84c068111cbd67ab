"""Albums that hold what a search finds, and photos picked by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of(table: str) -> sa.ForeignKeyConstraint:
    column = f"{table.removesuffix('s')}_id"
    name = op.f(f"fk_album_photos_{column}")
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    """Bring the tables to this version."""
    none = sa.text("''")
    op.add_column("albums", sa.Column("search", sa.Text(), nullable=False, server_default=none))
    op.create_table(
        "album_photos",
        sa.Column("album_id", _ID, nullable=False),
        sa.Column("photo_id", _ID, nullable=False),
        _of("albums"),
        _of("photos"),
        sa.PrimaryKeyConstraint("album_id", "photo_id", name=op.f("pk_album_photos")),
    )
    op.create_index(op.f("ix_album_photos_photo_id"), "album_photos", ["photo_id"])
