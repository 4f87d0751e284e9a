"""Reads of each new commit what searches need, before somebody has to wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from indexer.errors import KhobaoError
from search.archive import Archive


@contextmanager
def kept_warm(
    archive: Archive, facets: tuple[str, ...] = (), *, seconds: float = 1.0
) -> Iterator[None]:
    """Look for a new commit every so many seconds, in a thread, and warm it.

    Args:
        facets: those that searches count.
    """
    stop = Event()

    def look() -> None:
        warmed = archive.generation()
        while not stop.wait(seconds):
            # What cannot be read now is read by the next look; requests say what is wrong with it.
            with suppress(KhobaoError, OSError):
                newest = archive.generation()
                if newest != warmed:
                    archive.warm(facets)
                warmed = newest

    thread = Thread(target=look, name="warm", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
