"""What changes in a watched root is taken in by itself, and nothing is forgotten on the way."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from filelock import FileLock
from PIL import Image
from starlette.testclient import TestClient
from tests.server.conftest import HERE, settings_of
from watchfiles import watch

from mindseye.library import Library
from mindseye.server.app import create_app
from mindseye.server.changes import Change, Changes
from mindseye.server.context import Context
from mindseye.server.follow import Follower, Pace, Sight, file_system
from mindseye.server.jobs import Job, State
from mindseye.server.records import Records
from mindseye.server.watch import BY_WATCH, Watch
from mindseye.testing.encoder import COLOURS

ROOTS = "/api/v1/roots"
QUICK = Pace(quiet=0.3, poll=0.2, again=0.1, busy=0.5)


def until(seen: Callable[[], Any]) -> None:
    """Wait for something that other threads bring about."""
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.05)


def paint(path: Path, colour: str, size: int = 64) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), COLOURS[colour][0]).save(path)


class At:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_folder_waits_until_it_is_quiet() -> None:
    clock = At()
    changes = Changes(clock)
    changes.note("/p/a.jpg", Change("/p", quiet=3))
    changes.note("/q/b.jpg", Change("/q", gone=True, quiet=3))
    clock.now += 2
    changes.note("/p/a.jpg", Change("/p", quiet=3))
    clock.now += 1
    assert changes.settled() == {"/q": True}
    assert changes.settled() == {}
    clock.now += 2
    assert changes.settled() == {"/p": False}


def test_a_file_that_grows_for_ever_holds_up_the_others_for_a_minute_only() -> None:
    clock = At()
    changes = Changes(clock)
    changes.note("/p/done.jpg", Change("/p", quiet=3))
    seen = []
    for _ in range(70):
        changes.note("/p/growing.jpg", Change("/p", quiet=3))
        clock.now += 1
        seen.append(changes.settled())
    assert seen.count({"/p": False}) == 1
    assert seen.index({"/p": False}) == 59
    clock.now += 3
    assert changes.settled() == {"/p": False}


def test_what_nobody_wants_to_know_is_forgotten() -> None:
    changes = Changes()
    changes.note("/p/a.jpg", Change("/p"))
    changes.note("/q/a.jpg", Change("/q"))
    changes.forget(lambda folder: folder == "/p")
    assert changes.settled() == {"/q": False}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv/photos/2024", "nfs4"),
        ("/srv/photosets", "ext4"),
        ("/media/my drive/a", "fuse.sshfs"),
    ],
)
def test_the_file_system_of_a_folder_is_that_of_the_nearest_mount(
    tmp_path: Path, path: str, kind: str
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\nnas:/p /srv/photos nfs4 rw 0 0\n"
        "me@nas:/ /media/my\\040drive fuse.sshfs rw 0 0\n"
    )
    assert file_system(path, mounts) == kind
    assert file_system(path, tmp_path / "none") == ""


class Heard:
    """What a follower tells."""

    def __init__(self) -> None:
        self.sights: list[tuple[Sight, str]] = []
        self.changed: list[str] = []

    def hear(self, kind: object, path: str) -> None:
        self.changed.append("*" if kind is None else Path(path).name)

    def tell(self, sight: Sight, reason: str) -> None:
        self.sights.append((sight, reason))


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Callable[..., Heard]]:
    """Follows a folder with one file in it."""
    root = tmp_path / "root"
    root.mkdir()
    (root / "first.jpg").write_bytes(b"1")
    followers = []

    def follow(watching: Any = watch) -> Heard:
        heard = Heard()
        follower = Follower(str(root), QUICK, heard.hear, heard.tell, watching)
        followers.append(follower)
        follower.open()
        return heard

    yield follow
    for follower in followers:
        follower.close()


def test_a_root_that_the_system_cannot_watch_is_polled(
    tmp_path: Path, followed: Callable[..., Heard]
) -> None:
    def limited(*args: Any, force_polling: bool, **options: Any) -> Any:
        if not force_polling:
            raise OSError("OS file watch limit reached")
        return watch(*args, force_polling=True, **options)

    heard = followed(limited)
    until(lambda: heard.changed == ["*"])
    [(sight, reason)] = heard.sights
    assert sight is Sight.POLLING
    assert "OS file watch limit reached" in reason
    (tmp_path / "root" / "second.jpg").write_bytes(b"2")
    until(lambda: "second.jpg" in heard.changed)


def test_a_root_that_cannot_be_watched_at_all_says_so_and_is_tried_again(
    followed: Callable[..., Heard],
) -> None:
    broken = threading.Event()
    broken.set()

    def never(*args: Any, **options: Any) -> Any:
        if broken.is_set():
            raise OSError("no")
        return watch(*args, **options)

    heard = followed(never)
    until(lambda: heard.sights)
    assert heard.sights[0] == (Sight.FAILED, "no")
    broken.clear()
    until(lambda: heard.changed == ["*"])


def test_a_name_that_is_no_text_does_not_end_the_watch(
    tmp_path: Path, followed: Callable[..., Heard]
) -> None:
    heard = followed()
    until(lambda: heard.changed == ["*"])
    try:
        (tmp_path / "root" / "\udcff.jpg").write_bytes(b"2")
    except OSError:
        pytest.skip("the file system takes no such names")
    until(lambda: heard.changed.count("*") == 2)
    (tmp_path / "root" / "third.jpg").write_bytes(b"3")
    until(lambda: "third.jpg" in heard.changed)


def test_a_root_that_goes_and_comes_back_is_said_and_seen_again(
    tmp_path: Path, followed: Callable[..., Heard]
) -> None:
    heard = followed()
    until(lambda: heard.changed == ["*"])
    (tmp_path / "root").rename(tmp_path / "away")
    until(lambda: heard.sights[-1][0] is Sight.AWAY)
    (tmp_path / "away").rename(tmp_path / "root")
    until(lambda: heard.changed.count("*") == 2)
    assert heard.sights[-1] == (Sight.WATCHING, "")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """A server over a library of a root with a red photo and a deep blue one."""
    paint(tmp_path / "photos" / "red.png", "red")
    paint(tmp_path / "photos" / "deep" / "blue.png", "blue")
    settings = settings_of(tmp_path)
    with Library.open(settings=settings) as library:
        library.ingest([tmp_path / "photos"])
        app = create_app(library)
        context: Context = app.state.context
        context.watch = hasty(context)
        yield app


def hasty(context: Context) -> Watch:
    """A watch that does not wait as long as the server's own."""
    here = context.library.store, context.records, context.jobs, context.settings
    return Watch(*here, pace=QUICK)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
        yield client


def watched(client: TestClient, *, on: bool | None = True) -> dict[str, Any]:
    [root] = client.get(ROOTS).json()
    changed: dict[str, Any] = client.patch(f"{ROOTS}/{root['id']}", json={"watched": on}).json()
    return changed


def sight(client: TestClient) -> str:
    return str(client.get(ROOTS).json()[0]["sight"])


def found(client: TestClient, query: str) -> set[str]:
    hits = client.get("/api/v1/search", params={"q": query, "limit": 100}).json()["hits"]
    return {hit["name"] for hit in hits}


def at_rest(client: TestClient) -> bool:
    jobs = client.get("/api/v1/jobs").json()
    return bool(jobs) and all(job["state"] == "done" for job in jobs)


def test_what_comes_into_a_watched_root_is_found_and_what_goes_is_not(
    client: TestClient, tmp_path: Path
) -> None:
    assert watched(client)["sight"] in {"starting", "watching"}
    until(lambda: sight(client) == "watching" and at_rest(client))
    assert len(client.get("/api/v1/jobs").json()) == 1, "what is there already is looked at once"
    paint(tmp_path / "photos" / "new" / "green.png", "green")
    (tmp_path / "photos" / "notes.txt").write_text("no photo")
    until(lambda: found(client, "name:green") == {"green.png"} and at_rest(client))
    last = client.get("/api/v1/jobs").json()[0]["arguments"]
    assert last == {"folders": [str(tmp_path / "photos" / "new")], "again": False, **BY_WATCH}
    (tmp_path / "photos" / "new" / "green.png").unlink()
    until(lambda: client.get("/api/v1/status").json()["coverage"]["missing"] == 1)
    shutil.rmtree(tmp_path / "photos" / "deep")
    until(lambda: client.get("/api/v1/status").json()["coverage"]["missing"] == 2)
    assert found(client, "name:red") == {"red.png"}


def test_a_file_that_is_moved_stays_the_same_photo(client: TestClient, tmp_path: Path) -> None:
    watched(client)
    until(lambda: sight(client) == "watching" and at_rest(client))
    [before] = client.get("/api/v1/search", params={"q": "name:blue"}).json()["hits"]
    (tmp_path / "photos" / "deep" / "blue.png").rename(tmp_path / "photos" / "azure.png")
    until(lambda: found(client, "name:azure"))
    [after] = client.get("/api/v1/search", params={"q": "name:azure"}).json()["hits"]
    assert after["id"] == before["id"]
    until(lambda: at_rest(client))
    assert client.get("/api/v1/status").json()["coverage"]["missing"] == 0


def test_a_drive_that_is_away_forgets_no_photo(client: TestClient, tmp_path: Path) -> None:
    watched(client)
    until(lambda: sight(client) == "watching" and at_rest(client))
    (tmp_path / "photos").rename(tmp_path / "unplugged")
    until(lambda: sight(client) == "away")
    assert "is its drive mounted?" in client.get(ROOTS).json()[0]["reason"]
    (tmp_path / "photos").mkdir()
    time.sleep(1)
    assert sight(client) == "away", "an empty mount point is no drive"
    assert client.get("/api/v1/status").json()["coverage"]["missing"] == 0
    assert found(client, "") == {"red.png", "blue.png"}
    (tmp_path / "photos").rmdir()
    paint(tmp_path / "unplugged" / "green.png", "green")
    (tmp_path / "unplugged").rename(tmp_path / "photos")
    until(lambda: found(client, "name:green") == {"green.png"})
    assert sight(client) == "watching"


def test_a_root_follows_its_own_switch_or_else_the_setting(app: FastAPI) -> None:
    context: Context = app.state.context
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
        [root] = client.get(ROOTS).json()
        assert (root["own"], root["watched"], root["sight"]) == (None, False, "off")
        on = watched(client)
        assert (on["own"], on["watched"]) == (True, True)
        until(lambda: sight(client) == "watching")
        off = watched(client, on=False)
        assert (off["own"], off["watched"], off["sight"]) == (False, False, "off")
        left = watched(client, on=None)
        assert (left["own"], left["watched"]) == (None, False)
        assert client.patch(f"{ROOTS}/424242", json={"watched": True}).status_code == 404
        assert client.patch(f"{ROOTS}/{root['id']}", json={"watched": "x"}).status_code == 422
        noted = client.get("/api/v1/audit").json()[0]
        assert (noted["did"], noted["what"]) == ("watch", f"as set: {root['path']}")
        assert [seen.version for seen in context.watch.changes(0)] != []


def test_with_the_setting_every_root_is_watched_also_one_that_comes_later(tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "red.png", "red")
    paint(tmp_path / "more" / "blue.png", "blue")
    settings = replace(settings_of(tmp_path), watch=True, watch_seconds=0.3)
    with Library.open(settings=settings) as library:
        library.ingest([tmp_path / "photos"])
        app = create_app(library)
        with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
            until(lambda: sight(client) == "watching")
            library.ingest([tmp_path / "more"])
            until(lambda: [root["sight"] for root in client.get(ROOTS).json()] == ["watching"] * 2)
            paint(tmp_path / "more" / "green.png", "green")
            until(lambda: found(client, "name:green"))


def test_an_ingest_of_another_program_is_waited_for(app: FastAPI, tmp_path: Path) -> None:
    with (
        FileLock(tmp_path / "library" / "ingest.lock"),
        TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client,
    ):
        watched(client)
        until(lambda: len(client.get("/api/v1/jobs").json()) >= 2)
        [*_, first] = client.get("/api/v1/jobs").json()
        assert first["error"]["error"] == "StoreBusy"
    assert sight(client) == "watching"


def test_what_a_server_that_ended_left_undone_is_begun_anew(tmp_path: Path) -> None:
    paint(tmp_path / "photos" / "red.png", "red")
    settings = replace(settings_of(tmp_path), watch=True)
    cut_off = Job(1, "ingest", {"folders": [], "again": False, **BY_WATCH}, State.RUNNING)
    asked_for = Job(2, "ingest", {"folders": [], "again": False}, State.RUNNING)
    with Library.open(settings=settings) as library:
        library.ingest([tmp_path / "photos"])
        records = Records(settings.library)
        records.keep_job(cut_off)
        records.keep_job(asked_for)
        records.close()
        app = create_app(library)
        with TestClient(app, base_url=HERE, client=("127.0.0.1", 50_000)) as client:
            until(lambda: len(client.get("/api/v1/jobs").json()) == 3)
            states = [job["state"] for job in client.get("/api/v1/jobs").json()][1:]
            assert states == ["paused", "cancelled"]
