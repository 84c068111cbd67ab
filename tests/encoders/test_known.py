"""What is published of encoders is found by every name people use, each number with a source."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mindseye.encoders.known import KnownEncoder, find, known, minimum_score, published_minimum
from mindseye.encoders.known.advice import COMPACT, Circumstances, advise
from mindseye.encoders.known.hub import folder_of, repository, tokenizer_repository
from mindseye.encoders.known.machine import Probe, probe, total_memory
from mindseye.encoders.known.selection import choose
from mindseye.encoders.known.tables import OPENAI_NAMES, pairs
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError, WeightsUnavailable

TOP = Path(__file__).parents[2]


def parse(text: str) -> EncoderSpec:
    return EncoderSpec.parse(text)


@pytest.mark.parametrize("entry", known(), ids=lambda entry: entry.spec)
def test_a_known_encoder_can_be_named_and_fetched(entry: KnownEncoder) -> None:
    spec = parse(entry.spec)
    assert str(spec) == entry.spec
    assert find(spec) == entry
    assert entry.dim
    assert entry.size
    if spec.scheme != "builtin":
        assert repository(spec) == (entry.repository, "main")


@pytest.mark.parametrize("entry", known(), ids=lambda entry: entry.spec)
def test_every_number_has_a_source(entry: KnownEncoder) -> None:
    assert entry.source
    for said in (entry.quality, entry.speed, entry.minimum):
        assert said is None or said.source
    if entry.quality is not None:
        assert entry.quality.measure
        assert 0.0 < (entry.quality.english or 50.0) < 100.0


def test_curated_encoders_come_first_and_no_spec_comes_twice() -> None:
    entries = known()
    curated = [entry.curated for entry in entries]
    assert curated == sorted(curated, reverse=True)
    assert len({entry.spec for entry in entries}) == len(entries) > 170


def test_the_table_of_pairs_is_what_open_clip_has() -> None:
    reason = "the reference libraries are not installed: make dev"
    pytest.importorskip("torch", reason=reason)
    pytest.importorskip("open_clip", reason=reason)
    from open_clip import list_pretrained
    from open_clip.pretrained import get_pretrained_cfg

    theirs = {
        f"{arch}/{tag}": "/".join(get_pretrained_cfg(arch, tag)["hf_hub"].split("/")[:2])
        for arch, tag in list_pretrained()
        if not arch.endswith("-quickgelu") and "hf_hub" in get_pretrained_cfg(arch, tag)
    }
    assert {name: pair.repository for name, pair in pairs().items()} == theirs


@pytest.mark.slow
def test_the_table_of_pairs_is_up_to_date() -> None:
    pytest.importorskip("torch", reason="the reference libraries are not installed: make dev")
    script = TOP / "scripts/known_encoders.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("spec", "source", "revision", "folder"),
    [
        (
            "openai-clip:ViT-B/32",
            "timm/vit_base_patch32_clip_224.openai",
            "main",
            "openai-clip/ViT-B-32",
        ),
        (
            "openai-clip:ViT-L/14@336px",
            "timm/vit_large_patch14_clip_336.openai",
            "main",
            "openai-clip/ViT-L-14-336",
        ),
        (
            "openai-clip:ViT-L/14@336px@abc123",
            "timm/vit_large_patch14_clip_336.openai",
            "abc123",
            "openai-clip/ViT-L-14-336@abc123",
        ),
        (
            "openai-clip:ViT-L/14@abc123",
            "timm/vit_large_patch14_clip_224.openai",
            "abc123",
            "openai-clip/ViT-L-14@abc123",
        ),
        (
            "open-clip:ViT-L-14/dfn2b_s39b",
            "apple/DFN2B-CLIP-ViT-L-14-39B",
            "main",
            "open-clip/ViT-L-14/dfn2b_s39b",
        ),
        (
            "open-clip:ViT-H-14-378-quickgelu/dfn5b",
            "apple/DFN5B-CLIP-ViT-H-14-378",
            "main",
            "open-clip/ViT-H-14-378/dfn5b",
        ),
        (
            "open-clip:XLM-Roberta-Large-Vit-H-14/frozen_laion5b_s13b_b90k",
            "laion/CLIP-ViT-H-14-frozen-xlm-roberta-large-laion5B-s13B-b90k",
            "main",
            "open-clip/xlm-roberta-large-ViT-H-14/frozen_laion5b_s13b_b90k",
        ),
        (
            "open-clip:ViT-B-32/laion2b-s34b-b79k",
            "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
            "main",
            "open-clip/ViT-B-32/laion2b_s34b_b79k",
        ),
        (
            "siglip:google/siglip2-base-patch16-224?dimensions=64",
            "google/siglip2-base-patch16-224",
            "main",
            "siglip/google/siglip2-base-patch16-224",
        ),
        (COMPACT, COMPACT.partition(":")[2], "main", f"uform/{COMPACT.partition(':')[2]}"),
        ("hub:org/name@refs/pr/1", "org/name", "refs/pr/1", "hub/org/name@refs%2Fpr%2F1"),
    ],
)
def test_a_spec_leads_to_a_repository_and_a_folder(
    spec: str, source: str, revision: str, folder: str, tmp_path: Path
) -> None:
    assert repository(parse(spec)) == (source, revision)
    assert folder_of(parse(spec), tmp_path) == tmp_path / folder


@pytest.mark.parametrize(
    ("spec", "message", "hint"),
    [
        ("open-clip:ViT-B-23/openai", "none of the", "open-clip:ViT-B-32/openai"),
        ("open-clip:ViT-B-32", "none of the", "open-clip:ViT-B-32/"),
        ("open-clip:zzz/zzz", "none of the", "--all"),
        ("openai-clip:ViT-B/33", "none of the 9", "openai-clip:ViT-B/32"),
        ("siglip:base", "ORG/NAME", "siglip:google/"),
        ("hub:../x", "ORG/NAME", ""),
        ("hub:a/../../b", "ORG/NAME", ""),
        ("hub:org/..", "ORG/NAME", ""),
        ("uform:/etc", "ORG/NAME", ""),
        ("builtin", "cannot|not an encoder", "as it is"),
        ("local:/models/x", "not an encoder that can be fetched", "as it is"),
    ],
)
def test_a_name_that_leads_nowhere_is_answered_with_near_ones(
    spec: str, message: str, hint: str
) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        repository(parse(spec))
    assert hint in caught.value.hint


def test_no_name_leads_out_of_the_folder_of_models(tmp_path: Path) -> None:
    for entry in known():
        if entry.spec != "builtin":
            assert tmp_path in folder_of(parse(entry.spec), tmp_path).resolve().parents


@pytest.mark.parametrize(
    ("spec", "cosine"),
    [
        ("openai-clip:ViT-B/32", 0.2),
        ("open-clip:ViT-B-32/openai", 0.2),
        ("open-clip:ViT-L-14/dfn2b_s39b", 0.1),
        ("open-clip:ViT-H-14-378-quickgelu/dfn5b", 0.1),
        ("open-clip:ViT-B-32/laion2b_s34b_b79k", None),
        ("siglip:google/siglip2-base-patch16-224", None),
        ("hub:org/name", None),
        ("builtin", None),
        ("local:/somewhere", None),
    ],
)
def test_a_published_minimum_cosine_is_known(spec: str, cosine: float | None) -> None:
    assert minimum_score(parse(spec)) == cosine


@pytest.mark.parametrize("spec", ["siglip:any/one", "open-clip:ViT-B-16-SigLIP2/webli"])
def test_sigmoid_trained_encoders_are_judged_by_probability(spec: str) -> None:
    minimum = published_minimum(spec)
    assert minimum is not None
    assert (minimum.value, minimum.judged_by) == (0.005, "probability")


def test_the_same_weights_have_the_same_numbers_by_every_name() -> None:
    names = ("siglip:google/siglip2-base-patch16-224", "open-clip:ViT-B-16-SigLIP2/webli")
    one, other = (find(name) for name in names)
    assert one is not None
    assert other is not None
    assert one.quality == other.quality
    assert (one.dim, one.size, one.mparams) == (other.dim, other.size, other.mparams)
    # The repository of the first says 375,187,970 parameters.
    assert one.mparams == pytest.approx(375.188, abs=0.1)
    assert find("openai-clip:RN50x4") == replace(
        find("open-clip:RN50x4/openai") or one, spec="openai-clip:RN50x4"
    )
    assert all(find(f"openai-clip:{name}") for name in OPENAI_NAMES)
    assert find("hub:org/unheard-of") is None


@pytest.mark.parametrize(
    ("spec", "source"),
    [
        ("open-clip:ViT-B-32/openai", ""),
        ("open-clip:ViT-B-16-SigLIP2/webli", "timm/ViT-B-16-SigLIP2"),
        ("open-clip:nllb-clip-base/v1", "facebook/nllb-200-distilled-600M"),
        ("open-clip:roberta-ViT-B-32/laion2b_s12b_b32k", "FacebookAI/roberta-base"),
        ("hub:org/name", ""),
    ],
)
def test_a_tokenizer_may_be_another_repositorys(spec: str, source: str) -> None:
    assert tokenizer_repository(parse(spec)) == source


LARGE = ["config.json", "preprocessor_config.json", "tokenizer.json", "README.md", "LICENSE"]
RCLIP_VOCABULARY = "tokenizer/bpe_simple_vocab_16e6.txt.gz"
REPOSITORIES = {
    "an OpenCLIP repository": (
        [
            *LARGE, "open_clip_config.json", "open_clip_model.safetensors", "model.safetensors",
            "open_clip_pytorch_model.bin", "pytorch_model.bin", "merges.txt", "vocab.json",
        ],
        {"open_clip_model.safetensors"},
        {"model.safetensors", "pytorch_model.bin", "open_clip_pytorch_model.bin", "README.md"},
    ),
    "a Hugging Face repository in shards": (
        [
            *LARGE, "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
            "model.safetensors.index.json", "flax_model.msgpack", "tf_model.h5",
        ],
        {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "config.json",
         "model.safetensors.index.json", "LICENSE"},
        {"flax_model.msgpack", "tf_model.h5"},
    ),
    "an OpenCLIP repository whose own weights are pickled": (
        [
            "config.json", "tokenizer.json", "open_clip_config.json", "model.safetensors",
            "open_clip_pytorch_model.bin",
        ],
        {"config.json", "tokenizer.json", "model.safetensors"},
        {"open_clip_config.json", "open_clip_pytorch_model.bin"},
    ),
    "an OpenCLIP repository with a short name": (
        ["open_clip_config.json", "model.safetensors"],
        {"open_clip_config.json", "model.safetensors"},
        set(),
    ),
    "UForm": (
        ["config.json", "tokenizer.json", *(
            f"{part}_encoder{suffix}" for part in ("image", "text")
            for suffix in (".onnx", ".safetensors", ".pt", ".mlpackage/Manifest.json")
        )],
        {"image_encoder.onnx", "text_encoder.onnx", "config.json", "tokenizer.json"},
        {"image_encoder.safetensors", "image_encoder.pt", "image_encoder.mlpackage/Manifest.json"},
    ),
    "transformers.js": (
        [*LARGE, "quantize_config.json", "onnx/vision_model.onnx_data", *(
            f"onnx/{part}{mark}.onnx" for part in ("model", "vision_model", "text_model")
            for mark in ("", "_fp16", "_quantized", "_q4")
        )],
        {"onnx/vision_model.onnx", "onnx/vision_model.onnx_data", "onnx/text_model.onnx"},
        {"onnx/model.onnx", "onnx/vision_model_fp16.onnx", "onnx/text_model_q4.onnx"},
    ),
    "Immich": (
        [
            "config.json", "README.md", "visual/model.onnx", "visual/preprocess_cfg.json",
            "visual/model.armnn", "visual/fp16/model.armnn", "textual/model.onnx",
            "textual/tokenizer.json", "textual/onnx__MatMul_1",
        ],
        {"visual/model.onnx", "visual/preprocess_cfg.json", "textual/model.onnx",
         "textual/tokenizer.json", "textual/onnx__MatMul_1", "config.json"},
        {"visual/model.armnn", "visual/fp16/model.armnn"},
    ),
    "sentence-transformers": (
        [
            "modules.json", "0_CLIPModel/config.json", "0_CLIPModel/model.safetensors",
            "0_CLIPModel/pytorch_model.bin", "0_CLIPModel/merges.txt", "1_Pooling/config.json",
        ],
        {"modules.json", "0_CLIPModel/config.json", "0_CLIPModel/model.safetensors",
         "0_CLIPModel/merges.txt", "1_Pooling/config.json"},
        {"0_CLIPModel/pytorch_model.bin"},
    ),
    "rclip": (
        ["visual.onnx", "textual.onnx", "visual.mlpackage/x", RCLIP_VOCABULARY],
        {"visual.onnx", "textual.onnx", RCLIP_VOCABULARY},
        {"visual.mlpackage/x"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPOSITORIES)
def test_one_set_of_weights_is_chosen_from(name: str) -> None:
    names, wanted, unwanted = REPOSITORIES[name]
    chosen = set(choose(names))
    assert wanted <= chosen
    assert not unwanted & chosen
    assert chosen <= set(names)


def test_half_precision_is_chosen_where_it_is_asked_for() -> None:
    names, _, _ = REPOSITORIES["transformers.js"]
    assert "onnx/vision_model_fp16.onnx" in choose(names, "fp16")
    quantised = [name for name in names if "onnx/" not in name or "_quantized" in name]
    assert "onnx/text_model_quantized.onnx" in choose(quantised)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["config.json", "pytorch_model.bin"], "only pickled weights"),
        (["open_clip_config.json", "open_clip_pytorch_model.bin"], "only pickled weights"),
        (["README.md"], "no encoder that can be read"),
        (["onnx/text_model.onnx", "config.json"], "no encoder that can be read"),
    ],
)
def test_what_cannot_be_loaded_is_not_fetched(names: list[str], message: str) -> None:
    with pytest.raises(WeightsUnavailable, match=message):
        choose(names)


GIB = 1 << 30
FAST = Probe(2000.0, "made up")
SLOW = Probe(20.0, "made up")


def specs(circumstances: Circumstances) -> dict[str, str]:
    return {advice.purpose: advice.encoder.spec for advice in advise(circumstances)}


def test_a_fast_machine_is_offered_what_is_best_and_not_much_dearer() -> None:
    found = specs(Circumstances(64 * GIB, 10_000, FAST))
    assert found["compact, for a small machine"] == COMPACT
    assert found["best for this machine"] == "siglip:google/siglip2-base-patch16-224"
    assert found["best for Chinese"].startswith("open-clip:xlm-roberta-large-ViT-H-14/")
    assert found["best CLIP trained on filtered data (DFN)"] == "open-clip:ViT-H-14/dfn5b"
    assert found["best, whatever it takes"] == "open-clip:ViT-H-14-378/dfn5b"


def test_a_small_slow_machine_is_offered_only_what_fits() -> None:
    here = Circumstances(3 * GIB, 50_000, SLOW)
    best = next(advice for advice in advise(here) if advice.purpose == "best for this machine")
    assert best.fits
    assert best.memory_bytes is not None
    assert best.memory_bytes <= 1.5 * GIB
    assert best.seconds is not None
    assert best.seconds <= 86_400


def test_where_nothing_fits_the_cheapest_is_offered_and_marked() -> None:
    advice = advise(Circumstances(GIB // 2, 10**7, SLOW))
    best = next(entry for entry in advice if entry.purpose == "best for this machine")
    assert not best.fits
    assert best.encoder.gflops is not None
    assert best.encoder.gflops < 15


def test_an_estimate_is_the_work_by_the_speed() -> None:
    [compact, *_] = advise(Circumstances(None, 1000, Probe(351.0, "made up")))
    assert compact.pictures_per_second == pytest.approx(10.0)
    assert compact.seconds == pytest.approx(100.0)
    assert compact.fits


def test_this_machine_has_memory_and_computes() -> None:
    memory = total_memory()
    assert memory is None or memory > GIB // 2
    found = probe(RunOptions(runtime="onnxruntime"))
    assert found.gflops > 0.1
    assert found.how
