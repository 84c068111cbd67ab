"""What is published of an encoder, as values; None and "" are what nobody says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Quality:
    """Percent of pictures found by their own caption, higher is better.

    Two of these compare only when their `measure` is the same.
    """

    english: float | None
    chinese: float | None
    measure: str
    source: str


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds a picture and the most memory a process took, in MiB, on somebody's machine."""

    milliseconds: float
    memory_mib: int
    machine: str
    source: str


@dataclass(frozen=True, slots=True)
class MinimumScore:
    """The least that counts as a hit: a cosine ("score") or a probability."""

    value: float
    judged_by: Literal["score", "probability"]
    source: str


@dataclass(frozen=True, slots=True)
class KnownEncoder:
    """An encoder with what is published of it.

    `dim` is the length of a vector, `size` the side of the square in pixels it sees, `languages`
    are in words. `mparams` are millions of parameters of both towers and `gflops` billions of
    operations (two a multiply-add) a picture takes; both follow from the architecture.
    `repository` is where a model hub keeps it, "" where nothing is to be fetched. `curated` ones
    are those worth a look; the rest are OpenCLIP's other pairs. `source` is who says all that.
    """

    spec: str
    title: str
    repository: str = ""
    dim: int | None = None
    size: int | None = None
    languages: str = ""
    licence: str = ""
    mparams: float | None = None
    gflops: float | None = None
    published_bytes: int | None = None
    quality: Quality | None = None
    speed: Speed | None = None
    minimum: MinimumScore | None = None
    curated: bool = False
    source: str = ""

    @property
    def bytes(self) -> int | None:
        """Bytes to fetch as published, or about: four a parameter, as float32 weights take."""
        if self.published_bytes is not None or self.mparams is None:
            return self.published_bytes
        return round(self.mparams * 4e6)
