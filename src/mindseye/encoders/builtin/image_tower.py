"""Pixels to unit vectors: one ONNX graph holds the trunk, the class space and the trained head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.builtin.artefact import DIM, IMAGE_TOWER, SIDE, unavailable
from mindseye.errors import EncoderError
from mindseye.types import Pixels, Vectors

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# Pictures per run of the graph: more does not run faster and the first layers take 12 MB each.
_BATCH = 4


def open_session(threads: int | None) -> InferenceSession:
    """Open the graph on `threads` threads (None: as many as there are cores).

    Raises `WeightsUnavailable` when the file is missing, `EncoderError` when it cannot be run.
    """
    import onnxruntime as ort

    failures = runtime_failures()
    if not IMAGE_TOWER.is_file():
        raise unavailable(IMAGE_TOWER)
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.log_severity_level = 3
    # Spinning threads would take the cores that the decoders of the ingest need.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(str(IMAGE_TOWER), options, providers=["CPUExecutionProvider"])
    except failures as error:
        raise EncoderError(f"the built-in image tower cannot be loaded: {error}") from error


def runtime_failures() -> tuple[type[Exception], ...]:
    """Return what ONNX Runtime raises; it has no base class of its own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    return (
        state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf,
        state.NoSuchFile, state.NotImplemented, state.RuntimeException,
    )  # fmt: skip


def squash(image: Pixels) -> NDArray[np.uint8]:
    """Resize a picture to the square the trunk takes, losing its aspect; (260, 260, 3).

    Squashing keeps all of the picture, and the head was trained on squashed pictures.
    Raises `EncoderError` when `image` is not uint8 (h, w, 3).
    """
    from PIL import Image

    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise EncoderError(
            f"expected pixels as uint8 (height, width, 3), found {image.dtype} {image.shape}"
        )
    if image.shape[:2] == (SIDE, SIDE):
        return image
    # The gap makes large pictures shrink by a box filter first: 4 times faster, cosine > 0.999.
    square = Image.fromarray(np.ascontiguousarray(image)).resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0
    )
    return np.asarray(square)


class ImageTower:
    """The loaded graph; may be called from several threads at once."""

    def __init__(self, threads: int | None) -> None:
        self._session = open_session(threads)

    def encode(self, images: Sequence[Pixels]) -> Vectors:
        """Encode pictures of any size; (n, 512) unit rows."""
        found = np.empty((len(images), DIM), np.float32)
        for start in range(0, len(images), _BATCH):
            squares = np.stack([squash(image) for image in images[start : start + _BATCH]])
            found[start : start + len(squares)] = self._run(squares)
        return found

    def _run(self, squares: NDArray[np.uint8]) -> Vectors:
        try:
            vectors = self._session.run(["vectors"], {"pixels": squares})[0]
        except runtime_failures() as error:
            raise EncoderError(f"the built-in image tower failed: {error}") from error
        return np.asarray(vectors, np.float32)
