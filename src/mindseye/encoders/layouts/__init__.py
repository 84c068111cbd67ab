"""Model directories, told apart by their files and never by their names.

Each layout is a module with one function that looks at a folder: it gives a `Checkpoint`, or None
where the folder is not of its kind, or raises where it is but cannot be used. The first that
answers wins, so the order is from what only one publisher writes to what many do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.layouts.exported import read_exported
from mindseye.encoders.layouts.fields import read_fields
from mindseye.encoders.layouts.flat_onnx import read_flat_onnx
from mindseye.encoders.layouts.hugging_face import read_hugging_face
from mindseye.encoders.layouts.immich import read_immich
from mindseye.encoders.layouts.open_clip import read_open_clip
from mindseye.encoders.layouts.sentence_transformers import read_sentence_transformers
from mindseye.encoders.layouts.transformers_js import read_transformers_js
from mindseye.encoders.layouts.uform import read_uform
from mindseye.encoders.layouts.weights import refuse_pickles
from mindseye.errors import SpecError, WeightsUnavailable

LAYOUTS: Final = MappingProxyType[str, Callable[[Path], Checkpoint | None]](
    {
        "exported by Mindseye": read_exported,
        "OpenCLIP": read_open_clip,
        "sentence-transformers": lambda folder: read_sentence_transformers(folder, open_checkpoint),
        "Hugging Face CLIP and SigLIP": read_hugging_face,
        "transformers.js": read_transformers_js,
        "Immich": read_immich,
        "UForm 3": read_uform,
        "rclip and CLIP-as-service": read_flat_onnx,
    }
)
"""Who publishes directories of this layout -> what reads one, in the order they are asked."""


def open_checkpoint(folder: Path) -> Checkpoint:
    """Read what a model directory says of itself; no weights are loaded.

    Raises `WeightsUnavailable` where the folder or one of its files is missing, damaged or of a
    form that is never loaded, `SpecError` for a kind of model that cannot be run.
    """
    if not folder.is_dir():
        raise WeightsUnavailable(
            f"there is no folder {folder}", hint="give the folder that holds the model's files"
        )
    for read in LAYOUTS.values():
        checkpoint = read(folder)
        if checkpoint is not None:
            return checkpoint
    raise _unrecognised(folder)


def _unrecognised(folder: Path) -> SpecError | WeightsUnavailable:
    config = folder / "config.json"
    kind = read_fields(config).text("model_type", "") if config.is_file() else ""
    if kind not in ("", "clip", "siglip"):
        return SpecError(
            f"{config} describes a model of the type {kind!r}, which is not supported",
            hint="clip and siglip are; `mindseye encoders` lists encoders that work",
        )
    refuse_pickles(folder)
    names = sorted(path.name for path in folder.iterdir())
    shown = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    return WeightsUnavailable(
        f"{folder} is not a model directory of a known layout; it holds {shown or 'nothing'}",
        hint=f"known are those of {', '.join(LAYOUTS)}",
    )
