"""The nouns of Mindseye: frozen values that rooms hand to each other, with no I/O in them.

Vectors are keyed by frame: a still photo has one frame, a video several. Identity is the content:
a photo keeps its id when its file is moved or renamed, because the digest says it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""float32 `(n, dim)`, every row of length 1."""

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 `(height, width, 3)`, upright, sRGB."""

Ids: TypeAlias = NDArray[np.int64]
"""int64 `(n,)`: frame ids or photo ids, as the name beside it says."""


class Source(StrEnum):
    """Where a metadata field came from; listed from the strongest to the weakest."""

    USER = "user"
    SIDECAR = "sidecar"
    XMP = "xmp"
    IPTC = "iptc"
    GENERATION = "generation"
    EXIF = "exif"
    GPS = "gps"
    NAME = "name"
    MTIME = "mtime"


class Precision(StrEnum):
    """How much of `taken_at` is known; the rest of the value is its earliest moment."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"
    SUBSECOND = "subsecond"


@dataclass(frozen=True, slots=True)
class Gps:
    """A position in WGS 84 degrees; altitude in metres above sea level."""

    latitude: float
    longitude: float
    altitude: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a photo was taken, in words, as far as they are known."""

    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True)
class LocalNames:
    """What city, region and country are called where they are, as far as that is known."""

    city: str | None = None
    region: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """What the gazetteer knows of the place of a photo: names in English, there, and in use.

    `timezone` is the IANA name of its zone, "" where only words told the place. The names of
    the city, of the region and of the country are all that are known, in many languages; a store
    gives them back folded (`mindseye.fold`), as filters compare them.
    """

    timezone: str = ""
    city: str | None = None
    region: str | None = None
    country: str | None = None
    country_code: str | None = None
    local: LocalNames = LocalNames()
    city_names: tuple[str, ...] = ()
    region_names: tuple[str, ...] = ()
    country_names: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the city, the region and the country."""
        return (*self.city_names, *self.region_names, *self.country_names)


@dataclass(frozen=True, slots=True)
class Exposure:
    """How a camera took the picture: seconds, f-number, ISO, focal lengths in millimetres."""

    seconds: float | None = None
    f_number: float | None = None
    iso: int | None = None
    focal_length: float | None = None
    focal_length_35mm: float | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """How an image generator was asked for this picture."""

    tool: str
    prompt: str | None = None
    negative_prompt: str | None = None
    model: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of a photo besides its pixels; every field may be missing.

    `taken_at` is the local wall time without a zone; `offset` is its distance from UTC where a
    reader knew it. `sources` names, per field, the reader whose value won.
    """

    taken_at: datetime | None = None
    offset: timedelta | None = None
    precision: Precision | None = None
    gps: Gps | None = None
    place: Place | None = None
    camera: str | None = None
    lens: str | None = None
    exposure: Exposure | None = None
    title: str | None = None
    caption: str | None = None
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    rating: int | None = None
    favourite: bool | None = None
    generation: Generation | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edit:
    """What a user says of a photo, which wins over what its files say; None says nothing.

    A time is said as a whole: `taken_at` is local wall time without a zone, `precision` how much of
    it is known, `offset` its distance from UTC. Of a place the parts that are not None are said;
    there, in `title` and in `caption` "" says that there is none. `rating` goes from -1 (rejected)
    to 5, where 0 is none. Keywords are added to those of the files, or hidden among them.
    """

    taken_at: datetime | None = None
    offset: timedelta | None = None
    precision: Precision | None = None
    gps: Gps | None = None
    place: Place | None = None
    rating: int | None = None
    favourite: bool | None = None
    title: str | None = None
    caption: str | None = None
    add_keywords: tuple[str, ...] = ()
    remove_keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRegion:
    """A line of text in a picture, how sure its reader is (0..1), and where it stands.

    `box` are the four corners, clockwise from where the line begins, as shares of the width and
    the height of the upright picture.
    """

    text: str
    confidence: float
    box: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class PictureText:
    """What a reader of text (its name) found in a picture; nothing, where it shows none."""

    reader: str
    regions: tuple[TextRegion, ...] = ()

    @property
    def text(self) -> str:
        """All lines, each in a line of its own."""
        return "\n".join(region.text for region in self.regions)


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Says when a file must be looked at again: its size in bytes and its mtime in nanoseconds."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Location:
    """Where a file lies: a root of the library, a folder below it ("" is the root) and a name.

    Folder and name are text made by `mindseye.media.paths.to_text`, so that names which are not
    UTF-8 survive a database.
    """

    root_id: int
    folder: str
    name: str


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What decoding told of a file: upright size in pixels, format, number of frames in it.

    `colours` are shares of the pixels by the name of a colour, the largest first
    (`mindseye.media.palette`); None where they have not been looked at.
    """

    width: int
    height: int
    format: str
    frames: int = 1
    colours: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A file in the library. `digest` is the SHA-256 of its bytes, in hexadecimal.

    `copies` counts the other photos, not missing ones, that have the same bytes. `located` is what
    the gazetteer knows of its place, None where it was not asked or knows nothing. `text` is what
    can be read in the picture, "" where that is nothing, and None where nobody has looked.
    """

    id: int
    path: str
    location: Location
    stamp: FileStamp
    digest: str
    picture: PictureFacts
    metadata: Metadata
    added_at: datetime
    missing_since: datetime | None = None
    copies: int = 0
    located: Located | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingSpace:
    """Vectors are comparable only inside one space.

    `fingerprint` hashes weights, preprocessing, tokenizer and pooling; `encoder` is the spec a
    user chose; `dim` is the length of a vector.
    """

    encoder: str
    fingerprint: str
    dim: int


@dataclass(frozen=True, slots=True)
class Matches:
    """What an index found for one query, best first: ids `(n,)` and scores `(n,)`.

    Higher is better, always; distances never leave `stores/` and `index/`.
    """

    ids: Ids
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class TermScore:
    """What one term of a query gave a hit: its cosine, before weighting."""

    term: str
    weight: float
    score: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A text of a photo that says words which were asked for: its name, and a piece of it."""

    field: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A filter that a hit passed, as it is typed, and what is known of the photo under it."""

    filter: str
    known: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One photo found, with its score (cosine, higher is better) and why.

    `probability` is None where nothing is known of one. `mentions` are the texts of the photo that
    say what was asked for, `passed` the filters that it passed.
    """

    photo: Photo
    score: float
    probability: float | None
    frame: int
    why: tuple[TermScore, ...] = ()
    mentions: tuple[Mention, ...] = ()
    passed: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be taken in, and why; it is tried again when it changes."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Album:
    """A named view of the library: which photos belong to it, and how they are searched.

    Those below its folders, in the whole library where it names none, that its search finds, and
    those picked by hand (`Albums.pick`); without folders and search only the latter. `folders` are
    absolute text (`mindseye.media.paths`), `search` is a query as it is typed. `encoder` is the
    spec that is wanted, `searched_by` the one whose space is searched now; "" stands for the
    library's. Where `min_score`, `max_results` or `optimise` is None the settings decide. `id` is 0
    until a store has taken the album in.
    """

    name: str
    folders: tuple[str, ...] = ()
    description: str = ""
    encoder: str = ""
    searched_by: str = ""
    min_score: float | None = None
    max_results: int | None = None
    optimise: bool | None = None
    created_at: datetime | None = None
    id: int = 0
    search: str = ""


@dataclass(frozen=True, slots=True)
class ReencodeReport:
    """What a change of encoder did, of a library or of the album named.

    `encoded` counts frames; `left` are files that could not be encoded: they are not found by the
    new encoder until an ingest takes them in. `unavailable` lists roots that cannot be looked at:
    while what they hold is not encoded, nothing is swapped. `swapped` says whether searches use
    `encoder` now; `dropped` counts the vectors of `before` that were removed.
    """

    encoder: str
    before: str
    album: str = ""
    encoded: int = 0
    left: tuple[Skipped, ...] = ()
    unavailable: tuple[Skipped, ...] = ()
    swapped: bool = False
    dropped: int = 0
    notices: tuple[str, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class TextReport:
    """What looking for text in pictures did.

    `read` counts pictures, once where several photos are copies, and `with_text` those of them
    that show some. `left` are files that could not be looked at; `waiting` counts pictures that
    are still to be read, those included.
    """

    reader: str
    read: int = 0
    with_text: int = 0
    waiting: int = 0
    left: tuple[Skipped, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. Counts are files.

    `skipped_before` were skipped by an earlier run and have not changed since; `unavailable` lists
    roots and folders that could not be read: what they held is remembered. `reencoded` tells of the
    change to another encoder, `texts` of text read in pictures, where asked for; `notices`
    are for people to read.
    """

    added: int = 0
    updated: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    skipped: tuple[Skipped, ...] = ()
    skipped_before: int = 0
    unavailable: tuple[Skipped, ...] = ()
    seconds: float = 0.0
    cancelled: bool = False
    reencoded: ReencodeReport | None = None
    texts: TextReport | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenSidecar:
    """An XMP file that was written for a photo: its path as text, what it says now and did not.

    `names` are those of `mindseye.stores.edits.FIELDS`; `is_new` says that there was no such file.
    """

    photo_id: int
    path: str
    names: tuple[str, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class SidecarReport:
    """What a writing of sidecars did, or, in a `rehearsal`, would do.

    `unchanged` counts photos whose sidecar says all of it already, `unsaid` those of which the user
    says nothing that a sidecar could hold. `left` are photos whose sidecar cannot be written.
    """

    written: tuple[WrittenSidecar, ...] = ()
    unchanged: int = 0
    unsaid: int = 0
    left: tuple[Skipped, ...] = ()
    rehearsal: bool = False
    cancelled: bool = False
