"""The cache gives back what was put in, whoever was killed meanwhile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mindseye.analysis.vector_cache import VectorCache, key_of_file, key_of_text

A, B, C = map(key_of_text, "abc")
ROWS = np.arange(6, dtype=np.float32).reshape(3, 2)


def opened(folder: Path) -> VectorCache:
    return VectorCache(folder / "space", "pictures", 2)


def test_rows_come_back_in_the_order_asked_for(tmp_path: Path) -> None:
    opened(tmp_path).put([A, B], ROWS[:2])
    opened(tmp_path).put([C], ROWS[2:])
    cache = opened(tmp_path)
    assert all(key in cache for key in (A, B, C))
    assert cache.get([C, A, A]).tolist() == [[4, 5], [0, 1], [0, 1]]
    assert cache.get([]).shape == (0, 2)


def test_what_is_not_there_is_not_said_to_be(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    assert A not in cache
    assert not (tmp_path / "space").exists()


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("rows", lambda data: data + b"half a row"),
        ("keys", lambda data: data + b"half a key"),
        ("rows", lambda data: data[:-3]),
        ("keys", lambda data: data[:-3]),
    ],
)
def test_what_a_kill_left_half_written_does_not_count(
    tmp_path: Path, name: str, spoil: object
) -> None:
    opened(tmp_path).put([A], ROWS[:1])
    opened(tmp_path).put([B], ROWS[1:2])
    path = tmp_path / "space" / f"pictures.{name}"
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    assert opened(tmp_path).get([A]).tolist() == [[0, 1]]
    opened(tmp_path).put([C], ROWS[2:])
    assert opened(tmp_path).get([A, C]).tolist() == [[0, 1], [4, 5]]


def test_two_that_write_at_once_keep_each_others_rows(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    first.put([A], ROWS[:1])
    second.put([B], ROWS[1:2])
    first.put([C], ROWS[2:])
    assert opened(tmp_path).get([A, B, C]).tolist() == ROWS.tolist()


def test_a_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("ä".encode())
    assert key_of_file(path) == key_of_text("ä")


def test_pictures_and_texts_do_not_mix(tmp_path: Path) -> None:
    opened(tmp_path).put([A], ROWS[:1])
    assert A not in VectorCache(tmp_path / "space", "texts", 2)
