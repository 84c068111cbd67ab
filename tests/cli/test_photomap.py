"""`mindseye album import` and `export`, from the shell."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Shell
from tests.conftest import Paint


def test_albums_of_photomapai_are_taken_over_ingested_and_written_back(
    empty: Shell, paint: Paint, photos: Path, tmp_path: Path
) -> None:
    paint("red.png", "red", size=300)
    paint("icon.png", "red", size=32)
    config = tmp_path / "config.yaml"
    config.write_text(
        f"albums:\n  trip:\n    name: Our Trip\n    image_paths: ['{photos}']\n"
        "    index: /i.npz\n    encoder_spec: test-colours\n    min_image_bytes: 0\n"
        "    max_search_results: 5\nlocationiq_api_key: secret\n"
    )
    planned = empty("album", "import", str(config), "--dry-run")
    assert "would be added      Our Trip" in planned.stdout
    done = empty("album", "import", PHOTOMAP_CONFIG=str(config))
    assert "added      Our Trip" in done.stdout
    assert f"next: mindseye ingest {photos}" in done.stdout
    assert "locationiq_api_key" in done.stderr
    assert "secret" not in done.stdout + done.stderr
    empty("ingest", str(photos))
    found = empty("search", "red", "--album", "our trip", "--paths").stdout.splitlines()
    assert found == [str(photos / "red.png")]
    empty("album", "edit", "our trip", "--max-results", "9")
    told = json.loads(empty("album", "export", str(config), "--json").stdout)
    assert told["updated"] == ["Our Trip"]
    assert "max_search_results: 9\n" in config.read_text()
    assert "locationiq_api_key: secret\n" in config.read_text()


def test_a_configuration_that_is_not_there_is_said_so(empty: Shell, tmp_path: Path) -> None:
    done = empty("album", "import", str(tmp_path / "none.yaml"), code=3)
    assert "no configuration of PhotoMapAI" in done.stderr
