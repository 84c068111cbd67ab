"""Real files that break importers: phones, cameras, fuzzers and forty years of formats."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mindseye.media.base import DecodeLimits
from mindseye.media.decode import decode
from mindseye.media.readers.xmp import read_packet
from mindseye.types import Gps, Place

Outcomes = dict[str, dict[str, Any]]

DAMAGED = {
    "cmyk/m1-d0f86ab189cbe900ec389ca6d7464713.tif",
    "cmyk/m4-d0f86ab189cbe900ec389ca6d7464713.tif",
    "jxl/JXL2.jxl",
    "huge/m1-e07fcd0e2ea8a9f41c6baed2f651bb8d.tif",
    "multiframe_TIFF/m1-f55287249b20fd368b4683f8336153d3.tif",
    "psd/timeout-1ee28a249896e05b83840ae8140622de8e648ba9.psd",
    "psd/timeout-dedc7a4ebd856d79b4359bbcc79e8ef231ce38f6.psd",
}
"""Files made by fuzzers that lie among whole ones."""

REFUSED = ("undecodable_", "heif_bad", "avif_bad", "raw_bad", "video_")
OPTIONAL = {"jxl": "pillow_jxl", "raw_ok": "rawpy", "unicode_path": "rawpy"}


def taken(root: Path) -> Outcomes:
    files = [
        f for f in sorted(root.rglob("*")) if f.is_file() and f.suffix not in (".xmp", ".json")
    ]
    script = Path(__file__).with_name("take_each.py")
    result = subprocess.run(
        [sys.executable, str(script)],
        input="\n".join(map(str, files)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(files)
    return {str(Path(name).relative_to(root)): outcome for name, outcome in lines}


@pytest.fixture(scope="module")
def messy(shared_data: Path) -> Outcomes:
    return taken(shared_data / "messy")


@pytest.fixture(scope="module")
def generated(shared_data: Path) -> Outcomes:
    return taken(shared_data / "generated")


def test_no_file_raises_anything_but_an_error_of_media(messy: Outcomes) -> None:
    assert {outcome.get("error") for outcome in messy.values()} <= {
        None,
        "CorruptMedia",
        "UnsupportedMedia",
        "MediaTooLarge",
    }


def test_every_whole_file_decodes(messy: Outcomes) -> None:
    missing = {folder for folder, package in OPTIONAL.items() if find_spec(package) is None}
    failed = {
        name: outcome["message"]
        for name, outcome in messy.items()
        if "error" in outcome
        and not name.startswith(REFUSED)
        and name.partition("/")[0] not in missing
        and not name.startswith("raw_ok")  # some are cut short by their collection
        and name not in DAMAGED
    }
    assert not failed


def test_every_broken_file_is_refused(messy: Outcomes) -> None:
    whole = [n for n, o in messy.items() if n.startswith(REFUSED) and "error" not in o]
    assert not whole


def test_the_message_of_an_error_names_no_python(messy: Outcomes) -> None:
    messages = " ".join(str(outcome.get("message", "")) for outcome in messy.values())
    for word in ("Traceback", "unpack_from", "object has no attribute", "NoneType"):
        assert word not in messages


def alike(one: list[Any], other: list[Any]) -> float:
    a, b = np.asarray(one, float), np.asarray(other, float)
    assert a.shape == b.shape
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


@pytest.mark.parametrize("scene", ["Landscape_", "landscape_", "Portrait_", "portrait_"])
def test_the_same_photo_in_every_orientation_looks_the_same(messy: Outcomes, scene: str) -> None:
    names = [n for n in messy if n.startswith("orientation_") and f"/{scene}" in n]
    assert len(names) >= 2
    first = messy[names[0]]
    for name in names[1:]:
        assert messy[name]["size"] == first["size"]
        assert alike(messy[name]["pixels"], first["pixels"]) > 0.97


def test_the_same_picture_turned_by_two_avif_boxes_looks_the_same(messy: Outcomes) -> None:
    names = [name for name in messy if "kimono" in name]
    assert len(names) == 2
    assert [messy[name]["size"] for name in names] == [[722, 1024]] * 2


@pytest.mark.parametrize(
    ("name", "size", "kind", "frames"),
    [
        ("gps_heic/IMG_1034.heic", [4032, 3024], "heic", 1),
        ("gps_heic/exif-at-eof.heic", [3024, 4032], "heic", 1),
        ("orientation_6/Samsung SM-J327T1.jpg", [1932, 2576], "jpeg", 1),
        ("gps_png/this-is-a-jpeg.png", [240, 180], "jpeg", 1),
        ("multiframe_GIF/e6aa0c45a13dd7fc94f7b5451bd89bf4.gif", [60, 60], "gif", 518),
        ("mpo/sugarshack_ifd_offset.mpo", [640, 480], "jpeg", 2),
        ("raw_ok/Issue 247-2.nef", [2000, 3008], "jpeg", 1),
        ("orientation_7/g4_orientation_7.tif", [590, 88], "tiff", 1),
        ("multiframe_HEIF/bird_burst.heic", [1280, 720], "heif", 4),
    ],
)
def test_facts_of_real_files(
    messy: Outcomes, name: str, size: list[int], kind: str, frames: int
) -> None:
    outcome = messy[name]
    assert (outcome["size"], outcome["format"], outcome["frames"]) == (size, kind, frames)


@pytest.mark.parametrize(
    ("name", "taken_at", "offset", "camera"),
    [
        ("gps_heic/IMG_1034.heic", "2018-02-05T15:11:44.277000", 8.0, "Apple iPhone 8"),
        ("gps_heic/IMG_2682.heic", "2019-03-21T11:04:22.348000", -5.0, "Apple iPhone 7"),
        ("gps_webp/HTC Desire.webp", "2011-05-06T09:59:48", 2.0, "HTC Desire"),
        ("gps_jpg/datetimeoriginal-gps.jpg", "2025-12-01T11:30:00", None, None),
        ("gps_tif/example.tif", "2015-11-20T05:20:30", 2.0, "Canon EOS 6D"),
        ("orientation_8/Canon PowerShot A85.jpg", "2005-01-31T05:51:17", None,
         "Canon PowerShot A85"),
        ("gps_hif/Canon.HIF", "2021-02-18T19:54:47.200000", 0.0, "Canon EOS R5"),
    ],
)  # fmt: skip
def test_times_and_cameras_of_real_files(
    messy: Outcomes, name: str, taken_at: str, offset: float | None, camera: str | None
) -> None:
    outcome = messy[name]
    assert (outcome["taken_at"], outcome["offset"], outcome["camera"]) == (taken_at, offset, camera)


@pytest.mark.parametrize(
    ("name", "gps"),
    [
        ("gps_heic/IMG_1034.heic", [23.1779, 113.3943]),
        ("gps_heic/IMG_2682.heic", [41.2203, -96.0716]),
        ("gps_heif/HMD_Nokia_8.3_5G_hdr.heif", [40.6630, -3.7637]),
        ("gps_png/this-is-a-jpeg.png", [-34.0214, 23.8994]),
        ("gps_tif/example.tif", [-21.1332, 55.4768]),
        ("gps_tiff/ifd_tag_type.tiff", [35.6, -111.6618]),
        ("gps_webp/exiv2-bug1199.webp", [51.1783, -1.8266]),
        ("gps_jpg/FLIR Vue Pro 640.jpg", None),
        ("gps_jpg/empty_gps.jpg", None),
    ],
)
def test_positions_of_real_files(messy: Outcomes, name: str, gps: list[float] | None) -> None:
    found = messy[name]["gps"]
    assert found == (gps and pytest.approx(gps, abs=1e-4))


def as_exifread(path: Path) -> tuple[str | None, list[float] | None]:
    """Time and position by another library, or None for a file it cannot read."""
    exifread = pytest.importorskip("exifread")
    with path.open("rb") as file:
        tags = exifread.process_file(file, details=False)
    written = str(tags.get("EXIF DateTimeOriginal", ""))
    gps = exifread.utils.get_gps_coords(tags)
    return (written if written[:4].isdigit() and written[:4] != "0000" else None), (
        list(gps) if gps else None
    )


def test_times_and_positions_agree_with_another_reader(messy: Outcomes, shared_data: Path) -> None:
    compared = 0
    for name, outcome in messy.items():
        if outcome.get("source") != "exif" or outcome["format"] not in ("jpeg", "tiff"):
            continue
        written, gps = as_exifread(shared_data / "messy" / name)
        if written is not None:
            assert outcome["taken_at"][:19] == written[:10].replace(":", "-") + "T" + written[11:19]
            compared += 1
        if gps is not None and outcome["gps"] is not None:
            assert outcome["gps"] == pytest.approx(gps, abs=1e-5)
    assert compared >= 15


@pytest.mark.parametrize(
    ("name", "tool", "prompt"),
    [
        ("automatic1111_cropped.png", "AUTOMATIC1111", "photo of a duck"),
        ("text_after_idat.png", "AUTOMATIC1111", "photo of a duck"),
        ("fooocus1_cropped.png", "Fooocus", "cinematic still a smiling goldfish"),
        ("img2img_cropped.png", "ComfyUI", "photograph of victorian woman with wings"),
        ("invokeai_dream1.png", "InvokeAI", "professional full body photo"),
        ("invokeai_imeta1.png", "InvokeAI", "digital artwork, oil painting."),
        ("invokeai_sdmeta1.png", "InvokeAI", "professional full body photo"),
        ("novelai1_cropped.png", "NovelAI", "masterpiece, best quality, cat, space, icon"),
        ("unclip_2pass_cropped.png", "ComfyUI", "(waifu, anime"),
        ("empty_image.png", None, ""),
        ("automatic1111_stealth.png", None, ""),
    ],
)
def test_generators_tell_their_prompt(
    generated: Outcomes, name: str, tool: str | None, prompt: str
) -> None:
    assert generated[name]["tool"] == tool
    assert (generated[name]["prompt"] or "").startswith(prompt)


def sidecar(shared_data: Path, name: str) -> Any:
    return read_packet((shared_data / "messy" / "xmp_sidecar" / name).read_bytes())


def test_sidecars_of_real_programs_are_read(shared_data: Path) -> None:
    digikam = sidecar(shared_data, "digikam-example.xmp")
    assert digikam.keywords == ("test3", "test", "test2")
    assert digikam.gps == Gps(53.1325590, 8.7191960)
    assert (digikam.camera, digikam.exposure.iso) == ("Medion MD86063", 80)
    manager = sidecar(shared_data, "APhotoManager-exmaple.xmp")
    assert (manager.title, manager.caption, manager.rating) == ("Title2", "Description2", 2)
    tagger = sidecar(shared_data, "jPhotoTagger-example.xmp")
    assert tagger.place == Place("GarmischPatenkirchen", "Bayern", "Deutschland")
    assert tagger.taken_at.isoformat() == "2006-05-24T15:06:26"
    lightroom = sidecar(shared_data, "2020.xmp")
    assert (lightroom.taken_at.isoformat(), lightroom.offset.total_seconds()) == (
        "2020-09-27T14:35:33",
        7200,
    )
    assert sidecar(shared_data, "iso-value-array.xmp").exposure.iso == 160


def test_the_thumbnail_of_a_phones_heic_is_enough_for_an_encoder(shared_data: Path) -> None:
    path = shared_data / "messy" / "phone_heic" / "IMG_3578.heic"
    decoded = decode(str(path), path.read_bytes(), DecodeLimits(resolution=260))
    assert decoded.pixels.shape == (240, 320, 3)
    assert min(decoded.picture.width, decoded.picture.height) > 2000
    large = decode(str(path), path.read_bytes(), DecodeLimits(resolution=300)).pixels
    assert min(large.shape[:2]) == 300
