"""Tasks in worker processes, their results in the order of the tasks."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context
from typing import TypeVar

from indexer.child_process import end_with_parent
from indexer.errors import KhobaoError
from indexer.stages import WAITING, asking, measured, stage

_NICE = 10
_MADE = 50_000
"""Objects that a worker makes before it looks for those that hold each other."""
_AHEAD = 8
"""Tasks that wait for each worker: bounds memory where results are used more slowly than they come."""

_T = TypeVar("_T")
_Task = Callable[[], list[_T]]
"""Can be pickled, and its results as well."""


def run_in_order(tasks: Iterable[_Task[_T]], workers: int) -> Iterator[_T]:
    """The results of tasks, those of the first task first.

    Args:
        workers: processes; 0 for this process alone.

    Raises:
        KhobaoError: a worker was killed.
    """
    if workers == 0:
        for task in tasks:
            yield from task()
        return
    # Spawned, not forked: this process may have threads, such as a progress bar's.
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_become_worker
    ) as pool:
        yield from _results(pool, workers * _AHEAD, tasks)


def _become_worker() -> None:
    """End with the parent process, however it ends, leave its signals to it, and give way to searches."""
    # An analysis leaves nearly nothing behind, so garbage is looked for seldom.
    gc.freeze()
    gc.set_threshold(_MADE)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "nice"):
        # Where a server wants the same processors, its readers go first.
        with suppress(OSError):
            os.nice(_NICE)
    end_with_parent()


def _results(pool: ProcessPoolExecutor, ahead: int, tasks: Iterable[_Task[_T]]) -> Iterator[_T]:
    pending: deque[Future[tuple[list[_T], Mapping[str, float]]]] = deque()
    stages = asking()

    def result() -> list[_T]:
        with stage(WAITING):
            found, seconds = pending.popleft().result()
        if stages is not None:
            stages.add(seconds)
        return found

    try:
        for task in tasks:
            pending.append(pool.submit(_run, task, stages is not None))
            if len(pending) > ahead:
                yield from result()
        while pending:
            yield from result()
    except BrokenProcessPool as error:
        raise KhobaoError(
            "a worker process was killed, perhaps for want of memory;"
            " what was committed stays: run again with --workers 0"
        ) from error
    finally:
        for future in pending:
            future.cancel()


def _run(task: _Task[_T], is_measured: bool) -> tuple[list[_T], Mapping[str, float]]:
    """What a worker does: a task, and the seconds of its stages where they are asked for."""
    if not is_measured:
        return task(), {}
    with measured() as stages:
        return task(), stages.seconds
