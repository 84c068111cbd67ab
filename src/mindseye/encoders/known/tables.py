"""The tables of this folder, read once.

`openclip.tsv` are OpenCLIP's pairs, written by `scripts/known_encoders.py`; `measured.tsv` is
Immich's table of quality and speed; `curated.tsv` are those worth a look. The last is kept by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from mindseye.encoders.known.entry import KnownEncoder, MinimumScore, Quality, Speed
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError

OPENAI_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "RN50": "RN50",
        "RN101": "RN101",
        "RN50x4": "RN50x4",
        "RN50x16": "RN50x16",
        "RN50x64": "RN50x64",
        "ViT-B/32": "ViT-B-32",
        "ViT-B/16": "ViT-B-16",
        "ViT-L/14": "ViT-L-14",
        "ViT-L/14@336px": "ViT-L-14-336",
    }
)
"""OpenAI's names of its models -> OpenCLIP's names of their architectures."""

_IMMICH: Final = "Immich, docs/features/searching.md"
_CROSSMODAL: Final = "R@1/5/10 mean, Crossmodal-3600"
_RYZEN: Final = "Ryzen 7 7800X3D, fp32"
_PHOTOMAP: Final = "PhotoMapAI, encoders.py"

_DFN: Final = frozenset({"dfn2b", "dfn2b_s39b", "dfn5b"})
_OPENAI_MINIMUM: Final = MinimumScore(0.2, "score", _PHOTOMAP)
_DFN_MINIMUM: Final = MinimumScore(0.1, "score", _PHOTOMAP)
_SIGLIP_MINIMUM: Final = MinimumScore(0.005, "probability", _PHOTOMAP)


@dataclass(frozen=True, slots=True)
class Pair:
    """An OpenCLIP architecture with the tag of its weights; `tokenizer` is "" for CLIP's own."""

    arch: str
    tag: str
    repository: str
    dim: int
    size: int
    context: int
    tokenizer: str
    mparams: float
    gflops: float

    @property
    def name(self) -> str:
        """The pair as a spec says it."""
        return f"{self.arch}/{self.tag}"


def known() -> list[KnownEncoder]:
    """Every known encoder: the curated ones, then OpenCLIP's other pairs."""
    return list(_known().values())


def find(spec: EncoderSpec | str) -> KnownEncoder | None:
    """What is known of the encoder of a spec, whatever its revision and options; None: nothing.

    Raises `SpecError` for text that is no spec.
    """
    if isinstance(spec, str):
        spec = EncoderSpec.parse(spec)
    name, _ = plain_name(spec)
    plain = str(EncoderSpec(spec.scheme, name))
    if plain in _known():
        return _known()[plain]
    pair = find_pair(spec)
    if pair is None:
        return None
    entry = _known().get(f"open-clip:{pair.name}") or _of_pair(pair)
    return replace(entry, spec=plain) if spec.scheme == "openai-clip" else entry


def plain_name(spec: EncoderSpec) -> tuple[str, str]:
    """The name and the revision of a spec: "ViT-L/14@336px" is a name and holds no revision."""
    whole = f"{spec.name}@{spec.revision}" if spec.revision else spec.name
    if spec.scheme == "openai-clip" and whole in OPENAI_NAMES:
        return whole, ""
    return spec.name, spec.revision


def find_pair(spec: EncoderSpec) -> Pair | None:
    """The OpenCLIP pair a spec means; None for other schemes and for names nobody knows.

    Spellings of other programs are understood: "-quickgelu" architectures (the weights know their
    activation themselves), and tags with hyphens.
    """
    name, _ = plain_name(spec)
    if spec.scheme == "openai-clip":
        return pairs().get(f"{OPENAI_NAMES[name]}/openai") if name in OPENAI_NAMES else None
    if spec.scheme != "open-clip":
        return None
    return pairs().get(name) or _by_loose_name().get(_loosely(name))


def pair_of(spec: EncoderSpec) -> Pair:
    """The OpenCLIP pair a spec means; raises `SpecError` with the nearest names for none."""
    pair = find_pair(spec)
    if pair is not None:
        return pair
    name, _ = plain_name(spec)
    names = list(OPENAI_NAMES if spec.scheme == "openai-clip" else pairs())
    near = get_close_matches(name, names, n=3, cutoff=0.5)
    listed = ", ".join(f"{spec.scheme}:{other}" for other in near)
    raise SpecError(
        f"{name!r} is none of the {len(names)} names known of {spec.scheme}",
        hint=f"near it: {listed}" if near else "`mindseye encoders list --all` shows them",
    )


def published_minimum(spec: EncoderSpec | str) -> MinimumScore | None:
    """The least score published for an encoder of this kind, if there is one."""
    if isinstance(spec, str):
        spec = EncoderSpec.parse(spec)
    if spec.scheme == "siglip":
        return _SIGLIP_MINIMUM
    pair = find_pair(spec)
    if pair is None:
        return None
    if pair.tag == "webli":
        return _SIGLIP_MINIMUM
    if pair.tag in _DFN:
        return _DFN_MINIMUM
    return _OPENAI_MINIMUM if pair.tag == "openai" else None


def minimum_score(spec: EncoderSpec | str) -> float | None:
    """The least cosine published for an encoder of this kind; None where none is.

    Encoders judged by their probability have a minimum too, but no cosine: `published_minimum`.
    """
    minimum = published_minimum(spec)
    return minimum.value if minimum is not None and minimum.judged_by == "score" else None


@cache
def pairs() -> Mapping[str, Pair]:
    """OpenCLIP's pairs by name."""
    found = (
        Pair(
            row["arch"],
            row["tag"],
            row["repository"],
            int(row["dim"]),
            int(row["size"]),
            int(row["context"]),
            row["tokenizer"],
            round(float(row["image_mparams"]) + float(row["text_mparams"]), 1),
            float(row["image_gflops"]),
        )
        for row in _rows("openclip.tsv")
    )
    return MappingProxyType({pair.name: pair for pair in found})


@cache
def _by_loose_name() -> Mapping[str, Pair]:
    return {_loosely(name): pair for name, pair in pairs().items()}


def _loosely(name: str) -> str:
    arch, _, tag = name.partition("/")
    return f"{arch.removesuffix('-quickgelu')}/{tag.replace('-', '_')}".lower()


@cache
def _known() -> Mapping[str, KnownEncoder]:
    entries = [_of_row(row) for row in _rows("curated.tsv")]
    entries += [_of_pair(pair) for pair in pairs().values()]
    found: dict[str, KnownEncoder] = {}
    for entry in entries:
        found.setdefault(entry.spec, entry)
    return MappingProxyType(found)


def _of_row(row: Mapping[str, str]) -> KnownEncoder:
    spec = EncoderSpec.parse(row["spec"])
    base = _of_pair(pairs()[row["same_as"]]) if row["same_as"] else KnownEncoder("", "")
    if spec.scheme in {"siglip", "uform"}:
        base = replace(base, repository=spec.name)
    return replace(
        base,
        spec=row["spec"],
        title=row["title"],
        languages=row["languages"],
        licence=row["licence"],
        dim=int(row["dim"]) if row["dim"] else base.dim,
        size=int(row["size"]) if row["size"] else base.size,
        mparams=_number(row["mparams"]) or base.mparams,
        gflops=_number(row["gflops"]) or base.gflops,
        published_bytes=int(row["bytes"]) if row["bytes"] else None,
        quality=_quality(row) or base.quality,
        minimum=published_minimum(spec),
        curated=True,
        source=row["source"],
    )


def _of_pair(pair: Pair) -> KnownEncoder:
    spec = EncoderSpec("open-clip", pair.name)
    quality, speed = _measured().get(pair.name, (None, None))
    return KnownEncoder(
        spec=str(spec),
        title=f"{pair.arch}, {pair.tag}",
        repository=pair.repository,
        dim=pair.dim,
        size=pair.size,
        mparams=pair.mparams,
        gflops=pair.gflops,
        quality=quality,
        speed=speed,
        minimum=published_minimum(spec),
        source="OpenCLIP",
    )


@cache
def _measured() -> Mapping[str, tuple[Quality, Speed]]:
    return {
        row["pair"]: (
            Quality(_number(row["english"]), _number(row["chinese"]), _CROSSMODAL, _IMMICH),
            Speed(float(row["milliseconds"]), int(row["memory_mib"]), _RYZEN, _IMMICH),
        )
        for row in _rows("measured.tsv")
    }


def _quality(row: Mapping[str, str]) -> Quality | None:
    if not row["english"]:
        return None
    return Quality(_number(row["english"]), _number(row["chinese"]), row["measure"], row["source"])


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    head, *lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    columns = head.split("\t")
    return (dict(zip(columns, line.split("\t"), strict=True)) for line in lines)
