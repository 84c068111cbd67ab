"""What is searched: the recorded encoder, unless a flag insists; a difference is announced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from mindseye.config import Settings, load_settings
from mindseye.errors import SpecError
from mindseye.stores import open_store
from mindseye.stores.base import ENCODER, Store
from mindseye.stores.scope import canonical, scope_of
from mindseye.types import Album


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path / 'c.db'}", index_dir=tmp_path)) as store:
        yield store


def settings(variable: str = "", flag: str | None = None) -> Settings:
    environment = {"MINDSEYE_ENCODER": variable, "MINDSEYE_CONFIG": "/dev/null"}
    return load_settings({"encoder": flag}, environment=environment)


@pytest.mark.parametrize(
    ("recorded", "variable", "flag", "searched", "announced"),
    [
        pytest.param("", "", None, "builtin", False, id="a new library"),
        pytest.param("", "hub:a/b", None, "hub:a/b", False, id="a new library with a wish"),
        pytest.param("hub:a/b", "", None, "hub:a/b", False, id="no wish"),
        pytest.param("hub:a/b", "hub:a/b", None, "hub:a/b", False, id="the same wish"),
        pytest.param("hub:a/b", "hub:c/d", None, "hub:a/b", True, id="another wish"),
        pytest.param("hub:a/b", "hub:c/d", "hub:e/f", "hub:e/f", False, id="a flag insists"),
    ],
)
def test_a_library_is_searched_by_what_it_recorded(
    store: Store, recorded: str, variable: str, flag: str | None, searched: str, *, announced: bool
) -> None:
    if recorded:
        store.choices.put(ENCODER, recorded)
    scope = scope_of(store, settings(variable, flag))
    assert scope.encoder == searched
    assert bool(scope.notices) is announced
    assert all(f"mindseye reencode --encoder {variable}" in told for told in scope.notices)


@pytest.mark.parametrize(
    ("wanted", "searched_by", "searched", "announced"),
    [
        ("", "", "hub:a/b", False),
        ("hub:a/b", "", "hub:a/b", False),
        ("hub:c/d", "", "hub:a/b", True),
        ("hub:c/d", "hub:c/d", "hub:c/d", False),
        ("hub:e/f", "hub:c/d", "hub:c/d", True),
        ("", "hub:c/d", "hub:c/d", True),
    ],
)
def test_an_album_is_searched_by_its_own_encoder_once_it_is_built(
    store: Store, wanted: str, searched_by: str, searched: str, *, announced: bool
) -> None:
    store.choices.put(ENCODER, "hub:a/b")
    album = Album("my album", ("/x",), encoder=wanted, searched_by=searched_by)
    scope = scope_of(store, settings(), album)
    assert (scope.encoder, scope.album) == (searched, album)
    assert bool(scope.notices) is announced
    assert all("mindseye reencode --album 'my album'" in told for told in scope.notices)


def test_a_recorded_model_directory_is_found_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert canonical("local:models/clip") == f"local:{tmp_path}/models/clip"
    assert canonical(f"local:{tmp_path}") == f"local:{tmp_path}"
    assert canonical(" builtin ") == "builtin"


def test_a_setting_that_is_no_spec_is_refused(store: Store) -> None:
    with pytest.raises(SpecError):
        scope_of(store, settings(":"))
