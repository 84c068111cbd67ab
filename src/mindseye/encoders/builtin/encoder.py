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
        return Calibration(
            background=_rows(arrays["background"]),
            text=_logistic(arrays["text"]),
            image=_logistic(arrays["image"]),
            cutoff=float(arrays["cutoff"]),
            concepts=_rows(arrays["concepts"]),
        )

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Encode uint8 (h, w, 3) pictures of any size; (n, 512) unit rows.

        Raises `WeightsUnavailable` or `EncoderError`.
        """
        with self._loading:
            if self._images is None:
                self._images = ImageTower(self._threads)
        return self._images.encode(images)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts in any of E5's hundred languages; (n, 512) unit rows.

        Raises `WeightsUnavailable` or `EncoderError`.
        """
        with self._loading:
            if self._texts is None:
                self._texts = TextTower()
        return self._texts.encode(texts)


def _logistic(terms: NDArray[np.float32]) -> Logistic:
    score, z, bias, pictures, concepts = (float(term) for term in terms)
    return Logistic(score, z, bias, pictures, concepts)


def _rows(stored: NDArray[np.float32]) -> Vectors:
    """Return unit rows of what is stored in eight bits, each row on a scale of its own."""
    return np.asarray(stored / np.linalg.norm(stored, axis=1, keepdims=True), np.float32)


def load(threads: int | None = None) -> BuiltinEncoder:
    """Return the built-in encoder; its files are read when they are first needed."""
    return BuiltinEncoder(threads)
