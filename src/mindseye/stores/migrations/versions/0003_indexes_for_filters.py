"""Indexes by which filters find photos without reading all of them."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = (
    ("added_at",),
    ("rating",),
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
        op.create_index(op.f(f"ix_photos_{'_'.join(columns)}"), "photos", list(columns))
    op.create_index("ix_photos_facts", "photos", list(_FACTS))
    op.create_index(op.f("ix_keywords_keyword_photo_id"), "keywords", ["keyword", "photo_id"])
