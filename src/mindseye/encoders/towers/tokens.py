"""From texts to rows of token ids, the same ids the checkpoint was trained with."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.checkpoint import TextRecipe
from mindseye.encoders.towers.cleaning import clean
from mindseye.errors import MissingExtra, WeightsUnavailable
from mindseye.types import Ids

if TYPE_CHECKING:
    import tokenizers

_Merges: TypeAlias = list[tuple[str, str]]

CLIP_MERGES: Final = 49152 - 256 - 2
"""Merges of CLIP's vocabulary: all but its letters and its two special tokens."""

_MOST_BYTES: Final = 64 << 20
"""An unpacked vocabulary is 3 MB; whatever is larger than this is no vocabulary."""

_LONGEST: Final = 20_000
"""Letters of a text that are looked at: no context holds the tokens of more."""

_SEPARATORS: Final = ("</s>", "[SEP]")


class Tokenizer:
    """The tokenizer of a `TextRecipe`; its file is read when first needed.

    A special token that a user types counts as one, as in every reference. A text that is too long
    loses its end but keeps the token that ends it.
    """

    def __init__(self, recipe: TextRecipe) -> None:
        self._recipe = recipe

    def encode(self, texts: Sequence[str]) -> tuple[Ids, NDArray[np.int64]]:
        """Ids (n, length) and a mask (n, length) that is 0 where ids only pad.

        Raises `WeightsUnavailable` for a tokenizer that cannot be read, `MissingExtra`.
        """
        recipe, loaded = self._recipe, self._loaded
        # One by one: a batch starts threads, which then complain of every process that is forked.
        rows = [loaded.encode(clean(text[:_LONGEST], recipe.cleaning)).ids for text in texts]
        length = recipe.context if recipe.padded else max(map(len, rows), default=0)
        ids = np.full((len(rows), length), recipe.pad_id, np.int64)
        mask = np.zeros((len(rows), length), np.int64)
        for place, row in enumerate(rows):
            ids[place, : len(row)] = row
            mask[place, : len(row)] = 1
        if recipe.strip_sep:
            ids[ids == self._separator] = 0
        return ids, mask

    @cached_property
    def _loaded(self) -> tokenizers.Tokenizer:
        try:
            import tokenizers
        except ImportError as error:
            raise MissingExtra("tokenizers", "encoders") from error
        path = self._recipe.tokenizer
        try:
            loaded = _read(path, self._recipe)
            loaded.no_padding()
            loaded.enable_truncation(self._recipe.context)
        except Exception as error:  # The library raises nothing more exact.
            raise WeightsUnavailable(
                f"the tokenizer {path} cannot be read: {error}", hint="fetch or copy the file again"
            ) from error
        if self._recipe.cleaning == "lowercase":
            # Letter by letter and between special tokens, as SigLIP 2's own; `str.lower` looks at
            # the letters around: it ends a Greek word in another sigma.
            steps = [tokenizers.normalizers.Lowercase(), loaded.normalizer]
            loaded.normalizer = tokenizers.normalizers.Sequence([s for s in steps if s is not None])
        if self._recipe.language:
            _speak(loaded, self._recipe.language)
        return loaded

    @cached_property
    def _separator(self) -> int:
        found = (self._loaded.token_to_id(name) for name in _SEPARATORS)
        return next((token for token in found if token is not None), -1)


def _read(path: Path, recipe: TextRecipe) -> tokenizers.Tokenizer:
    """The tokenizer in a file of either kind."""
    from tokenizers import Tokenizer

    if path.suffix == ".gz":
        return _clip_tokenizer(_published_merges(path))
    loaded = Tokenizer.from_file(str(path))
    end = loaded.token_to_id("<|endoftext|>")
    if recipe.cleaning == "lower" and end == CLIP_MERGES + 513:
        # CLIP's vocabulary as transformers writes it, to be read as OpenCLIP reads it.
        return _clip_tokenizer([tuple(m) for m in json.loads(loaded.to_str())["model"]["merges"]])
    return loaded


def _clip_tokenizer(merges: _Merges) -> tokenizers.Tokenizer:
    """CLIP's tokenizer from the merges of its vocabulary, which tell all the rest."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, processors

    if len(merges) != CLIP_MERGES:
        raise ValueError(f"{CLIP_MERGES} merges were expected, {len(merges)} were found")
    letters = _letters()
    # OpenCLIP's names: what reads "<|endoftext|>" is punctuation and a word to it.
    ends = ["<start_of_text>", "<end_of_text>"]
    words = [*letters, *(f"{letter}</w>" for letter in letters)]
    words += [*(first + second for first, second in merges), *ends]
    vocabulary = {word: place for place, word in enumerate(words)}
    made = Tokenizer(models.BPE(vocabulary, merges, end_of_word_suffix="</w>"))
    made.add_special_tokens([AddedToken(end, normalized=False) for end in ends])
    pattern = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.post_processor = processors.TemplateProcessing(
        single=f"{ends[0]} $A {ends[1]}", special_tokens=[(end, vocabulary[end]) for end in ends]
    )
    return made


def _letters() -> list[str]:
    """The letter that stands for each byte: itself where it prints, else one after U+00FF."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return [chr(byte) for byte in shown] + [chr(256 + place) for place in range(len(hidden))]


def _published_merges(path: Path) -> _Merges:
    """The merges in CLIP's own file: a pair a line, more of them than its tokenizer uses."""
    lines = _unpacked(path).decode("utf-8").split("\n")[1 : CLIP_MERGES + 1]
    return [(first, second) for first, _, second in (line.partition(" ") for line in lines)]


def _unpacked(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            content = file.read(_MOST_BYTES + 1)
    except (EOFError, zlib.error) as error:
        raise OSError(str(error)) from error
    if len(content) > _MOST_BYTES:
        raise OSError("it unpacks to more than a vocabulary holds")
    return content


def _speak(loaded: tokenizers.Tokenizer, language: str) -> None:
    """Start every text with the token of its language, as NLLB's tokenizer does."""
    from tokenizers import processors

    token, end = loaded.token_to_id(language), loaded.token_to_id("</s>")
    if token is None or end is None:
        raise WeightsUnavailable(f"the tokenizer has no token for the language {language!r}")
    loaded.post_processor = processors.TemplateProcessing(
        single=f"{language} $A </s>", special_tokens=[(language, token), ("</s>", end)]
    )
