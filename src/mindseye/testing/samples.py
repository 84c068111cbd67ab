"""A small library to try a store with: photos whose every part follows from a number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from mindseye.stores.base import Batch, PhotoRecord, SkippedFile, Store
from mindseye.testing.index_contract import unit_rows
from mindseye.types import (
    EmbeddingSpace,
    Exposure,
    FileStamp,
    Generation,
    Gps,
    Ids,
    Location,
    Metadata,
    PictureFacts,
    Place,
    Precision,
    Source,
)

SPACE = EmbeddingSpace("test-one", "fingerprint-one", 16)
OTHER_SPACE = EmbeddingSpace("test-two", "fingerprint-two", 8)

FULL_METADATA = Metadata(
    taken_at=datetime(2024, 2, 29, 23, 59, 58, 123000),
    offset=timedelta(hours=-9, minutes=-30),
    precision=Precision.SUBSECOND,
    gps=Gps(-33.85678, 151.21530, -4.5),
    place=Place("Sydney", "New South Wales", "Australia", "AU"),
    camera="Nikon Z 8",
    lens="NIKKOR Z 85mm f/1.8 S",
    exposure=Exposure(1 / 8000, 1.8, 64, 85.0, 85.0),
    title="老人と海 \N{OCTOPUS}",
    caption="two\nlines, and a \u00e9 in two pieces: e\u0301",
    keywords=("sea", "Sea", "海", "sea"),
    people=("Ann", "小林", "Ann"),
    rating=5,
    favourite=True,
    generation=Generation("ComfyUI", "a cat", "", None, {"steps": "20", "cfg": "7.5"}),
    sources={"taken_at": Source.EXIF, "rating": Source.USER},
)

METADATA = {
    "nothing": Metadata(),
    "everything": FULL_METADATA,
    "a year only": Metadata(taken_at=datetime(1871, 1, 1), precision=Precision.YEAR),
    "a position without altitude": Metadata(gps=Gps(0.0, 0.0)),
    "a country only": Metadata(place=Place(country="Nippon")),
    "an ISO only": Metadata(exposure=Exposure(iso=0)),
    "an offset of zero": Metadata(taken_at=datetime(2020, 1, 1), offset=timedelta(0)),
    "the lowest rating": Metadata(rating=0),
    "no favourite": Metadata(favourite=False),
    "a generator without a prompt": Metadata(generation=Generation("Draw Things")),
}

NAMES = ("a.jpg", "A.JPG", "space in it.png", "100%_'quoted\".jpg", "猫\U0010fee9.heic", "z" * 250)
"""Names that a database likes to confuse: case, wildcards, quotes and stray bytes."""


def digest_of(number: int) -> str:
    """A digest as SHA-256 gives them, a different one for every number."""
    return f"{number:064x}"


def record(
    root_id: int, name: str, number: int, *, folder: str = "", space: EmbeddingSpace = SPACE
) -> PhotoRecord:
    """A photo to write, whose digest, size and vector follow from `number`."""
    return PhotoRecord(
        location=Location(root_id, folder, name),
        stamp=FileStamp(1000 + number, 1_700_000_000_000_000_000 + number),
        digest=digest_of(number),
        picture=PictureFacts(640, 480, "JPEG"),
        metadata=Metadata(),
        vector=unit_rows(1, seed=number, dim=space.dim)[0],
    )


def put_some(store: Store, count: int, *, folder: str = "", first: int = 0) -> list[int]:
    """Write `count` photos into the root /photos; returns their ids."""
    root = store.files.add_root("/photos")
    numbers = range(first, first + count)
    photos = [record(root.id, f"{number}.jpg", number, folder=folder) for number in numbers]
    return store.put(Batch(photos=photos, space=SPACE))


def frames_of(store: Store, photo_ids: Sequence[int]) -> list[int]:
    """The only frame of each of these photos."""
    frames = store.catalog.frames(photo_ids)
    return [frames[photo_id][0] for photo_id in photo_ids]


def as_ids(values: Sequence[int]) -> Ids:
    """Ids as the seam takes them."""
    return np.array(values, dtype=np.int64)


def search_ids(
    store: Store, query: NDArray[np.float32], k: int, within: Ids | None = None
) -> list[int]:
    """The photos found, best first."""
    matches = store.vectors(SPACE).search(query[None], k, within)[0]
    photos = store.catalog.of_frames(matches.ids.tolist())
    return [photos[frame].id for frame in matches.ids.tolist()]


def skipped_files(root_id: int, reasons: Sequence[str]) -> list[SkippedFile]:
    """Files that could not be taken in, one for each reason."""
    return [
        SkippedFile(Location(root_id, "bad", f"{place}.jpg"), FileStamp(place, place), reason)
        for place, reason in enumerate(reasons)
    ]
