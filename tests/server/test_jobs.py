"""Long work: one at a time, watched, stopped and gone on with."""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from mindseye.errors import NotFound, SchemaTooNew, StoreBusy, UsageError
from mindseye.server.jobs import Job, Jobs, State, Tell
from mindseye.server.records import Records

JOBS = "/api/v1/jobs"


class Work:
    """A kind of work that goes on until it is let go or told to stop."""

    def __init__(self) -> None:
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.error: Exception | None = None

    def __call__(
        self, arguments: Mapping[str, Any], tell: Tell, stop: threading.Event
    ) -> Mapping[str, Any]:
        tell({"done": 1})
        self.begun.release()
        while not stop.is_set() and not self.go.acquire(timeout=0.01):
            pass
        if self.error is not None:
            raise self.error
        return {"stopped": stop.is_set(), **arguments}


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
def kept() -> list[Job]:
    return []


@pytest.fixture
def jobs(work: Work, kept: list[Job]) -> Iterator[Jobs]:
    jobs = Jobs({"work": work}, kept.append)
    yield jobs
    jobs.close()


def until(seen: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    end = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_jobs_run_one_after_the_other(jobs: Jobs, work: Work) -> None:
    first, second = jobs.start("work", {"n": 1}), jobs.start("work", {"n": 2})
    work.begun.acquire()
    assert jobs.get(first.id).state is State.RUNNING
    assert jobs.get(second.id).state is State.WAITING
    work.go.release(2)
    until(lambda: jobs.get(second.id).state is State.DONE)
    assert jobs.get(first.id).report == {"stopped": False, "n": 1}
    assert [job.id for job in jobs.all()] == [second.id, first.id]


@pytest.mark.parametrize(("verb", "state"), [("pause", State.PAUSED), ("cancel", State.CANCELLED)])
def test_what_runs_is_stopped(jobs: Jobs, work: Work, verb: str, state: State) -> None:
    job = jobs.start("work", {})
    work.begun.acquire()
    getattr(jobs, verb)(job.id)
    until(lambda: jobs.get(job.id).state is state)
    assert jobs.get(job.id).report == {"stopped": True}


def test_a_paused_job_goes_on(jobs: Jobs, work: Work) -> None:
    job = jobs.start("work", {})
    work.begun.acquire()
    jobs.pause(job.id)
    until(lambda: jobs.get(job.id).state is State.PAUSED)
    jobs.resume(job.id)
    work.begun.acquire()
    work.go.release()
    until(lambda: jobs.get(job.id).state is State.DONE)


def test_what_waits_is_paused_and_cancelled_at_once(jobs: Jobs, work: Work) -> None:
    jobs.start("work", {})
    work.begun.acquire()
    waiting = jobs.start("work", {})
    assert jobs.pause(waiting.id).state is State.PAUSED
    assert jobs.cancel(waiting.id).state is State.CANCELLED
    with pytest.raises(UsageError):
        jobs.resume(waiting.id)
    with pytest.raises(UsageError):
        jobs.cancel(waiting.id)
    with pytest.raises(NotFound):
        jobs.pause(99)


@pytest.mark.parametrize("error", [StoreBusy("held"), ValueError("broken")])
def test_work_that_fails_says_why_and_can_be_tried_again(
    jobs: Jobs, work: Work, error: Exception
) -> None:
    work.error = error
    job = jobs.start("work", {})
    work.go.release()
    until(lambda: jobs.get(job.id).state is State.FAILED)
    said = jobs.get(job.id).error
    assert said is not None
    assert (said["error"], said["message"]) == (type(error).__name__, str(error))
    work.error = None
    jobs.resume(job.id)
    work.go.release()
    until(lambda: jobs.get(job.id).state is State.DONE)
    assert jobs.get(job.id).error is None


def test_changes_are_told_in_their_order(jobs: Jobs, work: Work) -> None:
    job = jobs.start("work", {})
    work.go.release()
    until(lambda: jobs.get(job.id).state is State.DONE)
    [last] = jobs.changes(0)
    assert jobs.changes(last.version) == []


def test_a_job_that_was_cut_off_by_the_end_of_the_server_can_be_resumed(
    tmp_path: Path, work: Work
) -> None:
    records = Records(tmp_path)
    first = Jobs({"work": work}, records.keep_job)
    job = first.start("work", {"n": 3})
    work.begun.acquire()
    known = records.known_jobs()
    assert [entry.state for entry in known] == [State.RUNNING]
    second = Jobs({"work": work}, records.keep_job, known)
    assert second.get(job.id).state is State.PAUSED
    second.resume(job.id)
    work.begun.acquire()
    second.close()
    first.close()
    assert records.known_jobs()[0].arguments == {"n": 3}
    assert stat.S_IMODE(records.path.stat().st_mode) == 0o600
    records.close()


def test_an_ingest_is_started_watched_and_told(client: TestClient, photos: Path) -> None:
    started = client.post(JOBS, json={"kind": "ingest", "folders": [str(photos / "deep")]})
    assert started.status_code == 201
    job = started.json()["id"]
    until(lambda: client.get(f"{JOBS}/{job}").json()["state"] == "done")
    assert client.get(f"{JOBS}/{job}").json()["report"]["unchanged"] == 1
    assert [entry["id"] for entry in client.get(JOBS).json()] == [job]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"kind": "ingest", "folders": ["/etc"]}, 403),
        ({"kind": "ingest", "folders": ["relative"]}, 403),
        ({"kind": "dance"}, 422),
        ({"kind": "reencode", "album": "nowhere"}, 404),
        ({"kind": "reencode", "encoder": ":"}, 400),
        ({"kind": "fetch"}, 422),
    ],
)
def test_what_cannot_be_started_is_a_problem(
    client: TestClient, wanted: dict[str, object], status: int
) -> None:
    assert client.post(JOBS, json=wanted).status_code == status
    assert client.get(JOBS).json() == []


@pytest.mark.parametrize("verb", ["pause", "resume", "cancel"])
def test_a_job_that_is_not_there_cannot_be_stopped(client: TestClient, verb: str) -> None:
    assert client.post(f"{JOBS}/7/{verb}").status_code == 404


def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    records = Records(tmp_path)
    with records.write() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    records.close()
    with pytest.raises(SchemaTooNew):
        Records(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "report"),
    [
        ({"kind": "check"}, {"problems": [], "problems_count": 0}),
        ({"kind": "forget"}, {"forgotten": 0}),
        ({"kind": "build-index"}, {"built": []}),
        ({"kind": "ingest"}, {"unchanged": 4, "skipped_before": 1, "skipped_count": 0}),
    ],
)
def test_each_kind_of_work_is_done_and_reported(
    client: TestClient, wanted: dict[str, object], report: dict[str, object]
) -> None:
    job = client.post(JOBS, json=wanted).json()["id"]
    until(lambda: client.get(f"{JOBS}/{job}").json()["state"] == "done")
    assert report.items() <= client.get(f"{JOBS}/{job}").json()["report"].items()
