"""The layout Mindseye writes itself: towers, a tokenizer, and `encoder.json` with all the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mindseye.encoders.checkpoint import Checkpoint, OnnxTower, PixelRecipe, TextRecipe
from mindseye.errors import WeightsUnavailable

DESCRIPTION = "encoder.json"


def read_exported(folder: Path) -> Checkpoint | None:
    """The checkpoint in a folder that an export wrote; None where it is another kind of folder.

    Raises `WeightsUnavailable` for a description that is damaged or names what is not there.
    """
    path = folder / DESCRIPTION
    if not path.is_file():
        return None
    try:
        return _checkpoint(folder, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise WeightsUnavailable(
            f"{path} cannot be read: {error!r}", hint="export the encoder again"
        ) from error


def _checkpoint(folder: Path, said: Mapping[str, Any]) -> Checkpoint:
    image, text = (_file(folder, said["towers"][part]) for part in ("image", "text"))
    tokenizer = _file(folder, said["words"]["tokenizer"])
    tuples = {key: tuple(said["pixels"][key]) for key in ("size", "mean", "std", "fill")}
    weights = [found for tower in (image, text) for found in sorted(folder.glob(f"{tower.stem}.*"))]
    return Checkpoint(
        folder=folder,
        layout="exported by Mindseye",
        image=OnnxTower(image),
        text=OnnxTower(text),
        pixels=PixelRecipe(**said["pixels"] | tuples),
        words=TextRecipe(**said["words"] | {"tokenizer": tokenizer}),
        dim=int(said["dim"]),
        sources=(folder / DESCRIPTION, *weights, tokenizer),
        logit_scale=said["logit_scale"],
        logit_bias=said["logit_bias"],
        matryoshka=tuple(said["matryoshka"]),
        notes={"precision": str(said["precision"])},
    )


def _file(folder: Path, name: object) -> Path:
    path = folder / Path(str(name)).name
    if not path.is_file():
        raise WeightsUnavailable(f"{folder} lacks {path.name}", hint="export the encoder again")
    return path
