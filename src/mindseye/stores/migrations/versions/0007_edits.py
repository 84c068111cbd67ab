"""What users say of their photos, and which are their favourites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this version."""
    op.add_column("photos", sa.Column("favourite", sa.Boolean(), nullable=True))
    op.create_index(op.f("ix_photos_favourite"), "photos", ["favourite"])
    op.create_table(
        "edits",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("photo_id", _ID, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("beneath", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["photos.id"], name=op.f("fk_edits_photo_id_photos"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edits")),
        sa.UniqueConstraint("photo_id", name=op.f("uq_edits_photo_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_edits_digest"), "edits", ["digest"])
