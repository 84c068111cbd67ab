"""Encoders on captioned pictures that are really decoded, with results known beforehand."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.analysis.captions import Caption, Captioned
from mindseye.analysis.embed import Cancelled, Embedder
from mindseye.analysis.index_check import check_index
from mindseye.analysis.retrieval import Plan, evaluate, questions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import UsageError
from mindseye.ingest.options import DecodeBudget, IngestOptions, Progress
from mindseye.testing.encoder import ColourEncoder, load
from mindseye.testing.index_contract import unit_rows
from mindseye.types import EmbeddingSpace, Pixels, Vectors

OPTIONS = IngestOptions(batch=2, decoding=DecodeBudget(workers=1))
BOTH = Plan((1, 2), ("text-to-image", "image-to-text"))


class Counting:
    """The colour encoder, counting; `blind` makes everything look the same to it."""

    def __init__(self, name: str = "seeing", *, blind: bool = False) -> None:
        self.inner = load(EncoderSpec.parse(f"test-colours:{name}"))
        self.blind = blind
        self.pictures = self.texts = 0

    @property
    def space(self) -> EmbeddingSpace:
        return self.inner.space

    @property
    def resolution(self) -> int:
        return self.inner.resolution

    calibration = ColourEncoder.calibration

    def encode_images(self, images: Sequence[Pixels]) -> Vectors:
        self.pictures += len(images)
        rows = self.inner.encode_images(images)
        rows[:] = rows[0] if self.blind else rows
        return rows

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        return self.inner.encode_texts(texts)

    def warm(self) -> None: ...

    def release(self) -> None: ...


def one(image: Path, *captions: str) -> Captioned:
    return Captioned(image, tuple(map(Caption, captions)))


@pytest.fixture
def captioned(paint: Paint) -> list[Captioned]:
    return [
        one(paint("red.png", "red"), "something red", "red"),
        one(paint("blue.png", "blue"), "blue"),
        one(paint("green.png", "green"), "yellow"),
    ]


def test_a_caption_finds_its_picture_or_it_does_not(
    captioned: list[Captioned], tmp_path: Path
) -> None:
    found = evaluate(captioned, [Embedder(Counting(), tmp_path, OPTIONS)], BOTH)
    assert (found.pictures, found.captions, found.left, found.comparisons) == (3, 4, (), ())
    words, pictures = found.results
    assert (words.direction, words.queries) == ("text-to-image", 4)
    # Yellow has nothing of any picture: all three tie, and its own one comes last.
    assert words.measures["recall@1"].value == 3 / 4
    assert words.measures["recall@2"].value == 3 / 4
    assert words.measures["MRR"].value == pytest.approx((3 + 1 / 3) / 4)
    assert (pictures.direction, pictures.queries) == ("image-to-text", 3)
    # Red's two captions tie; green finds none of the four texts nearer than its own.
    assert pictures.measures["hit@1"].value == pytest.approx(2 / 3)
    assert pictures.measures["recall@1"].value == pytest.approx((1 / 2 + 1) / 3)
    assert pictures.measures["recall@2"].value == pytest.approx(2 / 3)


def test_what_was_encoded_once_is_not_encoded_again(
    captioned: list[Captioned], tmp_path: Path
) -> None:
    first, second = Counting(), Counting()
    before = evaluate(captioned, [Embedder(first, tmp_path, OPTIONS)], BOTH)
    after = evaluate(captioned, [Embedder(second, tmp_path, OPTIONS)], BOTH)
    assert (first.pictures, first.texts) == (3, 4)
    assert (second.pictures, second.texts) == (0, 0)
    assert before.results == after.results


def test_two_encoders_are_compared(paint: Paint, tmp_path: Path) -> None:
    colours = ["red", "blue", "green", "yellow", "purple", "black", "white", "orange"]
    captioned = [one(paint(f"{colour}.png", colour), colour) for colour in colours]
    embedders = [
        Embedder(Counting("blind", blind=True), tmp_path / "blind", OPTIONS),
        Embedder(Counting(), tmp_path / "seeing", OPTIONS),
    ]
    found = evaluate(captioned, embedders, Plan((1,)))
    (comparison,) = [each for each in found.comparisons if each.measure == "recall@1"]
    assert (comparison.first, comparison.second) == ("test-colours:blind", "test-colours:seeing")
    # Every picture gains: of the 2^8 throws of the coins two go as far.
    assert (comparison.difference, comparison.p) == (1.0, 2 / 2**8)
    assert comparison.p_holm == comparison.p


def test_files_that_cannot_be_had_are_said_and_left_out(
    captioned: list[Captioned], photos: Path, tmp_path: Path
) -> None:
    broken = photos / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 not really")
    captioned += [one(broken, "red"), one(photos / "absent.jpg", "blue")]
    found = evaluate(captioned, [Embedder(Counting(), tmp_path, OPTIONS)])
    assert (found.pictures, found.captions) == (3, 4)
    assert [Path(entry.path).name for entry in found.left] == ["absent.jpg", "broken.jpg"]
    assert found.left[0].reason == "the file is not there"


def test_where_no_picture_can_be_read_that_is_said(photos: Path, tmp_path: Path) -> None:
    captioned = [one(photos / "absent.jpg", "blue")]
    with pytest.raises(UsageError, match=r"none of the 1 pictures .*absent\.jpg") as caught:
        evaluate(captioned, [Embedder(Counting(), tmp_path, OPTIONS)])
    assert "--images" in caught.value.hint


def test_files_with_the_same_bytes_are_one_picture(paint: Paint, tmp_path: Path) -> None:
    captioned = [one(paint("a.png", "red"), "red"), one(paint("b.png", "red"), "red flower")]
    captioned += [one(paint("c.png", "blue"), "blue")]
    found = evaluate(captioned, [Embedder(Counting(), tmp_path, OPTIONS)])
    assert found.pictures == 2
    assert found.results[0].measures["recall@1"].value == 1.0


def test_pictures_without_captions_and_shared_captions_are_counted(
    captioned: list[Captioned], paint: Paint, tmp_path: Path
) -> None:
    captioned += [one(paint("other.png", "red", "blue")), one(paint("dim.png", "black"), "blue")]
    found = evaluate(captioned, [Embedder(Counting(), tmp_path, OPTIONS)])
    assert (found.pictures, found.uncaptioned, found.shared) == (5, 1, 1)


def test_an_evaluation_stops_when_asked_and_goes_on_from_there(
    captioned: list[Captioned], tmp_path: Path
) -> None:
    cancel, seen = threading.Event(), []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if progress.done >= 2:
            cancel.set()

    first, second = Counting(), Counting()
    watched = replace(OPTIONS, observer=stop, cancel=cancel)
    with pytest.raises(Cancelled):
        evaluate(captioned, [Embedder(first, tmp_path, watched)])
    evaluate(captioned, [Embedder(second, tmp_path, OPTIONS)])
    assert first.pictures == 2
    assert (second.pictures, second.texts) == (1, 4)
    assert [(each.done, each.total) for each in seen] == [(0, 3), (2, 3)]


A, B = Path("a"), Path("b")
GRADED = [
    Captioned(A, (Caption("dog", 3.0), Caption("pet", 1.0))),
    Captioned(B, (Caption("dog", 1.0), Caption("cat", 0.0))),
]


@pytest.mark.parametrize(
    ("captioned", "direction", "queries", "answers", "clusters"),
    [
        ([one(A, "x", "y"), one(B, "z")], "text-to-image", [0, 1, 2], [{0: 1}, {0: 1}, {1: 1}],
         [0, 0, 1]),
        ([one(A, "x", "y"), one(B, "z")], "image-to-text", [0, 1], [{0: 1, 1: 1}, {2: 1}], [0, 1]),
        ([one(A, "x"), one(B, "x")], "text-to-image", [0, 0], [{0: 1}, {1: 1}], [0, 1]),
        ([one(A, "x"), one(B, "x")], "image-to-text", [0, 1], [{0: 1}, {0: 1}], [0, 1]),
        ([one(A, "x", "x")], "text-to-image", [0, 0], [{0: 1}, {0: 1}], [0, 0]),
        (GRADED, "text-to-image", [0, 1], [{0: 3, 1: 1}, {0: 1}], [0, 0]),
        (GRADED, "image-to-text", [0, 1], [{0: 3, 1: 1}, {0: 1}], [0, 1]),
    ],
)  # fmt: skip
def test_captions_become_these_questions(
    captioned: list[Captioned],
    direction: str,
    queries: list[int],
    answers: list[dict[int, float]],
    clusters: list[int],
) -> None:
    texts = list(dict.fromkeys(said.text for each in captioned for said in each.captions))
    asked = questions(captioned, {A: 0, B: 1}, texts, direction)  # type: ignore[arg-type]
    assert asked.queries.tolist() == queries
    assert list(asked.answers) == answers
    assert asked.clusters.tolist() == clusters


@pytest.mark.parametrize("count", [7, 5000])
def test_the_index_is_held_to_exact_search(count: int) -> None:
    rows = unit_rows(count, seed=1, dim=64)
    space = EmbeddingSpace("test", "test", 64)
    found = check_index(space, rows, unit_rows(20, seed=2, dim=64), (1, 10))
    assert (found.vectors, found.queries) == (count, 20)
    assert found.recall[1] == 1.0
    # The index keeps half precision, which may swap neighbours.
    assert found.recall[10] >= 0.99
    assert found.index_seconds > 0
    assert found.exact_seconds > 0
