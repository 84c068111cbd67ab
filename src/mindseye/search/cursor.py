"""Where a page of hits ended, as text that a client hands back to get the next one.

A cursor names the last photo that was shown and its place in the order, so that photos which are
added or removed meanwhile neither repeat nor hide others.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mindseye.errors import QueryError
from mindseye.query.model import Sort
from mindseye.stores.base import DatePlace


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last photo of a page: its score, its date, and how many photos were shown up to it."""

    order: Sort
    photo_id: int
    shown: int
    score: float = 0.0
    taken_at: datetime | None = None

    def __str__(self) -> str:
        taken = None if self.taken_at is None else self.taken_at.isoformat()
        parts = [self.order.value, self.photo_id, self.shown, self.score, taken]
        packed = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, order: Sort) -> Self:
        """The cursor that `str` wrote; raises `QueryError`, also for one of another order."""
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            name, photo_id, shown, score, taken = json.loads(packed)
            cursor = cls(
                Sort(name),
                _count(photo_id),
                _count(shown),
                float(score),
                None if taken is None else datetime.fromisoformat(taken),
            )
        except (ValueError, TypeError, RecursionError, binascii.Error) as error:
            raise QueryError(
                f"{text[:80]!r} is no cursor of a page", hint="take `more` of the page before"
            ) from error
        if cursor.order is not order:
            raise QueryError(
                f"the cursor is that of a page sorted by {cursor.order}, not by {order}",
                hint="begin again without a cursor",
            )
        return cursor

    @property
    def place(self) -> DatePlace:
        """Where it stands among all photos by date."""
        return DatePlace(self.taken_at, self.photo_id)


def _count(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise ValueError(f"{value!r} is no count")
    return value
