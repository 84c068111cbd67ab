"""Albums, and the choices a library has made: which encoder it is searched by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version."""
    op.create_table(
        "albums",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("folders", sa.JSON(), nullable=False),
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("searched_by", sa.Text(), nullable=False),
        sa.Column("min_score", sa.Float(), nullable=True),
        sa.Column("max_results", sa.Integer(), nullable=True),
        sa.Column("optimise", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_albums")),
        sa.UniqueConstraint("name", name=op.f("uq_albums_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "choices",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_choices")),
    )
    _record_the_encoder()


def _record_the_encoder() -> None:
    """A library of the version before is searched by the encoder of its fullest space."""
    op.execute(
        "INSERT INTO choices (name, value)"
        " SELECT 'encoder', spaces.encoder FROM spaces"
        " JOIN vectors ON vectors.space_id = spaces.id"
        " GROUP BY spaces.id, spaces.encoder"
        " ORDER BY count(*) DESC, spaces.id LIMIT 1"
    )
