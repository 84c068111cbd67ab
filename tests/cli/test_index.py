"""`mindseye index`, and the setting it goes by."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell


def test_a_small_library_needs_nothing(shell: Shell) -> None:
    told = shell("index", "status").stdout
    assert told == "test-colours: exact, 3 vectors; needs nothing\n"
    assert shell("index", "build").stdout == "nothing to build\n"


def test_json_holds_what_an_index_is_made_of(shell: Shell) -> None:
    state = json.loads(shell("index", "status", "--json").stdout)["indexes"]["test-colours"]
    assert (state["rows"], state["need"], state["trained_on"]) == (3, "nothing", 0)
    assert json.loads(shell("index", "build", "--json").stdout) == {"built": []}


def test_training_on_too_few_photos_is_refused_in_words(shell: Shell) -> None:
    done = shell("index", "build", "--anew", code=7, MINDSEYE_INDEX="PQ10")
    assert "mindseye index build" in done.stderr


@pytest.mark.parametrize("command", [("index", "build"), ("ingest", ".")])
def test_a_kind_that_cannot_be_kept_is_refused_before_any_work(
    shell: Shell, command: tuple[str, ...], tmp_path: Path
) -> None:
    done = shell(*command, code=2, MINDSEYE_INDEX="IVF1024,PQ33")
    assert "the setting 'index' must be `auto`, `flat` or a FAISS factory string" in done.stderr
    assert "IVF4096,RaBitQ" in done.stderr


def test_a_library_that_is_not_there_has_no_index(empty: Shell) -> None:
    assert "there is no library" in empty("index", "status", code=3).stderr
