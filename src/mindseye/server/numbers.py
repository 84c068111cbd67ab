"""Numbers for Prometheus: requests by route, how long they took, and the library."""

from __future__ import annotations

import time
from collections import Counter as Tally
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mindseye.library import Library
from mindseye.server.jobs import Jobs, State
from mindseye.server.memory import Memory
from mindseye.server.routes import API

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counted(Protocol):
    """What there are numbers of."""

    library: Library
    jobs: Jobs
    memory: Memory


class Numbers:
    """The numbers of one server, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        labels = ("method", "route", "status")
        self._requests = Counter(
            "mindseye_requests", "Requests answered.", labels, registry=self._registry
        )
        self._seconds = Histogram(
            "mindseye_request_seconds",
            "Seconds until an answer began.",
            ("route",),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._photos = Gauge(
            "mindseye_photos", "Photos of the library.", ("state",), registry=self._registry
        )
        self._jobs = Gauge("mindseye_jobs", "Jobs.", ("state",), registry=self._registry)

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """One request was answered. Addresses without a route count as one: they are endless."""
        route = scope.get("route")
        # A route knows its address below the prefix of its version.
        prefix = API if scope["path"].startswith(f"{API}/") else ""
        name = "none" if route is None else prefix + route.path
        self._requests.labels(scope["method"], name, str(status)).inc()
        self._seconds.labels(name).observe(seconds)

    def text(self, counted: Counted) -> bytes:
        """All numbers in the text format."""
        coverage = counted.memory.get("coverage", counted.library.store.catalog.coverage)
        for state in ("photos", "missing", "skipped"):
            self._photos.labels(state).set(getattr(coverage, state))
        states = Tally(job.state for job in counted.jobs.all())
        for each in State:
            self._jobs.labels(each.value).set(states[each])
        return generate_latest(self._registry)


class Counting:
    """Notes every request that passes."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        self._app = app
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._numbers.note(scope, message["status"], time.perf_counter() - started)
            await send(message)

        await self._app(scope, receive, noting)
