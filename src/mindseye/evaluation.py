"""Evaluations as the command line and the server ask for them: of encoders, and of a library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from threading import Event

import platformdirs

from mindseye import __version__
from mindseye.analysis.captions import Captioned
from mindseye.analysis.embed import Cancelled, Embedder
from mindseye.analysis.judged import DEPTH, Answer, Judged, LibraryEvaluation, evaluate_library
from mindseye.analysis.retrieval import DIRECTIONS, Evaluation, Plan, evaluate
from mindseye.config import Settings
from mindseye.encode import run_options
from mindseye.encoders import open_encoder
from mindseye.ingest.options import DecodeBudget, IngestOptions, Observer
from mindseye.library import Library
from mindseye.media.base import DecodeLimits
from mindseye.query.parse import parse
from mindseye.stores.scope import FIRST

__all__ = ["Cancelled", "Wish", "of_captions", "of_library"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be evaluated: encoders by spec, where recall@k is taken, what looks for what.

    Without `encoders` that of the settings, or of the library. `direction` is one of
    `mindseye.analysis.retrieval.DIRECTIONS`, or "both". Vectors are kept in the folder `cache`.
    """

    encoders: tuple[str, ...] = ()
    ks: tuple[int, ...] = (1, 5, 10)
    direction: str = "text-to-image"
    cache: Path | None = None


def of_captions(
    captioned: Sequence[Captioned],
    wish: Wish,
    settings: Settings,
    *,
    observer: Observer,
    cancel: Event,
) -> Evaluation:
    """How well captions find their pictures; raises `Cancelled`, and as `evaluate` does."""
    directions = tuple(each for each in DIRECTIONS if wish.direction in {each, "both"})
    embedders = _embedders(wish, settings, observer, cancel)
    return evaluate(captioned, embedders, Plan(wish.ks, directions))


def of_library(
    library: Library, judged: Sequence[Judged], wish: Wish, cancel: Event
) -> list[LibraryEvaluation]:
    """How well a library is searched, by its encoder or by each that is wished for.

    Raises `Cancelled`, and as `Library.search` does.
    """
    found = []
    for spec in dict.fromkeys(wish.encoders or ("",)):
        if not spec:
            found.append(_searched(library, judged, wish, cancel))
            continue
        source = {**library.settings.source, "encoder": "flag"}
        settings = replace(library.settings, encoder=spec, source=source)
        with Library.open(settings=settings, create=False) as other:
            found.append(_searched(other, judged, wish, cancel))
    return found


def _searched(
    library: Library, judged: Sequence[Judged], wish: Wish, cancel: Event
) -> LibraryEvaluation:
    search = _Search(library, max(*wish.ks, DEPTH), cancel)
    encoder = library.scope().encoder
    return evaluate_library(library.store, search, judged, wish.ks, encoder=encoder)


@dataclass(frozen=True, slots=True)
class _Search:
    """Asks a library as its users do, and looks further down than they would."""

    library: Library
    depth: int
    cancel: Event

    def __call__(self, text: str) -> Answer:
        if self.cancel.is_set():
            raise Cancelled
        query = self.library.query(parse(text), limit=self.depth, everything=True)
        found = self.library.search(query)
        return Answer([hit.photo.id for hit in found.hits], found.relevant)


def _embedders(wish: Wish, settings: Settings, observer: Observer, cancel: Event) -> list[Embedder]:
    found = []
    for spec in dict.fromkeys(wish.encoders or (settings.encoder or FIRST,)):
        encoder = open_encoder(spec, run_options(settings))
        limits = DecodeLimits(encoder.resolution, settings.max_pixels)
        budget = DecodeBudget(
            settings.workers, settings.decode_seconds, settings.decode_memory, limits
        )
        options = IngestOptions(settings.batch, decoding=budget, observer=observer, cancel=cancel)
        folder = _cache_folder(wish.cache, encoder.space.fingerprint, settings)
        found.append(Embedder(encoder, folder, options))
    return found


def _cache_folder(cache: Path | None, fingerprint: str, settings: Settings) -> Path:
    """A folder for vectors of one space, computed by one version of Mindseye in one way."""
    way = (fingerprint, __version__, settings.runtime, settings.precision)
    top = cache or platformdirs.user_cache_path("mindseye") / "evaluate"
    return top / sha256("\n".join(way).encode()).hexdigest()[:32]
