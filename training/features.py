"""Caches what the frozen trunk sees in every training picture, in several augmented views.

Usage: python features.py DATA CACHE [--views 4] [--threads 2]
"""

from __future__ import annotations

import argparse
import json
import math
import random
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
import torch
from PIL import Image, ImageEnhance

from backbone import Trunk
from texts import read_lines

SIDE = 260
BATCH = 32
SEED = 20


def scaled(image: Image.Image) -> npt.NDArray[np.float32]:
    """Squash a picture to the square the trunk takes and scale it; (3, 260, 260)."""
    square = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return (np.asarray(square, np.float32).transpose(2, 0, 1) - 127.0) / 128.0


def jittered(image: Image.Image, rng: random.Random) -> Image.Image:
    """Crop 50-100 % of the area at an aspect of 3:4 to 4:3, mirror half of them, shift colours."""
    width, height = image.size
    area, aspect = rng.uniform(0.5, 1.0), math.exp(rng.uniform(-1, 1) * math.log(4 / 3))
    across = min(1.0, math.sqrt(area * aspect)) * width
    down = min(1.0, math.sqrt(area / aspect)) * height
    left, top = rng.uniform(0, width - across), rng.uniform(0, height - down)
    view = image.resize(
        (SIDE, SIDE), Image.Resampling.BICUBIC, (left, top, left + across, top + down)
    )
    if rng.random() < 0.5:
        view = view.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        view = enhance(view).enhance(rng.uniform(0.75, 1.25))
    return view


def export_trunk(path: Path) -> None:
    """Write the trunk as ONNX: ONNX Runtime runs it about twice as fast as torch on a CPU."""
    torch.onnx.export(
        Trunk().eval(),
        (torch.zeros(2, 3, SIDE, SIDE),),
        str(path),
        input_names=["pixels"],
        output_names=["pooled"],
        dynamic_axes={"pixels": {0: "n"}, "pooled": {0: "n"}},
        dynamo=False,
    )


def open_trunk(path: Path, threads: int) -> ort.InferenceSession:
    """Open the exported trunk on so many threads."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def cache_view(session: ort.InferenceSession, images: list[Path], target: Path, view: int) -> None:
    """Write one view of every picture: view 0 is the picture as it is, the others are jittered."""
    pooled = []
    for start in range(0, len(images), BATCH):
        batch = []
        for path in images[start : start + BATCH]:
            with Image.open(path) as file:
                image = file.convert("RGB")
            rng = random.Random(f"{SEED}/{view}/{path.name}")
            batch.append(scaled(jittered(image, rng) if view else image))
        found = session.run(None, {"pixels": np.stack(batch)})[0]
        pooled.append(found.astype(np.float16))
    np.save(target.with_suffix(".npy"), np.concatenate(pooled))
    print(target.stem, "cached", flush=True)


def cache_sample(images: list[Path], target: Path) -> None:
    """Write some squashed pictures, uint8 (n, 260, 260, 3), for comparing the export with torch."""
    squares = []
    for path in images:
        with Image.open(path) as file:
            squares.append(
                np.asarray(file.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC))
            )
    np.save(target, np.stack(squares))


def main() -> None:
    """Cache view 0 of everything, then the jittered views of the training split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--views", type=int, default=4, help="jittered views of the training split")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    data, cache = arguments.data, arguments.cache
    cache.mkdir(parents=True, exist_ok=True)
    if not (cache / "trunk.onnx").exists():
        export_trunk(cache / "trunk.onnx")
    session = open_trunk(cache / "trunk.onnx", arguments.threads)
    splits: dict[str, list[str]] = {"train": [], "val": []}
    for row in read_lines(data / "flickr8k" / "captions.jsonl"):
        if row["split"] in splits:
            splits[str(row["split"])].append(str(row["image"]))
    labels = [str(row["image"]) for row in read_lines(data / "labels_imagenet" / "labels.jsonl")]
    (cache / "images.json").write_text(json.dumps({**splits, "labels": labels}))
    folders = {
        "train": data / "flickr8k",
        "val": data / "flickr8k",
        "labels": data / "labels_imagenet",
    }
    cache_sample(
        [data / "flickr8k" / name for name in splits["train"][:32]], cache / "pictures.npy"
    )
    for part, names in {**splits, "labels": labels}.items():
        cache_view(session, [folders[part] / name for name in names], cache / f"{part}-0", 0)
    for view in range(1, arguments.views + 1):
        paths = [folders["train"] / name for name in splits["train"]]
        cache_view(session, paths, cache / f"train-{view}", view)


if __name__ == "__main__":
    main()
