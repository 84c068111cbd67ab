"""The seam of recognition: pixels become the text that can be read in them."""

from __future__ import annotations

from typing import Protocol

from mindseye.types import Pixels, TextRegion


class TextReader(Protocol):
    """Reads the text in pictures; one picture at a time, from one thread."""

    @property
    def name(self) -> str:
        """What reads, with a hash of its weights: what has another name may read otherwise."""

    @property
    def resolution(self) -> int:
        """The short side in pixels that decoding should leave; more of it is of no use."""

    def read(self, pixels: Pixels) -> list[TextRegion]:
        """The lines of text, as a rule from top to bottom and in a row from left to right.

        Raises `RecognitionError` where the picture cannot be looked at.
        """
