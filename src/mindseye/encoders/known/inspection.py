"""What an encoder does here: its files, how it is run, how fast, and how far from float32."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING, Final

import numpy as np

from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.encoders.known import manifest
from mindseye.encoders.known.download import locate
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError
from mindseye.types import Pixels, Vectors

if TYPE_CHECKING:
    from mindseye.encoders.towers.encoder import TowerEncoder

TEXTS: Final = ("a dog on a beach", "海边的日落", "Zwei Fahrräder vor einem Haus", "42", "")
_PICTURES: Final = 8
_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Files:
    """The files of an encoder; `fetched_at` is "" for a folder filled by hand, never checked."""

    folder: str
    fetched_at: str
    commit: str
    bytes: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """An encoder as it ran on this machine, just now.

    `cosine` is the least between its vectors and those of ONNX Runtime in float32, over generated
    pictures and a few texts; None for the shipped encoder, which has one precision.
    """

    spec: str
    files: Files | None
    layout: str
    dim: int
    resolution: int
    fingerprint: str
    image_runtime: str
    text_runtime: str
    load_seconds: float
    pictures_per_second: float
    text_milliseconds: float
    cosine: float | None


def check_files(spec: EncoderSpec, options: RunOptions) -> Files | None:
    """Compare an encoder's files with what was fetched; None for the shipped ones.

    Reads every byte. Raises `WeightsUnavailable` where they are missing.
    """
    try:
        folder = locate(spec, options)
    except SpecError:
        return None
    there = manifest.read(folder)
    if there is None:
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        return Files(str(folder), "", "", size, ())
    problems = tuple(manifest.problems(folder, there))
    return Files(str(folder), there.fetched_at, there.commit, there.bytes, problems)


def inspect(spec: EncoderSpec, options: RunOptions, files: Files | None) -> Inspection:
    """Load an encoder, time it and compare its precision; takes a few seconds.

    Raises what `open_encoder` and encoding raise.
    """
    start = time.perf_counter()
    encoder = open_encoder(spec, options)
    towers = _towers(encoder)
    image, text = _load(encoder, towers)
    loaded = time.perf_counter() - start
    pictures = generated_pictures()
    pictures_each = _seconds(lambda: encoder.encode_images(pictures)) / len(pictures)
    inspection = Inspection(
        spec=str(spec),
        files=files,
        layout="shipped" if towers is None else towers.checkpoint.layout,
        dim=encoder.space.dim,
        resolution=encoder.resolution,
        fingerprint=encoder.space.fingerprint,
        image_runtime=image,
        text_runtime=text,
        load_seconds=loaded,
        pictures_per_second=1.0 / pictures_each,
        text_milliseconds=_seconds(lambda: encoder.encode_texts(TEXTS[:1])) * 1e3,
        cosine=None,
    )
    if towers is None:
        return inspection
    vectors = _vectors(encoder, pictures)
    encoder.release()
    exact = replace(options, runtime="onnxruntime", precision="fp32")
    return replace(inspection, cosine=_least_cosine(vectors, spec, exact, pictures))


def generated_pictures(count: int = _PICTURES) -> list[Pixels]:
    """Pictures of 640 x 480 with soft shapes, edges and grain; always the same."""
    rng = np.random.default_rng(11)
    high, wide = np.mgrid[0:480, 0:640].astype(np.float32) / 480.0
    pictures = []
    for _ in range(count):
        waves = [
            np.sin(high * rng.uniform(2, 20) + wide * rng.uniform(2, 20) + rng.uniform(0, 6))
            for _ in range(3)
        ]
        picture = np.stack(waves, axis=-1) * 90.0 + 127.0
        top, left = rng.integers(0, 240), rng.integers(0, 320)
        picture[top : top + 200, left : left + 200] = rng.uniform(0, 255, 3)
        picture += rng.normal(0.0, 6.0, picture.shape)
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return pictures


def _towers(encoder: Encoder) -> TowerEncoder | None:
    from mindseye.encoders.towers.encoder import TowerEncoder

    return encoder if isinstance(encoder, TowerEncoder) else None


def _load(encoder: Encoder, towers: TowerEncoder | None) -> tuple[str, str]:
    """Load both towers; what runs them, "" where the encoder does not say."""
    if towers is not None:
        return towers.image_tower.session.runtime, towers.text_tower.session.runtime
    encoder.encode_images(generated_pictures(1))
    encoder.encode_texts(TEXTS[:1])
    return "", ""


def _seconds(work: Callable[[], object]) -> float:
    """The median of the runs that fit into half a second, at least three, after one to warm up."""
    work()
    runs: list[float] = []
    while len(runs) < 3 or sum(runs) < _SECONDS:
        start = time.perf_counter()
        work()
        runs.append(time.perf_counter() - start)
    return median(runs)


def _vectors(encoder: Encoder, pictures: Sequence[Pixels]) -> Vectors:
    return np.concatenate([encoder.encode_images(pictures), encoder.encode_texts(TEXTS)])


def _least_cosine(
    vectors: Vectors, spec: EncoderSpec, exact: RunOptions, pictures: Sequence[Pixels]
) -> float:
    reference = open_encoder(spec, exact)
    try:
        return float((vectors * _vectors(reference, pictures)).sum(axis=1).min())
    finally:
        reference.release()
