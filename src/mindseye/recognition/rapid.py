"""Text read by the networks of PP-OCR, which the package `rapidocr` brings in its wheel.

One network finds lines, one turns those that stand on their head, one spells them: Chinese,
Japanese, English and the other languages of Latin letters. They run on ONNX Runtime. Nothing is
downloaded: the package would fetch what it lacks, so it is told where each file lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from mindseye.errors import MissingExtra, RecognitionError
from mindseye.types import Pixels, TextRegion

LONGEST: Final = 1600
"""Long side in pixels at which a picture is looked at. At 1280 a third of the time is saved, and a
quarter of the lines of a street scene is lost."""

SHORTEST: Final = 736
"""A picture whose short side is smaller is enlarged to it, as PP-OCR does, but not without end."""

ENLARGED: Final = 2.0
"""How many times at most: beyond it lines of small pictures are torn apart."""

LEAST_SIDE: Final = 8
"""No line of fewer pixels can be read, and a picture of fewer holds none."""

LEAST_CONFIDENCE: Final = 0.6
"""Below this, lines are mostly scripts that the network does not know, and patterns."""

_NETWORKS: Final = {"Det": "det", "Cls": "cls", "Rec": "rec"}
"""Section of the package's configuration -> how the file of its network is named."""


class RapidReader:
    """Reads text by the networks of `rapidocr`; raises `MissingExtra` where it is not installed."""

    resolution = LONGEST * 3 // 4

    def __init__(self, threads: int = 0) -> None:
        self._threads = threads
        self._files = _network_files()

    @cached_property
    def name(self) -> str:
        """The package, with a hash of the weights and of what is done before and after them."""
        told = sha256(repr((LONGEST, SHORTEST, ENLARGED, LEAST_CONFIDENCE)).encode())
        for file in self._files.values():
            told.update(sha256(file.read_bytes()).digest())
        return f"rapidocr-{told.hexdigest()[:12]}"

    def read(self, pixels: Pixels) -> list[TextRegion]:
        """The lines of text in a picture; raises `RecognitionError`."""
        if min(pixels.shape[:2]) < LEAST_SIDE:
            return []
        engine, failures = self._engine
        try:
            seen = _scaled(pixels)
            found = engine(seen)
        except failures as error:
            detail = next(iter(str(error).strip().splitlines()[-1:]), type(error).__name__)
            raise RecognitionError(f"the picture could not be looked at for text: {detail}") from (
                error
            )
        if found.boxes is None or found.txts is None or found.scores is None:
            return []
        height, width = seen.shape[:2]
        return [
            _region(text, float(confidence), box / (width, height))
            for text, confidence, box in zip(found.txts, found.scores, found.boxes, strict=True)
            if any(character.isalnum() for character in text)
        ]

    @cached_property
    def _engine(self) -> tuple[Any, tuple[type[Exception], ...]]:
        """The networks behind one call, and what that call raises."""
        import cv2
        from rapidocr import RapidOCR
        from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

        settings: dict[str, object] = {
            "Global.log_level": "critical",
            "Global.text_score": LEAST_CONFIDENCE,
            "Det.limit_type": "max",
            "Det.limit_side_len": LONGEST,
            "EngineConfig.onnxruntime.intra_op_num_threads": self._threads or -1,
        }
        settings |= {f"{part}.model_path": str(file) for part, file in self._files.items()}
        failures = (cv2.error, ONNXRuntimeError, ArithmeticError, LookupError, ValueError)
        return RapidOCR(params=settings), failures


def _network_files() -> Mapping[str, Path]:
    """Section of the configuration -> the file of its network, as the wheel brought it."""
    package = find_spec("rapidocr")
    if package is None or package.origin is None or find_spec("cv2") is None:
        raise MissingExtra("rapidocr", "ocr")
    folder = Path(package.origin).with_name("models")
    files = {part: sorted(folder.glob(f"*_{word}_*.onnx")) for part, word in _NETWORKS.items()}
    for part, candidates in files.items():
        if len(candidates) != 1:
            raise RecognitionError(
                f"one network for {part!r} is expected in {folder}, not {len(candidates)}",
                hint='pip install --force-reinstall "mindseye[ocr]"',
            )
    return {part: found for part, [found] in files.items()}


def _scaled(pixels: Pixels) -> NDArray[np.uint8]:
    """The picture at the size it is looked at, its channels as OpenCV has them: blue first."""
    import cv2

    short, long = sorted(pixels.shape[:2])
    factor = min(LONGEST / long, max(1.0, min(SHORTEST / short, ENLARGED)))
    blue_first = np.ascontiguousarray(pixels[:, :, ::-1])
    if factor == 1.0:
        return blue_first
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    size = tuple(max(1, round(side * factor)) for side in pixels.shape[1::-1])
    resized: NDArray[np.uint8] = cv2.resize(blue_first, size, interpolation=method)
    return resized


def _region(text: str, confidence: float, box: NDArray[Any]) -> TextRegion:
    corners = tuple((round(float(x), 4), round(float(y), 4)) for x, y in box)
    return TextRegion(" ".join(text.split()), round(confidence, 3), corners)
