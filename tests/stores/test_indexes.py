"""Indexes that a library builds when an ingest ends, beside all searches."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.config import load_settings
from mindseye.errors import ConfigError, StoreError
from mindseye.index import build
from mindseye.index.build import Build, Need
from mindseye.library import Library
from mindseye.stores.indexes import Builder

WISH = "IVF2,Flat"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paint: Paint, photos: Path) -> Library:
    monkeypatch.setattr(build, "_LEAST_ROWS", 2)
    monkeypatch.setattr(build, "_LEAST_PER_LIST", 1)
    for name in ("red", "blue", "green", "yellow"):
        paint(f"{name}.png", name)
    return opened(tmp_path, WISH)


def opened(folder: Path, wish: str) -> Library:
    flags = {"library": folder / "library", "encoder": "test-colours", "index": wish, "workers": 1}
    return Library.open(settings=load_settings(flags, environment={}))


def need(library: Library) -> Need:
    return library.index_states()["test-colours"].need


def test_an_ingest_has_what_its_index_needs_built(library: Library, photos: Path) -> None:
    with library:
        library.ingest([photos])
        library._builder.wait()
        state = library.index_states()["test-colours"]
        assert (state.kind, state.trained_on, state.need) == (WISH, 4, Need.NOTHING)
        assert library.search("red").hits[0].photo.path.endswith("red.png")
        assert library.build_index() == []
        assert library.build_index(anew=True) == ["test-colours"]


def test_a_library_is_closed_when_its_index_is_built(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    with library:
        library.ingest([photos])
    with opened(tmp_path, WISH) as again:
        assert need(again) is Need.NOTHING
        assert again.index_states()["test-colours"].kind == WISH


def test_searches_go_on_while_an_index_is_built(
    library: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow(factory: str, rows: object, train=build.train) -> object:  # type: ignore[no-untyped-def]
        began.set()
        assert go_on.wait(30)
        return train(factory, rows)

    monkeypatch.setattr(build, "train", slow)
    with library:
        library.ingest([photos])
        assert began.wait(30)
        assert library.search("blue").hits[0].photo.path.endswith("blue.png")
        assert not library._builder.start(), "one build at a time"
        go_on.set()
        library._builder.wait()
        assert need(library) is Need.NOTHING


def test_a_build_that_fails_is_logged_and_searches_go_on(
    library: Library,
    photos: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def full(*_: object, **__: object) -> bool:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Build, "run", full)
    with library:
        library.ingest([photos])
        library._builder.wait()
        assert "the disk is full" in caplog.text
        assert library.search("green").hits[0].photo.path.endswith("green.png")


def test_check_finds_a_damaged_index_and_mends_it(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    with library:
        library.ingest([photos])
    part = next((tmp_path / "library" / "index").rglob("part-*"))
    content = bytearray(part.read_bytes())
    content[-20] ^= 1
    part.unlink()
    part.write_bytes(bytes(content))
    with opened(tmp_path, WISH) as again:
        assert [problem.mended for problem in again.check()] == [False]
        assert [problem.mended for problem in again.check(repair=True)] == [True]
        assert list(again.check()) == []
        assert len(again.search("red").hits) == 1


def test_a_wish_that_cannot_be_fulfilled_stops_an_ingest_at_once(
    library: Library, photos: Path, tmp_path: Path
) -> None:
    with opened(tmp_path / "other", "IVF2,PQ3") as other:
        with pytest.raises(ConfigError, match="'index'"):
            other.ingest([photos])
        assert other.store.files.roots() == []


def test_a_store_without_indexes_has_nothing_to_build(library: Library) -> None:
    with library:
        builder = Builder(library.store, WISH)
        assert builder.tables() == []
        assert not builder.start()
        builder.wait()
