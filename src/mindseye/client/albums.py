"""Albums of a server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from mindseye.client.answers import AlbumAnswer, AlbumChange, NewAlbum
from mindseye.client.connection import Connection


@dataclass(frozen=True, slots=True)
class Albums:
    """Asks for albums by their ids."""

    connection: Connection

    def albums(self) -> list[AlbumAnswer]:
        """All albums, by name."""
        return cast("list[AlbumAnswer]", self.connection.get("albums"))

    def album(self, album_id: int) -> AlbumAnswer:
        """One album."""
        return cast("AlbumAnswer", self.connection.get(f"albums/{album_id}"))

    def add_album(self, album: NewAlbum) -> AlbumAnswer:
        """Make an album."""
        return cast("AlbumAnswer", self.connection.send("POST", "albums", dict(album)))

    def change_album(self, album_id: int, change: AlbumChange) -> AlbumAnswer:
        """Change an album; what is left out stays as it is."""
        changed = self.connection.send("PATCH", f"albums/{album_id}", dict(change))
        return cast("AlbumAnswer", changed)

    def remove_album(self, album_id: int) -> None:
        """Remove an album; its photos stay."""
        self.connection.send("DELETE", f"albums/{album_id}")

    def pick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Pick photos by hand; returns how many were not picked before."""
        body = {"photos": list(photo_ids)}
        return int(self.connection.send("POST", f"albums/{album_id}/photos", body)["photos"])

    def unpick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Take photos out of those picked; returns how many of them there were."""
        body = {"photos": list(photo_ids)}
        done = self.connection.send("POST", f"albums/{album_id}/photos/remove", body)
        return int(done["photos"])
