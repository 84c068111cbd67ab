"""What the files of an index hold and from what they were made, as it stands in `stamp.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import faiss

FORMAT = f"3, FAISS {faiss.__version__}"
"""Another format or another version of FAISS: the files are made anew from the catalog."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How far a search goes: lists looked at (of HNSW: `efSearch`) and rows scored exactly.

    It was measured for queries whose best match scores `least` or more.
    """

    breadth: int
    candidates: int
    least: float


@dataclass(frozen=True, slots=True)
class Training:
    """A trained index: its number, its kind, and what it was learned from.

    `error` is how far rows lay from their centroids then: 1 less the mean cosine.
    """

    number: int
    factory: str
    rows: int
    error: float
    checksum: int
    efforts: tuple[Effort, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """The codes of the rows from `start` to `stop`, in a file of their own."""

    start: int
    stop: int
    error: float
    checksum: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the files of an index hold: format, space, generation and number of rows.

    `codes` counts the rows the flat codes cover, `dead` the rows that were removed; 0 where there
    is no such file. Within a generation rows are only added and only die, so the counts name the
    content of the files. `parts` cover the rows from 0 on without a gap.
    """

    fingerprint: str
    dim: int
    generation: int = 0
    rows: int = 0
    codes: int = 0
    dead: int = 0
    training: Training | None = None
    parts: tuple[Part, ...] = ()
    format: str = FORMAT

    @property
    def covered(self) -> int:
        """How many rows have codes of the trained index."""
        return self.parts[-1].stop if self.parts else 0

    @property
    def content(self) -> tuple[int, int, int]:
        """What is compared to learn whether another process changed the rows."""
        return self.generation, self.rows, self.dead

    def to_json(self) -> str:
        """The text of the file."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Stamp:
        """Read it back; raises `ValueError`, `TypeError` or `KeyError` where it is none."""
        fields = json.loads(text)
        training = fields["training"]
        if training is not None:
            training["efforts"] = tuple(Effort(**effort) for effort in training["efforts"])
            fields["training"] = Training(**training)
        fields["parts"] = tuple(Part(**part) for part in fields["parts"])
        return cls(**fields)
