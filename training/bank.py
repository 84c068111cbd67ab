"""The cached features and text vectors, loaded as tensors that training and evaluation share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

LANGUAGES = ("en", "zh", "de", "fr")
# Every sixth image of the published training split is held out for tuning; every eighteenth, one
# of these, is never trained on by what ships, and calibrates it.
TUNING_EVERY = 6
CALIBRATION_EVERY = 18


@dataclass(frozen=True)
class Captions:
    """Caption vectors of one language: `vector` (n, 384) and `image` (n,) row of the image part."""

    vector: Tensor
    image: Tensor

    def of(self, keep: Tensor) -> Captions:
        """Return the captions of the images in `keep` (sorted rows), renumbered by place in it."""
        place = torch.full((int(max(self.image.max(), keep.max())) + 1,), -1, dtype=torch.long)
        place[keep] = torch.arange(len(keep))
        rows = place[self.image]
        return Captions(self.vector[rows >= 0], rows[rows >= 0])


@dataclass(frozen=True)
class Split:
    """One set of pictures: `views` (v, n, 4192) float16, and the captions by language."""

    views: Tensor
    captions: dict[str, Captions]

    def of(self, keep: Tensor) -> Split:
        """Return the part of the split with the images in `keep`."""
        return Split(self.views[:, keep], {k: c.of(keep) for k, c in self.captions.items()})


@dataclass(frozen=True)
class Labels:
    """The class names: `vector` (1000, templates, 384), one picture each: `views` (1, 1000, 4192).

    `nonsense` (n, 384) are queries that belong to no picture.
    """

    vector: Tensor
    views: Tensor
    names: list[str]
    nonsense: Tensor


def load_captions(cache: Path, names: list[str]) -> dict[str, Captions]:
    """Load the cached captions of the images in `names`, in every language there is."""
    row = {name: index for index, name in enumerate(names)}
    found = {}
    for language in LANGUAGES:
        path = cache / f"texts-{language}.npz"
        if not path.exists():
            continue
        with np.load(path, allow_pickle=False) as file:
            image = np.array([row.get(name, -1) for name in file["image"].tolist()])
            vector = file["vector"].astype(np.float32)
        found[language] = Captions(
            torch.from_numpy(vector[image >= 0]), torch.from_numpy(image[image >= 0])
        )
    return found


def load_split(cache: Path, part: str, views: int = 0) -> Split:
    """Load a part (`train` or `val`) with view 0 and up to `views` jittered views."""
    names = json.loads((cache / "images.json").read_text())[part]
    paths = [cache / f"{part}-{view}.npy" for view in range(views + 1)]
    stack = [torch.from_numpy(np.load(path, allow_pickle=False)) for path in paths if path.exists()]
    return Split(torch.stack(stack), load_captions(cache, names))


def load_labels(cache: Path) -> Labels:
    """Load the class names and their pictures; the pictures are never trained on."""
    with np.load(cache / "texts-labels.npz", allow_pickle=False) as file:
        vector, names = torch.from_numpy(file["vector"].astype(np.float32)), file["name"].tolist()
    views = torch.from_numpy(np.load(cache / "labels-0.npy", allow_pickle=False))
    return Labels(vector, views[None], names, load_nonsense(cache, "teach"))


def load_nonsense(cache: Path, part: str) -> Tensor:
    """Load the vectors (n, 384) of a part of the nonsense queries."""
    with np.load(cache / "texts-nonsense.npz", allow_pickle=False) as file:
        return torch.from_numpy(file[part].astype(np.float32))


def tuning_rows(count: int) -> tuple[Tensor, Tensor]:
    """Split `count` training images into (rows to fit on, rows to tune on)."""
    rows = torch.arange(count)
    held = rows % TUNING_EVERY == 0
    return rows[~held], rows[held]


def calibration_rows(count: int) -> tuple[Tensor, Tensor]:
    """Split `count` training images into (rows to fit what ships on, rows to calibrate on)."""
    rows = torch.arange(count)
    held = rows % CALIBRATION_EVERY == 0
    return rows[~held], rows[held]
