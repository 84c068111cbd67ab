"""From here on the words of photos are looked up, in whatever way a database does that.

What a store looks them up by is made anew from the catalog after every upgrade. This version keeps
out programs that would write photos without their words.
"""

from __future__ import annotations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this version: they stay as they are."""
