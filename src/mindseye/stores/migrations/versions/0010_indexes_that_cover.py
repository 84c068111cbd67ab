"""Indexes that tell which photos pass a filter without a look at their rows."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (
    ("taken_at", "id"),
    ("added_at",),
    ("rating",),
    ("favourite",),
    ("latitude", "longitude"),
    ("camera",),
    ("lens",),
    ("city",),
    ("region",),
    ("country",),
    ("country_code",),
)

_FACTS = (
    "frame_count",
    "format",
    "width",
    "height",
    "size",
    "rating",
    "iso",
    "f_number",
    "exposure_seconds",
    "focal_length",
    "focal_length_35mm",
    "latitude",
    "longitude",
    "precision",
    "taken_at",
    "missing_since",
)


def upgrade() -> None:
    """Bring the tables to this version."""
    for columns in _INDEXES:
        name = f"ix_photos_{'_'.join(columns)}"
        op.drop_index(op.f(name), "photos")
        covered = [] if "id" in columns else ["id"]
        op.create_index(
            op.f(f"{name}_missing_since"),
            "photos",
            [*columns, "missing_since"],
            postgresql_include=covered,
        )
    op.drop_index("ix_photos_facts", "photos")
    op.create_index("ix_photos_facts", "photos", list(_FACTS), postgresql_include=["id"])
