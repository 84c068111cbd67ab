"""Writes the artefact files of the built-in encoder from trained heads.

Usage: python export.py CACHE HEADS.pt OUT_FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
import torch
import torch.nn.functional as F  # noqa: N812 - as torch writes it
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from backbone import Trunk
from bias import TEXT_SIDE, Biased, biased
from classes import ClassSpace
from features import SIDE
from heads import LAST
from space import load_space

# Initialisers below this many values stay as they are: biases and scales, where bits matter.
SMALL = 4096


class ImageTower(nn.Module):
    """Squashed pictures, uint8 (n, 260, 260, 3), to unit rows (n, 512)."""

    def __init__(self, shipped: Biased) -> None:
        super().__init__()
        self.trunk, self.space, self.bias = Trunk(), shipped.space, shipped.bias
        self.classes = FrozenClasses(shipped.space.classes)

    def forward(self, pixels: Tensor) -> Tensor:
        """Scale as the published weights want it, then trunk and space."""
        scaled = (pixels.permute(0, 3, 1, 2).float() - 127.0) / 128.0
        pooled = self.trunk(scaled)
        caption = self.space.heads.image(pooled)
        return F.normalize(self.bias.image(self.space.join(caption, self.classes(pooled))), dim=-1)


class FrozenClasses(nn.Module):
    """The picture side of the class space with the names' vectors worked out."""

    def __init__(self, classes: ClassSpace) -> None:
        super().__init__()
        sharpness = classes.log_sharpness.exp()
        self.weight = nn.Parameter(classes.logit_weight * sharpness, requires_grad=False)
        self.bias = nn.Parameter(classes.logit_bias * sharpness, requires_grad=False)
        self.names = nn.Parameter(classes.text(classes.centres).T.contiguous(), requires_grad=False)

    def forward(self, pooled: Tensor) -> Tensor:
        """Pooled features (n, pooled) -> unit rows."""
        shares = torch.softmax(F.linear(pooled[:, :LAST], self.weight, self.bias), dim=-1)
        return F.normalize(F.linear(shares, self.names), dim=-1)


def write_graph(tower: nn.Module, path: Path) -> None:
    """Export the image tower in float32."""
    torch.onnx.export(
        tower.eval(),
        (torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8),),
        str(path),
        input_names=["pixels"],
        output_names=["vectors"],
        dynamic_axes={"pixels": {0: "n"}, "vectors": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def shrink(source: Path, target: Path) -> None:
    """Store matrices in eight bits by row and convolutions in halves; both are float32 once loaded.

    The graph computes in float32: the casts are folded when the session opens.
    """
    model = onnx.load(source)
    nodes, kept = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < SMALL:
            kept.append(tensor)
        elif values.ndim == 2:
            nodes += _eight_bits(kept, tensor.name, values)
        else:
            kept.append(numpy_helper.from_array(values.astype(np.float16), tensor.name + "/half"))
            nodes.append(helper.make_node("Cast", [tensor.name + "/half"], [tensor.name], to=1))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    existing = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + existing)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _eight_bits(
    kept: list[onnx.TensorProto], name: str, values: npt.NDArray[np.float32]
) -> list[onnx.NodeProto]:
    """Store a matrix as int8 with one scale per output; return the nodes that undo it."""
    # The larger side is the input in every matrix of the tower but the class names'.
    axis = int(np.argmax(values.shape))
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-8) / 127.0
    kept.append(numpy_helper.from_array(np.rint(values / scale).astype(np.int8), name + "/byte"))
    kept.append(numpy_helper.from_array(scale.astype(np.float32), name + "/scale"))
    return [
        helper.make_node("Cast", [name + "/byte"], [name + "/float"], to=TensorProto.FLOAT),
        helper.make_node("Mul", [name + "/float", name + "/scale"], [name]),
    ]


def write_text_head(shipped: Biased, path: Path) -> None:
    """Write the text head's arrays in halves under the names that the runtime reads."""
    space = shipped.space
    head, classes = space.heads.text, space.classes
    arrays = {
        "mean": head.mean,
        "enter.weight": head.enter.weight,
        "enter.bias": head.enter.bias,
        "leave.weight": head.leave.weight,
        "leave.bias": head.leave.bias,
        "skip.weight": head.skip.weight,
        "class.mean": classes.mean,
        "class.projection": classes.projection,
        "class.weight": torch.tensor(space.weight),
        "bias": torch.tensor(TEXT_SIDE),
    }
    np.savez(path, **{k: v.numpy().astype(np.float16) for k, v in arrays.items()})


def least_cosine(path: Path, tower: nn.Module, pictures: npt.NDArray[np.uint8]) -> float:
    """Return the least cosine between the graph's vectors and torch's over the pictures."""
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    found = session.run(None, {"pixels": pictures})[0]
    with torch.inference_mode():
        wanted = tower(torch.from_numpy(pictures)).numpy()
    return float((found * wanted).sum(1).min())


def main() -> None:
    """Export, shrink and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("heads", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    shipped = biased(load_space(arguments.cache, arguments.heads), arguments.cache)
    tower = ImageTower(shipped).eval()
    exact = arguments.cache / "image-float32.onnx"
    write_graph(tower, exact)
    shrink(exact, arguments.out / "image.onnx")
    write_text_head(shipped, arguments.out / "text.npz")
    pictures = np.load(
        arguments.cache / "pictures.npy", allow_pickle=False
    )  # written by features.py
    full, small = (least_cosine(p, tower, pictures) for p in (exact, arguments.out / "image.onnx"))
    print(f"least cosine with torch: float32 {full:.6f}, shipped {small:.6f}")
    if full < 0.9999:
        raise SystemExit("the exported graph does not agree with torch")


if __name__ == "__main__":
    main()
