"""Where the files of an encoder lie: the repository of a model hub, and the folder on this disk."""

from __future__ import annotations

import re
from pathlib import Path
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from mindseye.encoders.known.tables import find_pair, pair_of, plain_name
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError

DEFAULT_REVISION: Final = "main"
"""What a repository holds now, for a spec that pins nothing."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_BY_NAME: Final = frozenset({"siglip", "uform", "hub"})
_BY_PAIR: Final = frozenset({"open-clip", "openai-clip"})

_MOVED: Final = MappingProxyType(
    {
        "bert-base-uncased": "google-bert/bert-base-uncased",
        "roberta-base": "FacebookAI/roberta-base",
        "xlm-roberta-base": "FacebookAI/xlm-roberta-base",
        "xlm-roberta-large": "FacebookAI/xlm-roberta-large",
    }
)
"""Repositories of early days, without an owner in OpenCLIP's configurations -> their names now."""


def repository(spec: EncoderSpec) -> tuple[str, str]:
    """The hub's name of an encoder's repository, and the revision wanted.

    Raises `SpecError` for a name nobody knows and for encoders that no hub keeps.
    """
    name, revision = plain_name(spec)
    if spec.scheme in _BY_PAIR:
        return pair_of(spec).repository, revision or DEFAULT_REVISION
    if spec.scheme in _BY_NAME:
        if not _REPOSITORY.fullmatch(name):
            raise SpecError(
                f"{spec.scheme}: takes the name of a repository, ORG/NAME, not {name!r}",
                hint="for example siglip:google/siglip2-base-patch16-224",
            )
        return name, revision or DEFAULT_REVISION
    raise SpecError(
        f"{spec} is not an encoder that can be fetched",
        hint="it is used as it is" if spec.scheme in {"builtin", "local"} else "",
    )


def tokenizer_repository(spec: EncoderSpec) -> str:
    """The repository whose tokenizer an encoder uses, "" where only its own can be meant."""
    pair = find_pair(spec)
    return "" if pair is None else _MOVED.get(pair.tokenizer, pair.tokenizer)


def folder_of(spec: EncoderSpec, models: Path) -> Path:
    """The folder below `models` that holds the files of an encoder.

    A pinned revision has a folder of its own. Raises `SpecError` like `repository`.
    """
    repository(spec)
    name, revision = plain_name(spec)
    if spec.scheme == "open-clip":
        name = pair_of(spec).name
    elif spec.scheme == "openai-clip":
        name = pair_of(spec).arch
    pin = f"@{quote(revision, safe='')}" if revision else ""
    return models / spec.scheme / f"{name}{pin}"
