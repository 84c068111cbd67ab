"""Themes: groups of alike photos are found again, and named by what they are of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mindseye.analysis.themes import LEAST_LIKENESS, clustered, named, word_vectors, words
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import Vectors


def _blobs(sizes: list[int], dim: int = 16) -> tuple[Vectors, list[int]]:
    """Rows around as many far points as there are sizes, shuffled, and whose each is."""
    numbers = np.random.default_rng(3)
    middles = numbers.normal(size=(len(sizes), dim)) * 4
    whose = numbers.permutation(np.repeat(np.arange(len(sizes)), sizes))
    rows = middles[whose] + numbers.normal(size=(len(whose), dim)) * 0.1
    return rows.astype(np.float32), whose.tolist()


@pytest.mark.parametrize("sizes", [[50], [40, 3], [30, 20, 10, 5, 80], [200] * 12])
def test_groups_that_lie_apart_are_found_whatever_their_sizes(sizes: list[int]) -> None:
    rows, whose = _blobs(sizes)
    centres = clustered(rows, len(sizes))
    nearest = np.linalg.norm(rows[:, None] - centres, axis=2).argmin(axis=1)
    assert len(set(zip(whose, nearest.tolist(), strict=True))) == len(sizes)


@pytest.mark.parametrize(
    ("rows", "count", "found"), [(0, 3, 0), (1, 3, 1), (2, 9, 2), (500, 90, 40), (5, 0, 1)]
)
def test_there_are_no_more_groups_than_rows_and_than_fit_a_map(
    rows: int, count: int, found: int
) -> None:
    many = np.random.default_rng(1).normal(size=(rows, 4)).astype(np.float32)
    assert len(clustered(many, count)) == found


def test_equal_rows_are_one_group() -> None:
    assert len(clustered(np.ones((20, 4), np.float32), 5)) == 1


def test_each_group_is_named_by_the_nearest_word_and_no_word_names_two() -> None:
    vectors = np.eye(4, dtype=np.float32)
    centres = vectors[[2, 0, 2]] - 0.25
    centres[2] += vectors[1] * 0.9
    found = named(centres, ["sea", "dogs", "snow", "cars"], vectors)
    assert [name for name, _ in found] == ["snow", "sea", "dogs"]
    assert found[0][1] == pytest.approx(1.0)


def test_a_group_that_no_word_is_like_has_no_name() -> None:
    vectors = np.eye(3, 8, dtype=np.float32)
    centre = np.zeros((1, 8), np.float32)
    centre[0, 7] = 1.0
    assert named(centre, ["sea", "dogs", "snow"], vectors) == [("", 0.0)]
    assert 0 < LEAST_LIKENESS < 1


def test_words_are_encoded_once_for_an_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = ColourEncoder()
    first = word_vectors(encoder, tmp_path / "words")
    assert first.shape == (len(words()), encoder.space.dim)
    monkeypatch.setattr(ColourEncoder, "encode_texts", lambda *_: pytest.fail("encoded again"))
    assert np.array_equal(word_vectors(encoder, tmp_path / "words"), first)
    assert len(set(words())) == len(words())
