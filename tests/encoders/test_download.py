"""Encoders are fetched whole or not at all, resumed, verified, and only when asked for."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from tests.encoders.hub_server import COMMIT, FakeHub, serving

from mindseye.encoders.known import manifest
from mindseye.encoders.known.download import Progress, fetch, fetched, is_present, locate
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import EncoderError, MissingExtra, SpecError, WeightsUnavailable

pytest.importorskip(
    "huggingface_hub", reason='pip install "mindseye[encoders]" brings the hub\'s library'
)

SPEC = EncoderSpec.parse("siglip:org/tiny")
PAIR = EncoderSpec.parse("open-clip:xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k")
WEIGHTS = random.Random(3).randbytes(3_000_000)
FILES = {
    "README.md": b"a card",
    "config.json": b'{"model_type": "siglip"}',
    "model.safetensors": WEIGHTS,
    "preprocessor_config.json": b"{}",
    "pytorch_model.bin": WEIGHTS,
    "tokenizer.json": b"{}" * 400,
}
WANTED = ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer.json"]

NO_PAUSE = (0.0, 0.0)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with serving(FakeHub({"org/tiny": dict(FILES)})) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield hub


@pytest.fixture
def options(tmp_path: Path) -> RunOptions:
    return RunOptions(models=tmp_path / "models")


def get(
    options: RunOptions,
    spec: EncoderSpec = SPEC,
    progress: Callable[[Progress], None] = lambda _: None,
    cancel: Event | None = None,
) -> Path:
    return fetch(spec, options, progress=progress, cancel=cancel, pauses=NO_PAUSE)


def held(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in files)


def test_only_what_a_layout_needs_is_fetched(hub: FakeHub, options: RunOptions) -> None:
    folder = get(options)
    assert folder == options.models / "siglip/org/tiny"
    assert held(folder) == sorted([*WANTED, "fetched.json"])
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert locate(SPEC, options) == folder
    assert is_present(SPEC, options)


def test_the_manifest_tells_where_the_files_came_from(hub: FakeHub, options: RunOptions) -> None:
    folder = get(options)
    one = manifest.read(folder)
    assert one is not None
    assert (one.spec, one.repository, one.commit) == ("siglip:org/tiny", "org/tiny", COMMIT)
    assert [file.name for file in one.files] == WANTED
    assert list(manifest.problems(folder, one)) == []
    assert fetched(options.models) == [one]


def test_progress_ends_at_all_bytes(hub: FakeHub, options: RunOptions) -> None:
    seen: list[Progress] = []
    get(options, progress=seen.append)
    total = sum(len(FILES[name]) for name in WANTED)
    assert (seen[-1].done, seen[-1].total) == (total, total)
    assert [entry.done for entry in seen] == sorted(entry.done for entry in seen)


def test_a_broken_connection_is_resumed_where_it_broke(hub: FakeHub, options: RunOptions) -> None:
    hub.cuts["model.safetensors"] = [1_000_000, 2_000_000]
    folder = get(options)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    starts = [int(asked[6:-1]) for asked in hub.ranges("model.safetensors") if asked]
    assert len(starts) == 2
    assert 500_000 < starts[0] <= 1_000_000 < starts[1] <= 2_000_000


def test_a_later_fetch_goes_on_where_an_earlier_one_gave_up(
    hub: FakeHub, options: RunOptions
) -> None:
    hub.cuts["model.safetensors"] = [1_000_000] * 4
    with pytest.raises(WeightsUnavailable, match="cannot be reached") as caught:
        get(options)
    assert "goes on from there" in caught.value.hint
    with pytest.raises(WeightsUnavailable, match="only in part"):
        locate(SPEC, options)
    hub.requests.clear()
    hub.cuts.clear()
    get(options)
    assert "config.json" in hub.downloads() or "config.json" in FILES
    [asked] = hub.ranges("model.safetensors")
    assert int(asked[6:-1]) > 500_000
    assert not (options.models / "siglip/org/tiny" / manifest.UNFINISHED).exists()


def test_a_server_that_ignores_ranges_is_read_from_the_start(
    hub: FakeHub, options: RunOptions
) -> None:
    hub.ignores_ranges = True
    hub.cuts["model.safetensors"] = [1_000_000]
    seen: list[Progress] = []
    folder = get(options, progress=seen.append)
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    assert seen[-1].done == seen[-1].total


def test_a_redirect_to_another_address_is_followed(hub: FakeHub, options: RunOptions) -> None:
    hub.redirects = True
    assert (get(options) / "model.safetensors").read_bytes() == WEIGHTS


def test_a_busy_server_is_asked_again(hub: FakeHub, options: RunOptions) -> None:
    hub.answers = [503, 429]
    assert (get(options) / "model.safetensors").read_bytes() == WEIGHTS


def test_a_server_that_stays_busy_is_given_up(hub: FakeHub, options: RunOptions) -> None:
    hub.answers = [503] * 9
    with pytest.raises(WeightsUnavailable, match="503") as caught:
        get(options)
    assert "model.safetensors" in caught.value.hint


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_damaged_bytes_are_fetched_once_more(hub: FakeHub, options: RunOptions, name: str) -> None:
    hub.wrong[name] = 1
    assert (get(options) / name).read_bytes() == FILES[name]
    assert len(hub.ranges(name)) == 2


@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_wrong_bytes_are_refused_and_removed(hub: FakeHub, options: RunOptions, name: str) -> None:
    hub.wrong[name] = 9
    with pytest.raises(WeightsUnavailable, match=f"{name} arrived damaged"):
        get(options)
    folder = options.models / "siglip/org/tiny"
    assert not (folder / name).exists()
    assert not any(name in path for path in held(folder))
    assert not is_present(SPEC, options)


def test_a_whole_model_is_not_fetched_again(hub: FakeHub, options: RunOptions) -> None:
    get(options)
    hub.requests.clear()
    get(options)
    assert hub.downloads() == []


def test_files_placed_by_hand_are_used_and_completed(hub: FakeHub, options: RunOptions) -> None:
    folder = options.models / "siglip/org/tiny"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    assert locate(SPEC, options) == folder
    get(options)
    assert "model.safetensors" not in hub.downloads()
    assert manifest.read(folder) is not None


def test_a_newer_commit_replaces_the_old_files_only_when_it_is_whole(
    hub: FakeHub, options: RunOptions
) -> None:
    folder = get(options)
    newer = bytes(reversed(WEIGHTS))
    hub.repositories["org/tiny"]["model.safetensors"] = newer
    hub.commit = "b" * 40
    hub.cuts["model.safetensors"] = [1_000_000] * 4
    with pytest.raises(WeightsUnavailable):
        get(options)
    assert locate(SPEC, options) == folder
    assert (folder / "model.safetensors").read_bytes() == WEIGHTS
    hub.cuts.clear()
    get(options)
    assert (folder / "model.safetensors").read_bytes() == newer
    there = manifest.read(folder)
    assert there is not None
    assert there.commit == hub.commit


def test_a_pinned_revision_has_a_folder_of_its_own(hub: FakeHub, options: RunOptions) -> None:
    pinned = EncoderSpec.parse(f"siglip:org/tiny@{COMMIT}")
    folder = get(options, pinned)
    assert folder.name == f"tiny@{COMMIT}"
    assert locate(pinned, options) == folder
    assert not is_present(SPEC, options)


def test_an_unpinned_fetch_answers_a_pin_of_its_commit(hub: FakeHub, options: RunOptions) -> None:
    folder = get(options)
    assert locate(EncoderSpec.parse(f"siglip:org/tiny@{COMMIT[:8]}"), options) == folder
    assert not is_present(EncoderSpec.parse("siglip:org/tiny@bbbbbbbb"), options)


def test_a_missing_tokenizer_is_borrowed_from_the_repository_that_has_it(
    hub: FakeHub, options: RunOptions
) -> None:
    source = "laion/CLIP-ViT-B-32-xlm-roberta-base-laion5B-s13B-b90k"
    hub.repositories[source] = {
        "open_clip_config.json": b"{}",
        "open_clip_model.safetensors": WEIGHTS,
    }
    tokenizers = {"tokenizer.json": b"[]", "config.json": b"no", "model.safetensors": b"no"}
    hub.repositories["FacebookAI/xlm-roberta-base"] = tokenizers
    folder = get(options, PAIR)
    assert folder == options.models / "open-clip/xlm-roberta-base-ViT-B-32/laion5b_s13b_b90k"
    expected = ["fetched.json", "open_clip_config.json", "open_clip_model.safetensors"]
    assert held(folder) == [*expected, "tokenizer.json"]


def test_a_cancelled_fetch_keeps_what_it_has(hub: FakeHub, options: RunOptions) -> None:
    cancel = Event()

    def stop_half_way(progress: Progress) -> None:
        if progress.done > 1_000_000:
            cancel.set()

    with pytest.raises(WeightsUnavailable, match="was stopped") as caught:
        get(options, progress=stop_half_way, cancel=cancel)
    assert "goes on from there" in caught.value.hint
    hub.requests.clear()
    get(options)
    assert hub.ranges("model.safetensors")[0].startswith("bytes=")


def test_a_second_fetch_of_the_same_is_refused_while_one_runs(
    hub: FakeHub, options: RunOptions
) -> None:
    seen: list[str] = []

    def try_again(_: Progress) -> None:
        if not seen:
            with pytest.raises(EncoderError, match="another process") as caught:
                get(options)
            seen.append(caught.value.hint)

    get(options, progress=try_again)
    assert seen == ["wait for it or stop it"]


@pytest.mark.parametrize(
    ("spec", "kind", "message"),
    [
        ("siglip:org/none", SpecError, "no repository org/none"),
        ("siglip:org/tiny@v9", SpecError, "no revision 'v9'"),
        ("siglip:../../etc", SpecError, "ORG/NAME"),
        ("siglip:org", SpecError, "ORG/NAME"),
        ("builtin", SpecError, "not an encoder that can be fetched"),
    ],
)
def test_what_no_hub_has_is_said(
    hub: FakeHub, options: RunOptions, spec: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        get(options, EncoderSpec.parse(spec))


def test_terms_that_must_be_accepted_are_named(hub: FakeHub, options: RunOptions) -> None:
    hub.gated = True
    with pytest.raises(WeightsUnavailable, match="accepted its terms") as caught:
        get(options)
    assert "HF_TOKEN" in caught.value.hint


def test_pickled_weights_are_refused(hub: FakeHub, options: RunOptions) -> None:
    hub.repositories["org/tiny"] = {"config.json": b"{}", "pytorch_model.bin": b"x"}
    with pytest.raises(WeightsUnavailable, match="only pickled weights"):
        get(options)
    assert hub.downloads() == []


def test_offline_says_what_to_place_where(
    hub: FakeHub, options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(WeightsUnavailable, match="HF_HUB_OFFLINE") as caught:
        get(options)
    folder = options.models / "siglip/org/tiny"
    assert "place the files of org/tiny (config.json, " in caught.value.hint
    assert f" in {folder}" in caught.value.hint
    assert hub.requests == []


def test_no_network_says_what_to_place_where(
    options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsUnavailable, match="cannot be reached") as caught:
        get(options, PAIR)
    assert "open_clip_model.safetensors" in caught.value.hint
    assert "HF_ENDPOINT names a mirror" in caught.value.hint


def test_without_the_hubs_library_the_line_that_installs_it_is_told(
    options: RunOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra) as caught:
        get(options)
    assert caught.value.hint == 'pip install "mindseye[encoders]"'


def test_a_missing_encoder_says_how_to_get_it(options: RunOptions) -> None:
    with pytest.raises(WeightsUnavailable, match="not on this machine") as caught:
        locate(EncoderSpec.parse("siglip:org/tiny?dimensions=64"), options)
    assert caught.value.hint.startswith("`mindseye encoders fetch siglip:org/tiny`")


def test_a_local_folder_is_found_by_its_path(options: RunOptions, tmp_path: Path) -> None:
    assert locate(EncoderSpec.parse(f"local:{tmp_path}"), options) == tmp_path
    with pytest.raises(WeightsUnavailable, match="there is no folder"):
        locate(EncoderSpec.parse(f"local:{tmp_path}/none"), options)


def test_a_full_disk_is_told_before_anything_is_fetched(hub: FakeHub, options: RunOptions) -> None:
    listed = hub.info("org/tiny")

    def huge(_: str) -> dict[str, object]:
        entries = listed["siblings"]
        assert isinstance(entries, list)
        for entry in entries:
            if entry["rfilename"] == "model.safetensors":
                entry["size"] = entry["lfs"]["size"] = 10**18
        return listed

    hub.info = huge  # type: ignore[method-assign]
    with pytest.raises(WeightsUnavailable, match="has room for") as caught:
        get(options)
    assert "make room" in caught.value.hint
    assert hub.downloads() == []


SCRIPT = """
import resource, signal, sys
from pathlib import Path
from mindseye.encoders.known.download import fetch
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import MindseyeError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
try:
    fetch(EncoderSpec.parse("siglip:org/tiny"), RunOptions(models=Path(sys.argv[1])), pauses=(0.0,))
except MindseyeError as error:
    sys.exit(f"{type(error).__name__}: {error.message} / {error.hint}")
"""


def test_a_process_that_cannot_write_on_leaves_what_a_later_one_goes_on_from(
    hub: FakeHub, options: RunOptions
) -> None:
    def run(limit: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", SCRIPT, str(options.models), str(limit)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ,
        )

    refused = run(1_500_000)
    assert "WeightsUnavailable: org/tiny cannot be kept here" in refused.stderr
    assert "model.safetensors" in refused.stderr
    assert run(10**9).returncode == 0
    assert hub.ranges("model.safetensors")[-1].startswith("bytes=")
    assert (locate(SPEC, options) / "model.safetensors").read_bytes() == WEIGHTS


def test_a_damaged_manifest_is_no_manifest(hub: FakeHub, options: RunOptions) -> None:
    folder = get(options)
    (folder / manifest.NAME).write_text("{", encoding="utf-8")
    assert manifest.read(folder) is None
    get(options)
    assert json.loads((folder / manifest.NAME).read_text())["commit"] == COMMIT


def test_damage_on_this_disk_is_found(hub: FakeHub, options: RunOptions) -> None:
    folder = get(options)
    one = manifest.read(folder)
    assert one is not None
    (folder / "config.json").unlink()
    (folder / "tokenizer.json").write_bytes(b"short")
    (folder / "model.safetensors").write_bytes(bytes(len(WEIGHTS)))
    assert list(manifest.problems(folder, one)) == [
        "config.json is missing",
        "model.safetensors is damaged: its sha256 is another one",
        "tokenizer.json has 5 bytes, not 800",
    ]
