"""Random histories of a library: the embedded store and a dict must always tell the same."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from mindseye.stores import open_store
from mindseye.stores.base import Batch, Move, SkippedFile, Store
from mindseye.testing.samples import SPACE, frames_of, record
from mindseye.types import FileStamp, Location

NAMES = st.sampled_from(["a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg"])
FOLDERS = st.sampled_from(["", "x", "x/y"])
NUMBERS = st.integers(0, 12)
"""Few contents, so that copies and unchanged files are frequent."""


@dataclass(frozen=True)
class Known:
    """What the model remembers of a photo."""

    location: Location
    number: int
    has_vector: bool
    missing: bool = False


class Model(RuleBasedStateMachine):
    """Does the same to a store and to a dict of photos by id and of skipped files by place."""

    @initialize()
    def start(self) -> None:
        self.place = tempfile.TemporaryDirectory()
        self.photos: dict[int, Known] = {}
        self.skipped: dict[Location, str] = {}
        self.store = self.open()
        self.root = self.store.files.add_root("/photos").id

    def open(self) -> Store:
        folder = Path(self.place.name)
        return open_store(f"sqlite:///{folder / 'catalog.db'}", index_dir=folder / "index")

    def taken(self, location: Location) -> int | None:
        at = [known for known, photo in self.photos.items() if photo.location == location]
        return at[0] if at else None

    @rule(name=NAMES, folder=FOLDERS, number=NUMBERS, vector=st.booleans(), told=st.booleans())
    def put(self, name: str, folder: str, number: int, vector: bool, told: bool) -> None:
        given = record(self.root, name, number, folder=folder)
        before = self.taken(given.location)
        given = replace(
            given,
            vector=given.vector if vector else None,
            photo_id=before if told else None,
        )
        [photo_id] = self.store.put(Batch(photos=[given], space=SPACE))
        assert before in {None, photo_id}
        kept = before is not None and self.photos[before].number == number
        has_vector = vector or (kept and self.photos[photo_id].has_vector)
        self.photos[photo_id] = Known(given.location, number, has_vector)
        self.skipped.pop(given.location, None)

    @precondition(lambda self: self.photos)
    @rule(data=st.data(), name=NAMES, folder=FOLDERS)
    def move(self, data: st.DataObject, name: str, folder: str) -> None:
        photo_id = data.draw(st.sampled_from(sorted(self.photos)))
        location = Location(self.root, folder, name)
        other = self.taken(location)
        moves = [Move(photo_id, location, FileStamp(1, 1))]
        origin = self.photos[photo_id].location
        if other not in {None, photo_id}:
            moves.append(Move(other, origin, FileStamp(1, 1)))
        self.store.put(Batch(moves=moves))
        for move in moves:
            photo = self.photos[move.photo_id]
            self.photos[move.photo_id] = replace(photo, location=move.location, missing=False)
            self.skipped.pop(move.location, None)

    @precondition(lambda self: self.photos)
    @rule(data=st.data(), missing=st.booleans())
    def miss_or_see(self, data: st.DataObject, missing: bool) -> None:
        ids = data.draw(st.lists(st.sampled_from(sorted(self.photos)), unique=True))
        self.store.put(Batch(missing=ids) if missing else Batch(seen=ids))
        for photo_id in ids:
            self.photos[photo_id] = replace(self.photos[photo_id], missing=missing)

    @rule(name=NAMES, folder=FOLDERS, reason=st.sampled_from(["torn", "odd"]))
    def skip(self, name: str, folder: str, reason: str) -> None:
        location = Location(self.root, folder, name)
        self.store.put(Batch(skipped=[SkippedFile(location, FileStamp(2, 2), reason)]))
        self.skipped[location] = reason

    @precondition(lambda self: self.skipped)
    @rule()
    def vanish(self) -> None:
        location = next(iter(self.skipped))
        self.store.put(Batch(vanished=[location]))
        del self.skipped[location]

    @precondition(lambda self: self.photos)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from(sorted(self.photos)), unique=True, max_size=3))
        assert self.store.forget(ids) == len(ids)
        for photo_id in ids:
            del self.photos[photo_id]

    @rule()
    def open_again(self) -> None:
        self.store.vectors(SPACE).refresh()
        self.store.close()
        self.store = self.open()

    @rule(number=NUMBERS, k=st.integers(1, 20))
    def compare(self, number: int, k: int) -> None:
        photos = {photo.id: photo for photo in self.store.catalog.photos(list(self.photos))}
        told = {
            photo_id: (photo.location, int(photo.digest, 16), photo.missing_since is not None)
            for photo_id, photo in photos.items()
        }
        assert told == {
            photo_id: (photo.location, photo.number, photo.missing)
            for photo_id, photo in self.photos.items()
        }
        reasons = {file.location: file.reason for _, file in self.store.catalog.skipped()}
        assert reasons == self.skipped
        self.compare_search(number, k)

    def compare_search(self, number: int, k: int) -> None:
        query = record(self.root, "", number).vector
        assert query is not None
        visible = {
            photo_id: photo.number
            for photo_id, photo in self.photos.items()
            if photo.has_vector and not photo.missing
        }
        table = self.store.vectors(SPACE)
        found = table.search(query[None], k)[0]
        rows = np.array([record(self.root, "", n).vector for n in visible.values()])
        expected = np.sort(rows.reshape(-1, SPACE.dim) @ query)[::-1]
        assert len(found) == min(k, len(visible))
        np.testing.assert_allclose(found.scores, expected[:k], atol=2e-3)
        owners = {photo.id for photo in self.store.catalog.of_frames(found.ids.tolist()).values()}
        assert owners <= set(visible)
        half = sorted(visible)[::2]
        within = np.array(frames_of(self.store, half), dtype=np.int64)
        assert len(table.search(query[None], 50, within)[0]) == len(half)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            with closing(self.store):
                problems = list(self.store.check())
        finally:
            self.place.cleanup()
        assert problems == []


Model.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestModel = Model.TestCase
