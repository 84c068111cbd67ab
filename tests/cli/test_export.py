"""`mindseye encoders export` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.encoders import conftest

from mindseye.cli.main import cli

pytest.importorskip("open_clip", reason="the reference libraries are not installed: make dev")

from tests.encoders import checkpoints

REFERENCES = conftest.DECLARED  # Makes the libraries below importable.


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "tiny"
    folder.mkdir()
    checkpoints.make_open_clip(folder)
    return folder


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def test_an_encoder_is_written_checked_and_opened_again(
    model: Path, shared_data: Path, tmp_path: Path
) -> None:
    photos = shared_data / "flickr8k" / "images"
    library = ["--library", tmp_path / "library"]
    export = ["encoders", "export", f"local:{model}", tmp_path / "phone", "--photos", photos]
    _, out, _ = run(*export, "--precision", "fp16", "--json", *library)
    said = json.loads(out)
    assert said["agreement"]["images"] >= said["bar"]["cosine"]
    assert set(said["bytes"]) >= {"encoder.json", "image.onnx", "text.onnx"}
    _, out, _ = run("encoders", "check", f"local:{tmp_path / 'phone'}", "--json", *library)
    assert json.loads(out)["layout"] == "exported by Mindseye"


def test_the_library_lends_its_photos_to_the_gate(
    model: Path, shared_data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for photo in sorted((shared_data / "flickr8k" / "images").iterdir())[:18]:
        (folder / photo.name).symlink_to(photo)
    library = ["--library", tmp_path / "library"]
    run("ingest", folder, "--workers", "1", "--encoder", "test-colours", *library)
    _, out, _ = run("encoders", "export", f"local:{model}", tmp_path / "phone", *library)
    assert "the bar" in out
    assert f"local:{tmp_path / 'phone'}" in out
