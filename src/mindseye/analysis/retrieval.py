"""Evaluation of encoders on captioned pictures: which finds the right one, and is it chance.

Words look for pictures, or pictures for words. Each caption of each picture is a query whose one
right answer is that picture; where the file grades, all pictures that share a caption answer it,
by their grades. A text that several pictures have stands once among what pictures look for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from mindseye.analysis.captions import Captioned
from mindseye.analysis.embed import Embedder, unreadable
from mindseye.analysis.index_check import IndexCheck, check_index
from mindseye.analysis.measures import Answers, Values, measure, rank_all
from mindseye.analysis.significance import Estimate, difference, estimate, holm
from mindseye.errors import UsageError
from mindseye.types import Skipped

Direction: TypeAlias = Literal["text-to-image", "image-to-text"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """What looks for what: positions of queries, the right answers of each, and its cluster.

    `queries` are positions among texts or pictures, as the direction says; queries of one picture
    belong to one cluster.
    """

    queries: NDArray[np.int64]
    answers: tuple[Answers, ...]
    clusters: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Result:
    """What one encoder reached in one direction: an estimate for each measure."""

    encoder: str
    direction: Direction
    queries: int
    measures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the `second` encoder has over the `first` in one measure.

    `p_holm` is p corrected for all pairs of encoders that were compared in this measure.
    """

    direction: Direction
    measure: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Encoders on captioned pictures. `shared` counts captions that several pictures have.

    `left` are the files that could not be read or decoded; `uncaptioned` pictures are only there to
    be confused with others.
    """

    pictures: int
    captions: int
    uncaptioned: int
    shared: int
    left: tuple[Skipped, ...]
    results: tuple[Result, ...]
    comparisons: tuple[Comparison, ...]
    index: tuple[IndexCheck, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure: the `k` of recall@k, in which directions."""

    ks: tuple[int, ...] = (1, 5, 10)
    directions: tuple[Direction, ...] = ("text-to-image",)


def evaluate(
    captioned: Sequence[Captioned], embedders: Sequence[Embedder], plan: Plan | None = None
) -> Evaluation:
    """Measure each encoder on the same pictures and captions, and compare them pairwise.

    Raises `Cancelled` when an embedder's options say so, `EncoderError`, and `UsageError` where no
    captioned picture can be had.
    """
    plan = plan or Plan()
    missing = unreadable([one.image for one in captioned])
    gone = {entry.path for entry in missing}
    present = [one for one in captioned if str(one.image) not in gone]
    galleries = [embedder.pictures([one.image for one in present]) for embedder in embedders]
    # All encoders are asked the same, also where one of them could not have a picture.
    present = [one for one in present if all(one.image in each.place for each in galleries)]
    texts = list(dict.fromkeys(caption.text for one in present for caption in one.captions))
    if not texts:
        first = captioned[0].image if captioned else "none"
        raise UsageError(
            f"none of the {len(captioned)} pictures can be read; the first is {first}",
            hint="--images names the folder that paths start from",
        )
    found, results, checks = _Found(), [], []
    for embedder, gallery in zip(embedders, galleries, strict=True):
        rows = {"text-to-image": embedder.texts(texts), "image-to-text": gallery.rows}
        name = embedder.encoder.space.encoder
        for direction in plan.directions:
            asked = questions(present, gallery.place, texts, direction)
            documents = rows[next(other for other in DIRECTIONS if other != direction)]
            ranked = rank_all(rows[direction][asked.queries], documents, asked.answers)
            values = measure(ranked, plan.ks)
            found.add(direction, name, values, asked.clusters)
            results.append(_result(name, direction, values, asked.clusters))
        checks.append(
            check_index(embedder.encoder.space, gallery.rows, rows["text-to-image"], plan.ks)
        )
    return Evaluation(
        pictures=len(galleries[0].rows),
        captions=sum(len(one.captions) for one in present),
        uncaptioned=sum(not one.captions for one in present),
        shared=_shared(present, galleries[0].place),
        left=(*missing, *dict.fromkeys(entry for each in galleries for entry in each.left)),
        results=tuple(results),
        comparisons=tuple(found.comparisons()),
        index=tuple(checks),
    )


def questions(
    captioned: Sequence[Captioned],
    place: Mapping[Path, int],
    texts: Sequence[str],
    direction: Direction,
) -> Questions:
    """The queries of one direction over the pictures that have a `place` among the rows."""
    position = {text: number for number, text in enumerate(texts)}
    pairs = [
        _pair(place[one.image], position[caption.text], caption.grade, direction)
        for one in captioned
        if one.image in place
        for caption in one.captions
    ]
    # Without grades every caption is a question of its own, also where another has its words.
    grouped = direction == "image-to-text" or any(pair.grade != 1.0 for pair in pairs)
    found: dict[int, tuple[_Pair, dict[int, float]]] = {}
    for number, pair in enumerate(pairs):
        _, answers = found.setdefault(pair.query if grouped else number, (pair, {}))
        if pair.grade > 0:
            answers[pair.document] = max(pair.grade, answers.get(pair.document, 0.0))
    asked = [(pair, answers) for pair, answers in found.values() if answers]
    return Questions(
        np.array([pair.query for pair, _ in asked], np.int64),
        tuple(answers for _, answers in asked),
        np.array([pair.picture for pair, _ in asked], np.int64),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A query, a document that answers it, how well, and the picture among the two."""

    query: int
    document: int
    grade: float
    picture: int


def _pair(picture: int, text: int, grade: float, direction: Direction) -> _Pair:
    if direction == "text-to-image":
        return _Pair(text, picture, grade, picture)
    return _Pair(picture, text, grade, picture)


def _shared(captioned: Sequence[Captioned], place: Mapping[Path, int]) -> int:
    """How many texts are captions of more than one picture."""
    pictures: dict[str, set[int]] = {}
    for one in captioned:
        for caption in one.captions if one.image in place else ():
            pictures.setdefault(caption.text, set()).add(place[one.image])
    return sum(len(those) > 1 for those in pictures.values())


def _result(
    encoder: str, direction: Direction, values: Mapping[str, Values], clusters: NDArray[np.int64]
) -> Result:
    measures = {name: estimate(each, clusters) for name, each in values.items()}
    return Result(encoder, direction, len(clusters), measures)


class _Found:
    """The values of every query by direction, measure and encoder, to compare them."""

    def __init__(self) -> None:
        self._values: dict[tuple[Direction, str], dict[str, Values]] = {}
        self._clusters: dict[Direction, NDArray[np.int64]] = {}

    def add(
        self,
        direction: Direction,
        encoder: str,
        values: Mapping[str, Values],
        clusters: NDArray[np.int64],
    ) -> None:
        for name, each in values.items():
            self._values.setdefault((direction, name), {})[encoder] = each
        self._clusters[direction] = clusters

    def comparisons(self) -> list[Comparison]:
        found = []
        for (direction, name), values in self._values.items():
            pairs = list(combinations(values, 2))
            clusters = self._clusters[direction]
            told = [difference(values[one], values[other], clusters) for one, other in pairs]
            fair = holm([one.p for one in told])
            for (first, second), gap, p_holm in zip(pairs, told, fair, strict=True):
                facts = (gap.value, gap.low, gap.high, gap.p, p_holm)
                found.append(Comparison(direction, name, first, second, *facts))
        return found
