"""A tokenizer's files, as far as they decide which ids a text becomes.

The tokenizer itself is loaded much later, when the first text is encoded. Here only the head of
its file is read: the vocabulary that follows can take tens of megabytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from mindseye.encoders.checkpoint import TextRecipe
from mindseye.encoders.layouts.fields import MOST_CONTEXT, Fields, read_fields, read_json
from mindseye.errors import SpecError, WeightsUnavailable

NAME: Final = "tokenizer.json"
CLIP_MERGES: Final = "bpe_simple_vocab_16e6.txt.gz"

_SPECIAL_TOKENS: Final = "special_tokens_map.json"
_MOST_BYTES: Final = 256 << 20
_HEAD_BYTES: Final = 1 << 20
_VOCABULARY: Final = re.compile(r'(?<!\\)"vocab"\s*:')

_CLASS_PADS: Final = MappingProxyType(
    {"SiglipTokenizer": "</s>", "CLIPTokenizer": "<|endoftext|>", "BertTokenizer": "[PAD]"}
)
"""Padding tokens of tokenizer classes of transformers, where no file names one."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A `tokenizer.json` and what lies beside it.

    `kind` is the model's: BPE, Unigram, WordPiece, or "" where the file does not say. `special`
    are the added tokens by name.
    """

    path: Path
    kind: str
    special: Mapping[str, int]
    config: Fields
    sources: tuple[Path, ...]
    padding: Fields

    @property
    def is_clip(self) -> bool:
        """Whether it has the special tokens of CLIP's vocabulary."""
        return {"<|startoftext|>", "<|endoftext|>"} <= self.special.keys()

    @property
    def made_by(self) -> str:
        """The class of transformers that the tokenizer was saved from, "" where not told."""
        return self.config.text("tokenizer_class", "").removesuffix("Fast")

    def language(self) -> str:
        """The source language of a tokenizer that starts every text with one, else ""."""
        if self.made_by != "NllbTokenizer":
            return ""
        return self.config.text("src_lang", "eng_Latn")

    def longest(self, most: int) -> int:
        """The length to which it cuts texts, at most `most`.

        Transformers writes 10**30 for a tokenizer that knows no limit.
        """
        told = self.config.values.get("model_max_length")
        known = isinstance(told, int | float) and not isinstance(told, bool) and 0 < told < most
        return int(told) if known else most  # type: ignore[arg-type]

    def pad_id(self) -> int:
        """The id that fills short rows; raises `WeightsUnavailable` where no file tells."""
        if self.config.text("padding_side", "right") != "right":
            raise SpecError(
                f"{self.config.path}: padding_side is 'left', which is not supported",
                hint="towers of this family were trained with padding on the right",
            )
        name = self._pad_token()
        found = self.special.get(name) if name else self.padding.values.get("pad_id")
        if name and found is None:
            found = _whole_vocabulary(self.path).get(name)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise WeightsUnavailable(
                f"{self.path} has no id for the padding token {name or '(none is named)'}",
                hint="place the tokenizer_config.json of the model beside it",
            )
        return found

    def _pad_token(self) -> str:
        name = _token(self.config.values.get("pad_token"))
        beside = self.path.parent / _SPECIAL_TOKENS
        if not name and beside.is_file():
            name = _token(read_json(beside).get("pad_token"))
        if name or "pad_id" in self.padding:
            return name
        guesses = (_CLASS_PADS.get(self.made_by, ""), "<pad>", "[PAD]")
        return next((guess for guess in guesses if guess in self.special), "")


def read_vocabulary(folder: Path) -> Vocabulary:
    """The tokenizer in a folder; raises `WeightsUnavailable` where it is missing or damaged."""
    path = folder / NAME
    if not path.is_file():
        raise WeightsUnavailable(f"{folder} lacks the tokenizer", hint=_hint(folder))
    head = Fields(path, _head(path))
    config = folder / "tokenizer_config.json"
    special = dict[str, int]()
    for token in head.values.get("added_tokens") or ():
        entry = Fields(path, token if isinstance(token, dict) else {}, "added_tokens.")
        special[entry.text("content")] = entry.integer("id", least=0, most=1 << 31)
    beside = (config, folder / _SPECIAL_TOKENS)
    return Vocabulary(
        path,
        head.part("model").text("type", ""),
        special,
        read_fields(config) if config.is_file() else Fields(config, {}),
        (path, *(other for other in beside if other.is_file())),
        head.part("padding"),
    )


def clip_words(
    folder: Path, context: int, beside: tuple[Path, ...] = ()
) -> tuple[TextRecipe, tuple[Path, ...]]:
    """CLIP's own tokenizer, from either form of its vocabulary, and the file that holds it.

    Short rows are filled with 0, as CLIP's code does it. Raises `WeightsUnavailable` where neither
    the folder nor one of those `beside` it has the vocabulary.
    """
    places = (folder / CLIP_MERGES, *(place / CLIP_MERGES for place in beside))
    merges = next((place for place in places if place.is_file()), None)
    if merges is None and not ((folder / NAME).is_file() and read_vocabulary(folder).is_clip):
        raise WeightsUnavailable(
            f"{folder} lacks the vocabulary of CLIP's tokenizer",
            hint=f"place CLIP's {NAME} or {CLIP_MERGES} there",
        )
    path = merges or folder / NAME
    return TextRecipe(path, context, cleaning="lower"), (path,)


def context_of(fields: Fields, name: str, default: int | None = None) -> int:
    """A number of tokens."""
    return fields.integer(name, default, most=MOST_CONTEXT, least=2)


def _hint(folder: Path) -> str:
    if any((folder / name).is_file() for name in ("spiece.model", "vocab.txt", "vocab.json")):
        command = (
            "from transformers import AutoTokenizer as T; T.from_pretrained('.')"
            ".save_pretrained('.')"
        )
        return f'make {NAME} of the files there: python -c "{command}"'
    return f"place the model's {NAME} there"


def _head(path: Path) -> dict[str, Any]:
    """All of a tokenizer's file but its vocabulary."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            start = file.read(_HEAD_BYTES)
    except OSError as error:
        raise WeightsUnavailable(f"{path} cannot be read: {error.strerror}") from error
    found = _VOCABULARY.search(start)
    if found:
        try:
            head = json.loads(f"{start[: found.end()]} null}}}}")
        except (ValueError, RecursionError):
            head = None  # The keys stand in another order than the library writes them.
        if isinstance(head, dict):
            return head
    return read_json(path, _MOST_BYTES)


def _whole_vocabulary(path: Path) -> Mapping[str, Any]:
    words = Fields(path, read_json(path, _MOST_BYTES)).part("model").values.get("vocab")
    if isinstance(words, list):
        named = (word[0] for word in words if isinstance(word, list) and word)
        return {str(name): place for place, name in enumerate(named)}
    return words if isinstance(words, dict) else {}


def _token(value: object) -> str:
    """A special token is written as its text or as an object that holds it."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""
