"""Two ONNX files that are the towers of one encoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mindseye.encoders.checkpoint import OnnxTower
from mindseye.encoders.layouts.fields import MOST_DIM
from mindseye.encoders.layouts.onnx_header import OnnxHeader, read_onnx
from mindseye.errors import WeightsUnavailable


@dataclass(frozen=True, slots=True)
class OnnxPair:
    """The headers of both towers, known to give vectors of the same length."""

    image: OnnxHeader
    text: OnnxHeader

    @property
    def towers(self) -> tuple[OnnxTower, OnnxTower]:
        """The image and the text tower."""
        return OnnxTower(self.image.path), OnnxTower(self.text.path)

    @property
    def files(self) -> tuple[Path, ...]:
        """All files of both, weights that lie outside the graphs included."""
        return (*self.image.files, *self.text.files)

    def dim(self, told: int | None = None) -> int:
        """The length of a vector: as `told`, else as the graphs tell.

        Raises `WeightsUnavailable` where they contradict each other, as towers of two models do,
        or where nothing tells.
        """
        said = {"the configuration": told, self.image.path.name: self.image.dim,
                self.text.path.name: self.text.dim}  # fmt: skip
        known = {who: dim for who, dim in said.items() if dim is not None}
        if len(set(known.values())) > 1:
            listed = ", ".join(f"{dim} ({who})" for who, dim in known.items())
            raise WeightsUnavailable(
                f"the towers in {self.image.path.parent} differ in their vectors: {listed}",
                hint="place both towers of one and the same model there",
            )
        if not known:
            raise WeightsUnavailable(
                f"nothing in {self.image.path.parent} tells the length of the vectors"
            )
        found = next(iter(known.values()))
        if found > MOST_DIM:
            raise WeightsUnavailable(f"{self.image.path} gives vectors of {found} numbers")
        return found


def read_pair(image: Path, text: Path) -> OnnxPair:
    """Read the headers of two towers; raises `WeightsUnavailable` where one is missing."""
    missing = [path for path in (image, text) if not path.is_file()]
    if missing:
        raise WeightsUnavailable(
            f"of the two towers, {' and '.join(str(path) for path in missing)} is missing",
            hint="place it there; only ONNX is loaded in a folder of this layout",
        )
    return OnnxPair(read_onnx(image), read_onnx(text))
