"""How many exports a process writes at once, so that searches keep their threads and their processor."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from threading import Condition
from time import monotonic

MOST = 2
"""Exports at once, in one process."""
MOST_OF_ONE = 1
"""Of one address."""
WAITING = 2
"""Requests that wait for their turn."""
PATIENCE = 5.0
"""Seconds that they wait."""
AGAIN = 10
"""Seconds after which it is worth asking again."""


class ExportSlots:
    """The exports that are being written.

    Args:
        threads: of the process; exports and those that wait leave half of them to others.
        tell: called with how many exports are being written, when that changes.
    """

    def __init__(self, threads: int = 8, tell: Callable[[int], None] = lambda _: None) -> None:
        self._tell = tell
        self._most = max(1, min(MOST, threads // 4))
        self._most_waiting = min(WAITING, threads // 4)
        self._of: Counter[str] = Counter()
        self._waiting = 0
        self._ended = Condition()

    def take(self, address: str) -> Slot | None:
        """Begin an export; wait a little where others are being written. None where it may not be written."""
        with self._ended:
            until = -math.inf
            while not self._has_room(address):
                now = monotonic()
                if until == -math.inf:
                    if self._waiting >= self._most_waiting:
                        return None
                    until = now + PATIENCE
                if now >= until:
                    return None
                self._waiting += 1
                try:
                    self._ended.wait(until - now)
                finally:
                    self._waiting -= 1
            self._of[address] += 1
            self._tell(self._of.total())
            return Slot(self, address)

    def _has_room(self, address: str) -> bool:
        return self._of.total() < self._most and self._of[address] < MOST_OF_ONE

    def give_back(self, address: str) -> None:
        """Note that an export has been written, or has failed; see `Slot.give_back`."""
        with self._ended:
            self._of[address] -= 1
            if self._of[address] <= 0:
                del self._of[address]
            self._tell(self._of.total())
            self._ended.notify_all()


class Slot:
    """The place of one export."""

    def __init__(self, slots: ExportSlots, address: str) -> None:
        self._slots: ExportSlots | None = slots
        self._address = address

    def give_back(self) -> None:
        """Let others have the place; once."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.give_back(self._address)

    def until_written(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The blocks of the export; behind the last one the place is given back."""
        try:
            yield from blocks
        finally:
            self.give_back()
