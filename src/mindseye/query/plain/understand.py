"""A sentence is understood: dates, places and orders become chips, the rest stays words."""

from __future__ import annotations

from functools import partial

from mindseye.query.plain.base import Plain, Understood
from mindseye.query.plain.cameras import settle_cameras
from mindseye.query.plain.dates import settle_dates
from mindseye.query.plain.frames import settle_frames
from mindseye.query.plain.places import settle_places
from mindseye.query.plain.sentence import Sentence
from mindseye.query.plain.tokens import is_wide

_IDLE_SIGNS = frozenset(",;:.!?。！？：；")
_IDLE_JOINTS = frozenset("的の")
"""Particles that join what was taken away to what is left."""


def understand(text: str, plain: Plain) -> Understood:
    """Take a sentence apart. What is not sure stays words."""
    sentence = Sentence(text, plain)
    settle_dates(sentence)
    settle_cameras(sentence)
    if plain.gazetteer is not None:
        settle_places(sentence, plain.gazetteer)
        # A year may stand behind what is now known to be a place: "Italy 2019".
        settle_dates(sentence)
    settle_frames(sentence)
    if not sentence.chips:
        return Understood(text, ((0, len(text)),), (), tuple(sentence.unvisited))
    pieces = _pieces(sentence)
    chips = tuple(sorted(sentence.chips, key=lambda chip: chip.start))
    return Understood(_joined(text, pieces), pieces, chips, tuple(sentence.unvisited))


def _pieces(sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """Where the words that are left stand, without what only joined them to what was taken."""
    found = [run for run in map(partial(_trimmed, sentence), sentence.left()) if run[0] < run[1]]
    idle = frozenset().union(*(spoken.words for spoken in sentence.languages))
    if all(sentence.said[at].text in idle for start, end in found for at in range(start, end)):
        return ()
    return tuple((sentence.said[start].start, sentence.said[end - 1].end) for start, end in found)


def _trimmed(sentence: Sentence, run: tuple[int, int]) -> tuple[int, int]:
    """A run of tokens without idle ones at its ends."""
    kept = [at for at in range(*run) if not _idle(sentence, at)]
    return (kept[0], kept[-1] + 1) if kept else (run[0], run[0])


def _idle(sentence: Sentence, at: int) -> bool:
    text = sentence.said[at].text
    return text in _IDLE_SIGNS or text in _IDLE_JOINTS


def _joined(text: str, pieces: tuple[tuple[int, int], ...]) -> str:
    """The pieces as one text; a blank parts them where their script has blanks."""
    words = ""
    for start, end in pieces:
        piece = text[start:end]
        wide = words and is_wide(words[-1]) and is_wide(piece[0])
        words += piece if wide or not words else f" {piece}"
    return words
