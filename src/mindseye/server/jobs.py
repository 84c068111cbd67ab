"""Long work that a client starts and watches: one at a time, in the order it was asked for.

A job that is paused has stopped after what it had in hand; resumed, it goes on from there, because
an ingest and a change of encoder always do. What became of each job is kept in a file, so that a
restart of the server forgets nothing: a job that was cut off can be resumed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Condition, Event, Thread
from typing import Any, Final, TypeAlias

from mindseye.errors import MindseyeError, NotFound, UsageError
from mindseye.failures import describe

_log = logging.getLogger(__name__)

_KEPT: Final = 200
"""Jobs that have ended and are still told of."""

_TOLD_EVERY: Final = 0.25
"""Seconds between two changes of progress that watchers are told of."""


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work: what was asked, where it stands, what came of it.

    `version` is a number that grows with every change of any job; moments are seconds since 1970.
    """

    id: int
    kind: str
    arguments: Mapping[str, Any]
    state: State = State.WAITING
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    version: int = 0


Tell: TypeAlias = Callable[[Mapping[str, Any]], None]
Run: TypeAlias = Callable[[Mapping[str, Any], Tell, Event], Mapping[str, Any]]
"""Does the work of one kind: arguments, whom to tell of progress, when to stop -> a report.

A run that stops because it was asked to returns as usual.
"""


class Jobs:
    """The jobs of a server; safe to use from several threads.

    `runs` does the work of each kind, `keep` writes jobs down, `known` are those of before.
    """

    def __init__(
        self,
        runs: Mapping[str, Run],
        keep: Callable[[Job], None] = lambda _: None,
        known: tuple[Job, ...] = (),
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._runs = runs
        self._keep = keep
        self._clock = clock
        self._jobs = {job.id: _settled(job) for job in known}
        self._changed = Condition()
        self._version = max((job.version for job in known), default=0)
        self._stop = Event()
        self._after = State.DONE
        self._closing = False
        self._running: int | None = None
        self._told = 0.0
        self._worker: Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a job is at work."""
        return self._running is not None

    def all(self) -> list[Job]:
        """All jobs, the latest first."""
        with self._changed:
            return sorted(self._jobs.values(), key=lambda job: -job.id)

    def get(self, job_id: int) -> Job:
        """One job; raises `NotFound`."""
        with self._changed:
            return self._known(job_id)

    def changes(self, after: int) -> list[Job]:
        """The jobs that changed after this version, in that order."""
        with self._changed:
            changed = [job for job in self._jobs.values() if job.version > after]
            return sorted(changed, key=lambda job: job.version)

    def start(self, kind: str, arguments: Mapping[str, Any]) -> Job:
        """A new job of this kind, which runs when those before it have ended."""
        with self._changed:
            number = max(self._jobs, default=0) + 1
            job = self._put(Job(number, kind, dict(arguments), created_at=self._clock()))
            self._forget_old()
            self._wake()
            return job

    def pause(self, job_id: int) -> Job:
        """Let a job stop after what it has in hand, to be resumed."""
        return self._end(job_id, State.PAUSED, {State.WAITING, State.RUNNING})

    def cancel(self, job_id: int) -> Job:
        """Let a job stop after what it has in hand, for good; what it has done stays done."""
        return self._end(job_id, State.CANCELLED, {State.WAITING, State.RUNNING, State.PAUSED})

    def resume(self, job_id: int) -> Job:
        """Let a job that was paused or failed go on; raises `NotFound`, `UsageError`."""
        with self._changed:
            job = self._known(job_id)
            if job.state not in {State.PAUSED, State.FAILED}:
                raise UsageError(f"job {job_id} is {job.state}: only a paused one can be resumed")
            job = self._put(replace(job, state=State.WAITING, ended_at=None, error=None))
            self._wake()
            return job

    def close(self, seconds: float = 10.0) -> None:
        """Pause what is running and wait so long for it to stop."""
        with self._changed:
            self._closing, self._after = True, State.PAUSED
            self._stop.set()
            self._changed.notify_all()
            worker = self._worker
        if worker is not None:
            worker.join(seconds)

    def _end(self, job_id: int, state: State, allowed: set[State]) -> Job:
        with self._changed:
            job = self._known(job_id)
            if job.state not in allowed:
                raise UsageError(f"job {job_id} is {job.state}: there is nothing to stop")
            if self._running == job_id:
                self._after = state
                self._stop.set()
                return job
            return self._put(replace(job, state=state, ended_at=self._clock()))

    def _known(self, job_id: int) -> Job:
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"there is no job {job_id}")
        return job

    def _put(self, job: Job, *, kept: bool = True) -> Job:
        self._version += 1
        job = replace(job, version=self._version)
        self._jobs[job.id] = job
        if kept:
            self._keep(job)
        return job

    def _forget_old(self) -> None:
        ended = sorted(number for number, job in self._jobs.items() if job.state in ENDED)
        for number in ended[:-_KEPT]:
            del self._jobs[number]

    def _wake(self) -> None:
        if self._worker is None:
            # A daemon, so that work that does not stop in time cannot hold up the end.
            self._worker = Thread(target=self._work, name="jobs", daemon=True)
            self._worker.start()
        self._changed.notify_all()

    def _next(self) -> Job | None:
        """The job that waits longest, once there is one; None when the server ends."""
        with self._changed:
            while True:
                if self._closing:
                    return None
                waiting = [job for job in self._jobs.values() if job.state is State.WAITING]
                if waiting:
                    break
                self._changed.wait()
            job = min(waiting, key=lambda job: job.id)
            self._stop, self._after, self._running = Event(), State.DONE, job.id
            return self._put(replace(job, state=State.RUNNING, started_at=self._clock()))

    def _work(self) -> None:
        while (job := self._next()) is not None:
            report, error = self._outcome(job)
            with self._changed:
                state = State.FAILED if error is not None else self._after
                self._running = None
                self._put(
                    replace(
                        self._jobs[job.id],
                        state=state,
                        ended_at=self._clock(),
                        report=report,
                        error=error,
                    )
                )

    def _outcome(self, job: Job) -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
        stop = self._stop

        def tell(progress: Mapping[str, Any]) -> None:
            with self._changed:
                now = self._clock()
                if now - self._told >= _TOLD_EVERY:
                    self._told = now
                    self._put(replace(self._jobs[job.id], progress=dict(progress)), kept=False)

        try:
            return self._runs[job.kind](job.arguments, tell, stop), None
        except MindseyeError as error:
            return None, describe(error)
        except Exception as error:  # noqa: BLE001 - the worker must outlive whatever one job runs into
            _log.exception("the job %s %d broke", job.kind, job.id)
            return None, {"error": type(error).__name__, "message": str(error), "hint": ""}


def _settled(job: Job) -> Job:
    """A job of before: one that was at work when the server ended has been cut off."""
    return job if job.state in ENDED else replace(job, state=State.PAUSED)
