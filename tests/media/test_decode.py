"""Files become upright sRGB pixels, and damaged ones an error that says what is wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image
from tests.media.pictures import (
    ADOBE_GAMMA,
    ADOBE_RGB,
    TURN,
    matrix_profile,
    oriented,
    png_claiming,
    saved,
    scene,
    srgb_profile,
)

from mindseye.errors import CorruptMedia, MediaTooLarge, UnsupportedMedia
from mindseye.media.base import DecodeLimits
from mindseye.media.decode import DECODERS, decode
from mindseye.media.formats import FORMATS, HEAD_BYTES, recognise

UPRIGHT = np.asarray(scene())
SMALL = DecodeLimits(resolution=48)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "MPO"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_exactly_once(kind: str, orientation: int) -> None:
    options = {"quality": 95} if kind in ("JPEG", "AVIF", "MPO") else {}
    options |= {"lossless": True} if kind == "WEBP" else {}
    decoded = decode(f"a.{kind.lower()}", oriented(orientation, kind, **options), SMALL)
    assert (decoded.picture.width, decoded.picture.height) == (64, 48)
    assert difference(decoded.pixels, UPRIGHT) < 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_is_turned_by_its_own_boxes_and_not_again_by_its_exif(orientation: int) -> None:
    method = TURN[orientation]
    held = scene(128, 96) if method is None else scene(128, 96).transpose(method)
    exif = Image.Exif()
    exif[0x0112] = orientation
    pillow_heif.register_heif_opener()  # for saving only: it writes the boxes that turn
    data = saved(held, "HEIF", exif=exif.tobytes(), quality=95)
    decoded = decode("a.heic", data, DecodeLimits(96))
    assert (decoded.picture.width, decoded.picture.height) == (128, 96)
    assert difference(decoded.pixels, np.asarray(scene(128, 96))) < 12


def test_orientation_in_xmp_alone_is_applied() -> None:
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        b'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="3"/></rdf:RDF></x:xmpmeta>'
    )
    data = saved(scene().transpose(Image.Transpose.ROTATE_180), "JPEG", xmp=xmp, quality=95)
    assert difference(decode("a.jpg", data, SMALL).pixels, UPRIGHT) < 12


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_is_ignored(value: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = value
    data = saved(scene(), "PNG", exif=exif)
    assert difference(decode("a.png", data, SMALL).pixels, UPRIGHT) == 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_transparency_hides_is_white_and_does_not_bleed_when_reduced(kind: str) -> None:
    hidden = np.zeros((400, 400, 4), np.uint8)
    hidden[..., 0] = 255  # red everywhere, opaque blue on the left half only
    hidden[:, :200] = (0, 0, 255, 255)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    data = saved(Image.fromarray(hidden), kind, **options)
    pixels = decode("a." + kind.lower(), data, DecodeLimits(40)).pixels
    assert pixels.shape == (40, 40, 3)
    assert np.abs(pixels[:, :18].astype(int) - (0, 0, 255)).max() <= 1
    assert pixels[:, 22:].min() >= 254
    # Between blue and white red and green rise together: where red leads, the hidden colour shows.
    assert (pixels[..., 0].astype(int) - pixels[..., 1]).max() <= 1


def test_half_transparent_colours_are_mixed_with_white() -> None:
    data = saved(Image.new("RGBA", (8, 8), (255, 0, 0, 128)), "PNG")
    assert np.abs(decode("a.png", data).pixels.astype(int) - (255, 127, 127)).max() <= 1


@pytest.mark.parametrize(
    ("image", "options"),
    [
        (Image.new("P", (8, 8), 0), {"transparency": 0}),
        (Image.new("L", (8, 8), 7), {"transparency": 7}),
        (Image.new("RGB", (8, 8), (1, 2, 3)), {"transparency": (1, 2, 3)}),
        (Image.new("LA", (8, 8), (0, 0)), {}),
        (Image.new("1", (8, 8), 1), {}),
    ],
    ids=["palette", "grey key", "colour key", "grey with alpha", "bilevel"],
)
def test_every_kind_of_transparency_becomes_white(
    image: Image.Image, options: dict[str, object]
) -> None:
    assert decode("a.png", saved(image, "PNG", **options)).pixels.min() == 255


def test_a_palette_becomes_its_colours() -> None:
    image = scene().convert("P", palette=Image.Palette.ADAPTIVE)
    assert difference(decode("a.gif", saved(image, "GIF")).pixels, UPRIGHT) < 2


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_with_16_bits_keeps_its_scale(kind: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    pixels = decode("a." + kind.lower(), saved(Image.fromarray(ramp), kind)).pixels
    assert difference(pixels[..., 0], np.arange(256).reshape(16, 16)) < 1


def test_samples_of_14_bits_are_not_nearly_black() -> None:
    ramp = np.linspace(0, 16383, 256).astype(np.uint16).reshape(16, 16)
    pixels = decode("a.tif", saved(Image.fromarray(ramp), "TIFF")).pixels
    assert difference(pixels[..., 0], np.arange(256).reshape(16, 16)) < 1


@pytest.mark.parametrize("top", [1.0, 255.0, 5000.0])
def test_floats_fill_the_scale_and_nan_is_black(top: float) -> None:
    ramp = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    ramp[0, 0] = np.nan
    pixels = decode("a.tif", saved(Image.fromarray(ramp), "TIFF")).pixels
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert difference(pixels[..., 0], np.arange(256).reshape(16, 16)) < 1


def in_srgb(adobe: tuple[int, int, int]) -> np.ndarray:
    """A colour of Adobe RGB in sRGB, by the formulas of both (D50, IEC 61966-2-1)."""
    linear = (np.array(adobe) / 255) ** ADOBE_GAMMA
    xyz = np.array(ADOBE_RGB).T @ linear
    srgb_d50 = np.array(
        [[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]]
    )
    light = np.clip(np.linalg.solve(srgb_d50, xyz), 0, 1)
    curve = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(curve * 255)


@pytest.mark.parametrize("colour", [(128, 180, 128), (200, 90, 60), (60, 70, 190)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_an_embedded_profile_is_applied(kind: str, colour: tuple[int, int, int]) -> None:
    profile = matrix_profile(ADOBE_RGB, ADOBE_GAMMA)
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(Image.new("RGB", (8, 8), colour), kind, icc_profile=profile, **options)
    expected = in_srgb(colour)
    assert np.abs(decode("a." + kind.lower(), data).pixels[4, 4] - expected).max() <= 2
    assert np.abs(expected - colour).max() > 5


def test_a_profile_is_applied_beside_alpha() -> None:
    profile = matrix_profile(ADOBE_RGB, ADOBE_GAMMA)
    data = saved(Image.new("RGBA", (8, 8), (128, 180, 128, 255)), "PNG", icc_profile=profile)
    assert np.abs(decode("a.png", data).pixels[4, 4] - in_srgb((128, 180, 128))).max() <= 2


@pytest.mark.parametrize(
    "profile", [b"no profile at all", matrix_profile(ADOBE_RGB, 2.2)[:200], srgb_profile()]
)
def test_a_broken_or_needless_profile_leaves_the_pixels_alone(profile: bytes) -> None:
    data = saved(scene(), "PNG", icc_profile=profile)
    assert difference(decode("a.png", data).pixels, UPRIGHT) == 0


def test_a_profile_of_another_colour_space_is_ignored() -> None:
    data = saved(scene().convert("L"), "PNG", icc_profile=matrix_profile(ADOBE_RGB, 2.2))
    assert difference(decode("a.png", data).pixels[..., 0], np.asarray(scene().convert("L"))) == 0


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_is_not_inverted(kind: str) -> None:
    inks = np.zeros((32, 32, 4), np.uint8)
    inks[..., 0] = 255  # cyan
    pixels = decode("a.jpg", saved(Image.fromarray(inks, "CMYK"), kind)).pixels
    red, green, blue = pixels.mean((0, 1))
    assert red < 60
    assert green > 120
    assert blue > 180


@pytest.mark.parametrize("resolution", [16, 50, 100, 299])
@pytest.mark.parametrize("size", [(1000, 700), (700, 1000), (640, 640)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_short_side_is_reduced_to_the_resolution_and_the_facts_keep_the_full_size(
    kind: str, size: tuple[int, int], resolution: int
) -> None:
    decoded = decode("a", saved(scene(*size), kind), DecodeLimits(resolution))
    short = min(decoded.pixels.shape[:2])
    assert short == resolution or (kind == "JPEG" and resolution < short <= 2 * resolution)
    assert (decoded.picture.width, decoded.picture.height) == size
    height, width = decoded.pixels.shape[:2]
    assert width / height == pytest.approx(size[0] / size[1], abs=1.5 / resolution)


def test_a_small_picture_is_not_enlarged() -> None:
    assert decode("a.png", saved(scene(), "PNG"), DecodeLimits(512)).pixels.shape == (48, 64, 3)


def test_a_strip_of_paper_does_not_fill_the_memory() -> None:
    decoded = decode("a.png", saved(Image.new("RGB", (20_000, 20)), "PNG"), DecodeLimits(10))
    assert decoded.pixels.shape == (1, 80, 3)


def test_a_reduced_jpeg_looks_like_the_full_one_reduced() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)
    image = Image.fromarray(noise).resize((1600, 1200), Image.Resampling.BICUBIC)
    decoded = decode("a.jpg", saved(image, "JPEG", quality=95), DecodeLimits(120)).pixels
    height, width = decoded.shape[:2]
    assert (width, height) == (200, 150)  # An eighth: near enough to leave it.
    wanted = np.asarray(image.resize((width, height), Image.Resampling.BOX))
    assert difference(decoded, wanted) < 3


@pytest.mark.parametrize(
    ("kind", "frames"), [("GIF", 3), ("TIFF", 3), ("WEBP", 3), ("PNG", 3), ("AVIF", 3)]
)
def test_the_first_frame_is_taken_and_the_others_counted(kind: str, frames: int) -> None:
    others = [Image.new("RGB", (64, 48), (index * 40, 0, 0)) for index in range(frames - 1)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(scene(), kind, save_all=True, append_images=others, **options)
    decoded = decode("a." + kind.lower(), data, SMALL)
    assert decoded.picture.frames == frames
    assert difference(decoded.pixels, UPRIGHT) < 12


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: row.name)
def test_every_format_has_one_decoder_for_each_of_its_starts(row: object) -> None:
    heads = [b"\0" * offset + magic for offset, magic in row.signatures]
    heads += [b"\0\0\0\x10ftyp" + brand for brand in row.brands]
    for head in heads:
        found = recognise(head.ljust(HEAD_BYTES, b"\0"), row.suffixes[0])
        assert found is row
        accepting = [d for d in DECODERS if d.accepts(head, row.suffixes[0])]
        assert len(accepting) == 1


@pytest.mark.parametrize(
    ("kind", "suffix", "name"),
    [
        ("JPEG", ".png", "jpeg"),
        ("PNG", ".jpg", "png"),
        ("GIF", "", "gif"),
        ("JPEG", ".nef", "jpeg"),
    ],
)
def test_a_file_is_what_it_starts_with_whatever_its_name(kind: str, suffix: str, name: str) -> None:
    assert decode("a" + suffix, saved(scene(), kind)).picture.format == name


def test_a_container_that_names_avif_among_its_brands_is_avif() -> None:
    head = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"mif1", 0, b"miaf", b"avif")
    found = recognise(head, ".heif")
    assert found is not None
    assert found.name == "avif"


def test_a_bomb_is_refused_before_its_pixels_are_made() -> None:
    with pytest.raises(MediaTooLarge, match="3600 megapixels, and 500 are allowed"):
        decode("a.png", png_claiming(60_000, 60_000))


def test_more_pixels_than_pillow_likes_are_no_bomb_when_allowed() -> None:
    image = Image.new("1", (16_000, 12_000))
    assert decode("a.png", saved(image, "PNG"), DecodeLimits(64)).pixels.shape == (64, 85, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000"])
def test_a_file_that_is_cut_off_is_corrupt(kind: str) -> None:
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 255, (200, 200, 3), dtype=np.uint8))
    data = saved(image, kind)
    with pytest.raises(CorruptMedia) as caught:
        decode("a", data[: len(data) * 6 // 10])
    assert caught.value.path == "a"


@pytest.mark.parametrize(
    ("path", "data", "error", "words"),
    [
        ("a.jpg", b"", CorruptMedia, "empty"),
        ("a.jpg", b"this is a text", CorruptMedia, "named .jpg and does not start like"),
        ("a.txt", b"this is a text", UnsupportedMedia, "not a picture"),
        ("a.mp4", b"\0\0\0\x18ftypmp42", UnsupportedMedia, "videos are not supported yet"),
        ("a.mts", b"\0\0\0\0G@", UnsupportedMedia, "videos are not supported yet"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 50, CorruptMedia, "damaged"),
        ("a.tif", b"II*\0\xff\xff\xff\xff", CorruptMedia, "damaged|ends before"),
        ("a.heic", b"\0\0\0\x18ftypheic" + b"\0" * 50, CorruptMedia, "damaged|ends before"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(
    path: str, data: bytes, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        decode(path, data)


@pytest.mark.parametrize(
    ("path", "data", "package", "line"),
    [
        ("a.jxl", b"\xff\x0a" + b"\0" * 20, "pillow_jxl", 'pip install "mindseye[jxl]"'),
        ("a.dng", b"II*\0" + b"\0" * 20, "rawpy", 'pip install "mindseye[raw]"'),
    ],
)
def test_a_missing_extra_is_named_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, path: str, data: bytes, package: str, line: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(UnsupportedMedia) as caught:
        decode(path, data)
    assert caught.value.hint == line


def test_damage_anywhere_in_a_file_is_an_error_of_ours_or_a_picture() -> None:
    rng = np.random.default_rng(7)
    for kind in ("JPEG", "PNG", "TIFF", "GIF", "WEBP", "BMP"):
        whole = oriented(6, kind) if kind not in ("GIF", "BMP") else saved(scene(), kind)
        for _ in range(60):
            data = bytearray(whole)
            for at in rng.integers(0, len(data), 4):
                data[at] = rng.integers(0, 256)
            try:
                decode(f"a.{kind.lower()}", bytes(data), DecodeLimits(32, pixels=10_000_000))
            except (CorruptMedia, UnsupportedMedia, MediaTooLarge):
                continue


def test_decoding_leaves_pillow_as_it_was(tmp_path: Path) -> None:
    before = (Image.MAX_IMAGE_PIXELS, sorted(Image.OPEN))
    decode("a.png", saved(scene(), "PNG"))
    assert (Image.MAX_IMAGE_PIXELS, sorted(Image.OPEN)) == before
