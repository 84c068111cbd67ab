"""The built-in encoder: two towers, each loaded when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration, Logistic
from mindseye.encoders.builtin import artefact
from mindseye.encoders.builtin.image_tower import ImageTower
from mindseye.encoders.builtin.text_tower import TextTower, engine_identity
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError
from mindseye.types import EmbeddingSpace, Pixels, Vectors

SPEC = "builtin"


class BuiltinEncoder:
    """EfficientNet-Lite2 and multilingual E5-small with trained heads, in one 512-d space.

    A text query never loads the image tower, nor a picture the text tower. Safe to call from
    several threads. A vector does not depend on what it is encoded with.
    """

    resolution = artefact.SIDE

    def __init__(self, threads: int | None = None) -> None:
        """Load nothing yet; `threads` is for pictures (None: every core), a text takes one."""
        self._threads = threads
        self._loading = Lock()
        self._images: ImageTower | None = None
        self._texts: TextTower | None = None

    @cached_property
    def space(self) -> EmbeddingSpace:
        """The space; raises `WeightsUnavailable` when the encoder's files are missing."""
        return EmbeddingSpace(SPEC, artefact.fingerprint(engine_identity()), artefact.DIM)

    @cached_property
    def calibration(self) -> Calibration:
        """The curves fitted on held-out training pictures, with 960 pictures as background.

        The concepts are the thousand classes of the trunk's classifier.
        """
        arrays = artefact.read_arrays(artefact.CALIBRATION)
        cutoff = float(arrays["cutoff"])
        return Calibration(
            background=_rows(arrays["background"]),
            text=_logistic(arrays["text"], cutoff),
            image=_logistic(arrays["image"], cutoff),
            concepts=_rows(arrays["concepts"]),
        )

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Encode uint8 (h, w, 3) pictures of any size; (n, 512) unit rows.

        Raises `WeightsUnavailable` or `EncoderError`.
        """
        return self._image_tower().encode(images)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts in any of E5's hundred languages; (n, 512) unit rows.

        Raises `WeightsUnavailable` or `EncoderError`.
        """
        with self._loading:
            tower = self._texts = self._texts or TextTower()
        return tower.encode(texts)

    def warm(self) -> None:
        """Load the image tower; raises as `encode_images` does."""
        self._image_tower()

    def release(self) -> None:
        """Give the memory of the loaded towers back."""
        with self._loading:
            self._images = self._texts = None

    def _image_tower(self) -> ImageTower:
        with self._loading:
            self._images = self._images or ImageTower(self._threads)
            return self._images


def _logistic(terms: NDArray[np.float32], cutoff: float) -> Logistic:
    score, z, bias, pictures, concepts = (float(term) for term in terms)
    return Logistic(score, z, bias, pictures, concepts, cutoff=cutoff)


def _rows(stored: NDArray[np.float32]) -> Vectors:
    """Return unit rows of what is stored in eight bits, each row on a scale of its own."""
    return np.asarray(stored / np.linalg.norm(stored, axis=1, keepdims=True), np.float32)


def load(spec: EncoderSpec | None = None, options: RunOptions | None = None) -> BuiltinEncoder:
    """Return the built-in encoder; its files are read when they are first needed.

    Raises `SpecError` for a spec with more to it than its scheme.
    """
    if spec is not None and spec != EncoderSpec(SPEC):
        raise SpecError(
            f"the built-in encoder has one form, 'builtin', and {str(spec)!r} is not it"
        )
    return BuiltinEncoder((options or RunOptions()).threads or None)
