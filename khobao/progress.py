"""How far a run is: a bar on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeRemainingColumn

from indexer.run_state import Progress as Progressed

FIRST, EVERY = 10.0, 30.0
"""Seconds before the first line in a log, and between two lines."""


@contextmanager
def run_progress() -> Iterator[Progressed]:
    """What a run tells of its progress is shown on stderr, until the end of the context."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (*Progress.get_default_columns()[:-1], TextColumn("{task.fields[told]}"))
    bar = Progress(*columns, TimeRemainingColumn(), console=console, transient=True)
    started = time.monotonic()
    with bar:
        task = bar.add_task("Indexing", total=None, told="")

        def show(done: int, found: int, articles: int) -> None:
            rate = articles / max(time.monotonic() - started, 0.1)
            told = f"{articles} articles, {rate:.0f} a second"
            bar.update(task, completed=done, total=found, told=told)

        yield show


@contextmanager
def counted_progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """How many of a number of things are done is shown on stderr, until the end of the context."""
    console = Console(stderr=True)
    if not console.is_terminal:
        lines = _Lines()
        yield lambda done, total: lines.counted(done, total, name.lower())
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """A line now and then; a short run says nothing before its end."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._next = self._started + FIRST

    def __call__(self, done: int, found: int, articles: int) -> None:
        if self.is_due():
            seconds = time.monotonic() - self._started
            click.echo(f"khobao: {_line(done, found, articles, seconds)}", err=True)

    def counted(self, done: int, total: int, name: str) -> None:
        """Tell how many things of a kind are done."""
        if self.is_due():
            click.echo(f"khobao: {done} of {total} {name}", err=True)

    def is_due(self) -> bool:
        """Whether the line before is old enough; the next one is due after it then."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + EVERY
        return True


def _line(done: int, found: int, articles: int, seconds: float) -> str:
    line = f"{done} of {found} files, {articles} articles, {articles / seconds:.0f} a second"
    if done:
        left = timedelta(seconds=round(seconds / done * (found - done)))
        line += f", about {left} left"
    return line


def say_waiting(holder: str) -> None:
    """Tell that another indexing run, perhaps of a process that is named, has to end first."""
    who = f" ({holder})" if holder else ""
    click.echo(f"khobao: another run{who} indexes this archive; waiting for its end", err=True)
