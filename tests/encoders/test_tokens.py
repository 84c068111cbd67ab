"""CLIP's token ids equal OpenCLIP's, whatever is typed and whichever file holds its vocabulary."""

from __future__ import annotations

import gzip
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.encoders.texts import BROKEN, WHOLE, differing, of_open_clip

from mindseye.encoders.checkpoint import Cleaning, TextRecipe
from mindseye.encoders.towers.cleaning import clean
from mindseye.encoders.towers.tokens import Tokenizer
from mindseye.errors import WeightsUnavailable

MISSING = "the reference libraries are not installed: make dev"
pytest.importorskip("tokenizers", reason=MISSING)
open_clip = pytest.importorskip("open_clip", reason=MISSING)
transformers = pytest.importorskip("transformers", reason=MISSING)

from tests.encoders import vocabularies  # noqa: E402 - it needs the libraries asked for above

CLEANINGS: tuple[Cleaning, ...] = (
    "none", "whitespace", "lower", "canonicalize", "lowercase", "siglip",
)  # fmt: skip


def ours(recipe: TextRecipe, text: str) -> list[int]:
    return Tokenizer(recipe).encode([text])[0][0].tolist()


@pytest.fixture(scope="module")
def merges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("merges")
    return vocabularies.copy_clip_merges(folder / "bpe_simple_vocab_16e6.txt.gz")


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clip")
    vocabularies.write_clip(folder)
    return folder


@pytest.mark.parametrize("context", [77, 16])
@pytest.mark.parametrize("how", ["lower", "whitespace", "canonicalize"])
def test_clips_merges_give_the_ids_of_open_clip(how: Cleaning, context: int, merges: Path) -> None:
    theirs = open_clip.SimpleTokenizer(context_length=context, clean=how)
    recipe = TextRecipe(merges, context, cleaning=how)
    assert differing(recipe, of_open_clip(theirs), WHOLE | BROKEN) == {}


def test_clips_tokenizer_json_gives_the_ids_of_open_clip_to_an_open_clip_checkpoint(
    clip_folder: Path, tmp_path: Path
) -> None:
    theirs = of_open_clip(open_clip.SimpleTokenizer())
    published = TextRecipe(clip_folder / "tokenizer.json", 77)
    rewritten = transformers.CLIPTokenizer.from_pretrained(clip_folder)
    assert differing(published, theirs, WHOLE | BROKEN) == {}
    rewritten.save_pretrained(tmp_path)
    recipe = TextRecipe(tmp_path / "tokenizer.json", 77)
    assert differing(recipe, theirs, WHOLE | BROKEN) == {}


@pytest.fixture(scope="module")
def tokenizers_of(merges: Path) -> Callable[[Cleaning], Tokenizer]:
    return cache(lambda how: Tokenizer(TextRecipe(merges, 77, cleaning=how)))


REFERENCE = open_clip.SimpleTokenizer()


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_has_the_ids_that_open_clip_gives_it(
    text: str, tokenizers_of: Callable[[Cleaning], Tokenizer]
) -> None:
    # Letters of a later Unicode than Python's are known to one of the libraries' engines only.
    known = "".join(letter for letter in text if unicodedata.category(letter) != "Cn")
    ids, _ = tokenizers_of("lower").encode([known])
    assert ids[0].tolist() == REFERENCE([known])[0].tolist()


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec=None)), how=st.sampled_from(CLEANINGS))
def test_no_text_is_refused(
    text: str, how: Cleaning, tokenizers_of: Callable[[Cleaning], Tokenizer]
) -> None:
    ids, mask = tokenizers_of(how).encode([text])
    assert ids.shape == mask.shape == (1, 77)
    clean(text, how).encode()


def test_a_typed_special_token_counts_as_it_does_for_each_library(
    merges: Path, clip_folder: Path
) -> None:
    simple = ours(TextRecipe(merges, 8), "a <end_of_text> b")
    assert simple[2] == 49407
    assert 49407 not in ours(TextRecipe(merges, 16), "<|endoftext|>")[1:4]
    hugging = TextRecipe(clip_folder / "tokenizer.json", 8, cleaning="none")
    assert ours(hugging, "a <|endoftext|> b")[2] == 49407


def test_rows_are_as_long_as_the_longest_where_padding_is_inert(merges: Path) -> None:
    texts = ["a dog", "", "a dog in the snow"]
    whole, full = Tokenizer(TextRecipe(merges, 77)).encode(texts)
    ids, mask = Tokenizer(TextRecipe(merges, 77, padded=False)).encode(texts)
    assert ids.shape == (3, 7)
    assert mask.sum(axis=1).tolist() == [4, 2, 7]
    np.testing.assert_array_equal(ids, whole[:, :7])
    np.testing.assert_array_equal(mask, full[:, :7])
    assert not whole[:, 7:].any()
    assert (ids[np.arange(3), mask.sum(axis=1) - 1] == 49407).all()


@pytest.mark.parametrize("padded", [True, False])
def test_no_texts_are_no_rows(padded: bool, merges: Path) -> None:
    ids, mask = Tokenizer(TextRecipe(merges, 77, padded=padded)).encode([])
    assert ids.shape == mask.shape == (0, 77 if padded else 0)
    assert ids.dtype == mask.dtype == np.int64


def test_a_row_does_not_depend_on_the_others(merges: Path) -> None:
    tokenizer = Tokenizer(TextRecipe(merges, 77))
    together = tokenizer.encode(list(WHOLE.values()))[0]
    for row, text in zip(together, WHOLE.values(), strict=True):
        np.testing.assert_array_equal(row, tokenizer.encode([text])[0][0])


def test_what_a_tokenizer_json_says_of_padding_and_length_is_overruled(tmp_path: Path) -> None:
    from tokenizers import Tokenizer as Rust

    vocabularies.write_clip(tmp_path)
    path = tmp_path / "tokenizer.json"
    said = Rust.from_file(str(path))
    said.enable_truncation(5, direction="left")
    said.enable_padding(direction="left", length=40)
    said.save(str(path))
    ids, mask = Tokenizer(TextRecipe(path, 12, 3, cleaning="none")).encode(["a dog in the snow"])
    assert ids[0, 7:].tolist() == [3] * 5
    assert mask[0].tolist() == [1] * 7 + [0] * 5


def no_file(path: Path) -> None:
    path.unlink(missing_ok=True)


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def bomb(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a b\n" * (20 << 20)))


def short(path: Path) -> None:
    path.write_bytes(gzip.compress(b"#version\ni n\nt h\n"))


def noise(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 9)


def no_text(path: Path) -> None:
    path.write_bytes(gzip.compress(b"\xff\xfe\xff" * 99))


@pytest.mark.parametrize("damage", [no_file, half, bomb, short, noise, no_text])
def test_a_damaged_list_of_merges_is_named(damage: Any, tmp_path: Path) -> None:
    path = vocabularies.copy_clip_merges(tmp_path / "bpe_simple_vocab_16e6.txt.gz")
    damage(path)
    with pytest.raises(WeightsUnavailable, match="bpe_simple_vocab_16e6"):
        Tokenizer(TextRecipe(path, 77)).encode(["a dog"])


@pytest.mark.parametrize("damage", [no_file, half, noise])
def test_a_damaged_tokenizer_json_is_named(damage: Any, tmp_path: Path) -> None:
    vocabularies.write_clip(tmp_path)
    damage(tmp_path / "tokenizer.json")
    with pytest.raises(WeightsUnavailable, match=r"tokenizer\.json"):
        Tokenizer(TextRecipe(tmp_path / "tokenizer.json", 77)).encode(["a dog"])


def test_a_language_that_the_tokenizer_does_not_know_is_named(tmp_path: Path) -> None:
    vocabularies.write_nllb(tmp_path)
    recipe = TextRecipe(tmp_path / "tokenizer.json", 16, 1, language="tlh_Latn")
    with pytest.raises(WeightsUnavailable, match="tlh_Latn"):
        Tokenizer(recipe).encode(["a dog"])


WITHOUT = """
import sys
from pathlib import Path
from mindseye.encoders.checkpoint import TextRecipe
from mindseye.encoders.towers.tokens import Tokenizer
from mindseye.errors import MissingExtra
heavy = {"tokenizers", "ftfy", "torch", "PIL"} & set(sys.modules)
assert not heavy, heavy
sys.modules[sys.argv[2]] = None
tokenizer = Tokenizer(TextRecipe(Path(sys.argv[1]), 77))
try:
    tokenizer.encode(["a dog"])
except MissingExtra as error:
    print(error.package, error.hint)
"""


@pytest.mark.parametrize("package", ["tokenizers", "ftfy"])
def test_a_package_that_is_missing_is_named_with_its_pip_line(package: str, merges: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(merges), package],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == f'{package} pip install "mindseye[encoders]"'


@pytest.mark.parametrize(
    ("text", "how", "cleaned"),
    [
        ("  A &amp;amp; B\n", "none", "  A &amp;amp; B\n"),
        ("  A &amp;amp; B\n", "whitespace", "A & B"),
        ("  A &amp;amp; B\n", "lower", "a & b"),
        ("  A_&amp;amp; B!\n", "canonicalize", "a b"),
        ("A_b\u3000 C!", "siglip", "ab c"),
        ("cafÃ©", "lower", "café"),
        ("a\ud83d\ude00b\ud800", "none", "a😀b\ufffd"),
        ("\ufeffdog", "none", "\ufeffdog"),
    ],
)
def test_texts_are_cleaned(text: str, how: Cleaning, cleaned: str) -> None:
    assert clean(text, how) == cleaned
