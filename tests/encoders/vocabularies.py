"""Tokenizers of every kind that CLIP-like checkpoints carry, small and made on the spot."""

from __future__ import annotations

import gzip
import json
import shutil
from importlib.util import find_spec
from pathlib import Path

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

SENTENCES = (
    "a photo of a dog playing in the snow, seen from above",
    "two children on a red bicycle beside the harbour",
    "ein Foto von einem Hund im Schnee und einer Katze",
    "une photo de la tour Eiffel la nuit",
    "на фотографии собака играет в снегу",
    "雪の中で遊ぶ犬の写真 和 一只 猫",
    "An Old Man Reads The Newspaper; 1984 & beyond!",
)


def copy_clip_merges(path: Path) -> Path:
    """CLIP's own list of merges, from the OpenCLIP package."""
    spec = find_spec("open_clip")
    assert spec is not None
    assert spec.origin is not None
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(spec.origin).parent / "bpe_simple_vocab_16e6.txt.gz", path)
    return path


def write_clip(folder: Path, kind: str = "CLIPTokenizer") -> None:
    """CLIP's vocabulary as `tokenizer.json`, in the form that checkpoints are published with."""
    merges_file = copy_clip_merges(folder / "merges.gz")
    lines = gzip.decompress(merges_file.read_bytes()).decode().split("\n")[1 : 49152 - 256 - 2 + 1]
    merges_file.unlink()
    merges = [tuple(line.split()) for line in lines]
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    letters = [chr(byte) for byte in shown] + [chr(256 + place) for place in range(len(hidden))]
    ends = ["<|startoftext|>", "<|endoftext|>"]
    words = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, merges), *ends]
    vocabulary = {word: place for place, word in enumerate(words)}
    made = Tokenizer(
        models.BPE(
            vocabulary,
            merges,
            unk_token=ends[1],
            continuing_subword_prefix="",
            end_of_word_suffix="</w>",
        )
    )
    made.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    pattern = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.RobertaProcessing(
        (ends[1], vocabulary[ends[1]]), (ends[0], vocabulary[ends[0]]), False, False
    )
    made.add_special_tokens([AddedToken(end, normalized=False) for end in ends])
    _write(made, folder, kind, pad_token=ends[1], model_max_length=77)


def write_siglip(folder: Path, kind: str = "SiglipTokenizer") -> None:
    """A unigram vocabulary laid out as SigLIP's: padding is the end token, 1."""
    made = _unigram(["<pad>", "</s>", "<unk>"], "$A </s>")
    _write(made, folder, kind, pad_token="</s>", model_max_length=16)


def write_siglip2(folder: Path) -> None:
    """A BPE laid out as SigLIP 2's, whose file does not lower-case, as it is published."""
    specials = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    made = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    made.normalizer = normalizers.Replace(" ", "▁")
    made.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    bytes_of = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=[*specials, *bytes_of], show_progress=False
    )
    made.train_from_iterator([text.lower() for text in SENTENCES], trainer)
    made.post_processor = processors.TemplateProcessing(
        single="$A <eos>", special_tokens=[("<eos>", 1)]
    )
    ends = {"add_bos_token": False, "add_eos_token": True, "eos_token": "<eos>"}
    _write(made, folder, "GemmaTokenizer", pad_token="<pad>", padding_side="right", **ends)


def write_xlm_roberta(folder: Path) -> None:
    """A unigram vocabulary laid out as XLM-R's: padding is 1."""
    made = _unigram(["<s>", "<pad>", "</s>", "<unk>"], "<s> $A </s>")
    _write(made, folder, "XLMRobertaTokenizer", pad_token="<pad>", model_max_length=512)


def write_nllb(folder: Path) -> None:
    """XLM-R's layout with tokens of languages, as NLLB's."""
    made = _unigram(["<s>", "<pad>", "</s>", "<unk>", "eng_Latn", "deu_Latn"], "$A </s>")
    _write(made, folder, "NllbTokenizer", pad_token="<pad>", model_max_length=1024)


def write_bert(folder: Path) -> None:
    """A word piece vocabulary laid out as BERT's: padding is 0."""
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=specials, show_progress=False
    )
    made.train_from_iterator(SENTENCES, trainer)
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    _write(made, folder, "BertTokenizer", pad_token="[PAD]", sep_token="[SEP]",
           do_lower_case=False, model_max_length=512)  # fmt: skip


def size_of(folder: Path) -> int:
    """How many ids the tokenizer in a folder gives."""
    return Tokenizer.from_file(str(folder / "tokenizer.json")).get_vocab_size()


def _unigram(specials: list[str], template: str) -> Tokenizer:
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=specials, unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator(SENTENCES, trainer)
    named = [(word, specials.index(word)) for word in template.split() if word in specials]
    made.post_processor = processors.TemplateProcessing(single=template, special_tokens=named)
    return made


def _write(made: Tokenizer, folder: Path, kind: str, **config: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": kind, **config}), encoding="utf-8"
    )
