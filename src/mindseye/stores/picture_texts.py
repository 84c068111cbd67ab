"""The part of a store's seam that keeps what was read in pictures."""

from __future__ import annotations

from typing import Protocol

from mindseye.query.model import Filter
from mindseye.types import Ids, PictureText


class PictureTexts(Protocol):
    """What was read in pictures.

    It belongs to a content: copies share it, and a file that changes loses it.
    """

    def find(self, digest: str) -> PictureText | None:
        """What was read in the pictures of this content, or None where nobody has looked."""

    def waiting(self, of: Filter | None = None, reader: str = "") -> Ids:
        """Ids of photos, not missing ones, whose picture was not looked at, the newest first.

        Of several copies one is given. `of` leaves only photos that pass it; with `reader` a
        picture waits too that was looked at by another one.
        """

    def put(self, digest: str, found: PictureText) -> None:
        """Write what was read in a content, in place of what was read before.

        Its photos are found by these words from now on. Where there is none, nothing is written.
        """
