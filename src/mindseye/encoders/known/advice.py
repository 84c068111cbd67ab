"""Which encoder suits this machine and these photos, from published numbers and a probe.

Nothing here is an opinion: for each purpose the published tables are sorted, what does not fit this
machine is left out, and the numbers that decided are given with their source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from mindseye.encoders.known.entry import KnownEncoder, Quality
from mindseye.encoders.known.machine import Probe
from mindseye.encoders.known.tables import find, known

COMPACT: Final = "uform:unum-cloud/uform3-image-text-multilingual-base"

_DAY: Final = 86_400.0
_MOST_OF_MEMORY: Final = 0.5
"""Half of the memory at most: the system, the library and its index want some too."""

_AS_GOOD: Final = 1.0
"""Points of recall within which the cheapest encoder is taken: nobody sees a difference that
small, and several times the work is felt by everybody."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The machine and the library at hand: `memory` in bytes or None, `photos` to be encoded.

    `speed` is what the machine reached; `patience` how many seconds encoding all may take.
    """

    memory: int | None
    photos: int
    speed: Probe
    patience: float = _DAY


@dataclass(frozen=True, slots=True)
class Advice:
    """One encoder for one purpose, and why.

    `pictures_per_second` and `seconds` (for all photos) are estimates; None where nothing is known
    of the work a picture takes. `memory_bytes` is published by `memory_source`, or what the weights
    take as float32.
    """

    purpose: str
    encoder: KnownEncoder
    reason: str
    pictures_per_second: float | None
    seconds: float | None
    memory_bytes: int | None
    memory_source: str
    fits: bool


def advise(circumstances: Circumstances) -> list[Advice]:
    """Advice for every purpose there is something for, the smallest encoder first."""
    wanted = (
        ("compact, for a small machine", _compact()),
        ("best for this machine", _best(circumstances, _english)),
        ("best CLIP trained on filtered data (DFN)", _best(circumstances, _english, _is_dfn)),
        ("best for Chinese", _best(circumstances, _chinese)),
        ("best, whatever it takes", _best(None, _english)),
    )
    found: list[Advice] = []
    for purpose, choice in wanted:
        if choice is not None and choice[0] not in [advice.encoder for advice in found]:
            found.append(_advice(purpose, *choice, circumstances))
    return found


def pictures_per_second(encoder: KnownEncoder, speed: Probe) -> float | None:
    """How many pictures a second an encoder should do at the speed the probe reached."""
    return speed.gflops / encoder.gflops if encoder.gflops else None


def memory_of(encoder: KnownEncoder) -> tuple[int | None, str]:
    """Bytes of memory an encoder takes while it runs, and who says so."""
    if encoder.speed is not None:
        return encoder.speed.memory_mib << 20, encoder.speed.source
    return encoder.bytes, "the weights alone" if encoder.bytes else ""


Choice = tuple[KnownEncoder, str]
_Measure = Callable[[Quality], float | None]


def _compact() -> Choice | None:
    encoder = find(COMPACT)
    if encoder is None:
        return None
    return encoder, "vectors of 256 numbers, towers quantised to 8 bits, 21 languages"


def _best(
    here: Circumstances | None,
    measure: _Measure,
    among: Callable[[KnownEncoder], bool] = lambda _: True,
) -> Choice | None:
    """The best by a published measure of those that fit; of nearly equal ones the cheapest."""
    ranked = [
        (score, encoder)
        for encoder in _comparable()
        if among(encoder) and (score := _score(encoder, measure)) is not None
    ]
    if here is not None:
        ranked = [entry for entry in ranked if _fits(entry[1], here)] or _cheapest(ranked)
    if not ranked:
        return None
    top = max(score for score, _ in ranked)
    close = [entry for entry in ranked if entry[0] >= top - _AS_GOOD] if here else ranked
    score, encoder = (
        min(close, key=lambda entry: entry[1].gflops or 0.0) if here else max(ranked, key=_first)
    )
    language = "Chinese" if measure is _chinese else "English"
    quality = encoder.quality
    assert quality is not None, "only encoders with a score are ranked"
    reason = f"{score:.1f} % in {language} ({quality.measure}; {quality.source})"
    return encoder, reason + ("" if here else ", the highest there is")


def _advice(purpose: str, encoder: KnownEncoder, reason: str, here: Circumstances) -> Advice:
    rate = pictures_per_second(encoder, here.speed)
    memory, source = memory_of(encoder)
    return Advice(
        purpose=purpose,
        encoder=encoder,
        reason=reason,
        pictures_per_second=rate,
        seconds=here.photos / rate if rate else None,
        memory_bytes=memory,
        memory_source=source,
        fits=_fits_memory(memory, here.memory),
    )


def _comparable() -> Sequence[KnownEncoder]:
    """Curated encoders measured in the same way, so that their numbers compare."""
    return [entry for entry in known() if entry.curated and entry.speed and entry.quality]


def _score(encoder: KnownEncoder, measure: _Measure) -> float | None:
    # A curated row may carry a number of another measure than the table's.
    if encoder.quality is None or encoder.speed is None:
        return None
    same = encoder.quality.source == encoder.speed.source
    return measure(encoder.quality) if same else None


def _fits(encoder: KnownEncoder, here: Circumstances) -> bool:
    rate = pictures_per_second(encoder, here.speed)
    in_time = rate is None or here.photos / rate <= here.patience
    return in_time and _fits_memory(memory_of(encoder)[0], here.memory)


def _fits_memory(wanted: int | None, there: int | None) -> bool:
    return wanted is None or there is None or wanted <= there * _MOST_OF_MEMORY


def _cheapest(ranked: list[tuple[float, KnownEncoder]]) -> list[tuple[float, KnownEncoder]]:
    """The one that takes the least work, where nothing fits."""
    return [min(ranked, key=lambda entry: entry[1].gflops or 0.0)] if ranked else []


def _first(entry: tuple[float, KnownEncoder]) -> float:
    return entry[0]


def _english(quality: Quality) -> float | None:
    return quality.english


def _chinese(quality: Quality) -> float | None:
    return quality.chinese


def _is_dfn(encoder: KnownEncoder) -> bool:
    return "/dfn" in encoder.spec
