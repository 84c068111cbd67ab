"""The training scripts' own arithmetic, on made-up numbers; skips where torch is not installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"


@pytest.fixture(autouse=True)
def scripts(monkeypatch):
    monkeypatch.syspath_prepend(str(TRAINING))
    yield
    for name in ("scoring", "nonsense", "bank", "heads", "train"):
        sys.modules.pop(name, None)


def test_the_parts_of_the_nonsense_share_no_sentence():
    from nonsense import nonsense

    parts = [set(nonsense(part, 300)) for part in ("teach", "fit", "report")]
    assert all(len(part) > 250 for part in parts)
    assert not parts[0] & parts[1]
    assert not (parts[0] | parts[1]) & parts[2]


def test_nonsense_is_the_same_every_time():
    from nonsense import nonsense

    assert nonsense("fit", 50) == nonsense("fit", 50)


def test_the_rank_counts_the_pictures_above_the_true_one():
    torch = pytest.importorskip("torch", reason="training needs torch; the package does not")
    from scoring import ranks, recall

    pictures = torch.eye(3)
    queries = torch.tensor([[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]])
    found = ranks(queries, pictures, torch.tensor([0, 2]))
    assert found.tolist() == [0, 2]
    assert recall(found, 1) == 50.0


def test_the_interval_holds_the_recall():
    torch = pytest.importorskip("torch", reason="training needs torch; the package does not")
    from scoring import interval, recall

    found = torch.arange(200) % 20
    low, high = interval(found, 10, torch.arange(200) // 2)
    assert low < recall(found, 10) < high


def test_calibration_pictures_are_among_the_tuning_pictures():
    pytest.importorskip("torch", reason="training needs torch; the package does not")
    from bank import calibration_rows, tuning_rows

    (_, tuned), (kept, held) = tuning_rows(6000), calibration_rows(6000)
    assert set(held.tolist()) <= set(tuned.tolist())
    assert not set(held.tolist()) & set(kept.tolist())


def test_captions_are_renumbered_by_their_place_in_the_part():
    torch = pytest.importorskip("torch", reason="training needs torch; the package does not")
    from bank import Captions

    captions = Captions(torch.arange(4.0)[:, None], torch.tensor([0, 1, 1, 3]))
    part = captions.of(torch.tensor([1, 3]))
    assert part.image.tolist() == [0, 0, 1]
    assert part.vector[:, 0].tolist() == [1, 2, 3]
