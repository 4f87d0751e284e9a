"""How long a request may take, so that no query holds a server up.

What takes long asks now and then whether the time is over. A search leaves out what it has not looked at
yet, and says so; whatever may not leave anything out, such as a count, is given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from indexer.errors import KhobaoError


class TookTooLongError(KhobaoError):
    """A request was given up; it may succeed when less is asked, or when the machine has less to do."""


@dataclass(slots=True)
class Deadline:
    """A moment until which a request may take.

    Attributes:
        at: seconds of `time.monotonic`.
        may_cut: whether the answer may leave something out.
        is_cut: whether it does.
    """

    at: float
    may_cut: bool
    is_cut: bool = False


_T = TypeVar("_T")
_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def begin(seconds: float, *, may_cut: bool) -> None:
    """Let what this thread does take so many seconds, until `end`."""
    _current.set(Deadline(monotonic() + seconds, may_cut))


def end() -> None:
    """Let what follows in this thread take its time."""
    _current.set(None)


def is_over() -> bool:
    """Whether what comes next is left out.

    Raises:
        TookTooLongError: the time is over, and nothing may be left out.
    """
    deadline = _current.get()
    if deadline is None or monotonic() < deadline.at:
        return False
    if not deadline.may_cut:
        raise TookTooLongError("the request takes too long; ask for less")
    deadline.is_cut = True
    return True


def check() -> None:
    """Go on only while there is time.

    Raises:
        TookTooLongError: the time is over; who can do without what is looked for leaves it out.
    """
    deadline = _current.get()
    if deadline is not None and monotonic() >= deadline.at:
        raise TookTooLongError("the request takes too long; ask for less")


def in_time(items: Iterable[_T]) -> Iterator[_T]:
    """Items while there is time; then raises TookTooLongError."""
    for item in items:
        check()
        yield item


@contextmanager
def unhurried() -> Iterator[None]:
    """Let something take its time: what many requests are going to use."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def is_cut() -> bool:
    """Whether something was left out."""
    deadline = _current.get()
    return deadline is not None and deadline.is_cut
