"""The files that break importers: each is a photo or has a reason, and none stops a run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mindseye.config import load_settings
from mindseye.library import Library


@pytest.fixture(scope="module")
def messy(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("messy")
    settings = load_settings(
        {"library": folder, "encoder": "test-colours"}, environment={"MINDSEYE_CONFIG": "/dev/null"}
    )
    with Library.open(settings=settings) as library:
        library.ingest([shared_data / "messy", shared_data / "generated"])
        yield library


def outcome(library: Library) -> tuple[Counter[str], dict[str, str]]:
    """Photos per folder, and the reason for each skipped file."""
    taken = Counter(Path(photo.path).parent.name for photo in library.store.catalog.by_date(10_000))
    reasons = {f"{Path(p).parent.name}/{Path(p).name}": f.reason for p, f in library.skipped()}
    return taken, reasons


def test_every_file_is_a_photo_or_has_a_reason(messy: Library) -> None:
    taken, reasons = outcome(messy)
    assert sum(taken.values()) > 90
    assert all(reasons.values())
    assert not [reason for reason in reasons.values() if "crashed" in reason]


@pytest.mark.parametrize(
    "folder",
    "phone_heic phone_jpg orientation_6 avif_ok webp cmyk jp2 mpo gps_jpg".split(),
)
def test_sound_files_are_taken_in(messy: Library, shared_data: Path, folder: str) -> None:
    taken, reasons = outcome(messy)
    skipped = {name: reason for name, reason in reasons.items() if name.startswith(f"{folder}/")}
    assert taken[folder] >= len(skipped), skipped
    assert taken[folder] > 0


@pytest.mark.parametrize("folder", ["undecodable_jpg", "undecodable_gif", "video_mp4", "video_mov"])
def test_unsound_files_are_skipped_with_a_reason(messy: Library, folder: str) -> None:
    taken, reasons = outcome(messy)
    assert [name for name in reasons if name.startswith(f"{folder}/")]
    assert taken[folder] <= 2


def test_a_second_run_tries_nothing_again(messy: Library, shared_data: Path) -> None:
    report = messy.ingest([shared_data / "messy", shared_data / "generated"])
    assert (report.added, report.updated, report.moved, len(report.skipped)) == (0, 0, 0, 0)
    assert report.skipped_before > 0
