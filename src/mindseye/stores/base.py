"""The seam of a store: one catalog of photos, and for each embedding space its vectors.

The catalog is the truth: a vector is a row in the same transaction as its photo. Index files
beside it are caches, stamped with what they were built from and rebuilt when they do not fit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mindseye.query.model import Filter
from mindseye.stores.picture_texts import PictureTexts
from mindseye.types import (
    Album,
    Edit,
    EmbeddingSpace,
    FileStamp,
    Ids,
    Located,
    Location,
    Matches,
    Metadata,
    Photo,
    PictureFacts,
    Vectors,
)

ENCODER = "encoder"
"""The choice that says by which encoder (its spec) a library is searched."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder the library covers; `path` is absolute text (`mindseye.media.paths`)."""

    id: int
    path: str


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalog knows of one file: a photo (`photo_id`), or a file that was `skipped`.

    A photo whose file could not be taken in again is both; `stamp` is then that of the failure.
    """

    location: Location
    stamp: FileStamp
    photo_id: int | None
    missing: bool = False
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be taken in; recorded so that it is not tried until it changes."""

    location: Location
    stamp: FileStamp
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class PhotoRecord:
    """A photo to write. With `photo_id` it replaces what that photo was; without, it is new.

    `vector` is the unit row `(dim,)` of its only frame in the batch's space, or None: then a photo
    whose digest is unchanged keeps the vectors it has, and any other waits to be encoded. A changed
    digest drops the vectors of all spaces.
    """

    location: Location
    stamp: FileStamp
    digest: str
    picture: PictureFacts
    metadata: Metadata
    vector: NDArray[np.float32] | None = None
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A known photo whose file now lies at `location`; nothing else about it changed."""

    photo_id: int
    location: Location
    stamp: FileStamp


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything one transaction writes. Vectors in `photos` belong to `space`.

    What is written or moved to a place ends the record of a skipped file there. A known photo whose
    file went bad stays as it was, with a record of the skipped file beside it.
    """

    photos: Sequence[PhotoRecord] = ()
    moves: Sequence[Move] = ()
    seen: Sequence[int] = ()
    """Ids of photos that were missing and whose unchanged file is back."""
    missing: Sequence[int] = ()
    """Ids of photos whose file is gone from a folder that could be read."""
    skipped: Sequence[SkippedFile] = ()
    vanished: Sequence[Location] = ()
    """Skipped files that are gone: their rows are dropped."""
    colours: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    """Photo id -> its colours, for photos of which they were not known."""
    space: EmbeddingSpace | None = None


@dataclass(frozen=True, slots=True)
class SpaceInfo:
    """A space of the library and how many frames have a vector in it."""

    space: EmbeddingSpace
    vectors: int
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """Some photos, never missing ones: those of the frames `within` that pass `filter`.

    None lets all pass. `now` is the local wall time that relative dates count from.
    """

    within: Ids | None = None
    filter: Filter | None = None
    now: datetime = field(default_factory=datetime.now)


@dataclass(frozen=True, slots=True)
class DatePlace:
    """Where a photo stands among all others by date."""

    taken_at: datetime | None
    photo_id: int


@dataclass(frozen=True, slots=True)
class DateOrder:
    """Newest first, or `oldest_first`; those without a date last; then by id, alike.

    What comes `after` is all that is given: that photo need not be there any more.
    """

    oldest_first: bool = False
    after: DatePlace | None = None


NEWEST_FIRST = DateOrder()


@dataclass(frozen=True, slots=True)
class Count:
    """How many photos have one value of a facet."""

    value: str
    photos: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Counts over the library; `failed` groups skipped files by reason.

    `frames` are those of photos that are not missing: what a search could find. `without_colours`
    are photos that are not missing and whose pixels were never looked at for colours, `read` those
    in which text was looked for, `with_text` those of them that show some.
    """

    photos: int
    frames: int
    missing: int
    skipped: int
    failed: dict[str, int] = field(default_factory=dict)
    without_colours: int = 0
    read: int = 0
    with_text: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing an integrity check found, and whether `repair` mended it."""

    what: str
    mended: bool = False


class Catalog(Protocol):
    """The photos of a library."""

    def get(self, photo_id: int) -> Photo:
        """One photo; raises `NotFound`."""

    def find(self, path: str) -> Photo | None:
        """The photo at this absolute path (text), or None."""

    def photos(self, photo_ids: Sequence[int]) -> list[Photo]:
        """Photos in the order asked for; unknown ids are left out."""

    def of_frames(self, frame_ids: Sequence[int]) -> dict[int, Photo]:
        """The photo of each frame; frames of missing photos are left out."""

    def owners(self, frame_ids: Ids) -> Ids:
        """The id of each frame's photo, in order; -1 where it is missing or there is none."""

    def frames(self, photo_ids: Sequence[int]) -> dict[int, list[int]]:
        """The frame ids of each photo."""

    def matching(self, filter_: Filter, now: datetime, among: Ids | None = None) -> Ids:
        """The frames, ascending, of all photos that pass a filter and are not missing.

        `now` is the local wall time; only frames `among` these are looked at. Raises `QueryError`
        for a field that is not there.
        """

    def by_date(
        self, limit: int, order: DateOrder = NEWEST_FIRST, chosen: Selection | None = None
    ) -> list[Photo]:
        """Photos that are not missing, of those chosen, in this order."""

    def skipped(self, limit: int = 1000) -> list[tuple[str, SkippedFile]]:
        """Skipped files with their absolute paths."""

    def missing(self) -> list[int]:
        """Ids of the photos whose files are gone."""

    def coverage(self) -> Coverage:
        """Counts over the library."""


class Counts(Protocol):
    """Numbers over many photos, and a few that stand for all."""

    def sample(self, count: int) -> list[Photo]:
        """Up to `count` photos that are not missing, drawn evenly, always the same ones.

        Costs the same however large the library is.
        """

    def facet(self, name: str, chosen: Selection, most: int = 100) -> list[Count]:
        """The commonest values of one facet (`mindseye.query.facets`) among the photos chosen.

        Photos without a value are not counted. Years and months come latest first.
        """

    def photos(self, chosen: Selection) -> int:
        """How many photos are chosen."""


NO_DATE = -(2**31)
"""Stands for a missing date in a column of minutes."""

NO_TINT = -1
"""Stands for a picture whose colours are not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Photos as columns of one length, newest first, those without a date last.

    `minutes` count from 1970 by the clock of the place (`NO_DATE` where none is known); widths and
    heights are upright pixels; `tags` are the first 32 bits of the digest; `tints` are the mean
    colour as 0xRRGGBB, or `NO_TINT`.
    """

    ids: Ids
    minutes: NDArray[np.int64]
    widths: NDArray[np.int32]
    heights: NDArray[np.int32]
    tags: NDArray[np.uint32]
    tints: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where photos were taken, as columns of one length, by id: degrees in WGS 84."""

    ids: Ids
    latitudes: NDArray[np.float64]
    longitudes: NDArray[np.float64]


class Columns(Protocol):
    """Many photos at once, as columns."""

    def generation(self) -> str:
        """A text that is another one after every write, of whatever process.

        Reading it costs next to nothing, however large the library is.
        """

    def timeline(self, chosen: Selection | None = None) -> Timeline:
        """The photos chosen, all where none are."""

    def positions(self, chosen: Selection | None = None) -> Positions:
        """Where those of the photos chosen were taken of which that is known."""


class Files(Protocol):
    """Roots, folders and the state of files: what an ingest asks of the catalog."""

    def roots(self) -> list[Root]:
        """All roots, by path."""

    def add_root(self, path: str) -> Root:
        """The root that covers `path`, made if need be. Roots below it are merged into it."""

    def folders(self, root_id: int, below: str = "") -> set[str]:
        """Folders that hold a known file, `below` itself and under it ("" is the whole root)."""

    def in_folders(self, root_id: int, folders: Sequence[str]) -> list[KnownFile]:
        """Known files directly in these folders: photos, and files that were skipped."""

    def with_sizes(self, sizes: Sequence[int]) -> dict[int, list[str]]:
        """Digests of known photos by file size: what a new file of that size may be a copy of."""

    def with_digests(self, digests: Sequence[str]) -> dict[str, list[Photo]]:
        """Photos by digest, missing ones included."""

    def holds(self, location: Location) -> bool:
        """Whether a file of this place can be written: a server may limit the length of names."""


class VectorTable(Protocol):
    """The vectors of one space, searched through its index."""

    @property
    def space(self) -> EmbeddingSpace:
        """The space these vectors live in."""

    def __len__(self) -> int:
        """Number of vectors that a search compares.

        Those of missing photos count, and until the next `refresh` those that were replaced.
        """

    def get(self, frame_ids: Sequence[int]) -> tuple[Ids, Vectors]:
        """The vectors of those of these frames that have one, as (ids, unit rows)."""

    def search(self, queries: Vectors, k: int, within: Ids | None = None) -> list[Matches]:
        """The `k` best frames for each query row among photos that are not missing.

        `within` are frame ids applied before ranking: all that qualify are considered. Scores are
        exact cosines to the stored vectors. Raises `SpaceMismatch` on rows of another length.
        """

    def filtered(self, query: Vectors, k: int, chosen: Selection) -> Matches:
        """The `k` best frames for one query `(1, dim)` among the photos chosen, in one go.

        The same as `search` within what `Catalog.matching` lists. Raises `VectorSearchUnsupported`
        where the store does not say that it `filters_vectors`.
        """

    def probed(self, query: Vectors, count: int, chosen: Selection) -> tuple[Matches, bool]:
        """Of the `count` frames nearest to one query `(1, dim)` those whose photos are chosen.

        Beside them whether these are all that are chosen: there are fewer than `count` frames. Of
        the choice only the filter is looked at.
        """

    def sample(self, count: int) -> Vectors:
        """Up to `count` unit rows `(n, dim)` spread evenly over the table, always the same ones.

        All of them where the table holds no more. Cheap however large the table is: where rows were
        replaced or removed since the last `refresh`, up to half of `count` may be lacking.
        """

    def waiting(
        self, limit: int, after: int = 0, of: Filter | None = None
    ) -> list[tuple[int, Photo]]:
        """Frames without a vector in this space (of photos not missing), by id, after `after`.

        `of` leaves only those of photos that pass it.
        """

    def waiting_count(self, of: Filter | None = None) -> int:
        """How many frames `waiting` would give without a limit."""

    def put(self, frame_ids: Sequence[int], vectors: Vectors) -> None:
        """Write vectors of existing frames in one transaction; existing rows are replaced."""

    def refresh(self) -> None:
        """Bring the index file up to what the catalog holds."""


class Texts(Protocol):
    """The words in what is written about photos (`mindseye.query.passages`).

    They are written with the photo. Missing photos are not found by them.
    """

    def search(self, words: str, limit: int | None = None, within: Ids | None = None) -> Matches:
        """The ids of the `limit` photos whose texts say most of `words`, or of all that do.

        The best come first, of equals the newest. `within` are frame ids: the photos to choose
        from. A score is the share of what was asked that a photo's texts say
        (`mindseye.query.evidence`), above 0 and at most 1. Nothing in `words` is an operator.
        """


@dataclass(frozen=True, slots=True)
class Placed:
    """What the gazetteer made of a photo, of which `seen` was known (`Places.waiting`).

    `located` is what it knows of the place, and `metadata` are those that follow: only place,
    offset and sources of them are written.
    """

    photo_id: int
    seen: Metadata
    located: Located | None
    metadata: Metadata


class Places(Protocol):
    """Where photos were taken, as the gazetteer knows it."""

    def waiting(self, limit: int) -> list[tuple[int, Metadata]]:
        """Photos the gazetteer was not asked about since they were written, by id.

        Of their metadata only time, gps, place and sources are filled.
        """

    def put(self, placed: Sequence[Placed]) -> int:
        """Write what was found, in one transaction; returns for how many photos.

        Photos that are gone, or of which something else is known by now, are passed over: those
        wait on.
        """

    def forget(self) -> int:
        """Let all photos wait again; returns how many there are."""


class Albums(Protocol):
    """The albums of a library; a name is found however its letters are written, large or small."""

    def __iter__(self) -> Iterator[Album]:
        """All albums, by name."""

    def get(self, name: str) -> Album:
        """The album of this name; raises `NotFound`, naming the nearest."""

    def find(self, name: str) -> Album | None:
        """The album of this name, or None."""

    def put(self, album: Album) -> Album:
        """Write an album, a new one where its `id` is 0; returns it as it was written.

        Raises `UsageError` for a name another album has, `NotFound` for an id that is gone.
        """

    def remove(self, name: str) -> None:
        """Remove an album, not its photos; raises `NotFound`."""

    def picked(self, album_id: int) -> frozenset[int]:
        """Ids of the photos picked by hand for an album."""

    def pick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Pick photos for an album by hand; returns how many were not picked before.

        Raises `NotFound` where the album or a photo is not there; then nothing is picked.
        """

    def unpick(self, album_id: int, photo_ids: Sequence[int]) -> int:
        """Take photos out of those picked by hand; returns how many of them there were."""


class Choices(Protocol):
    """What a library has settled on, by name; reading costs so little that each query can do it."""

    def find(self, name: str) -> str | None:
        """What was chosen, or None."""

    def put(self, name: str, value: str, albums: Sequence[Album] = ()) -> None:
        """Record a choice, and rewrite these known albums, in one transaction."""


class Edits(Protocol):
    """What users say of photos. It wins over what the files say, now and after every ingest.

    It is kept with the photo's content too: where a photo was forgotten, the next new one of the
    same content takes its edit over.
    """

    def find(self, photo_id: int) -> Edit | None:
        """All that the user says of a photo, or None."""

    def put(self, photo_ids: Sequence[int], edit: Edit, revert: Collection[str] = ()) -> None:
        """Take back what was said under the names `revert`, then say this of all these photos.

        The names are those of `mindseye.stores.edits.FIELDS`. One transaction; raises `NotFound`.
        """


class Store(Protocol):
    """A library's database."""

    @property
    def url(self) -> str:
        """The URL this store was opened by."""

    @property
    def catalog(self) -> Catalog:
        """The photos."""

    @property
    def counts(self) -> Counts:
        """Numbers over many photos."""

    @property
    def columns(self) -> Columns:
        """Many photos at once."""

    @property
    def files(self) -> Files:
        """Roots, folders and the state of files."""

    @property
    def texts(self) -> Texts:
        """The words in what is written about photos."""

    @property
    def picture_texts(self) -> PictureTexts:
        """What was read in pictures."""

    @property
    def albums(self) -> Albums:
        """The albums."""

    @property
    def places(self) -> Places:
        """Where photos were taken."""

    @property
    def choices(self) -> Choices:
        """What the library has settled on."""

    @property
    def edits(self) -> Edits:
        """What users say of photos."""

    @property
    def filters_vectors(self) -> bool:
        """Whether the database filters photos while it compares vectors."""

    def about(self) -> dict[str, str]:
        """What people should know of the database, by name: version, tables, vectors, role."""

    def upgrade(self) -> Iterator[str]:
        """Bring what is kept into the best form the database has now; tells what was done."""

    def spaces(self) -> list[SpaceInfo]:
        """The spaces of the library, oldest first."""

    def has_vectors(self, space: EmbeddingSpace) -> bool:
        """Whether anything was encoded in `space`; costs the same however large the library is."""

    def vectors(self, space: EmbeddingSpace) -> VectorTable:
        """The vectors of `space`, which is made when it is not there."""

    def drop_space(self, space: EmbeddingSpace) -> int:
        """Remove a space with its vectors and index files; returns how many vectors there were.

        Done in steps, so that others may write meanwhile: a drop that was cut short is done again.
        """

    def put(self, batch: Batch) -> list[int]:
        """Write a batch in one transaction; returns the ids of `batch.photos`, in order."""

    def forget(self, photo_ids: Sequence[int]) -> int:
        """Remove photos with their frames and vectors; returns how many there were."""

    def check(self, *, repair: bool = False) -> Iterator[Problem]:
        """Look for what must not be: broken rows, foreign keys, vectors and index files."""

    def rest(self) -> None:
        """Give back the connections and mapped files that are not in use; they come again."""

    def close(self) -> None:
        """Release files and connections."""
