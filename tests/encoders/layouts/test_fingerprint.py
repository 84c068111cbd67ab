"""The fingerprint changes with whatever changes a vector, and with nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.encoders import checkpoints
from tests.encoders.layouts import folders

from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.layouts import open_checkpoint
from mindseye.encoders.layouts.fingerprint import CACHE, digests_of, fingerprint
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import WeightsUnavailable

PLAIN = EncoderSpec("local", "x")


def taken(folder: Path, spec: EncoderSpec = PLAIN) -> str:
    return fingerprint(open_checkpoint(folder), spec, folder.parent / "cache")


def test_it_is_32_hexadecimal_digits_and_stays(tmp_path: Path) -> None:
    folder = folders.hf_siglip(tmp_path / "model")
    first = taken(folder)
    assert len(first) == 32
    assert int(first, 16)
    assert taken(folder) == first


def test_where_a_model_lies_does_not_count(tmp_path: Path) -> None:
    folder = folders.hf_clip(tmp_path / "model")
    first = taken(folder)
    moved = tmp_path / "elsewhere" / "renamed"
    shutil.copytree(folder, moved)
    (moved / "README.md").write_text("more")
    assert taken(moved) == first


def test_where_the_linked_clip_lies_does_not_count(tmp_path: Path) -> None:
    from tests.encoders.layouts.test_hostile import WHOLE, text_only

    folder = text_only(tmp_path / "text", WHOLE, "../clip")
    first = taken(folder)
    (tmp_path / "clip").rename(tmp_path / "moved")
    folders.write_json(folder / "mindseye.json", {"image": "../moved"})
    assert taken(folder) == first


MADE: dict[str, Callable[[Path], object]] = {
    "open_clip": folders.open_clip,
    "hf_clip": folders.hf_clip,
    "hf_siglip": folders.hf_siglip,
    "immich": lambda folder: checkpoints.make_immich(folder, external=True),
    "transformers.js": checkpoints.make_transformers_js,
    "uform": checkpoints.make_uform,
    "rclip": checkpoints.make_rclip,
}


@pytest.mark.parametrize("kind", MADE)
def test_every_file_that_decides_a_vector_counts(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    MADE[kind](folder)
    checkpoint = open_checkpoint(folder)
    before = fingerprint(checkpoint, PLAIN, tmp_path / "cache")
    seen = {before}
    for path in checkpoint.sources:
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        seen.add(fingerprint(checkpoint, PLAIN, tmp_path / "cache"))
        path.write_bytes(content)
    assert len(seen) == 1 + len(checkpoint.sources)
    assert fingerprint(checkpoint, PLAIN, tmp_path / "cache") == before


def named(checkpoint: Checkpoint) -> set[str]:
    return {path.relative_to(checkpoint.folder).as_posix() for path in checkpoint.sources}


def test_no_file_is_forgotten(tmp_path: Path) -> None:
    said = {}
    for kind, make in MADE.items():
        (tmp_path / kind).mkdir()
        make(tmp_path / kind)
        if kind != "rclip":
            said[kind] = named(open_checkpoint(tmp_path / kind))
    tokenizer = {"tokenizer.json", "tokenizer_config.json"}
    config = {"config.json", "preprocessor_config.json"}
    assert said == {
        "open_clip": {"open_clip_config.json", "open_clip_model.safetensors", "tokenizer.json"},
        "hf_clip": {*config, *tokenizer, "model.safetensors"},
        "hf_siglip": {*config, *tokenizer, "model.safetensors"},
        "immich": {
            "config.json", "visual/preprocess_cfg.json", "visual/model.onnx",
            "visual/model.onnx.data", "textual/model.onnx", "textual/tokenizer.json",
        },
        "transformers.js": {
            *config, *tokenizer, "onnx/vision_model.onnx", "onnx/text_model.onnx"
        },
        "uform": {"config.json", "tokenizer.json", "image_encoder.onnx", "text_encoder.onnx"},
    }  # fmt: skip


def test_every_choice_that_moves_a_vector_counts(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(folders.hf_siglip(tmp_path / "model"))
    specs = [PLAIN, replace(PLAIN, dimensions=4), replace(PLAIN, resize="pad")]
    changed = [
        replace(checkpoint, pixels=replace(checkpoint.pixels, interpolation="lanczos")),
        replace(checkpoint, pixels=replace(checkpoint.pixels, fill=(1, 1, 1))),
        replace(checkpoint, words=replace(checkpoint.words, pad_id=0)),
        replace(checkpoint, words=replace(checkpoint.words, cleaning="none")),
    ]
    found = [fingerprint(checkpoint, spec, tmp_path) for spec in specs]
    found += [fingerprint(other, PLAIN, tmp_path) for other in changed]
    assert len(set(found)) == len(specs) + len(changed)


def test_what_moves_no_vector_does_not_count(tmp_path: Path) -> None:
    checkpoint = open_checkpoint(folders.hf_clip(tmp_path / "model"))
    first = fingerprint(checkpoint, PLAIN, tmp_path)
    same = [
        (replace(checkpoint, words=replace(checkpoint.words, padded=True)), PLAIN),
        (replace(checkpoint, notes={"precision": "fp32"}), PLAIN),
        (checkpoint, EncoderSpec("hub", "org/name", "abc")),
        (checkpoint, replace(PLAIN, dimensions=checkpoint.dim)),
    ]
    assert {fingerprint(other, spec, tmp_path) for other, spec in same} == {first}


def settled(path: Path, content: bytes) -> Path:
    """A file that was written long ago."""
    path.write_bytes(content)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


def test_a_file_is_hashed_once_for_as_long_as_its_size_and_time_stay(tmp_path: Path) -> None:
    path = settled(tmp_path / "weights", b"one")
    digest = digests_of((path,), tmp_path / "cache")[path]
    settled(path, b"two")
    assert digests_of((path,), tmp_path / "cache")[path] == digest
    os.utime(path, (1_600_000_001, 1_600_000_001))
    assert digests_of((path,), tmp_path / "cache")[path] != digest
    settled(path, b"three")
    assert len(set(digests_of((path,), tmp_path / "cache").values()) | {digest}) == 2


def test_a_file_that_has_just_changed_is_not_trusted_to_stay(tmp_path: Path) -> None:
    path = tmp_path / "weights"
    path.write_bytes(b"one")
    digests_of((path,), tmp_path / "cache")
    assert not (tmp_path / "cache" / CACHE).exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"PATH": 3}', b'{"PATH": [3, 5, 7]}',
     b'{"PATH": [3, 1600000000000000000, "short"]}'],
)  # fmt: skip
def test_a_damaged_cache_costs_time_only(content: bytes, tmp_path: Path) -> None:
    path = settled(tmp_path / "weights", b"one")
    expected = digests_of((path,), tmp_path / "cache")
    kept = tmp_path / "cache" / CACHE
    kept.write_bytes(content.replace(b"PATH", str(path).encode()))
    assert digests_of((path,), tmp_path / "cache") == expected
    assert str(path) in json.loads(kept.read_text())
    assert [other.name for other in kept.parent.iterdir()] == [CACHE]


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    path = settled(tmp_path / "weights", b"one")
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert digests_of((path,), tmp_path / "cache")[path]


def test_a_file_that_has_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnavailable, match="gone"):
        digests_of((tmp_path / "gone",), tmp_path)
