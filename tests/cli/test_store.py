"""`mindseye store`: what the database is, and a library that moves to another one."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Shell


def test_check_says_what_the_database_is_and_that_all_is_well(shell: Shell) -> None:
    told = shell("store", "check").stdout
    assert "SQLite" in told
    assert "all is well" in told
    assert json.loads(shell("store", "check", "--json").stdout)["problems"] == []


def test_a_library_is_copied_to_a_folder_and_searched_there(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    done = json.loads(shell("store", "copy", str(target), "--json").stdout)
    assert {table["name"]: table["rows"] for table in done["tables"]}["photos"] == 3
    told = shell("search", "blue", "--paths", "--library", str(target)).stdout
    assert told == shell("search", "blue", "--paths").stdout
    assert "holds a library already" in shell("store", "copy", str(target), code=2).stderr


def test_a_library_is_copied_to_a_server_searched_there_and_comes_back(
    shell: Shell, postgres_library: str, tmp_path: Path
) -> None:
    url = postgres_library.replace("owner@", "owner:s3cret@")
    told = shell("store", "copy", url)
    assert "both are the same" in told.stdout
    assert "photos: 3/3" in told.stderr
    found = shell("search", "blue", "--paths", "--library", url).stdout
    assert found == shell("search", "blue", "--paths").stdout
    checked = shell("store", "check", "--store", url)
    assert "compared by pgvector" in checked.stdout
    assert "PostgreSQL" in shell("store", "migrate", "--store", url).stdout
    assert "s3cret" not in told.stdout + told.stderr + checked.stdout
    assert "s3cret" not in shell("doctor", "--store", url).stdout
    shell("store", "copy", str(tmp_path / "back"), "--store", url)
    assert shell("search", "blue", "--paths", "--library", str(tmp_path / "back")).stdout == found


def test_upgrade_brings_the_indexes_up_to_date(shell: Shell) -> None:
    assert "is up to date" in shell("store", "upgrade").stdout
    assert json.loads(shell("store", "upgrade", "--json").stdout)["done"]
