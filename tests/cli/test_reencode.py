"""`mindseye reencode`, and what the other commands say of a library's encoder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

from mindseye.library import Library

NEW = "test-colours:new"


def test_a_change_says_what_it_did_and_what_is_searched_now(shell: Shell) -> None:
    done = shell("reencode", "--encoder", NEW)
    assert f"3 encoded by {NEW} in " in done.stdout
    assert f"the library is searched by {NEW} now" in done.stdout
    shell.environment["MINDSEYE_ENCODER"] = ""
    assert f"encoded    3 of 3 (100.0%) by {NEW}" in shell("status").stdout
    assert len(shell("search", "red").stdout.splitlines()) == 2


def test_json_holds_the_whole_report(shell: Shell) -> None:
    report = json.loads(shell("reencode", "--encoder", NEW, "--drop", "--json").stdout)
    assert (report["encoder"], report["before"]) == (NEW, "test-colours")
    assert (report["encoded"], report["dropped"], report["swapped"]) == (3, 3, True)


def test_a_setting_that_differs_from_the_library_is_announced_everywhere(
    shell: Shell, photos: Path
) -> None:
    hint = f"mindseye reencode --encoder {NEW}"
    shell.environment["MINDSEYE_ENCODER"] = NEW
    plain = shell("search", "red")
    assert len(plain.stdout.splitlines()) == 2
    assert hint in plain.stderr
    as_json = shell("search", "red", "--json")
    assert hint in json.loads(as_json.stdout)["notices"][0]
    assert as_json.stderr == ""
    assert hint in shell("ingest", str(photos)).stderr
    assert hint in shell("status").stdout
    assert hint in json.loads(shell("status", "--json").stdout)["notices"][0]
    assert hint in shell("doctor").stdout


def test_a_flag_that_differs_from_the_library_is_refused_with_the_way_out(shell: Shell) -> None:
    done = shell("search", "red", "--encoder", NEW, code=6)
    assert "the photos were encoded by test-colours" in done.stderr
    assert f"mindseye reencode --encoder {NEW}" in done.stderr


def test_an_unplugged_drive_is_an_exit_code_and_a_way_on(shell: Shell, photos: Path) -> None:
    photos.rename(photos.with_name("unplugged"))
    done = shell("reencode", "--encoder", NEW, code=1)
    assert "is its drive mounted?" in done.stdout
    assert "--anyway" in done.stdout
    assert "is searched by test-colours as before" in done.stdout
    assert "is searched by" in shell("reencode", "--encoder", NEW, "--anyway").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        ([], 2, "no encoder is asked for", "--encoder SPEC"),
        (["--encoder", "nonsense"], 2, "none of the encoders", ""),
        (["--album", "none"], 3, "there is no album 'none'", "mindseye album list"),
    ],
)
def test_a_mistake_is_answered_with_a_message_and_a_code(
    empty: Shell, arguments: list[str], code: int, message: str, hint: str
) -> None:
    empty.environment["MINDSEYE_ENCODER"] = ""
    Library.open(empty.environment["MINDSEYE_LIBRARY"]).close()
    done = empty("reencode", *arguments, code=code)
    assert message in done.stderr
    assert hint in done.stderr


def test_kept_vectors_are_forgotten_on_request_only_when_unused(shell: Shell) -> None:
    shell("reencode", "--encoder", NEW)
    assert "is searched by" in shell("forget", "--vectors-of", NEW, "--yes", code=2).stderr
    done = shell("forget", "--vectors-of", "test-colours", "--yes")
    assert done.stdout == "3 vectors forgotten\n"
    assert "Say what to forget" in shell("forget", code=2).stderr
