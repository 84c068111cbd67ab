"""The decoder of videos, which refuses them by name until Mindseye can decode some frames."""

from __future__ import annotations

from mindseye.errors import UnsupportedMedia
from mindseye.media.base import Decoded, DecodeLimits
from mindseye.media.formats import Family, recognise


class VideoDecoder:
    """Says of a video that it is one, so that it is not called a damaged picture."""

    def accepts(self, head: bytes, suffix: str) -> bool:
        """Whether the file is a video."""
        row = recognise(head, suffix)
        return row is not None and row.family is Family.VIDEO

    def decode(self, path: str, data: bytes, limits: DecodeLimits) -> Decoded:  # noqa: ARG002
        """Never returns; raises `UnsupportedMedia`."""
        raise UnsupportedMedia(path, "videos are not supported yet")
