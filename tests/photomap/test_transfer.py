"""Albums of a config.yaml, to and fro: what is mapped, what is kept, and what is refused."""

from __future__ import annotations

import io
import json
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from mindseye.errors import ConfigError, MissingExtra, NotFound
from mindseye.photomap.document import Document, config_path
from mindseye.photomap.entry import LEGACY, gate, sizes_of
from mindseye.photomap.transfer import Transfer, export_albums, import_albums
from mindseye.search.albums import checked
from mindseye.stores import open_store
from mindseye.stores.base import Store
from mindseye.testing.samples import put_some
from mindseye.types import Album

SECRET = "s3cret-of-the-service"

THEIRS = f"""\
# My own notes.
albums:
  family:
    description: 'Trips, and more'   # keep the quotes
    encoder_spec: siglip:google/siglip2-base-patch16-256
    image_paths:
    - /photos/family   # the good ones
    - /photos/more
    index: /photos/family/photomap_index/embeddings.npz
    max_search_results: 60
    min_image_bytes: 4096
    min_image_dimension: 128
    min_search_score: 0.020
    name: Family Photos
    source_type: directory
    umap_eps: 0.07
    use_query_optimization: false
    mine: {{colour: red}}
  old:
    name: Old
    image_paths: [/photos/old]
    index: /photos/old/photomap_index/embeddings.npz
  boards:
    name: Boards
    source_type: invokeai_board
    invokeai_url: http://localhost:9090
    invokeai_password: {SECRET}
    invokeai_root: /invoke
    invokeai_board_ids: [none]
    image_paths: [/invoke/outputs/images]
    index: /data/boards/embeddings.npz
config_version: 1.0.0
encoder_idle_timeout_seconds: 30.0
invokeai_board_id: null
invokeai_password: {SECRET}
locationiq_api_key: {SECRET}
# The end.
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path / 'c.db'}", index_dir=tmp_path)) as store:
        yield store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(THEIRS)
    return path


def theirs(path: Path) -> dict[str, Any]:
    """The file as PhotoMapAI reads it: by the rules of YAML 1.1."""
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)  # type: ignore[assignment]
    read: dict[str, Any] = yaml.load(path.read_text())
    return read


def take_over(store: Store, path: Path, **options: bool) -> Transfer:
    return import_albums(store, Document.load(path), **options)


def bring(store: Store, path: Path, **options: bool) -> Transfer:
    return export_albums(store, Document.open(path), **options)


def put(store: Store, album: Album) -> Album:
    return store.albums.put(checked(store, album))


def test_albums_are_taken_over_with_all_that_has_a_counterpart(store: Store, file: Path) -> None:
    done = take_over(store, file)
    assert (done.added, done.updated, done.unchanged) == (["Family Photos", "Old"], [], [])
    family, old = store.albums
    assert replace(family, id=0, created_at=None) == Album(
        "Family Photos",
        ("/photos/family", "/photos/more"),
        "Trips, and more",
        "siglip:google/siglip2-base-patch16-256",
        min_score=0.02,
        max_results=60,
        optimise=False,
        search="width:>=128 height:>=128 size:>=4096",
    )
    assert (old.encoder, old.min_score, old.max_results, old.optimise) == (LEGACY, None, 100, True)
    assert old.search == "width:>=256 height:>=256 size:>=8192"
    assert done.folders == []  # none of them is there
    assert "Old: the folder /photos/old is not there" in done.notices
    assert "Family Photos: not used here, and kept in the file: mine, umap_eps" in done.notices


def test_what_cannot_be_taken_over_is_told_without_its_values(store: Store, file: Path) -> None:
    done = take_over(store, file)
    assert [(left.path, left.reason) for left in done.left_out] == [
        ("Boards", "its photos come from boards of InvokeAI, not from folders")
    ]
    [unused] = [told for told in done.notices if told.startswith("not used here")]
    assert "locationiq_api_key" in unused
    assert SECRET not in repr(done)


def test_folders_that_are_there_and_not_yet_covered_are_to_be_ingested(
    store: Store, file: Path, tmp_path: Path
) -> None:
    known, new = tmp_path / "known", tmp_path / "new"
    for folder in (known, new):
        folder.mkdir()
    store.files.add_root(str(known))
    file.write_text(f"albums: {{a: {{image_paths: ['{known}', '{new}']}}}}")
    assert take_over(store, file).folders == [str(new)]


def test_taking_over_twice_changes_nothing(store: Store, file: Path) -> None:
    take_over(store, file)
    before = list(store.albums)
    again = take_over(store, file)
    assert (again.added, again.updated) == ([], [])
    assert again.unchanged == ["Family Photos", "Old"]
    assert list(store.albums) == before


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store, file: Path) -> None:
    planned = take_over(store, file, dry_run=True)
    assert list(store.albums) == []
    assert replace(planned, dry_run=False) == take_over(store, file)
    store.albums.put(replace(store.albums.get("Old"), description="changed"))
    assert bring(store, file, dry_run=True).updated == ["Old"]
    assert file.read_text() == THEIRS


def test_an_album_that_is_known_is_brought_to_the_file_and_keeps_its_own_search(
    store: Store, file: Path
) -> None:
    put(store, Album("OLD", ("/elsewhere",), search="rating:>=4", description="ours"))
    assert take_over(store, file).updated == ["Old"]
    old = store.albums.get("old")
    assert (old.name, old.folders, old.search) == ("OLD", ("/photos/old",), "rating:>=4")


def test_what_was_taken_over_is_written_back_without_touching_a_byte(
    store: Store, file: Path
) -> None:
    take_over(store, file)
    before = file.stat()
    done = bring(store, file)
    assert (done.added, done.updated) == ([], [])
    assert sorted(done.unchanged) == ["Family Photos", "Old"]
    assert file.read_text() == THEIRS
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_only_what_was_edited_changes_in_the_file(store: Store, file: Path) -> None:
    take_over(store, file)
    family = store.albums.get("Family Photos")
    put(store, replace(family, max_results=7, description="no", search="width:>=300 height:>=300"))
    assert bring(store, file).updated == ["Family Photos"]
    lines, before = file.read_text().splitlines(), THEIRS.splitlines()
    changed = [new.split() for old, new in zip(before, lines, strict=True) if old != new]
    assert [" ".join(words) for words in changed] == [
        'description: "no" # keep the quotes',
        "max_search_results: 7",
        "min_image_bytes: 0",
        "min_image_dimension: 300",
    ]
    assert theirs(file)["locationiq_api_key"] == SECRET
    assert bring(store, file).unchanged == ["Family Photos", "Old"]


def test_a_file_that_is_not_there_is_made_as_they_read_it(store: Store, tmp_path: Path) -> None:
    for name in ("2023-01-01", "no", "12:30", "海", "a: b # c", "null"):
        put(store, Album(name, ("/photos/ü", "/b"), encoder="open-clip:ViT-L-14/dfn2b_s39b"))
    put(store, Album("dogs", search="dog"))
    put(store, Album("picked"))
    file = tmp_path / "sub" / "new.yaml"
    done = bring(store, file)
    assert [left.path for left in done.left_out] == ["dogs", "picked"]
    read = theirs(file)
    assert read["config_version"] == "1.0.0"
    names = {entry["name"] for entry in read["albums"].values()}
    assert names == {"2023-01-01", "no", "12:30", "海", "a: b # c", "null"}
    for entry in read["albums"].values():
        assert entry["image_paths"] == ["/photos/ü", "/b"]
        assert entry["index"] == "/photos/ü/photomap_index/embeddings.npz"
        assert entry["source_type"] == "directory"
        assert entry["encoder_spec"] == "open-clip:ViT-L-14/dfn2b_s39b"
        assert (entry["min_image_dimension"], entry["min_image_bytes"]) == (1, 0)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "album" in read["albums"]


@pytest.mark.parametrize("score", [1e-05, 0.2, 1.0, -0.0, 1e-17, 0.1 + 0.2])
def test_a_score_is_written_as_a_number_that_they_read(
    store: Store, tmp_path: Path, score: float
) -> None:
    put(store, Album("One", ("/a",), min_score=score))
    bring(store, tmp_path / "new.yaml")
    read = theirs(tmp_path / "new.yaml")["albums"]["one"]["min_search_score"]
    assert isinstance(read, float)
    assert read == score


def test_encoders_they_do_not_know_leave_theirs_as_it_is(store: Store, file: Path) -> None:
    file.write_text(
        "albums:\n  a:\n    image_paths: [/a]\n    index: /a.npz\n    encoder_spec: my-own:thing\n"
    )
    done = take_over(store, file)
    assert store.albums.get("A").encoder == ""
    assert any("unknown here" in notice for notice in done.notices)
    put(store, replace(store.albums.get("A"), encoder="uform:a/b", description="x"))
    assert any("unknown to PhotoMapAI" in notice for notice in bring(store, file).notices)
    assert theirs(file)["albums"]["a"]["encoder_spec"] == "my-own:thing"
    assert theirs(file)["albums"]["a"]["description"] == "x"


def test_photos_picked_by_hand_are_told_to_be_left_out(store: Store, file: Path) -> None:
    album = put(store, Album("Old", ("/photos/old",)))
    store.albums.pick(album.id, put_some(store, 2))
    assert "Old: 2 photos picked by hand are left out" in bring(store, file).notices


def test_two_albums_of_one_name_are_told_apart_by_their_keys(store: Store, file: Path) -> None:
    file.write_text(
        "albums: {a: {name: Same, image_paths: [/a]}, b: {name: same, image_paths: [/b]}}"
    )
    assert take_over(store, file).added == ["Same", "same (b)"]
    put(store, replace(store.albums.get("same (b)"), description="second"))
    assert bring(store, file).updated == ["Same", "same (b)"]  # each had no index yet
    read = theirs(file)["albums"]
    assert (read["b"]["description"], read["b"]["name"]) == ("second", "same")
    assert "description" not in read["a"]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("3", "no mapping"),
        ("{}", "names no folder"),
        ("{image_paths: /a}", "names no folder"),
        ("{image_paths: [[/a]]}", "names no folder"),
        ("{image_paths: [a, 'C:\\photos']}", "names no folder"),
        ("{source_type: [x], image_paths: [/a]}", "InvokeAI"),
    ],
)
def test_an_album_that_makes_no_sense_is_left_out(
    store: Store, file: Path, entry: str, told: str
) -> None:
    file.write_text(f"albums: {{x: {entry}, y: {{image_paths: [/y]}}}}")
    done = take_over(store, file)
    assert done.added == ["Y"]
    assert [left.path for left in done.left_out] == ["X"]
    assert told in done.left_out[0].reason


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("max_search_results", "many", "is no number"),
        ("max_search_results", "0", "one or more"),
        ("max_search_results", "2.5", "no whole number"),
        ("min_search_score", ".nan", "no number"),
        ("min_search_score", "true", "no number"),
        ("use_query_optimization", "perhaps", "neither"),
        ("description", "[a]", "no text"),
        ("min_image_dimension", "-3", "no whole number"),
        ("encoder_spec", "':'", "unknown here"),
        ("image_paths", "[/a, b]", "1 of image_paths"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_its_key(
    store: Store, file: Path, key: str, value: str, told: str
) -> None:
    entry = {"image_paths": "[/a]", key: value}
    file.write_text(f"albums: {{x: {{{', '.join(f'{k}: {v}' for k, v in entry.items())}}}}}")
    done = take_over(store, file)
    assert done.added == ["X"]
    [notice] = [each for each in done.notices if told in each]
    assert key in notice


@pytest.mark.parametrize("word", ["yes", "On", "true", "1"])
def test_yes_and_no_are_read_as_they_read_them(store: Store, file: Path, word: str) -> None:
    file.write_text(f"albums: {{x: {{image_paths: [/a], use_query_optimization: {word}}}}}")
    take_over(store, file)
    assert store.albums.get("X").optimise is True


LAUGHS = "a: &a [x]\n" + "".join(f"b{n}: [{', '.join(['*a'] * 10)}]\n" for n in range(11))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"albums: [1", "no YAML"),
        (b"albums: {a: 1}\nalbums: {b: 2}", "line 2"),
        (f"key: {SECRET}\nkey: {SECRET}".encode(), "line 2"),
        (f"key: '{SECRET}".encode(), "line 1"),
        (b"a: !!python/object/apply:os.system [x]", "type of its own (line 1)"),
        (b"ok: 1\na: !secret x", "type of its own (line 2)"),
        (b"[" * 100_000, "nested too deeply"),
        (LAUGHS.encode(), "repeats itself"),
        (b"a: &a [*a]", "holds itself (line 1)"),
        (b"a: 1\n---\nb: 2", "no YAML"),
        (b"a: 2023-99-99", "no YAML"),
        (b"a: " + b"9" * 9999, "no YAML"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a: \x00", "no YAML"),
        (b"- 1", "must hold a mapping"),
        (b"albums: [1]", "albums in"),
        (b"#" * (512 << 10) + b"#", "more than 512 KiB"),
    ],
)
def test_a_file_that_is_broken_or_hostile_is_refused(
    store: Store, file: Path, content: bytes, told: str
) -> None:
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        take_over(store, file)
    assert told in caught.value.message
    assert SECRET not in caught.value.message + caught.value.hint
    assert list(store.albums) == []


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "albums:\n", "a: &x 1\nb: *x\n"])
def test_a_file_without_albums_is_fine(store: Store, file: Path, content: str) -> None:
    file.write_text(content)
    assert take_over(store, file).added == []
    put(store, Album("One", ("/a",)))
    assert bring(store, file).added == ["One"]
    assert theirs(file)["albums"]["one"]["image_paths"] == ["/a"]
    assert file.read_text().startswith(content.partition("\n")[0])


def test_anchors_in_moderation_are_understood(store: Store, file: Path) -> None:
    file.write_text(
        "defaults: &d {max_search_results: 5, image_paths: [/a]}\nalbums: {x: {<<: *d}}\n"
    )
    take_over(store, file)
    album = store.albums.get("X")
    assert (album.max_results, album.folders) == (5, ("/a",))
    put(store, replace(album, max_results=None, description="d"))
    bring(store, file)
    assert theirs(file)["albums"]["x"]["description"] == "d"


def test_a_file_that_changed_meanwhile_is_not_written_over(store: Store, file: Path) -> None:
    put(store, Album("One", ("/a",)))
    document = Document.open(file)
    file.write_text("albums: {}")
    with pytest.raises(ConfigError, match="changed meanwhile"):
        export_albums(store, document)
    assert file.read_text() == "albums: {}"


def test_the_mode_of_the_file_and_a_link_to_it_stay(store: Store, file: Path) -> None:
    put(store, Album("One", ("/a",)))
    file.chmod(0o640)
    link = file.with_name("link.yaml")
    link.symlink_to(file)
    bring(store, link)
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "one" in theirs(file)["albums"]
    assert [path.name for path in file.parent.glob(".*.yaml*")] == []


def test_the_file_is_where_they_keep_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path({"PHOTOMAP_CONFIG": "/x/c.yaml"}) == Path("/x/c.yaml")
    assert config_path({}).parts[-2:] == ("photomap", "config.yaml")
    with pytest.raises(NotFound) as caught:
        Document.load(config_path({}))
    assert "PHOTOMAP_CONFIG" in caught.value.hint


def test_without_the_extra_the_line_that_installs_it_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(MissingExtra) as caught:
        Document.load(file)
    assert caught.value.hint == 'pip install "mindseye[photomap]"'


@given(st.integers(1, 10_000), st.integers(0, 10**9))
def test_a_least_size_is_read_from_the_search_it_became(side: int, size: int) -> None:
    assert sizes_of(gate(side, size)) == (side, size)


@pytest.mark.parametrize(
    "search", ["dog", "width:>=3", "width:>=3 height:>=4", "size:>=9 rating:5", "size:>=9 dog"]
)
def test_any_other_search_is_no_least_size(search: str) -> None:
    assert sizes_of(search) is None


_ALBUMS = st.builds(
    Album,
    name=st.text("abc: #-'\"海éÑ0", min_size=1, max_size=9).filter(str.strip),
    folders=st.lists(
        st.text("ab #:'ü-", min_size=1, max_size=5).map(lambda name: f"/p/{name}x"),
        min_size=1,
        max_size=3,
        unique=True,
    ).map(tuple),
    description=st.text("ab: #\n'\"海\t", max_size=12),
    encoder=st.sampled_from([LEGACY, "siglip:google/x", "open-clip:ViT-L-14/dfn2b_s39b"]),
    min_score=st.one_of(st.none(), st.floats(-1, 1)),
    max_results=st.integers(1, 10_000),
    optimise=st.booleans(),
    search=st.builds(gate, st.integers(1, 9000), st.integers(0, 10**7)),
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(album=_ALBUMS)
def test_an_album_comes_back_from_the_file_as_it_was(
    store: Store, tmp_path: Path, album: Album
) -> None:
    file = tmp_path / "round.yaml"
    file.unlink(missing_ok=True)
    for known in list(store.albums):
        store.albums.remove(known.name)
    before = put(store, album)
    bring(store, file)
    store.albums.remove(before.name)
    take_over(store, file)
    [after] = store.albums
    assert replace(after, id=0, created_at=None) == replace(before, id=0, created_at=None)
    stream = io.StringIO()
    json.dump(theirs(file), stream)  # plain values only, by their rules as well
