"""What a configuration says becomes the recipe it means; what it leaves out, its library's own."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from tests.encoders.layouts import folders

from mindseye.encoders.checkpoint import PixelRecipe
from mindseye.encoders.layouts import open_checkpoint
from mindseye.errors import SpecError

HALF = (0.5, 0.5, 0.5)
MEAN, STD = (0.1, 0.2, 0.3), (0.4, 0.5, 0.6)


@pytest.mark.parametrize(
    ("preprocess", "model", "expected"),
    [
        ({}, {}, PixelRecipe((64, 64))),
        ({"mean": None, "std": None, "resize_mode": None}, {}, PixelRecipe((64, 64))),
        ({"mean": 0.5, "std": 0.5}, {}, PixelRecipe((64, 64), mean=HALF, std=HALF)),
        ({"resize_mode": "squash"}, {}, PixelRecipe((64, 64), "squash")),
        ({"interpolation": "bilinear"}, {}, PixelRecipe((64, 64), interpolation="bilinear")),
        ({"interpolation": "random"}, {}, PixelRecipe((64, 64), interpolation="bicubic")),
        (
            {"resize_mode": "longest", "fill_color": 127},
            {},
            PixelRecipe((64, 64), "longest", fill=(127, 127, 127)),
        ),
        (
            {"resize_mode": "longest", "fill_color": [1, 2, 3]},
            {},
            PixelRecipe((64, 64), "longest", fill=(1, 2, 3)),
        ),
        ({}, {"vision_cfg": {}}, PixelRecipe((224, 224))),
        ({"size": 32}, {}, PixelRecipe((64, 64))),
        ({}, {"vision_cfg": {"image_size": [64, 96]}}, PixelRecipe((64, 96))),
        (
            {"interpolation": "bilinear"},
            {"vision_cfg": {"image_size": [64, 96]}},
            PixelRecipe((64, 96), interpolation="bicubic"),
        ),
        (
            {"interpolation": "bilinear", "resize_mode": "squash"},
            {"vision_cfg": {"image_size": [64, 96]}},
            PixelRecipe((64, 96), "squash", "bilinear"),
        ),
    ],
)
def test_pixels_are_prepared_as_open_clip_would(
    preprocess: dict[str, Any], model: dict[str, Any], expected: PixelRecipe, tmp_path: Path
) -> None:
    assert open_checkpoint(folders.open_clip(tmp_path, preprocess, **model)).pixels == expected


@pytest.mark.parametrize(
    ("processor", "vision", "expected"),
    [
        ({}, 64, PixelRecipe((64, 64), mean=MEAN, std=STD, side=64)),
        ({"size": 72}, 64, PixelRecipe((64, 64), mean=MEAN, std=STD, side=72)),
        ({"size": {"shortest_edge": 72}}, 64, PixelRecipe((64, 64), mean=MEAN, std=STD, side=72)),
        ({"crop_size": 64}, 64, PixelRecipe((64, 64), mean=MEAN, std=STD, side=64)),
        ({"resample": 2}, 64, PixelRecipe((64, 64), "shortest", "bilinear", MEAN, STD, 64)),
        ({"resample": 1}, 64, PixelRecipe((64, 64), "shortest", "lanczos", MEAN, STD, 64)),
        (
            {"size": {"height": 64, "width": 96}, "do_center_crop": False},
            [64, 96],
            PixelRecipe((64, 96), "squash", mean=MEAN, std=STD),
        ),
        (
            {"size": {"height": 64, "width": 64}},
            64,
            PixelRecipe((64, 64), "squash", mean=MEAN, std=STD),
        ),
        ({"image_mean": ..., "image_std": ...}, 64, PixelRecipe((64, 64), side=64)),
        (
            {"do_normalize": False},
            64,
            PixelRecipe((64, 64), mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0), side=64),
        ),
        (
            {"image_mean": 127.5, "image_std": 127.5, "do_rescale": False},
            64,
            PixelRecipe((64, 64), mean=HALF, std=HALF, side=64),
        ),
        (
            {"image_mean": 0, "image_std": 1, "rescale_factor": 1 / 127.5},
            64,
            PixelRecipe((64, 64), mean=(0.0, 0.0, 0.0), std=HALF, side=64),
        ),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_pixels_are_prepared_as_transformers_would(
    processor: dict[str, Any], vision: object, expected: PixelRecipe, nested: bool, tmp_path: Path
) -> None:
    folder = folders.hf_clip(tmp_path, processor, vision_config={"image_size": vision})
    if nested:
        alone = tmp_path / "preprocessor_config.json"
        text = alone.read_text(encoding="utf-8")
        alone.unlink()
        (tmp_path / "processor_config.json").write_text(f'{{"image_processor": {text}}}')
    pixels = open_checkpoint(folder).pixels
    assert (pixels.size, pixels.resize, pixels.side) == (
        expected.size,
        expected.resize,
        expected.side,
    )
    assert pixels.interpolation == expected.interpolation
    assert pixels.centre == "floor"
    assert pixels.mean == pytest.approx(expected.mean)
    assert pixels.std == pytest.approx(expected.std)


@pytest.mark.parametrize(
    ("processor", "said"),
    [
        ({"do_resize": False}, "variable resolution"),
        ({"size": {"longest_edge": 64}}, "longest_edge"),
        ({"do_center_crop": False}, "without a square crop"),
        ({"crop_size": {"height": 64, "width": 32}}, "without a square crop"),
        ({"size": {"height": 72, "width": 72}}, "squashing and then cropping"),
        ({"resample": 4}, "resample=4"),
    ],
)
def test_processing_that_no_recipe_describes_is_refused(
    processor: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=said):
        open_checkpoint(folders.hf_clip(tmp_path, processor))


def words_of(checkpoint) -> tuple[object, ...]:
    words = checkpoint.words
    return words.context, words.pad_id, words.padded, words.cleaning, words.strip_sep


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({}, (77, 0, False, "lower", False)),
        ({"context_length": 32}, (32, 0, False, "lower", False)),
        ({"tokenizer_kwargs": {"clean": "canonicalize"}}, (77, 0, False, "canonicalize", False)),
        ({"no_causal_mask": True, "pool_type": "last"}, (77, 0, True, "lower", False)),
        ({"embed_cls": True}, (77, 0, True, "lower", False)),
        ({"hf_tokenizer_name": "any"}, (77, 1, False, "whitespace", False)),
        (
            {"hf_tokenizer_name": "any", "pool_type": "eos", "eos_id": 2},
            (77, 1, False, "whitespace", False),
        ),
        (
            {
                "hf_tokenizer_name": "any",
                "context_length": 64,
                "no_causal_mask": True,
                "pool_type": "last",
                "tokenizer_kwargs": {"clean": "canonicalize", "strip_sep_token": True},
            },
            (64, 1, True, "canonicalize", True),
        ),
        (
            {"hf_tokenizer_name": "any", "hf_model_name": "xlm-roberta-base"},
            (77, 1, False, "whitespace", False),
        ),
    ],
)
def test_words_are_tokenized_as_open_clip_would(
    text: dict[str, Any], expected: tuple[object, ...], tmp_path: Path
) -> None:
    folder = folders.open_clip(tmp_path, text_cfg=text)
    if "hf_tokenizer_name" in text:
        folders.write_tokenizer(folder, "<s>", "<pad>", "</s>", pad_token="<pad>")
    assert words_of(open_checkpoint(folder)) == expected


@pytest.mark.parametrize(
    ("options", "config", "language"),
    [
        ({}, {}, "eng_Latn"),
        ({}, {"src_lang": "deu_Latn"}, "deu_Latn"),
        ({"language": "fra_Latn"}, {"src_lang": "deu_Latn"}, "fra_Latn"),
    ],
)
def test_a_tokenizer_of_many_languages_is_told_one(
    options: dict[str, str], config: dict[str, str], language: str, tmp_path: Path
) -> None:
    text = {"hf_tokenizer_name": "any", "tokenizer_kwargs": options}
    folder = folders.open_clip(tmp_path, text_cfg=text)
    said = {"tokenizer_class": "NllbTokenizerFast", "pad_token": "<pad>", **config}
    folders.write_tokenizer(folder, "<s>", "<pad>", **said)
    assert open_checkpoint(folder).words.language == language


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ({"tokenizer_mode": "clips"}, "tokenizer_mode"),
        ({"tokenizer_kwargs": {"reduction_mask": "random"}}, "reduction_mask"),
        ({"tokenizer_kwargs": {"clean": "thoroughly"}}, "thoroughly"),
    ],
)
def test_tokenizing_that_no_recipe_describes_is_refused(
    text: dict[str, Any], field: str, tmp_path: Path
) -> None:
    with pytest.raises(SpecError, match=field):
        open_checkpoint(folders.open_clip(tmp_path, text_cfg=text))


@pytest.mark.parametrize(
    ("kind", "cleaning"), [("Unigram", "siglip"), ("BPE", "lowercase"), ("", "siglip")]
)
def test_the_two_siglips_are_told_apart_by_their_tokenizers(
    kind: str, cleaning: str, tmp_path: Path
) -> None:
    checkpoint = open_checkpoint(folders.hf_siglip(tmp_path, kind))
    assert words_of(checkpoint) == (64, 1, True, cleaning, False)
    assert checkpoint.pixels == PixelRecipe(
        (64, 64), "squash", "bilinear", HALF, HALF, centre="floor"
    )
    assert checkpoint.dim == 8


def test_a_sigmoid_trained_encoder_tells_its_scale_and_bias(tmp_path: Path) -> None:
    siglip = open_checkpoint(folders.hf_siglip(tmp_path / "siglip"))
    assert siglip.logit_scale == pytest.approx(math.exp(4.7), rel=1e-6)
    assert siglip.logit_bias == pytest.approx(-16.5)
    clip = open_checkpoint(folders.hf_clip(tmp_path / "clip"))
    assert (clip.logit_scale, clip.logit_bias) == (None, None)


def test_what_early_clips_wrote_beside_their_configuration_outranks_it(tmp_path: Path) -> None:
    folder = folders.hf_clip(
        tmp_path,
        text_config={"max_position_embeddings": 77, "eos_token_id": 2},
        text_config_dict={"max_position_embeddings": 40},
    )
    checkpoint = open_checkpoint(folder)
    assert checkpoint.words.context == 40
    assert checkpoint.text.config["text_config"]["eos_token_id"] == 2


def test_shards_are_read_in_place_of_one_file(tmp_path: Path) -> None:
    folder = folders.open_clip(tmp_path)
    whole = folder / "open_clip_model.safetensors"
    whole.rename(folder / "part-2.safetensors")
    folders.write_weights(folder / "part-1.safetensors", logit_scale=[4.0], logit_bias=[-9.0])
    places = {"visual.proj": 2, "logit_scale": 1, "logit_bias": 1}
    index = {"weight_map": {name: f"part-{n}.safetensors" for name, n in places.items()}}
    folders.write_json(folder / f"{whole.name}.index.json", index)
    checkpoint = open_checkpoint(folder)
    assert [path.name for path in checkpoint.image.files] == [
        "part-1.safetensors",
        "part-2.safetensors",
    ]
    assert checkpoint.logit_bias == -9.0
    assert set(checkpoint.image.files) <= set(checkpoint.sources)


@pytest.mark.parametrize(
    ("special", "config", "beside", "pad"),
    [
        (["<s>", "<pad>"], {"pad_token": "<pad>"}, {}, 1),
        (["<s>", "<pad>"], {"pad_token": {"content": "<pad>", "lstrip": False}}, {}, 1),
        (["<s>", "<pad>"], {}, {"pad_token": "<pad>"}, 1),
        (["<s>", "<pad>"], {}, {}, 1),
        (["[UNK]", "[CLS]", "[PAD]"], {"tokenizer_class": "BertTokenizerFast"}, {}, 2),
        (["<pad>", "</s>"], {"tokenizer_class": "SiglipTokenizer"}, {}, 1),
        (["<s>"], {"pad_token": "the-pad"}, {}, 9),
    ],
)
def test_the_padding_token_is_found_where_transformers_finds_it(
    special: list[str],
    config: dict[str, Any],
    beside: dict[str, str],
    pad: int,
    tmp_path: Path,
) -> None:
    folder = folders.hf_siglip(tmp_path)
    (folder / "tokenizer_config.json").unlink()
    folders.write_tokenizer(folder, *special, **config)
    if beside:
        folders.write_json(folder / "special_tokens_map.json", beside)
    assert open_checkpoint(folder).words.pad_id == pad


def test_the_weights_of_transformers_beside_an_open_clip_configuration_are_not_mistaken(
    tmp_path: Path,
) -> None:
    folder = folders.hf_clip(tmp_path)
    folders.write_json(
        folder / "open_clip_config.json",
        {"model_cfg": {"embed_dim": 8, "vision_cfg": {}, "text_cfg": {}}},
    )
    assert open_checkpoint(folder).layout == "Hugging Face CLIP"
