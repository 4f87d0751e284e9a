"""Locks between processes, by files that the system unlocks when their process ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

_POLL = 0.05


@contextmanager
def held(folder: Path, name: str, wait: Callable[[], None]) -> Iterator[None]:
    """Hold a lock.

    Args:
        folder: of the lock's file, which exists.
        name: of that file.
        wait: called before each new try; what it raises ends the waiting.

    Raises:
        OSError: the lock's file cannot be opened.
    """
    lock: Any = FileStorage(str(folder)).lock(name)
    while not lock.acquire():
        wait()
        time.sleep(_POLL)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def held_by_run(folder: Path, name: str, waiting: Callable[[], None] | None) -> Iterator[None]:
    """Hold the lock of all indexing runs; `waiting` is called once when another run holds it.

    Raises:
        OSError: the lock's file cannot be opened.
    """
    told = False

    def wait() -> None:
        nonlocal told
        if waiting and not told:
            waiting()
        told = True

    with held(folder, name, wait):
        yield
