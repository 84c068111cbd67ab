"""A two-tower encoder read from a model directory; each tower is loaded when first needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.base import Calibration
from mindseye.encoders.checkpoint import Checkpoint, PixelRecipe
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import open_tower
from mindseye.encoders.sessions.base import Session
from mindseye.encoders.spec import EncoderSpec
from mindseye.encoders.towers import pixels, ports
from mindseye.encoders.towers.tokens import Tokenizer
from mindseye.errors import EncoderError, SpecError
from mindseye.types import EmbeddingSpace, Pixels, Vectors

_PICTURES_AT_ONCE = 16
"""5 to 12 % faster than 8 in bfloat16, and no slower than 32, which needs twice the memory."""

_TEXTS_AT_ONCE = 32


class TowerEncoder:
    """Pixels and words through the two towers of a `Checkpoint`.

    Safe to call from several threads. A vector does not depend on what it is encoded with.
    """

    def __init__(
        self,
        spec: EncoderSpec,
        checkpoint: Checkpoint,
        fingerprint: str,
        *,
        options: RunOptions,
        calibration: Calibration | None = None,
    ) -> None:
        """Load nothing yet; raises `SpecError` for dimensions the checkpoint cannot be cut to."""
        self.checkpoint = checkpoint
        self.calibration = calibration
        self._dim = cut_dimensions(spec, checkpoint)
        self.space = EmbeddingSpace(str(spec), fingerprint, self._dim)
        self._recipe = recipe_of(spec, checkpoint)
        self.resolution = pixels.resolution(self._recipe)
        self._options = options
        self._loading = Lock()
        self._image: ImageTower | None = None
        self._text: TextTower | None = None

    @property
    def image_tower(self) -> ImageTower:
        """The image tower, loaded on first use; raises `EncoderError`, `MissingExtra`."""
        with self._loading:
            if self._image is None:
                session = open_tower(self.checkpoint.image, self._options)
                self._image = ImageTower(session, self._recipe)
            return self._image

    @property
    def text_tower(self) -> TextTower:
        """The text tower, loaded on first use; raises `EncoderError`, `MissingExtra`."""
        with self._loading:
            if self._text is None:
                session = open_tower(self.checkpoint.text, self._options)
                self._text = TextTower(session, self.checkpoint)
            return self._text

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Encode uint8 (h, w, 3) pictures of any size; (n, dim) unit rows.

        Raises `EncoderError`, `WeightsUnavailable` or `MissingExtra`.
        """
        if not images:
            return np.empty((0, self._dim), np.float32)
        return unit_rows(self.image_tower.encode(images), self._dim)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts; (n, dim) unit rows.

        Raises `EncoderError`, `WeightsUnavailable` or `MissingExtra`.
        """
        if not texts:
            return np.empty((0, self._dim), np.float32)
        return unit_rows(self.text_tower.encode(texts), self._dim)

    def warm(self) -> None:
        """Load the image tower; raises as `encode_images` does."""
        _ = self.image_tower

    def release(self) -> None:
        """Give the memory of the loaded towers back."""
        with self._loading:
            self._image = self._text = None


class ImageTower:
    """A loaded image tower with the pixels it wants."""

    def __init__(self, session: Session, recipe: PixelRecipe) -> None:
        self.session = session
        self._recipe = recipe
        self._port = ports.pixel_port(session, recipe.size)
        self._output = ports.vector_output(session)

    def encode(self, images: Sequence[Pixels]) -> NDArray[np.float32]:
        """Rows as the tower gives them, not scaled to length 1."""
        return _rows(
            self.session.run({self._port.name: batch})[self._output][:count]
            for batch, count in self._prepared(images)
        )

    @property
    def _step(self) -> int:
        return self._port.batch or _PICTURES_AT_ONCE

    def _prepared(self, images: Sequence[Pixels]) -> Iterator[tuple[NDArray[Any], int]]:
        """Batches and how many pictures each holds; one is prepared while another is run."""
        with ThreadPoolExecutor(1) as ahead:
            waiting: deque[tuple[Future[NDArray[Any]], int]] = deque()
            for part in _parts(images, self._step):
                waiting.append((ahead.submit(self._prepare, part), len(part)))
                if len(waiting) > 1:
                    batch, count = waiting.popleft()
                    yield batch.result(), count
            for batch, count in waiting:
                yield batch.result(), count

    def _prepare(self, images: Sequence[Pixels]) -> NDArray[Any]:
        squares = [pixels.prepare(image, self._recipe) for image in images]
        # A graph of a fixed batch is given the last picture again where pictures are lacking.
        squares += squares[-1:] * ((self._port.batch or 0) - len(squares))
        batch = np.stack(squares)
        if self._port.raw:
            return batch if self._port.channels_last else _channels_first(batch)
        floats = pixels.normalise(batch, self._recipe)
        if self._port.channels_last:
            floats = np.ascontiguousarray(floats.transpose(0, 2, 3, 1))
        return floats.astype(self._port.dtype, copy=False)


class TextTower:
    """A loaded text tower with its tokenizer."""

    def __init__(self, session: Session, checkpoint: Checkpoint) -> None:
        self.session = session
        self._ports = ports.token_ports(session)
        self._output = ports.vector_output(session)
        recipe = checkpoint.words
        if self._ports.length is not None:
            recipe = replace(recipe, padded=True, context=self._ports.length)
        self._tokenizer = Tokenizer(recipe)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Rows as the tower gives them, not scaled to length 1."""
        parts = _parts(texts, self._ports.batch or _TEXTS_AT_ONCE)
        return _rows(
            self.session.run(self._feeds(part))[self._output][: len(part)] for part in parts
        )

    def _feeds(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        texts = [*texts, *[""] * ((self._ports.batch or 0) - len(texts))]
        ids, mask = self._tokenizer.encode(texts)
        feeds: dict[str, NDArray[Any]] = {
            self._ports.ids: ids.astype(self._ports.dtype, copy=False)
        }
        if self._ports.mask is not None:
            feeds[self._ports.mask] = mask.astype(self._ports.mask_dtype, copy=False)
        for port in self._ports.others:
            feeds[port.name] = np.zeros(ids.shape, port.dtype)
        return feeds


def cut_dimensions(spec: EncoderSpec, checkpoint: Checkpoint) -> int:
    """The length of a vector of this space; raises `SpecError` where it cannot be cut so."""
    if not spec.dimensions or spec.dimensions == checkpoint.dim:
        return checkpoint.dim
    if spec.dimensions in checkpoint.matryoshka:
        return spec.dimensions
    lengths = ", ".join(map(str, checkpoint.matryoshka)) or "none: it was not trained for that"
    raise SpecError(
        f"the vectors of {replace(spec, dimensions=0)} have {checkpoint.dim} dimensions and cannot "
        f"be cut to {spec.dimensions}",
        hint=f"lengths it can be cut to: {lengths}",
    )


def recipe_of(spec: EncoderSpec, checkpoint: Checkpoint) -> PixelRecipe:
    """How pixels are treated: as the checkpoint says, or whole on white where the spec asks."""
    if spec.resize == "pad":
        return pixels.with_white_padding(checkpoint.pixels)
    return checkpoint.pixels


def unit_rows(rows: NDArray[np.float32], dim: int) -> Vectors:
    """The first `dim` numbers of each row, scaled to length 1; `EncoderError` for no direction."""
    kept = np.asarray(rows[:, :dim], np.float32)
    if kept.shape[1] != dim:
        raise EncoderError(
            f"the tower gives vectors of {kept.shape[1]} numbers, the configuration says {dim}"
        )
    length = np.linalg.norm(kept, axis=1, keepdims=True)
    if not np.all(np.isfinite(length) & (length > 0.0)):
        raise EncoderError("the tower gave a vector that points nowhere (zero or not a number)")
    return np.asarray(kept / length, np.float32)


def _parts(items: Sequence[Any], step: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + step] for start in range(0, len(items), step))


def _rows(outputs: Iterator[NDArray[Any]]) -> NDArray[np.float32]:
    return np.concatenate([np.asarray(output, np.float32) for output in outputs])


def _channels_first(batch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(batch.transpose(0, 3, 1, 2))
