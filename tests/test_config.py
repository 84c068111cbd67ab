"""Settings come from flag, environment, file and default, in that order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mindseye.config import load_settings, setting_fields, shown_url
from mindseye.errors import ConfigError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('limit = 5\nthreads = 1\nbatch = 8\nlibrary = "~/photos"\nhidden = true\n')
    return path


def test_each_layer_outranks_the_one_below(file: Path) -> None:
    settings = load_settings(
        {"limit": 9, "threads": None},
        environment={"MINDSEYE_LIMIT": "7", "MINDSEYE_THREADS": "3"},
        file=file,
    )
    assert (settings.limit, settings.threads, settings.batch, settings.workers) == (9, 3, 8, 0)
    assert settings.source["limit"] == "flag"
    assert settings.source["threads"] == "environment"
    assert settings.source["batch"] == str(file)
    assert "workers" not in settings.source
    assert settings.library == Path("~/photos").expanduser()
    assert settings.hidden is True


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"limmit": 3}, "no setting 'limmit'"),
        ({"limit": "many"}, "must be int"),
        ({"limit": 2.5}, "must be int"),
        ({"hidden": "perhaps"}, "must be bool"),
        ({"encoder": 3}, "must be str"),
        ({"batch": 0}, "must lie in 1..1024"),
        ({"threads": -1}, "must lie in 0..1024"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(flags: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_settings(flags, environment={"MINDSEYE_CONFIG": "/dev/null"})


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings({"limmit": 3}, environment={"MINDSEYE_CONFIG": "/dev/null"})
    assert "'limit'" in caught.value.hint


def test_a_settings_file_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not there"):
        load_settings({}, environment={}, file=tmp_path / "none.toml")


def test_a_broken_settings_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("limit = = 3")
    with pytest.raises(ConfigError, match=r"broken\.toml cannot be read"):
        load_settings({}, environment={}, file=broken)


def test_every_setting_explains_itself() -> None:
    assert all(entry.metadata["help"].endswith(".") for entry in setting_fields())


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ann:s3cret@db/photos", "postgresql://ann:***@db/photos"),
        ("postgresql://ann:p%40ss@db:5432/x?sslmode=require",
         "postgresql://ann:***@db:5432/x?sslmode=require"),
        ("postgresql://db/photos?user=ann&password=s3cret", "postgresql://db/photos?user=ann&password=***"),
        ("postgresql://ann:p@ss@db/photos", "postgresql://ann:***@db/photos"),
        ("postgresql://ann@db:5432/photos?a=b", "postgresql://ann@db:5432/photos?a=b"),
        ("sqlite:////home/a:b@c/catalog.db", "sqlite:////home/a:b@c/catalog.db"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_a_library_may_be_named_by_the_url_of_its_store(tmp_path: Path) -> None:
    here, there = (
        load_settings({"library": f"postgresql://ann:{word}@db/photos"}, file=None)
        for word in ("one", "other")
    )
    assert here.store_url == "postgresql://ann:one@db/photos"
    assert here.library == there.library, "a new password is no new library"
    assert "one" not in repr(here)
    embedded = load_settings({"library": f"sqlite:///{tmp_path}/x/catalog.db"})
    assert embedded.library == tmp_path / "x"
    assert embedded.store_url == f"sqlite:///{tmp_path}/x/catalog.db"


DB = "postgresql://ann@db/photos"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (DB, f"{DB}?vectors=files", True),
        (DB, "postgresql://bob:secret@db/photos?sslmode=require", True),
        (DB, "postgresql://ann@db/more", False),
        (DB, "postgresql://ann@elsewhere/photos", False),
        (f"{DB}?port=5432", f"{DB}?port=5433", False),
        ("mariadb://a@b/c?unix_socket=/x", "mariadb://a@b/c?unix_socket=/y", False),
        (DB, "mariadb://ann@db/photos", False),
    ],
)
def test_what_lies_beside_a_store_has_a_folder_for_each_database(
    one: str, other: str, same: bool
) -> None:
    folders = [load_settings({"store": url}, environment={}).library for url in (one, other)]
    assert (folders[0] == folders[1]) == same
    assert folders[0] == load_settings({"library": one}, environment={}).library
    assert folders[0] != load_settings(environment={}).library


def test_a_folder_that_is_named_with_a_store_holds_what_lies_beside_it(file: Path) -> None:
    named = load_settings({"store": DB, "library": "/beside"}, environment={}, file=file)
    assert named.library == Path("/beside")
    # The file names the folder of another library.
    alone = load_settings({"store": DB}, environment={}, file=file)
    assert alone.library == load_settings({"store": DB}, environment={}).library
