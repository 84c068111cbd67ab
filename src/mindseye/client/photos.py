"""Photos of a server: facts, pictures, edits, XMP files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from mindseye.client.answers import (
    Change,
    JobFacts,
    PhotoAnswer,
    PhotoFacts,
    SearchAnswer,
    XmpAnswer,
)
from mindseye.client.connection import Connection


@dataclass(frozen=True, slots=True)
class Photos:
    """Asks for photos by their ids."""

    connection: Connection

    def photo(self, photo_id: int, query: str = "") -> PhotoAnswer:
        """Everything known of a photo, and with a query why that finds it."""
        return cast("PhotoAnswer", self.connection.get(f"photos/{photo_id}", {"q": query}))

    def similar(self, photo_id: int, *, limit: int | None = None) -> SearchAnswer:
        """Photos that look like this one."""
        found = self.connection.get(f"photos/{photo_id}/similar", {"limit": limit})
        return cast("SearchAnswer", found)

    def more(
        self, photo_id: int, what: Literal["day", "place"] = "day", *, after: str = ""
    ) -> SearchAnswer:
        """Other photos from the same day or place."""
        found = self.connection.get(f"photos/{photo_id}/more", {"from": what, "after": after})
        return cast("SearchAnswer", found)

    def thumbnail(
        self, photo_id: int, size: Literal[160, 320, 640, 1440] = 320, *, accept: str = "image/webp"
    ) -> bytes:
        """A small picture, in the format of `accept`."""
        return self.connection.bytes_of(
            f"photos/{photo_id}/thumbnail", {"size": size}, accept=accept
        )

    def original(self, photo_id: int) -> bytes:
        """The file itself."""
        return self.connection.bytes_of(f"photos/{photo_id}/original")

    def edit_photo(self, photo_id: int, change: Change) -> PhotoFacts:
        """Say what is so of a photo."""
        said = self.connection.send("PATCH", f"photos/{photo_id}", _plain(change))
        return cast("PhotoFacts", said)

    def edit_photos(self, photo_ids: Sequence[int], change: Change) -> int:
        """Say what is so of many photos; returns how many they are."""
        body = {"photos": list(photo_ids), **_plain(change)}
        return int(self.connection.send("POST", "edits", body)["edited"])

    def write_xmp(self, photo_id: int) -> XmpAnswer:
        """Write what was said of a photo into the XMP file beside it."""
        return cast("XmpAnswer", self.connection.send("POST", f"photos/{photo_id}/xmp"))

    def write_many_xmp(self, photo_ids: Sequence[int] | None = None) -> JobFacts:
        """Start a job that does so for many photos, or for all of which anything was said."""
        photos = None if photo_ids is None else list(photo_ids)
        return cast("JobFacts", self.connection.send("POST", "xmp", {"photos": photos}))


def _plain(change: Change) -> dict[str, Any]:
    return dict(change)
