"""The texts of a photo in which words are looked up, each under one name.

A further text is one more line of `PASSAGES`, and a column where a store keeps its words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mindseye.query.segment import Run, plain, runs, segment, sought
from mindseye.types import LocalNames, Mention, Photo, Place

OWN: Final = 1.0
"""What a word weighs that somebody gave to this very photo."""

SHARED: Final = 0.7
"""What a word weighs that a photo has in common with others around it."""

READ: Final = 0.85
"""What a word weighs that was read in the picture: it may be misread, or name what is not shown."""

_SNIPPET: Final = 80
"""Most characters of a snippet."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A kind of text: what a word in it weighs, 0..1, and how it is read from a photo."""

    weight: float
    read: Callable[[Photo], str | None]


def _folder(photo: Photo) -> str:
    """The folders from the root downwards, with the root's own name but not what lies above."""
    folder, name = photo.location.folder, photo.location.name
    inside = f"{folder}/{name}" if folder else name
    root = photo.path[: -len(inside)].rstrip("/").rpartition("/")[2]
    return "/".join(filter(None, (root, folder)))


def _place(photo: Photo) -> str:
    """City, region and country, and what people there call them."""
    place = photo.metadata.place or Place()
    there = LocalNames() if photo.located is None else photo.located.local
    named = (place.city, place.region, place.country, there.city, there.region, there.country)
    return ", ".join(dict.fromkeys(filter(None, named)))


def _prompt(photo: Photo) -> str | None:
    made = photo.metadata.generation
    return None if made is None else made.prompt


PASSAGES: Final[Mapping[str, Passage]] = {
    "name": Passage(OWN, lambda photo: photo.location.name),
    "title": Passage(OWN, lambda photo: photo.metadata.title),
    "caption": Passage(OWN, lambda photo: photo.metadata.caption),
    "keywords": Passage(OWN, lambda photo: ", ".join(photo.metadata.keywords)),
    "people": Passage(OWN, lambda photo: ", ".join(photo.metadata.people)),
    "prompt": Passage(OWN, _prompt),
    "text": Passage(READ, lambda photo: photo.text),
    "place": Passage(SHARED, _place),
    "folder": Passage(SHARED, _folder),
}


def words_of(photo: Photo) -> dict[str, list[str]]:
    """By the name of each passage, the words by which a photo is found there."""
    return {name: segment(passage.read(photo) or "") for name, passage in PASSAGES.items()}


def mentions(photo: Photo, words: str) -> tuple[Mention, ...]:
    """Where the texts of a photo say words that are asked for, in the order of `PASSAGES`."""
    wanted = {word for one in sought(words) for word in (one.whole, *one.parts)}
    return tuple(_mentions(photo, wanted))


def _mentions(photo: Photo, wanted: set[str]) -> Iterator[Mention]:
    for name, passage in PASSAGES.items():
        text = plain(passage.read(photo) or "")
        found = [run for run in runs(text) if wanted.intersection(run.words)]
        if found:
            yield Mention(name, _snippet(text, found[0]))


def _snippet(text: str, run: Run) -> str:
    """The text around a word, on one line."""
    if len(text) <= _SNIPPET:
        return " ".join(text.split())
    start = max(0, min(run.start - _SNIPPET // 4, len(text) - _SNIPPET))
    end = start + _SNIPPET
    shown = " ".join(text[start:end].split())
    return f"{'…' if start else ''}{shown}{'…' if end < len(text) else ''}"
