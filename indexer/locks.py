"""Locks between processes, by files that the system unlocks when their process ends."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage

from indexer.language.cleaning import printable

_POLL = 0.05
_LONGEST = 200


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


Waiting = Callable[[str], None]
"""Called once when another run has to end first, with what that run says of itself; that may be nothing."""


@contextmanager
def held_by_run(folder: Path, name: str, waiting: Waiting | None) -> Iterator[None]:
    """Hold the lock of all indexing runs; `waiting` is called once when another run holds it.

    Raises:
        OSError: the lock's file cannot be opened.
    """
    told = False

    def wait() -> None:
        nonlocal told
        if waiting and not told:
            waiting(_holder(folder / f"HELD_{name}"))
        told = True

    with held(folder, name, wait):
        # Only to be read: a lock that cannot be described is held all the same.
        with suppress(OSError):
            (folder / f"HELD_{name}").write_text(_this_run(), "utf-8")
        yield


def _this_run() -> str:
    """What another run is told of this process."""
    now = datetime.now().astimezone().strftime("%H:%M:%S on %Y-%m-%d")
    return f"process {os.getpid()} on {socket.gethostname()}, since {now}"


def _holder(path: Path) -> str:
    try:
        return printable(path.read_text("utf-8", "replace")[:_LONGEST])
    except OSError:
        return ""
