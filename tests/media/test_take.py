"""A file is read once, hashed, decoded and read for metadata; or refused for a reason."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from tests.media.pictures import saved, scene

from mindseye.errors import CorruptMedia, MediaError, MediaTooLarge, UnsupportedMedia
from mindseye.media import take as module
from mindseye.media.base import DecodeLimits
from mindseye.media.paths import to_text
from mindseye.media.take import take
from mindseye.types import PictureFacts, Source

DATA = saved(scene(), "JPEG")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_20230401_123456.jpg"
    path.write_bytes(DATA)
    return path


def test_a_file_gives_its_digest_stamp_pixels_and_metadata(photo: Path) -> None:
    taken = take(str(photo), DecodeLimits(24))
    status = photo.stat()
    assert taken.digest == hashlib.sha256(DATA).hexdigest()
    assert (taken.stamp.size, taken.stamp.mtime_ns) == (status.st_size, status.st_mtime_ns)
    colours = dict.fromkeys(("red", "yellow", "green", "blue"), 0.25)
    assert taken.picture == PictureFacts(64, 48, "jpeg", colours=colours)
    assert taken.decoded is not None
    assert taken.decoded.pixels.shape == (24, 32, 3)
    assert taken.metadata.sources["taken_at"] is Source.NAME


def test_what_is_known_is_not_decoded_but_its_metadata_are_read(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "decode", lambda *_: pytest.fail("decoded"))
    digest = hashlib.sha256(DATA).hexdigest()
    taken = take(str(photo), known_digests=frozenset({digest}))
    assert (taken.digest, taken.decoded, taken.picture) == (digest, None, None)
    assert taken.metadata.taken_at is not None


def test_the_sidecar_beside_the_photo_is_read(photo: Path) -> None:
    photo.with_suffix(".xmp").write_bytes(
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>'
    )
    metadata = take(str(photo)).metadata
    assert (metadata.rating, metadata.sources["rating"]) == (5, Source.SIDECAR)


def test_what_was_taken_goes_from_process_to_process(photo: Path) -> None:
    taken = take(str(photo))
    again = pickle.loads(pickle.dumps(taken))
    assert (again.digest, again.metadata, again.picture) == (
        taken.digest,
        taken.metadata,
        taken.picture,
    )


def test_a_name_that_is_not_utf_8_is_opened(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    path.write_bytes(DATA)
    assert take(to_text(path)).picture is not None


def test_a_file_over_the_limit_is_refused_unread(photo: Path) -> None:
    with pytest.raises(MediaTooLarge, match="MB"):
        take(str(photo), DecodeLimits(file_bytes=len(DATA) - 1))


def test_a_video_is_refused_before_it_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exactly", lambda *_: pytest.fail("read"))
    video = tmp_path / "a.mp4"
    video.write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 100)
    with pytest.raises(UnsupportedMedia, match="videos"):
        take(str(video))


@pytest.mark.parametrize("change", [b"more", b""])
def test_a_file_that_changes_while_it_is_read_is_not_taken(
    photo: Path, monkeypatch: pytest.MonkeyPatch, change: bytes
) -> None:
    whole = module._exactly

    def meanwhile(descriptor: int, size: int) -> bytes:
        data = whole(descriptor, size)
        with photo.open("ab" if change else "wb") as file:
            file.write(change)
        return data

    monkeypatch.setattr(module, "_exactly", meanwhile)
    with pytest.raises(CorruptMedia, match="changed while it was read"):
        take(str(photo))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.mkdir(), "directory|regular"),
        (os.mkfifo, "not a regular file"),
        (lambda path: path.touch(), "empty"),
    ],
    ids=["gone", "folder", "pipe", "empty"],
)
@pytest.mark.timeout(10)
def test_what_cannot_be_read_is_an_error_of_media(tmp_path: Path, make: object, words: str) -> None:
    path = tmp_path / "a.jpg"
    make(path)
    with pytest.raises(MediaError, match=words) as caught:
        take(str(path))
    assert caught.value.path == str(path)


def test_a_worker_process_loads_nothing_heavy() -> None:
    script = (
        "import sys, mindseye.media.take;"
        "print([m for m in ('faiss', 'sqlalchemy', 'onnxruntime', 'sd_parsers', 'rawpy',"
        " 'pillow_heif') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
