"""An encoder at hand: repeated texts are free, idle towers are released, nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np

from mindseye.encoders import resident
from mindseye.encoders.resident import Resident
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import Vectors


class Counting(ColourEncoder):
    """The colour encoder, with a note of what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "asked", [])
        object.__setattr__(self, "released", Event())

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return super().encode_texts(texts)

    def release(self) -> None:
        self.released.set()


def test_a_text_is_encoded_once() -> None:
    encoder = Counting()
    kept = Resident(encoder)
    first = kept.encode_texts(["red", "blue", "red"])
    again = kept.encode_texts(["blue", "green", "red"])
    assert encoder.asked == ["red", "blue", "green"]
    assert np.array_equal(first, ColourEncoder().encode_texts(["red", "blue", "red"]))
    assert np.array_equal(again, ColourEncoder().encode_texts(["blue", "green", "red"]))


def test_the_text_asked_longest_ago_is_forgotten_first() -> None:
    encoder = Counting()
    kept = Resident(encoder)
    kept.encode_texts([str(number) for number in range(resident.REMEMBERED)])
    kept.encode_texts(["0"])
    kept.encode_texts(["red"])
    encoder.asked.clear()
    kept.encode_texts(["0", "1"])
    assert encoder.asked == ["1"]


def test_towers_are_released_after_a_while_without_work() -> None:
    encoder = Counting()
    Resident(encoder, idle_seconds=0.01).encode_texts(["red"])
    assert encoder.released.wait(5)


def test_towers_stay_where_no_while_is_set() -> None:
    encoder = Counting()
    kept = Resident(encoder)
    kept.encode_texts(["red"])
    assert not encoder.released.is_set()
    kept.release()
    assert encoder.released.is_set()


def test_many_threads_get_the_same_vectors() -> None:
    kept = Resident(ColourEncoder(), idle_seconds=0.001)
    words = ["red", "blue", "green", "red and blue"] * 50
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda word: kept.encode_texts([word])[0], words))
    assert np.array_equal(np.stack(rows), ColourEncoder().encode_texts(words))


def test_no_texts_are_no_rows() -> None:
    assert Resident(ColourEncoder()).encode_texts([]).shape == (0, 10)
