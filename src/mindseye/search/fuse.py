"""What pictures show and what is written about them become one probability and one ranking.

With p the probability that a picture shows what was asked, and e the evidence of its texts
(`mindseye.query.evidence`), the two are joined as

    p_text = 0.95 e^3
    p_both = 1 / (1 + exp(-(logit p + 4 e^2)))
    p'     = 1 - (1 - p_both) (1 - p_text)

Texts that say some of it speak for a picture that shows it; texts that say all of it are believed
alone. The square keeps words that many photos say from pushing away what others show. The cube is
cautious: it gives a photo whose texts say half of a query one chance in eight, where of those whose
captions did two in five were meant; other texts than captions tell less.
`benchmarks/hybrid.py` compares this with other ways; `docs/explanation/ranking.md` has the numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.query.model import Term, Words
from mindseye.stores.base import Texts
from mindseye.types import Ids

BELIEVED: Final = 0.95
"""The probability of a photo whose texts say all that was asked, whatever it shows."""

SPOKEN_FOR: Final = 4.0
"""What texts that say all of it add to the logit of what a picture shows."""

LEAST: Final = 0.25
"""The probability from which on texts alone make a hit where the encoder knows no cut-off."""

TELLING: Final = 0.1
"""Evidence below this is none: it would move a probability by a hundredth."""

Chances: TypeAlias = NDArray[np.float32]


def text_chance(evidence: NDArray[np.float32]) -> Chances:
    """The probability that photos answer a query, judged by their texts alone."""
    return np.asarray(BELIEVED * evidence**3, np.float32)


def fused(chances: Chances, evidence: NDArray[np.float32]) -> Chances:
    """The probability judged by pictures and texts, for each photo."""
    shown = np.clip(chances.astype(np.float64), 1e-9, 1 - 1e-9)
    logit = np.log(shown / (1 - shown)) + SPOKEN_FOR * evidence**2
    both = np.where(evidence > 0, 1 / (1 + np.exp(-logit)), chances)
    return np.asarray(1 - (1 - both) * (1 - text_chance(evidence)), np.float32)


@dataclass(frozen=True, slots=True)
class Balance:
    """How much what pictures show (`pictures`) and what texts say (`texts`) count, each 0 to 1.

    It moves the order of hits, not which photos are hits.
    """

    pictures: float = 1.0
    texts: float = 1.0

    @classmethod
    def at(cls, place: float) -> Self:
        """From texts alone at 0 over both in full at 0.5 to pictures alone at 1."""
        return cls(min(1.0, 2 * place), min(1.0, 2 - 2 * place))

    def worth(self, chances: Chances, evidence: NDArray[np.float32]) -> Chances:
        """What hits are ordered by."""
        return fused(np.float32(self.pictures) * chances, np.float32(self.texts) * evidence)


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What texts say of photos: the evidence for each, of which the best come first."""

    photos: Ids = field(default_factory=lambda: np.empty(0, np.int64))
    evidence: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))

    def __len__(self) -> int:
        return len(self.photos)

    def of(self, photos: Ids) -> NDArray[np.float32]:
        """The evidence for each of these photos, 0 where their texts say nothing."""
        found = np.zeros(len(photos), np.float32)
        if len(self):
            order = np.argsort(self.photos)
            places = np.searchsorted(self.photos, photos, sorter=order)
            places = order[np.minimum(places, len(order) - 1)]
            found = np.where(self.photos[places] == photos, self.evidence[places], found)
        return found


def asked_words(terms: Sequence[Term]) -> str:
    """All that is asked for in words; what is pushed away is not."""
    positive = (term for term in terms if term.weight > 0)
    return " ".join(term.value.text for term in positive if isinstance(term.value, Words))


def told(texts: Texts, terms: Sequence[Term], within: Ids | None = None) -> Told:
    """What texts say of the photos with any of the frames `within`, or of all.

    Of several terms the evidence is the weighted mean, in which a picture counts as not spoken of.
    A term that is pushed away takes from the evidence, and never below 0: words are no reason to
    hide what a picture shows.
    """
    whole = sum(term.weight for term in terms if term.weight > 0)
    found = [
        (term.weight / whole, texts.search(term.value.text, None, within))
        for term in terms
        if isinstance(term.value, Words) and asked_words(terms)
    ]
    if not any(len(matches) for _, matches in found):
        return Told()
    ids, place = np.unique(
        np.concatenate([matches.ids for _, matches in found]), return_inverse=True
    )
    parts = np.concatenate([weight * matches.scores for weight, matches in found])
    evidence = np.clip(np.bincount(place, parts, len(ids)), 0, 1).astype(np.float32)
    order = np.lexsort((-ids, -evidence))
    order = order[evidence[order] >= TELLING]
    return Told(ids[order], evidence[order])
