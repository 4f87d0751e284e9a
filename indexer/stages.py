"""Where the time of some work goes: named stages, timed only while somebody asks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

WAITING = "wait for workers"
"""The stage in which a process does nothing."""


class Stages:
    """Seconds of each stage, without those of the stages inside of it, in the order of their first end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inside = [0.0]
        """Seconds of the stages inside of each open one, the innermost last."""

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Time a stage; stages may lie in stages."""
        self._inside.append(0.0)
        started = time.perf_counter()
        try:
            yield
        finally:
            took = time.perf_counter() - started
            own = took - self._inside.pop()
            self._inside[-1] += took
            self.seconds[name] = self.seconds.get(name, 0.0) + own

    def add(self, seconds: Mapping[str, float]) -> None:
        """Add what another process has timed; it is not part of any stage of this thread."""
        for name, its in seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + its


_ASKING: ContextVar[Stages | None] = ContextVar("stages", default=None)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """A stage of the work; it is timed inside of `measured` alone."""
    stages = _ASKING.get()
    if stages is None:
        yield
        return
    with stages.timed(name):
        yield


def asking() -> Stages | None:
    """The stages that are being timed; None while nobody asks."""
    return _ASKING.get()


@contextmanager
def measured() -> Iterator[Stages]:
    """The stages of what this thread does inside of it."""
    found = Stages()
    token = _ASKING.set(found)
    try:
        yield found
    finally:
        _ASKING.reset(token)
