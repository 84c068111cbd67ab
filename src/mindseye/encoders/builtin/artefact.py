"""The files that the built-in encoder is made of, and the fingerprint of the space they span."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mindseye.errors import WeightsUnavailable

FOLDER = Path(__file__).parent
IMAGE_TOWER = FOLDER / "image.onnx"
TEXT_HEAD = FOLDER / "text.npz"
CALIBRATION = FOLDER / "calibration.npz"

SIDE = 260
"""Pixels: the square that EfficientNet-Lite2 was trained on."""

DIM = 512
"""Length of a vector of this space."""

PREPROCESSING = "squash-260-bicubic/tidy-1"
"""Names what is done to pixels and words before the towers; changes when either changes."""


def read_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read an `.npz` file as float32 (it is stored in halves to save space).

    Raises `WeightsUnavailable` when the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name].astype(np.float32) for name in file.files}
    except (OSError, ValueError, KeyError) as error:
        raise unavailable(path) from error


def unavailable(path: Path) -> WeightsUnavailable:
    """Return the error that says which file of the encoder cannot be read."""
    return WeightsUnavailable(
        f"the built-in encoder needs its file {path.name}, which is missing or damaged",
        hint="install mindseye again: pip install --force-reinstall mindseye",
    )


@cache
def fingerprint(engine: str) -> str:
    """Return the fingerprint of the space: 32 hexadecimal digits.

    Hashes the weights of both heads and the trunk, the preprocessing and `engine`, the identity of
    the text engine. The calibration is left out: it does not move a vector.
    """
    digest = hashlib.sha256(f"{PREPROCESSING}\n{engine}\n".encode())
    for path in (IMAGE_TOWER, TEXT_HEAD):
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise unavailable(path) from error
    return digest.hexdigest()[:32]
