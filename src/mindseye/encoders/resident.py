"""An encoder that is kept at hand: repeated texts cost nothing, and idle towers no memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock, Timer

import numpy as np

from mindseye.encoders.base import Calibration, Encoder
from mindseye.types import EmbeddingSpace, Pixels, Vectors

REMEMBERED = 1024
"""Text vectors kept: a few megabytes."""


class Resident:
    """An encoder with a memory for texts, least recently asked forgotten first.

    After `idle_seconds` without work (0: never) the towers are released; the next call loads them
    again. Safe to call from several threads.
    """

    def __init__(self, encoder: Encoder, idle_seconds: float = 0.0) -> None:
        self.encoder = encoder
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._working = 0
        self._texts: OrderedDict[str, Vectors] = OrderedDict()
        self._timer: Timer | None = None

    @property
    def space(self) -> EmbeddingSpace:
        """The space of the encoder."""
        return self.encoder.space

    @property
    def resolution(self) -> int:
        """The short side that decoding must keep."""
        return self.encoder.resolution

    @property
    def calibration(self) -> Calibration | None:
        """The encoder's own calibration."""
        return self.encoder.calibration

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        """Encode pictures; nothing is remembered."""
        self._start()
        try:
            return self.encoder.encode_images(images)
        finally:
            self._rest()

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, those asked before from memory."""
        with self._lock:
            known = {text: self._texts[text] for text in texts if text in self._texts}
            for text in known:
                self._texts.move_to_end(text)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known |= self._encode(fresh)
        if not texts:
            return np.empty((0, self.space.dim), np.float32)
        return np.stack([known[text] for text in texts])

    def warm(self) -> None:
        """Load what pictures need."""
        self._start()
        try:
            self.encoder.warm()
        finally:
            self._rest()

    def release(self) -> None:
        """Give the towers' memory back now; texts stay remembered."""
        with self._lock:
            self._stop_timer()
        self.encoder.release()

    def _encode(self, texts: list[str]) -> dict[str, Vectors]:
        self._start()
        try:
            rows = self.encoder.encode_texts(texts)
        finally:
            self._rest()
        found = dict(zip(texts, rows, strict=True))
        with self._lock:
            self._texts |= found
            while len(self._texts) > REMEMBERED:
                self._texts.popitem(last=False)
        return found

    def _start(self) -> None:
        with self._lock:
            self._working += 1
            self._stop_timer()

    def _rest(self) -> None:
        with self._lock:
            self._working -= 1
            if self._idle_seconds and not self._working:
                self._timer = Timer(self._idle_seconds, self._release_if_idle)
                self._timer.daemon = True
                self._timer.start()

    def _release_if_idle(self) -> None:
        with self._lock:
            if not self._working:
                self.encoder.release()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
