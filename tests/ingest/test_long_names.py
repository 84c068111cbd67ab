"""Folders so deep that a server holds no name for them: their files are passed over, no others."""

from __future__ import annotations

import pytest

from mindseye.config import load_settings
from mindseye.library import Library

DEEP = "/".join([f"{'deep' * 30}{number}" for number in range(5)])
"""A folder with a name of 604 characters."""


@pytest.fixture(params=["mariadb", "postgres", "embedded"])
def held(request, tmp_path):
    """A library in each database, and whether it holds long names."""
    folder = tmp_path / "library"
    settings = {"library": folder, "encoder": "test-colours", "workers": 1, "batch": 4}
    if request.param != "embedded":
        settings["store"] = request.getfixturevalue(f"{request.param}_library")
    with Library.open(settings=load_settings(settings)) as library:
        yield library, request.param != "mariadb"


def test_a_photo_in_too_deep_a_folder_is_skipped_and_all_others_are_taken(held, paint, photos):
    library, holds = held
    colours = ("red", "green", "blue", "yellow")
    for colour in colours:
        paint(f"{colour}.jpg", colour)
    paint(f"{DEEP}/lost.jpg", "red")
    report = library.ingest([photos])
    assert report.added == len(colours) + holds
    if holds:
        assert report.skipped == ()
        return
    [entry] = report.skipped
    assert entry.path.endswith("lost.jpg")
    assert "holds no names that long" in entry.reason
    again = library.ingest([photos])
    assert (again.added, again.unchanged, again.skipped) == (0, len(colours), report.skipped)
    assert (again.missing, library.store.catalog.coverage().photos) == (0, len(colours))


def test_a_photo_in_a_deep_folder_is_taken_in_from_a_root_further_down(held, paint, photos):
    library, _ = held
    path = paint(f"{DEEP}/found.jpg", "red")
    report = library.ingest([path.parent])
    assert (report.added, report.skipped) == (1, ())
    assert [photo.path for photo in library.store.catalog.photos([1])] == [str(path)]
