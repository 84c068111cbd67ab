"""The command line: lines for people, tabs for pipes, JSON for programs, codes for scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.conftest import Shell
from tests.conftest import Paint

from mindseye.cli.main import COMMANDS
from mindseye.places.gazetteer import Gazetteer


def test_an_ingest_reports_what_it_did(empty: Shell, paint: Paint, photos: Path) -> None:
    paint("red.png", "red")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not really")
    done = empty("ingest", str(photos))
    assert "1 added, 0 updated, 0 moved, 0 unchanged, 1 skipped" in done.stdout
    assert f"skipped {photos / 'broken.jpg'}:" in done.stdout
    report = json.loads(empty("ingest", str(photos), "--json").stdout)
    assert (report["added"], report["unchanged"], report["skipped_before"]) == (0, 1, 1)


def test_hits_in_a_pipe_are_tab_separated(shell: Shell, photos: Path) -> None:
    lines = [line.split("\t") for line in shell("search", "red").stdout.splitlines()]
    assert [path for _, _, path in lines] == [str(photos / "red.png"), str(photos / "red-blue.png")]
    assert float(lines[0][0]) > float(lines[1][0])
    assert lines[0][1].endswith("%")


def test_paths_alone_can_end_in_nul(shell: Shell, photos: Path) -> None:
    assert shell("search", "blue", "--paths").stdout.splitlines()[0] == str(photos / "blue.png")
    assert shell("search", "blue", "-0").stdout.split("\0")[0] == str(photos / "blue.png")


def test_json_holds_scores_probabilities_and_reasons(shell: Shell, photos: Path) -> None:
    found = json.loads(shell("search", "red", "--all", "--json").stdout)
    assert [hit["relevant"] for hit in found["hits"]] == [True, True, False]
    first = found["hits"][0]
    assert first["path"] == str(photos / "red.png")
    assert first["rank"] == 1
    assert 0.5 < first["probability"] <= 1.0
    assert first["why"] == [{"term": "red", "weight": 1.0, "score": pytest.approx(1, abs=0.02)}]
    assert found["cutoff"] == 0.5


def test_nothing_relevant_is_said_and_is_no_failure(shell: Shell) -> None:
    done = shell("search", "something else")
    assert done.stdout == ""
    assert "nothing relevant among 3 pictures" in done.stderr


def test_a_picture_and_words_can_be_combined(shell: Shell, photos: Path) -> None:
    found = shell("search", "red", "--image", str(photos / "blue.png"), "--paths").stdout
    assert found.splitlines()[0] == str(photos / "red-blue.png")


def test_relevant_photos_come_by_day_and_say_why(shell: Shell) -> None:
    done = shell("search", "red name:red", "--sort", "oldest", "--by-day", "--why")
    lines = done.stdout.splitlines()
    assert lines[0].endswith("(2)")
    reasons = {line.strip() for line in lines if line.startswith("   ")}
    assert reasons >= {"+1  red: 1.000", "name:red  red.png", "name:red  red-blue.png"}


def test_the_text_that_spoke_for_a_hit_is_told(shell: Shell) -> None:
    [hit, *_] = json.loads(shell("search", "red-blue.png", "--json").stdout)["hits"]
    assert hit["mentions"] == [{"field": "name", "snippet": "red-blue.png"}]
    assert "name: red-blue.png" in shell("search", "red-blue.png", "--why").stdout


def test_pages_go_on_where_the_last_one_ended(shell: Shell) -> None:
    first = json.loads(shell("search", "--limit", "2", "--json").stdout)
    second = json.loads(shell("search", "--limit", "2", "--after", first["more"], "--json").stdout)
    assert second["more"] is None
    assert len({hit["id"] for hit in first["hits"] + second["hits"]}) == 3


def test_facets_come_with_the_filters_that_narrow_to_them(shell: Shell) -> None:
    told = json.loads(shell("search", "red", "--facets", "format,camera", "--json").stdout)
    assert told == {
        "format": [{"value": "png", "photos": 2, "filter": "format:png"}],
        "camera": [],
    }
    assert "2  png" in shell("search", "red", "--facets", "format").stdout


def test_liked_photos_steer_a_search(shell: Shell, photos: Path) -> None:
    liked = shell("search", "red", "--like", str(photos / "blue.png"), "--json")
    assert json.loads(liked.stdout)["hits"][0]["why"][0]["term"] == "red"
    done = shell("search", "red", "--unlike", str(photos / "red.png"), "--paths")
    assert done.stdout.splitlines() == [str(photos / "red-blue.png")]


def test_more_lists_the_day_of_a_photo(shell: Shell, photos: Path) -> None:
    assert len(shell("more", str(photos / "red.png"), "--paths").stdout.splitlines()) == 3
    done = shell("more", str(photos / "red.png"), "--from", "place", code=3)
    assert "no place is known" in done.stderr


def test_a_picture_comes_from_standard_input(shell: Shell, photos: Path) -> None:
    asked = ("search", "--image", "-", "--paths", "--limit", "1")
    done = shell(*asked, given=(photos / "blue.png").read_bytes())
    assert done.stdout.strip() == str(photos / "blue.png")


def test_similar_takes_a_path_or_an_id(shell: Shell, photos: Path) -> None:
    by_path = json.loads(shell("similar", str(photos / "red.png"), "--json").stdout)
    photo = json.loads(shell("show", str(photos / "red.png"), "--json").stdout)
    by_id = json.loads(shell("similar", str(photo["id"]), "--json").stdout)
    assert by_path["hits"] == by_id["hits"]
    assert by_path["hits"][0]["path"] == str(photos / "red-blue.png")


def test_show_names_the_source_of_each_field(shell: Shell, photos: Path) -> None:
    lines = shell("show", str(photos / "red.png")).stdout
    assert "64 x 64, 1 frame" in lines
    assert "[mtime]" in lines


def test_status_counts_and_gives_reasons(shell: Shell, photos: Path) -> None:
    lines = shell("status", "--skipped").stdout
    assert "encoded    3 of 3 (100.0%) by test-colours" in lines
    assert f"{photos / 'broken.jpg'}:" in lines
    facts = json.loads(shell("status", "--json").stdout)
    assert facts["coverage"]["skipped"] == 1
    assert facts["waiting"] == 0
    assert facts["bytes_on_disk"]["catalog.db"] > 0


def test_a_contact_sheet_shows_the_hits(shell: Shell, tmp_path: Path) -> None:
    sheet = tmp_path / "sheets" / "hits.png"
    shell("search", "red", "--sheet", str(sheet))
    with Image.open(sheet) as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 20)}
    assert (220, 30, 30) in colours


def test_check_finds_nothing_wrong(shell: Shell) -> None:
    assert shell("check").stdout == "all is well\n"


def test_missing_photos_are_forgotten_only_on_request(shell: Shell, photos: Path) -> None:
    (photos / "red.png").unlink()
    assert "1 missing" in shell("ingest", str(photos)).stdout
    assert json.loads(shell("status", "--json").stdout)["coverage"]["missing"] == 1
    assert shell("forget", "--missing", "--yes").stdout == "1 forgotten\n"
    assert json.loads(shell("status", "--json").stdout)["coverage"]["photos"] == 2


def test_doctor_knows_this_machine(empty: Shell) -> None:
    facts = json.loads(empty("doctor", "--json", code=0).stdout)
    kinds = {finding["kind"] for finding in facts["findings"]}
    assert kinds == {"machine", "package", "encoder", "extra", "store"}
    assert facts["settings"]["encoder"] == {"value": "test-colours", "from": "environment"}
    for finding in facts["findings"]:
        assert finding["usable"] or finding["hint"], finding


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["search", "dog"], 3, "there is no library", "mindseye ingest"),
        (["ingest", "/no/such/folder"], 3, "there is no folder", "check the path"),
        (["ingest"], 2, "Missing argument", ""),
        (["serch", "dog"], 2, "Did you mean 'search'", ""),
        (["status", "--encoder", "nonsense"], 3, "there is no library", ""),
        (["ingest", ".", "--encoder", "builtn"], 2, "none of the encoders", "'builtin'"),
        (["ingest", ".", "--encoder", "builtin:x"], 2, "has one form", ""),
        (["ingest", ".", "--store", "oracle://x"], 2, "sqlite://", ""),
        (["ingest", ".", "--batch", "0"], 2, "1..1024", ""),
        (["search", "dog", "--config", "/no/such.toml"], 2, "is not there", "--config"),
    ],
)
def test_a_mistake_is_answered_with_a_message_and_a_code(
    empty: Shell, arguments: list[str], code: int, message: str, hint: str
) -> None:
    done = empty(*arguments, code=code)
    assert message in done.stderr
    assert hint in done.stderr


@pytest.mark.parametrize(
    ("query", "offset"), [("- people", 0), ("dog + ./no.jpg", 6), ('dog + "cat', 5)]
)
def test_a_mistake_in_a_query_is_pointed_at(shell: Shell, query: str, offset: int) -> None:
    done = shell("search", "--json", "--", query, code=2)
    facts = json.loads(done.stderr)
    assert (facts["error"], facts["offset"]) == ("QueryError", offset)


def test_filters_are_typed_among_the_words(shell: Shell, photos: Path) -> None:
    found = json.loads(shell("search", "red -name:blue width:64", "--json").stdout)
    assert [hit["path"] for hit in found["hits"]] == [str(photos / "red.png")]
    assert found["filter"] == "-name:blue width:64"
    nothing = shell("search", "red date:1999")
    assert "no picture passes date:1999" in nothing.stderr


def test_a_mistake_in_a_filter_has_a_mark_under_it(shell: Shell) -> None:
    lines = shell("search", "海边 dat:2023", code=2).stderr.splitlines()
    assert lines[0] == "error: there is no field 'dat'"
    assert lines[1:3] == ["       海边 dat:2023", "            ^"]
    assert "did you mean date:" in lines[3]


def test_explain_tells_how_a_query_is_understood(empty: Shell) -> None:
    text = "2:beach date:2023 -camera:canon,nikon - people"
    facts = json.loads(empty("explain", text, "--json").stdout)
    assert [(term["value"], term["weight"]) for term in facts["terms"]] == [
        ("beach", 2.0),
        ("people", -1.0),
    ]
    assert facts["filter"] == "date:2023 -(camera:canon OR camera:nikon)"
    year, cameras = facts["filters"]
    assert (year["text"], year["start"], year["end"]) == ("date:2023", 8, 17)
    assert year["means"] == {"field": "date", "operator": "", "value": "2023"}
    assert [part["value"] for part in cameras["means"]["not"]["any"]] == ["canon", "nikon"]
    assert facts["sort"] == {"by": "relevance"}
    assert "filter  date:2023    typed as date:2023" in empty("explain", text).stdout
    assert "no term" in empty("explain", "has:gps").stdout
    assert json.loads(empty("explain", text, "--literal", "--json").stdout)["filters"] == []


def test_explain_tells_what_was_understood_of_a_sentence(empty: Shell) -> None:
    text = "newest photos of my cat in May 2019 -camera:canon"
    facts = json.loads(empty("explain", text, "--json").stdout)
    assert [(term["value"], term["pieces"]) for term in facts["terms"]] == [
        ("my cat", [{"start": 17, "end": 23}])
    ]
    said, typed = facts["filters"]
    assert (said["filter"], said["text"], said["start"]) == ("date:2019-05", "in May 2019", 24)
    assert (said["understood"], typed["understood"]) == ("taken in May 2019", "typed")
    assert (facts["sort"]["by"], facts["sort"]["text"]) == ("newest", "newest photos of")
    shown = empty("explain", text).stdout
    assert 'filter  date:2019-05    taken in May 2019, said as "in May 2019"' in shown
    assert 'sort    the newest photos first, said as "newest photos of"' in shown


@pytest.mark.parametrize(
    ("options", "settings", "filters"),
    [
        ([], {}, ["date:2019", "rating:5"]),
        (["--no-plain"], {}, ["rating:5"]),
        ([], {"MINDSEYE_PLAIN": "false"}, ["rating:5"]),
        (["--plain"], {"MINDSEYE_PLAIN": "false"}, ["date:2019", "rating:5"]),
        (["--literal"], {}, []),
    ],
)
def test_plain_language_can_be_switched_off(
    empty: Shell, options: list[str], settings: dict[str, str], filters: list[str]
) -> None:
    told = empty("explain", "cat in 2019 rating:5", "--json", *options, **settings).stdout
    assert [part["filter"] for part in json.loads(told)["filters"]] == filters


def test_a_search_reads_sentences(shell: Shell) -> None:
    text = "red in 1999"
    assert json.loads(shell("search", text, "--json").stdout)["filter"] == "date:1999"
    assert "understood as date:1999; --no-plain takes it as words" in shell("search", text).stderr
    assert json.loads(shell("search", text, "--no-plain", "--json").stdout)["filter"] is None


def test_a_search_looks_in_pictures_for_a_place_that_no_photo_is_from(shell: Shell) -> None:
    Gazetteer.open().close()
    told = shell("search", "red in Paris")
    assert "no photo is known to be from Paris" in told.stderr
    assert told.stdout == shell("search", "red in Paris", "--no-plain").stdout
    assert "no picture passes" in shell("search", "red place:paris").stderr


def test_explain_lists_every_field(empty: Shell) -> None:
    lines = empty("explain", "--fields").stdout.splitlines()
    rows = json.loads(empty("explain", "--fields", "--json").stdout)["fields"]
    assert [row["example"] for row in rows] == [line.split("  ")[0] for line in lines]


def test_the_library_can_be_damaged_without_a_traceback(shell: Shell, tmp_path: Path) -> None:
    catalog = tmp_path / "library" / "catalog.db"
    for extra in ("-wal", "-shm"):
        Path(f"{catalog}{extra}").unlink(missing_ok=True)
    catalog.write_bytes(b"this is no database at all, but it is long enough" * 100)
    assert "damaged" in shell("search", "red", code=7).stderr
    assert "damaged" in shell("doctor", code=1).stdout


def test_a_reader_that_leaves_is_no_error(shell: Shell) -> None:
    program = f'"{sys.executable}" -c "from mindseye.cli.main import run; run()"'
    done = subprocess.run(
        ["bash", "-c", f"{program} search red --json | head -c 1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        env=shell.environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(empty: Shell, command: str) -> None:
    help_text = empty(command, "--help").stdout
    assert help_text.startswith(f"Usage: mindseye {command}")
    assert len(help_text.splitlines()) > 5


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(empty: Shell, shell_name: str) -> None:
    assert "mindseye" in empty("completion", shell_name).stdout


@pytest.mark.parametrize(
    ("typed", "completed"), [("cam", "camera:"), ("'dog -type:r", "dog -type:raw"), ("zz", "")]
)
def test_completion_knows_filters(empty: Shell, typed: str, completed: str) -> None:
    done = empty(_MINDSEYE_COMPLETE="fish_complete", COMP_WORDS="mindseye search", COMP_CWORD=typed)
    assert done.stdout.split("plain,")[-1].strip() == completed


def test_completion_knows_commands(empty: Shell) -> None:
    done = empty(
        code=0, _MINDSEYE_COMPLETE="bash_complete", COMP_WORDS="mindseye sea", COMP_CWORD="1"
    )
    assert "search" in done.stdout
