"""Things that photos show, in plain words: what a query's score on a picture is measured against.

An encoder without a calibration of its own gives every text some cosine with every picture. How a
query stands out among these texts on one picture says more than the cosine itself.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np

from mindseye.encoders.base import Encoder
from mindseye.types import Vectors

_THINGS = (
    "a dog running on grass", "a cat asleep indoors", "a bird on a branch", "a horse in a field",
    "a cow", "a fish under water", "an insect on a leaf", "a wild animal", "a baby",
    "children playing", "a man's face", "a woman smiling", "two people talking",
    "a crowd of people", "a family at a table", "an old person", "a wedding", "a birthday party",
    "a concert on a stage", "a football match", "a swimmer", "a bicycle rider", "a skier in snow",
    "a climber on a rock", "a surfer on a wave", "a dancer", "a musician with a guitar",
    "a person with a telephone", "a person cooking", "a plate of food", "a cake", "fruit",
    "vegetables at a market", "a cup of coffee", "a bottle of wine", "a red car", "a lorry",
    "a bus in traffic", "a train at a station", "an aeroplane", "a boat on the water",
    "a motorcycle", "a city street by day", "a street at night", "a tall building", "a house",
    "a church", "a bridge over a river", "a castle", "a statue", "a shop window", "a kitchen",
    "a living room", "a bed", "a bathroom", "an office desk", "a computer screen",
    "books on a shelf", "a page of text", "a sign with words", "a map", "a painting", "a drawing",
    "a toy", "shoes", "a dress", "a hat", "jewellery", "a clock", "a tool", "a machine",
    "a musical instrument", "flowers in a garden", "a tree", "a forest", "mountains", "a beach",
    "the sea", "a lake", "a waterfall", "a desert", "a snowy landscape", "a green field",
    "a sunset", "a cloudy sky", "the night sky with stars", "fireworks", "fire", "rain", "fog",
    "a close-up of a texture", "an abstract pattern", "a dark blurry picture",
    "a black and white portrait", "a swimming pool", "a playground",
)  # fmt: skip

TEXTS = tuple(f"a photo of {thing}" for thing in _THINGS)
"""Ninety-six everyday subjects."""


def unrelated_texts(encoder: Encoder, folder: Path) -> Vectors:
    """The vectors of `TEXTS` in the encoder's space; encoded once and kept in `folder`.

    A file that is missing, damaged or of other texts is made again.
    """
    space = encoder.space
    path = folder / f"{space.fingerprint[:32]}-{len(TEXTS)}.npy"
    kept = _kept(path)
    if kept is None or kept.shape != (len(TEXTS), space.dim):
        kept = encoder.encode_texts(TEXTS)
        _keep(path, kept)
    return kept


def _kept(path: Path) -> Vectors | None:
    try:
        return np.asarray(np.load(path, allow_pickle=False), np.float32)
    except (OSError, ValueError, EOFError):
        return None


def _keep(path: Path, vectors: Vectors) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, vectors, allow_pickle=False)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
