"""Pictures and texts as vectors, with a library or without any.

from mindseye import encode_image, encode_text

encode_image("photo.jpg") @ encode_text("a dog on a beach")
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np

from mindseye.config import Settings, load_settings
from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.encoders.options import Precision, RunOptions, Runtime
from mindseye.encoders.prompts import encode_optimised
from mindseye.encoders.resident import Resident
from mindseye.errors import NotFound
from mindseye.media import paths
from mindseye.media.base import DecodeLimits
from mindseye.query.model import AnyPicture, Link, Pasted, Picture
from mindseye.types import Pixels, Vectors

PictureLike: TypeAlias = str | Path | bytes | Pixels
"""A picture as a path, as the bytes of a file, or as upright sRGB pixels."""


def encode_image(picture: PictureLike, encoder: str = "builtin") -> Vectors:
    """The unit vector `(dim,)` of a picture by the encoder of this spec; no library is needed.

    Raises what `Library.encode_image` raises, and `SpecError`.
    """
    return encode_picture(_resident(encoder), picture, Settings().max_pixels)


def encode_text(text: str, encoder: str = "builtin", *, optimise: bool = False) -> Vectors:
    """The unit vector `(dim,)` of a text by the encoder of this spec; no library is needed."""
    return encode_words(_resident(encoder), text, optimise=optimise)


@lru_cache(maxsize=1)
def _resident(spec: str) -> Encoder:
    """The encoder used last stays at hand; a second one would cost as much memory again."""
    settings = load_settings({"encoder": spec})
    return Resident(open_encoder(spec, run_options(settings)), settings.idle_seconds)


def encode_picture(encoder: Encoder, picture: PictureLike, max_pixels: int) -> Vectors:
    """The unit vector `(dim,)` of a picture of any form; raises as `Library.encode_image`."""
    limits = DecodeLimits(encoder.resolution, max_pixels)
    if isinstance(picture, np.ndarray):
        pixels = picture
    elif isinstance(picture, bytes):
        from mindseye.media.decode import decode

        pixels = decode("picture", picture, limits).pixels
    else:
        pixels = load_pixels(Path(picture), limits)
    return np.asarray(encoder.encode_images([pixels])[0], np.float32)


def encode_words(encoder: Encoder, text: str, *, optimise: bool) -> Vectors:
    """The unit vector `(dim,)` of a text."""
    rows = encode_optimised(encoder, text) if optimise else encoder.encode_texts([text])
    return np.asarray(rows[0], np.float32)


def run_options(settings: Settings) -> RunOptions:
    """How encoders are run, as the settings say."""
    return RunOptions(
        settings.threads,
        cast("Runtime", settings.runtime),
        cast("Precision", settings.precision),
        settings.models_folder,
    )


def load_picture(picture: AnyPicture, limits: DecodeLimits) -> Pixels:
    """The upright pixels of what a query names: a file, pasted bytes or a link to the web.

    Raises `MediaError`, `NotFound`.
    """
    from mindseye.media.decode import decode

    match picture:
        case Picture(path):
            return load_pixels(path, limits)
        case Pasted(data, name):
            return decode(name, data, limits).pixels
        case Link(url):
            from mindseye.media.web import fetch

            return decode(url, fetch(url, limits.file_bytes), limits).pixels


def load_pixels(path: Path, limits: DecodeLimits) -> Pixels:
    """The upright pixels of any picture file; raises `MediaError` or `NotFound`."""
    from mindseye.media.decode import decode

    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotFound(f"the picture {path} cannot be read: {error.strerror}") from error
    return decode(paths.to_text(path), data, limits).pixels
