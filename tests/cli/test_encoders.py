"""`mindseye encoders` lists, advises, fetches and checks; each is run as a user would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Shell
from tests.conftest import Paint
from tests.encoders.hub_server import COMMIT, FakeHub, serving

from mindseye.cli.encoders import rough

SPEC = "uform:org/tiny"


@pytest.fixture
def shell(empty: Shell) -> Shell:
    return empty


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A UForm of a few numbers."""
    reason = 'pip install "mindseye[encoders]" brings what models are made with'
    for package in ("onnx", "tokenizers", "huggingface_hub"):
        pytest.importorskip(package, reason=reason)
    from tests.encoders.checkpoints import make_uform

    folder = make_uform(tmp_path_factory.mktemp("tiny"))
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return {**found, "image_encoder.pt": b"never"}


@pytest.fixture
def hub(files: dict[str, bytes], shell: Shell) -> Iterator[FakeHub]:
    with serving(FakeHub({"org/tiny": dict(files)})) as hub:
        shell.environment["HF_ENDPOINT"] = hub.endpoint
        shell.environment.pop("HF_HUB_OFFLINE", None)
        yield hub


def test_no_command_lists_what_is_worth_a_look(shell: Shell) -> None:
    rows = [line.split("\t") for line in shell("encoders").stdout.splitlines()]
    assert rows[0][0] == "builtin"
    assert rows[0][-1] == "here"
    listed = {row[0]: row[1:] for row in rows}
    best = listed["siglip:google/siglip2-base-patch16-224"]
    assert best == ["768", "over 100", "Apache-2.0", "75.2 / 64.4", "5.81", "~1.5 GB", ""]
    assert 30 < len(rows) < 60


def test_everything_known_can_be_listed_and_searched(shell: Shell) -> None:
    everything = shell("encoders", "--all").stdout.splitlines()
    assert len(everything) > 170
    found = shell("encoders", "list", "--search", "DFN").stdout.splitlines()
    assert 5 < len(found) < 20
    assert all("dfn" in line.lower() for line in found)


def test_the_list_as_json_names_every_source(shell: Shell) -> None:
    entries = json.loads(shell("encoders", "list", "--json").stdout)["encoders"]
    entry = next(entry for entry in entries if entry["spec"] == "openai-clip:ViT-B/32")
    assert entry["downloaded"] is False
    assert entry["quality"]["source"].startswith("Immich")
    assert entry["minimum"] == {
        "value": 0.2,
        "judged_by": "score",
        "source": "PhotoMapAI, encoders.py",
    }


def test_an_encoder_is_fetched_checked_and_listed(shell: Shell, hub: FakeHub) -> None:
    done = json.loads(shell("encoders", "fetch", SPEC, "--json").stdout)
    assert done["manifest"]["commit"] == COMMIT
    assert Path(done["folder"]).is_relative_to(shell.environment["MINDSEYE_LIBRARY"])
    assert "image_encoder.pt" not in hub.downloads()

    found = json.loads(shell("encoders", "check", SPEC, "--json").stdout)
    assert (found["spec"], found["layout"], found["dim"]) == (SPEC, "UForm 3", 16)
    assert found["files"]["problems"] == []
    assert found["pictures_per_second"] > 0
    assert found["text_milliseconds"] > 0
    assert found["cosine"] > 0.99
    assert found["image_runtime"]

    lines = shell("encoders", "check", SPEC).stdout
    assert f"{SPEC} (UForm 3)" in lines
    assert "16 dimensions" in lines

    listed = [line.split("\t") for line in shell("encoders").stdout.splitlines()]
    assert [row[-1] for row in listed if row[0] == SPEC] == ["here"]


def test_what_was_fetched_can_be_searched_with(
    shell: Shell, hub: FakeHub, paint: Paint, photos: Path
) -> None:
    paint("red.png", "red")
    paint("blue.png", "blue")
    missing = shell("ingest", str(photos), "--encoder", SPEC, code=6)
    assert f"mindseye encoders fetch {SPEC}" in missing.stderr
    shell("encoders", "fetch", SPEC)
    shell("ingest", str(photos), "--encoder", SPEC)
    found = shell("similar", str(photos / "red.png"), "--encoder", SPEC, "--json").stdout
    assert json.loads(found)["hits"][0]["path"] == str(photos / "blue.png")


def test_a_revision_is_pinned_by_option_or_in_the_spec(shell: Shell, hub: FakeHub) -> None:
    by_option = shell("encoders", "fetch", SPEC, "--revision", COMMIT, "--json").stdout
    in_spec = shell("encoders", "fetch", f"{SPEC}@{COMMIT}", "--json").stdout
    assert json.loads(by_option)["folder"] == json.loads(in_spec)["folder"]
    assert json.loads(by_option)["spec"] == f"{SPEC}@{COMMIT}"


def test_a_damaged_file_is_found_and_mended(shell: Shell, hub: FakeHub) -> None:
    folder = Path(json.loads(shell("encoders", "fetch", SPEC, "--json").stdout)["folder"])
    path = folder / "text_encoder.onnx"
    path.write_bytes(bytes(path.stat().st_size))
    done = shell("encoders", "check", SPEC, code=1)
    assert done.stdout == "found: text_encoder.onnx is damaged: its sha256 is another one\n"
    assert f"`mindseye encoders fetch {SPEC}` mends it" in done.stderr
    path.unlink()
    facts = json.loads(shell("encoders", "check", SPEC, "--json", code=1).stdout)
    assert facts["files"]["problems"] == ["text_encoder.onnx is missing"]
    shell("encoders", "fetch", SPEC)
    shell("encoders", "check", SPEC)


def test_an_interrupted_fetch_keeps_what_it_has(shell: Shell, hub: FakeHub) -> None:
    hub.repositories["org/tiny"]["image_encoder.onnx"] = bytes(3_000_000)
    hub.cuts["image_encoder.onnx"] = [1_000_000] * 50
    program = "from mindseye.cli.main import run; run()"
    running = subprocess.Popen(
        [sys.executable, "-c", program, "encoders", "fetch", SPEC],
        env=shell.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not hub.ranges("image_encoder.onnx"):
        time.sleep(0.02)
    os.kill(running.pid, signal.SIGINT)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130, told
    assert "the download was stopped" in told
    assert "goes on from there" in told
    hub.cuts.clear()
    shell("encoders", "fetch", SPEC)
    assert hub.ranges("image_encoder.onnx")[-1].startswith("bytes=")


def test_the_shipped_encoder_can_be_checked(shell: Shell) -> None:
    found = json.loads(shell("encoders", "check", "builtin", "--json").stdout)
    assert (found["layout"], found["dim"], found["files"]) == ("shipped", 512, None)


def test_advice_names_this_machine_its_reasons_and_the_time(
    shell: Shell, paint: Paint, photos: Path
) -> None:
    lines = shell("encoders", "advise").stdout
    for expected in ("this machine:", "best for Chinese:", "Crossmodal-3600", "10,000 photos"):
        assert expected in lines
    paint("red.png", "red")
    shell("ingest", str(photos))
    facts = json.loads(shell("encoders", "advise", "--json").stdout)
    assert facts["in_library"] == 1
    assert facts["machine"]["speed"]["gflops"] > 0
    for advice in facts["advice"]:
        assert advice["reason"]
        assert advice["seconds"] == pytest.approx(1 / advice["pictures_per_second"])


@pytest.mark.parametrize(
    ("arguments", "code", "message", "hint"),
    [
        (["check", "open-clip:ViT-B-23/openai"], 2, "none of the", "open-clip:ViT-B-32/openai"),
        (["check", "siglip:google/unheard"], 6, "not on this machine", "encoders fetch siglip:"),
        (["fetch", "builtin"], 2, "not an encoder that can be fetched", "as it is"),
        (["fetch", "siglip:"], 2, "not an encoder spec", "mindseye encoders"),
        (["fetch", "siglip:google/x"], 6, "HF_HUB_OFFLINE is set", "place the files of google/x"),
        (["fetsh", "siglip:google/x"], 2, "No such command 'fetsh'", ""),
    ],
)
def test_a_mistake_is_answered(
    shell: Shell, arguments: list[str], code: int, message: str, hint: str
) -> None:
    shell.environment["HF_HUB_OFFLINE"] = "1"
    done = shell("encoders", *arguments, code=code)
    assert message in done.stderr
    assert hint in done.stderr


def test_specs_are_completed(shell: Shell) -> None:
    done = shell(
        _MINDSEYE_COMPLETE="zsh_complete",
        COMP_WORDS="mindseye encoders fetch siglip:google/siglip2-l",
        COMP_CWORD="3",
    )
    assert "siglip2-large-patch16-256" in done.stdout
    assert "base" not in done.stdout


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "a second"), (20, "20 seconds"), (50, "a minute"), (89, "a minute"),
        (100, "2 minutes"), (4000, "67 minutes"), (5400, "2 hours"), (40_000, "11 hours"),
        (200_000, "2 days"), (9_000_000, "100 days"),
    ],
)  # fmt: skip
def test_an_estimate_has_no_more_digits_than_it_deserves(seconds: float, words: str) -> None:
    assert rough(seconds) == words
