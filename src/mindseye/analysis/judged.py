"""A library asked what people judged: does search find it, and does the list end where it should.

{"query": "beach date:2023", "relevant": ["a/1.jpg", "a/2.jpg"]}       paths
{"query": "our dog", "relevant": {"a/3.jpg": 3, "a/4.jpg": 1}}         paths with grades
{"query": "sunset", "relevant": "folder:sunsets OR keyword:sunset"}    photos that pass a filter
{"query": "asdf qwertz", "relevant": []}                               nothing should be found

A query is what is typed into the search box, filters and all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from mindseye.analysis.measures import Ranks, measure
from mindseye.analysis.rows import Row, iter_rows
from mindseye.analysis.significance import Estimate, estimate
from mindseye.errors import QueryError
from mindseye.media import paths
from mindseye.query.model import Filter
from mindseye.query.parse import parse
from mindseye.stores.base import Store

DEPTH = 1000
"""Hits looked at for each query; what lies deeper counts as not found."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the photos that answer it: paths with grades, or all that pass a filter."""

    query: str
    relevant: Mapping[Path, float] | Filter


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search gave: ids of photos, best first, the first `above` of them over the line."""

    photos: Sequence[int]
    above: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """How well the line is drawn, over all queries together.

    `precision` is the share of right photos among those above the line (None where nothing is),
    `recall` the share of all right photos that lies above it; `wrong` and `missed` count the
    others. Of the `hopeless` queries, which nothing answers, `false_alarms` found something.
    """

    above: int
    wrong: int
    missed: int
    precision: float | None
    recall: float | None
    silent: int
    hopeless: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class LibraryEvaluation:
    """A library searched end to end by one encoder.

    `queries` have an answer in the library. `absent` are files named as answers that are not in
    it, and `unanswerable` the queries left out because none of theirs is.
    """

    encoder: str
    queries: int
    measures: Mapping[str, Estimate]
    cut_off: CutOff
    absent: tuple[str, ...]
    unanswerable: tuple[str, ...]


def is_judged(file: Path) -> bool:
    """Whether a file holds queries of a library rather than captions; looks at the first row."""
    if file.suffix.lower() == ".json":
        return False
    first = next(iter_rows(file), None)
    return first is not None and "query" in first.values


def read_judged(file: Path, folder: Path | None = None) -> list[Judged]:
    """The queries of a file; paths lie relative to it, or to a `folder` that is named.

    Raises `NotFound`, `UsageError` with the line of a row that cannot be understood.
    """
    return [
        Judged(row.text("query"), _relevant(row, (folder or file.parent).absolute()))
        for row in iter_rows(file)
    ]


def evaluate_library(
    store: Store,
    search: Callable[[str], Answer],
    judged: Sequence[Judged],
    ks: Sequence[int],
    *,
    encoder: str = "",
) -> LibraryEvaluation:
    """Ask each query of `search` and measure where its answers come.

    Raises what `search` does, `QueryError` for one that cannot be understood.
    """
    absent: dict[str, None] = {}
    ranked, tallies, unanswerable = [], [], []
    for one in judged:
        right = _photos(store, one.relevant, absent)
        if one.relevant and not right:
            unanswerable.append(one.query)
            continue
        answer = search(one.query)
        tallies.append(_tally(answer, right))
        if right:
            ranked.append(_ranks(answer.photos, right))
    clusters = np.arange(len(ranked), dtype=np.int64)
    values = measure(ranked, ks) if ranked else {}
    return LibraryEvaluation(
        encoder,
        len(ranked),
        {name: estimate(each, clusters) for name, each in values.items()},
        _cut_off(tallies),
        tuple(absent),
        tuple(unanswerable),
    )


def _relevant(row: Row, folder: Path) -> Mapping[Path, float] | Filter:
    relevant = row.values.get("relevant")
    if isinstance(relevant, str):
        return _filter(row, relevant)
    if isinstance(relevant, list) and all(isinstance(path, str) for path in relevant):
        return {folder / path: 1.0 for path in relevant}
    if isinstance(relevant, dict):
        graded = {folder / path: row.grade(grade) for path, grade in relevant.items()}
        return {path: grade for path, grade in graded.items() if grade > 0}
    raise row.wrong("a list of paths, an object of grades or a filter under 'relevant'", relevant)


def _filter(row: Row, text: str) -> Filter:
    try:
        parsed = parse(text)
    except QueryError as error:
        raise row.wrong(f"a filter under 'relevant' ({error.message})", text) from error
    if parsed.filter is None or parsed.terms:
        raise row.wrong("a filter without words under 'relevant'", text)
    return parsed.filter


def _photos(
    store: Store, relevant: Mapping[Path, float] | Filter, absent: dict[str, None]
) -> dict[int, float]:
    """The photos meant, by id, with their grades; files that are no photos go into `absent`."""
    if not isinstance(relevant, Mapping):
        frames = store.catalog.matching(relevant, datetime.now()).tolist()
        return {photo.id: 1.0 for photo in store.catalog.of_frames(frames).values()}
    found: dict[int, float] = {}
    for path, grade in relevant.items():
        photo = store.catalog.find(paths.to_text(paths.absolute(path)))
        if photo is None:
            absent[str(path)] = None
        else:
            found[photo.id] = max(grade, found.get(photo.id, 0.0))
    return found


def _ranks(photos: Sequence[int], right: Mapping[int, float]) -> Ranks:
    place = {photo: rank for rank, photo in enumerate(photos, start=1)}
    return Ranks(
        np.array([place.get(photo, np.inf) for photo in right], np.float64),
        np.array(list(right.values()), np.float64),
    )


@dataclass(frozen=True, slots=True)
class _Tally:
    """Photos above the line of one query, the right ones of them, and all right ones."""

    above: int
    right_above: int
    right: int


def _tally(answer: Answer, right: Mapping[int, float]) -> _Tally:
    above = answer.photos[: answer.above]
    return _Tally(len(above), sum(photo in right for photo in above), len(right))


def _cut_off(tallies: Sequence[_Tally]) -> CutOff:
    above = sum(each.above for each in tallies)
    right_above = sum(each.right_above for each in tallies)
    right = sum(each.right for each in tallies)
    hopeless = [each for each in tallies if not each.right]
    return CutOff(
        above=above,
        wrong=above - right_above,
        missed=right - right_above,
        precision=right_above / above if above else None,
        recall=right_above / right if right else None,
        silent=sum(not each.above for each in tallies if each.right),
        hopeless=len(hopeless),
        false_alarms=sum(each.above > 0 for each in hopeless),
    )
