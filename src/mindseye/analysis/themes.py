"""Themes of a library: groups of photos that look alike, each named by the word nearest to it.

Groups are found among the vectors of an encoder (k-means, Lloyd 1982, begun as k-means++ does,
Arthur and Vassilvitskii 2007). Pictures and texts keep apart in such a space, so both are looked at
from their own mean: a group is named by the word that lies in the same direction from the mean of
all words as the group does from the mean of all pictures. All of it is the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mindseye.analysis.photo_vectors import photo_vectors
from mindseye.encoders.base import Encoder
from mindseye.stores.base import Selection, Store
from mindseye.types import EmbeddingSpace, Ids, Vectors

LEAST_LIKENESS: Final = 0.3
"""Cosine below which a word says nothing of a group: by eye, on everyday photos that the built-in
encoder encoded, names that fit lay above it."""

_SAMPLE: Final = 20_000
_MOST: Final = 40
"""More themes than this are too many to name on one map."""

_ROUNDS: Final = 30
_AT_ONCE: Final = 64
_SAYING: Final = "a photo of {}"


@dataclass(frozen=True, slots=True)
class Theme:
    """A group of photos that look alike; `name` is "" where no word says what they are of.

    `likeness` is the cosine between the name and the group, from -1 to 1.
    """

    name: str
    likeness: float
    photos: int


@dataclass(frozen=True, slots=True, eq=False)
class Themes:
    """The themes, the largest first, and for each photo of `ids` the place of its theme."""

    themes: tuple[Theme, ...]
    ids: Ids
    places: NDArray[np.uint8]


@cache
def words() -> tuple[str, ...]:
    """What photos are of: the words by which themes are named."""
    text = files("mindseye.analysis").joinpath("theme_words.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def word_vectors(encoder: Encoder, folder: Path) -> Vectors:
    """The unit vectors of `words`, one row each; they are kept in `folder` by what made them."""
    said = [_SAYING.format(word) for word in words()]
    made_by = sha256("\n".join([encoder.space.fingerprint, *said]).encode()).hexdigest()[:16]
    kept = folder / f"theme-words-{made_by}.npy"
    if kept.is_file():
        return np.asarray(np.load(kept), np.float32)
    rows = np.concatenate(
        [encoder.encode_texts(said[at : at + _AT_ONCE]) for at in range(0, len(said), _AT_ONCE)]
    ).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    written = kept.with_suffix(".part.npy")
    np.save(written, rows)
    written.replace(kept)
    return rows


def themes(store: Store, space: EmbeddingSpace, chosen: Selection, named_by: Vectors) -> Themes:
    """The themes of the photos chosen that have a vector in `space`.

    `named_by` holds the vectors of `words` in the same space, one row each.
    """
    sample = store.vectors(space).sample(_SAMPLE)
    middle = sample.mean(axis=0) if len(sample) else np.zeros(space.dim, np.float32)
    centres = clustered(sample - middle, round(np.sqrt(len(sample) / 2)))
    ids, nearest = _assigned(photo_vectors(store, space, chosen), middle, centres)
    sizes = np.bincount(nearest, minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    place = np.zeros(max(1, len(centres)), np.uint8)
    place[order] = np.arange(len(order))
    found = named(centres[order], words(), named_by)
    return Themes(
        tuple(
            Theme(name, likeness, int(sizes[group]))
            for group, (name, likeness) in zip(order, found, strict=True)
        ),
        ids,
        place[nearest],
    )


def clustered(rows: Vectors, count: int) -> Vectors:
    """Centres `(count, dim)` of groups of rows; fewer where there are not so many rows."""
    count = max(1, min(count, _MOST, len(rows)))
    if not len(rows):
        return rows
    numbers = np.random.default_rng(0)
    centres = rows[[int(numbers.integers(len(rows)))]]
    away = np.full(len(rows), np.inf)
    while len(centres) < count:
        away = np.minimum(away, ((rows - centres[-1]) ** 2).sum(axis=1))
        if not away.any():
            break
        chosen = numbers.choice(len(rows), p=away / away.sum())
        centres = np.vstack([centres, rows[[chosen]]])
    for _ in range(_ROUNDS):
        nearest = _nearest(rows, centres)
        moved = _means(rows, nearest, centres)
        if np.allclose(moved, centres, atol=1e-5):
            break
        centres = moved
    return centres


def named(centres: Vectors, known: Sequence[str], vectors: Vectors) -> list[tuple[str, float]]:
    """A word of `known` for each centre, and how like they are; no word names two centres.

    Where words and centres compete, the most alike are matched first.
    """
    said = _unit(vectors - vectors.mean(axis=0))
    likeness = _unit(centres) @ said.T
    found = [("", 0.0)] * len(centres)
    taken: set[int] = set()
    done: set[int] = set()
    for pair in np.argsort(-likeness, axis=None, kind="stable"):
        centre, word = divmod(int(pair), len(known))
        score = float(likeness[centre, word])
        if score < LEAST_LIKENESS or len(done) == len(centres):
            break
        if centre in done or word in taken:
            continue
        found[centre] = (known[word], score)
        done.add(centre)
        taken.add(word)
    return found


def _assigned(
    parts: Iterator[tuple[Ids, Vectors]], middle: Vectors, centres: Vectors
) -> tuple[Ids, NDArray[np.intp]]:
    """The photos by id, and for each the nearest of the centres."""
    ids: list[Ids] = [np.empty(0, np.int64)]
    nearest: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
    for photos, rows in parts:
        ids.append(photos)
        nearest.append(_nearest(rows - middle, centres))
    known, first = np.unique(np.concatenate(ids), return_index=True)
    return known[known >= 0], np.concatenate(nearest)[first][known >= 0]


def _nearest(rows: Vectors, centres: Vectors) -> NDArray[np.intp]:
    closeness = rows @ centres.T - 0.5 * (centres**2).sum(axis=1)
    return np.asarray(closeness.argmax(axis=1), np.intp)


def _means(rows: Vectors, nearest: NDArray[np.intp], centres: Vectors) -> Vectors:
    """The mean of the rows of each centre; one that has none stays where it is."""
    belongs = np.equal.outer(np.arange(len(centres)), nearest).astype(np.float32)
    counts = belongs.sum(axis=1, keepdims=True)
    return np.where(counts > 0, belongs @ rows / np.maximum(1, counts), centres)


def _unit(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), np.float32)
