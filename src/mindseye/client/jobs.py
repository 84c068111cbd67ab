"""Long work of a server, and what it tells while that goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from mindseye.client.answers import (
    BuildIndexWanted,
    CheckWanted,
    EvaluateWanted,
    FetchWanted,
    ForgetWanted,
    IngestWanted,
    JobFacts,
    LocateWanted,
    NewSchedule,
    ReadTextWanted,
    ReencodeWanted,
    ScheduleFacts,
    WriteXmpWanted,
)
from mindseye.client.connection import Connection

Wanted: TypeAlias = (
    IngestWanted
    | ReencodeWanted
    | LocateWanted
    | ReadTextWanted
    | CheckWanted
    | ForgetWanted
    | FetchWanted
    | WriteXmpWanted
    | EvaluateWanted
    | BuildIndexWanted
)

_OPEN: Final = ("waiting", "running")


@dataclass(frozen=True, slots=True)
class Jobs:
    """Starts, stops and watches jobs."""

    connection: Connection

    def jobs(self) -> list[JobFacts]:
        """All jobs, the latest first."""
        return cast("list[JobFacts]", self.connection.get("jobs"))

    def job(self, job_id: int) -> JobFacts:
        """One job."""
        return cast("JobFacts", self.connection.get(f"jobs/{job_id}"))

    def start_job(self, wanted: Wanted) -> JobFacts:
        """Start long work; `kind` says which."""
        return cast("JobFacts", self.connection.send("POST", "jobs", dict(wanted)))

    def pause_job(self, job_id: int) -> JobFacts:
        """Let a job stop, to be resumed."""
        return self._done(job_id, "pause")

    def resume_job(self, job_id: int) -> JobFacts:
        """Let a job go on."""
        return self._done(job_id, "resume")

    def cancel_job(self, job_id: int) -> JobFacts:
        """Let a job stop for good."""
        return self._done(job_id, "cancel")

    def wait(self, job_id: int, *, every: float = 0.5) -> JobFacts:
        """The job once it neither waits nor runs, looked at every so many seconds."""
        while (job := self.job(job_id))["state"] in _OPEN:
            time.sleep(every)
        return job

    def schedules(self) -> list[ScheduleFacts]:
        """What is started by itself."""
        return cast("list[ScheduleFacts]", self.connection.get("schedules"))

    def add_schedule(self, schedule: NewSchedule) -> ScheduleFacts:
        """Start a job by itself."""
        made = self.connection.send("POST", "schedules", dict(schedule))
        return cast("ScheduleFacts", made)

    def remove_schedule(self, schedule_id: int) -> None:
        """Start it no more."""
        self.connection.send("DELETE", f"schedules/{schedule_id}")

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What changes, as it changes: a `job`, a `root`, or the generation of the `library`."""
        return self.connection.events("events")

    def _done(self, job_id: int, verb: str) -> JobFacts:
        return cast("JobFacts", self.connection.send("POST", f"jobs/{job_id}/{verb}"))
