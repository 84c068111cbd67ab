"""Long work of a server, and what it tells while that goes on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

from mindseye.client.answers import (
    FetchWanted,
    IngestWanted,
    JobFacts,
    LocateWanted,
    ReencodeWanted,
)
from mindseye.client.connection import Connection

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

    def start_job(
        self, wanted: IngestWanted | ReencodeWanted | LocateWanted | FetchWanted
    ) -> JobFacts:
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

    def events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """What changes, as it changes: ("job", the job) and ("library", its generation)."""
        return self.connection.events("events")

    def _done(self, job_id: int, verb: str) -> JobFacts:
        return cast("JobFacts", self.connection.send("POST", f"jobs/{job_id}/{verb}"))
