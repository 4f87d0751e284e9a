"""Sources that are watched: what appears in them is indexed when it is complete."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, current_thread, main_thread

from watchfiles import watch

from indexer.manifest import stamp_of

SETTLED = 0.6
"""Seconds that a file has to stay as it is before it is read."""
_LOOK = 200
"""Milliseconds between two looks."""
_MANY = 500
"""After so many files at once all sources are looked through: the system may have dropped a note."""
_FULL = 600.0
"""Seconds after which all sources are looked through in any case."""
_AGAIN = 20.0
"""Seconds after which what could not be stored is tried again."""

Run = Callable[[list[Path] | None], bool]
"""Indexes some paths, or all sources for None; returns whether it could."""


class Settling:
    """Files that have changed, until they stay as they are and nobody writes them."""

    def __init__(self) -> None:
        self._waiting: dict[Path, tuple[str, float]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def note(self, path: Path, now: float) -> None:
        """Something happened to a file."""
        self._waiting[path] = (_stamp(path), now)

    def ready(self, now: float) -> list[Path]:
        """The files that have settled; they are noted no longer."""
        found = []
        for path, (stamp, since) in list(self._waiting.items()):
            if now - since < SETTLED:
                continue
            if _stamp(path) != stamp or is_open_for_writing(path):
                self.note(path, now)
                continue
            del self._waiting[path]
            found.append(path)
        return found


def watch_sources(
    sources: list[Path], run: Run, *, ignored: Path, stop: Event | None = None
) -> None:
    """Index sources, then what appears, changes and goes in them, until Ctrl-C or `stop`.

    Args:
        ignored: the archive's folder, which may lie in a source.
    """
    if hasattr(signal, "SIGIO") and current_thread() is main_thread():
        # The system says so when a file is opened that was just found to be complete.
        signal.signal(signal.SIGIO, signal.SIG_IGN)
    settling = Settling()
    full_at = 0.0
    for changed in _changes(sources, ignored, stop):
        now = time.monotonic()
        if len(changed) >= _MANY:
            full_at = min(full_at, now + SETTLED)
        for path in changed:
            settling.note(path, now)
        ready = settling.ready(now)
        if now >= full_at:
            # All sources hold what is ready as well.
            full_at = now + (_FULL if run(None) else _AGAIN)
        elif ready and not run(ready):
            full_at = min(full_at, now + _AGAIN)


def _changes(sources: list[Path], ignored: Path, stop: Event | None) -> Iterator[set[Path]]:
    """What has changed since the last look; looks are never far apart."""
    away = os.path.abspath(ignored) + os.sep
    notes = watch(
        *sources,
        watch_filter=lambda _, path: not os.path.abspath(path).startswith(away),
        debounce=_LOOK,
        step=50,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=True,
    )
    for found in notes:
        yield {Path(path) for _, path in found}


def is_open_for_writing(path: Path) -> bool:
    """Whether a process has a file open to write it, as far as the system tells."""
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        # A lease for reading is given for files only that nobody writes.
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(number)
    return False


def _stamp(path: Path) -> str:
    try:
        return stamp_of(path.stat())
    except OSError:
        return ""
