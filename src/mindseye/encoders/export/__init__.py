"""An encoder as files for a phone, another program or a smaller machine, no worse than promised.

What is written is an encoder directory of its own: `image` and `text` towers, the tokenizer and
`encoder.json` with everything else, which Mindseye opens as `local:FOLDER`. It appears only after
it was read back and held to the fp32 original on real photos.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.export.gate import Agreement, Bar, agreement, bar_of
from mindseye.encoders.export.towers import Form, write_tower
from mindseye.encoders.layouts.exported import DESCRIPTION, read_exported
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.encoders.towers.encoder import TowerEncoder
from mindseye.errors import EncoderError, NotFound
from mindseye.types import Pixels

__all__ = ["Agreement", "Bar", "Export", "Form", "export_encoder"]


@dataclass(frozen=True, slots=True)
class Export:
    """What was written, how well it agrees with the original, and the bar it had to pass."""

    folder: Path
    form: Form
    bytes: dict[str, int]
    agreement: Agreement
    bar: Bar


def export_encoder(
    checkpoint: Checkpoint, folder: Path, form: Form, photos: Sequence[Pixels]
) -> Export:
    """Write an encoder into `folder`, which must not be there yet.

    `photos` are what the gate looks at. Raises `EncoderError` when the gate is not passed (nothing
    is left behind), when a tower cannot be written so, or when `folder` exists; `MissingExtra`.
    """
    if folder.exists():
        raise EncoderError(f"{folder} exists already", hint="name a folder that is not there yet")
    if not folder.parent.is_dir():
        raise NotFound(f"there is no folder {folder.parent}")
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(checkpoint, made, form)
        found, bar = _measure(checkpoint, made, photos), bar_of(form.precision)
        found.require(bar)
        made.chmod(0o755)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
    return Export(folder, form, sizes, found, bar)


def _write(checkpoint: Checkpoint, folder: Path, form: Form) -> None:
    names = {
        "image": write_tower(checkpoint.image, folder, "image", form),
        "text": write_tower(checkpoint.text, folder, "text", form),
    }
    tokenizer = checkpoint.words.tokenizer
    shutil.copyfile(tokenizer, folder / tokenizer.name)
    description = {
        "made_from": checkpoint.folder.name,
        "precision": form.precision,
        "towers": names,
        "pixels": asdict(checkpoint.pixels),
        "words": asdict(checkpoint.words) | {"tokenizer": tokenizer.name},
        "dim": checkpoint.dim,
        "logit_scale": checkpoint.logit_scale,
        "logit_bias": checkpoint.logit_bias,
        "matryoshka": checkpoint.matryoshka,
    }
    text = json.dumps(description, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")


def _measure(checkpoint: Checkpoint, folder: Path, photos: Sequence[Pixels]) -> Agreement:
    exported = read_exported(folder)
    if exported is None:
        raise EncoderError(f"what was written into {folder} cannot be read back")
    exact = RunOptions(runtime="onnxruntime", precision="fp32")
    asked = RunOptions(precision="fp32")
    name = EncoderSpec("local", str(folder))
    return agreement(
        TowerEncoder(name, checkpoint, "original", options=exact),
        TowerEncoder(name, exported, "exported", options=asked),
        photos,
    )
