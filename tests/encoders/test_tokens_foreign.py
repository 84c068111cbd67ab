"""Tokenizers that are not CLIP's give the ids of the library that wrote them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.encoders.texts import BROKEN, WHOLE, Theirs, differing, of_open_clip

from mindseye.encoders.checkpoint import Cleaning, TextRecipe

MISSING = "the reference libraries are not installed: make dev"
pytest.importorskip("tokenizers", reason=MISSING)
open_clip = pytest.importorskip("open_clip", reason=MISSING)
transformers = pytest.importorskip("transformers", reason=MISSING)

from tests.encoders import vocabularies  # noqa: E402 - it needs the libraries asked for above

CONTEXT = 24


def of_transformers(tokenizer: Any) -> Theirs:
    return lambda text: (
        tokenizer(text, padding="max_length", truncation=True, max_length=CONTEXT).input_ids
    )


def saved(tokenizer: Any, folder: Path) -> Path:
    """The tokenizer.json that transformers writes of a tokenizer."""
    tokenizer.save_pretrained(folder)
    return folder / "tokenizer.json"


def trained(model: Any, trainer: Any, *, words: Any = None, normalizer: Any = None) -> Any:
    """A vocabulary learnt from a few sentences, and its merges where it has any."""
    from tokenizers import Tokenizer as Rust

    made = Rust(model)
    if words is not None:
        made.pre_tokenizer = words
    if normalizer is not None:
        made.normalizer = normalizer
    made.train_from_iterator(vocabularies.SENTENCES, trainer)
    learnt = json.loads(made.to_str())["model"]
    merges = [tuple(merge) for merge in learnt.get("merges", ())]
    vocab = learnt["vocab"]
    return (vocab if isinstance(vocab, dict) else [tuple(word) for word in vocab]), merges


def unigram(specials: list[str]) -> Any:
    from tokenizers import models, normalizers, pre_tokenizers, trainers

    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=specials, unk_token="<unk>", show_progress=False
    )
    return trained(
        models.Unigram(), trainer, words=pre_tokenizers.Metaspace(), normalizer=normalizers.NFKC()
    )


def pairs(specials: list[str], *, spaces: bool = False, **model: Any) -> Any:
    from tokenizers import models, normalizers, pre_tokenizers, trainers

    trainer = trainers.BpeTrainer(vocab_size=700, special_tokens=specials, show_progress=False)
    words = pre_tokenizers.Split(" ", "merged_with_previous")
    return trained(
        models.BPE(unk_token="<unk>", fuse_unk=True, **model),
        trainer,
        words=words if spaces else pre_tokenizers.Metaspace(),
        normalizer=normalizers.Lowercase() if spaces else None,
    )


def make_clip(folder: Path) -> tuple[Any, TextRecipe]:
    vocabularies.write_clip(folder)
    theirs = transformers.CLIPTokenizer.from_pretrained(folder)
    return theirs, TextRecipe(folder / "tokenizer.json", CONTEXT, 49407, cleaning="none")


def make_rewritten_clip(folder: Path) -> tuple[Any, TextRecipe]:
    theirs, _ = make_clip(folder)
    return theirs, TextRecipe(saved(theirs, folder / "again"), CONTEXT, 49407, cleaning="none")


def make_xlm_roberta(folder: Path) -> tuple[Any, TextRecipe]:
    vocabulary, _ = unigram(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    theirs = transformers.XLMRobertaTokenizer(vocab=vocabulary)
    return theirs, TextRecipe(saved(theirs, folder), CONTEXT, 1, cleaning="none")


def make_bert(folder: Path, *, lower: bool = False) -> tuple[Any, TextRecipe]:
    from tokenizers import models, normalizers, pre_tokenizers, trainers

    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    vocabulary, _ = trained(
        models.WordPiece(unk_token="[UNK]"),
        trainers.WordPieceTrainer(vocab_size=400, special_tokens=specials, show_progress=False),
        words=pre_tokenizers.BertPreTokenizer(),
        normalizer=normalizers.BertNormalizer(lowercase=lower),
    )
    theirs = transformers.BertTokenizer(vocab=vocabulary, do_lower_case=lower)
    return theirs, TextRecipe(saved(theirs, folder), CONTEXT, 0, cleaning="none")


def make_uncased_bert(folder: Path) -> tuple[Any, TextRecipe]:
    return make_bert(folder, lower=True)


def make_nllb(folder: Path, language: str = "deu_Latn") -> tuple[Any, TextRecipe]:
    languages = ["eng_Latn", "deu_Latn"]
    vocabulary, merges = pairs(["<s>", "<pad>", "</s>", "<unk>", *languages, "<mask>"])
    theirs = transformers.NllbTokenizer(
        vocab=vocabulary, merges=merges, extra_special_tokens=languages, src_lang=language
    )
    plain = transformers.NllbTokenizer(
        vocab=vocabulary, merges=merges, extra_special_tokens=languages
    )
    path = saved(plain, folder)
    return theirs, TextRecipe(path, CONTEXT, 1, cleaning="none", language=language)


def make_siglip2(folder: Path) -> tuple[Any, TextRecipe]:
    """SigLIP 2 is published with Gemma's tokenizer, which does not lower-case."""
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    in_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    vocabulary, merges = pairs([*specials, *in_bytes], spaces=True, byte_fallback=True)
    ends = {"padding_side": "right", "add_bos_token": False, "add_eos_token": True}
    theirs = transformers.Siglip2Tokenizer(vocab=vocabulary, merges=merges, **ends)
    published = transformers.GemmaTokenizer(vocab=vocabulary, merges=merges, **ends)
    return theirs, TextRecipe(saved(published, folder), CONTEXT, 0, cleaning="lowercase")


@pytest.mark.parametrize(
    "make",
    [
        make_clip, make_rewritten_clip, make_xlm_roberta, make_bert, make_uncased_bert, make_nllb,
        make_siglip2,
    ],
)  # fmt: skip
def test_a_tokenizer_json_gives_the_ids_of_transformers(make: Any, tmp_path: Path) -> None:
    theirs, recipe = make(tmp_path)
    assert differing(recipe, of_transformers(theirs), WHOLE) == {}


def test_a_sentencepiece_model_made_a_tokenizer_json_gives_the_ids_of_siglip(
    tmp_path: Path,
) -> None:
    sentencepiece = pytest.importorskip(
        "sentencepiece", reason="sentencepiece, which SigLIP's needs, is not installed"
    )
    from tokenizers import processors
    from transformers.convert_slow_tokenizer import T5Converter
    from transformers.models.siglip.tokenization_siglip import SiglipTokenizer

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(vocabularies.SENTENCES * 3), model_writer=model, vocab_size=150,
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    path = tmp_path / "spiece.model"
    path.write_bytes(model.getvalue())
    theirs = SiglipTokenizer(str(path))
    theirs._extra_ids = 0
    made = T5Converter(theirs).converted()
    made.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 1)]
    )
    made.save(str(tmp_path / "tokenizer.json"))
    recipe = TextRecipe(tmp_path / "tokenizer.json", CONTEXT, 1, cleaning="siglip")
    typed = {"other end tokens"}  # Punctuation goes first here: what is typed is never an end.
    texts = {name: text for name, text in WHOLE.items() if name not in typed}
    assert differing(recipe, of_transformers(theirs), texts) == {}


@pytest.mark.parametrize("strip", [False, True])
@pytest.mark.parametrize("how", ["whitespace", "lower", "canonicalize"])
@pytest.mark.parametrize("make", [make_uncased_bert, make_xlm_roberta, make_nllb])
def test_a_foreign_tokenizer_gives_the_ids_of_open_clip(
    make: Any, how: Cleaning, strip: bool, tmp_path: Path
) -> None:
    written = make(tmp_path)[1]
    reference = open_clip.tokenizer.HFTokenizer(
        str(tmp_path), context_length=CONTEXT, clean=how, strip_sep_token=strip
    )
    if written.language:
        # OpenCLIP's `language` sets what transformers takes back at each call; this stays.
        reference.tokenizer.src_lang = written.language
    recipe = replace(written, cleaning=how, strip_sep=strip)
    assert differing(recipe, of_open_clip(reference), WHOLE | BROKEN) == {}
