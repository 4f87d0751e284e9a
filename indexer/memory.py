"""Memory that is given back to the system."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        # Other systems' allocators give back what is free by themselves.
        return None
    return found


def give_back() -> None:
    """Give free memory back, which glibc keeps between blocks that are used.

    A process that opens commit after commit would seem to grow for days.
    """
    if trim := _trim():
        trim(0)
