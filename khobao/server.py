"""The web server: one process, or several that share its sockets, its limits and its counters."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from prometheus_client.multiprocess import mark_process_dead

from indexer.child_process import end_with_parent
from indexer.errors import KhobaoError
from khobao.sockets import bound
from khobao.web_server import ENDING, Bounds, WebServer
from webapp.operations import Settings

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a process that ended is started again, and when it has ended often."""
_LASTING = 60.0
"""Seconds after which a process counts as one that works."""
_END = 5.0
"""Seconds that a process has to end after what it had to answer."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server serves, and how.

    Attributes:
        settings: of the application.
        proxy: address of the reverse proxy whose X-Forwarded headers are believed.
        prefix: the path under which readers find the site, without a slash at its end.
        follows: whether this process looks for new articles that watches wait for.
        stopped_by: signals after which what has been asked is answered, and the process ends.
    """

    archive: Path
    host: str
    port: int
    settings: Settings
    proxy: str | None = None
    prefix: str = ""
    follows: bool = True
    stopped_by: tuple[signal.Signals, ...] = (signal.SIGTERM, signal.SIGINT)


def serve_alone(served: Served, tell: Callable[[int], None]) -> None:
    """Serve in this process until it is told to end.

    Args:
        tell: called with the port when requests are answered.

    Raises:
        KhobaoError: the archive cannot be opened, or the address not be used.
    """
    sockets = bound(served.host, served.port)
    try:
        _serve(served, sockets, tell)
    finally:
        for one in sockets:
            one.close()


def _serve(served: Served, sockets: list[socket.socket], tell: Callable[[int], None]) -> None:
    from search.archive import Archive
    from search.desk.alerts import followed
    from search.desk.settings import alert_settings
    from search.views import PUBLIC
    from webapp import create_app
    from webapp.operations import MAX_UPLOAD
    from webapp.state import FACETS

    # A line for each request that waits, or for each connection too many, would fill the log in a bad hour.
    for name in ("waitress", "waitress.queue"):
        logging.getLogger(name).setLevel(logging.ERROR)
    behind: dict[str, Any] = {}
    if served.proxy:
        behind = {
            "trusted_proxy": served.proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        }
    with ExitStack() as stack:
        opened = stack.enter_context(Archive.open(served.archive))
        stack.enter_context(opened.kept_warm(FACETS, shown=PUBLIC))
        alerts = (
            followed(opened, alert_settings(served.archive)) if served.follows else nullcontext()
        )
        stack.enter_context(alerts)
        # What is loaded stays: the garbage collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        try:
            server = WebServer(
                create_app(opened, served.settings),
                sockets,
                Bounds(apart=served.proxy),
                threads=served.settings.threads,
                ident="khobao",
                # Nobody sends much here: what is larger, or slower, is no browser.
                max_request_body_size=MAX_UPLOAD,
                max_request_header_size=64 << 10,
                channel_timeout=30,
                clear_untrusted_proxy_headers=True,
                url_prefix=served.prefix,
                **behind,
            )
        except ValueError as error:
            raise KhobaoError(f"the server cannot be set up: {error}") from error
        port = sockets[0].getsockname()[1]
        for number in served.stopped_by:
            signal.signal(number, lambda *_: server.stop())
        tell(port)
        server.run()


def serve_together(served: Served, processes: int, tell: Callable[[int], None]) -> None:
    """Serve in several processes until this one is told to end; one that ends is started again.

    Args:
        tell: called with the port when all of them answer.

    Raises:
        KhobaoError: a process cannot begin: the archive cannot be opened, or the address not be used.
    """
    sockets = bound(served.host, served.port)
    with TemporaryDirectory(prefix="khobao-", ignore_cleanup_errors=True) as folder:
        # Read when prometheus_client is imported, in each process.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        settings = replace(served.settings, shared=Path(folder))
        together = _Together(replace(served, settings=settings), sockets, processes)
        try:
            together.begin()
            tell(sockets[0].getsockname()[1])
            together.watch()
        finally:
            together.end()
            for one in sockets:
                one.close()


@dataclass(slots=True)
class _Running:
    """One of the processes.

    Attributes:
        told: its one message: empty when it answers, else why it cannot.
        since: when it was started, in seconds of `time.monotonic`.
        pause: seconds before it is started again when it ends.
    """

    process: BaseProcess
    told: Connection
    since: float = field(default_factory=time.monotonic)
    pause: float = _FIRST_PAUSE


class _Together:
    """The processes of a server."""

    def __init__(self, served: Served, sockets: list[socket.socket], count: int) -> None:
        self._served = served
        self._sockets = sockets
        self._count = count
        self._running: dict[int, _Running] = {}
        self._due: dict[int, tuple[float, float]] = {}
        """Those that have ended: when they are started again, and the pause after that."""
        self._is_ending = threading.Event()

    def begin(self) -> None:
        """Start all processes, and wait until each of them answers."""
        signal.signal(signal.SIGTERM, lambda *_: self._is_ending.set())
        signal.signal(signal.SIGINT, lambda *_: self._is_ending.set())
        for number in range(self._count):
            self._start(number, _FIRST_PAUSE)
        for one in self._running.values():
            while not one.told.poll(0.2):
                if self._is_ending.is_set():
                    return
            try:
                fault = one.told.recv()
            except EOFError:
                fault = "a process of the server ended before it could answer"
            if fault:
                raise KhobaoError(fault)

    def _start(self, number: int, pause: float) -> None:
        context = get_context("spawn")
        told, tells = context.Pipe(duplex=False)
        # One of them looks for what watches wait for, so that nothing is sent twice.
        served = replace(self._served, follows=number == 0, stopped_by=(signal.SIGTERM,))
        if (shared := served.settings.shared) is not None:
            # Systems tidy their temporary folders.
            shared.mkdir(exist_ok=True)
        process = context.Process(
            target=_run, args=(served, self._sockets, tells), name=f"khobao-{number + 1}"
        )
        process.start()
        tells.close()
        self._running[number] = _Running(process, told, pause=pause)

    def watch(self) -> None:
        """Start processes again that end, until this one is told to end."""
        while not self._is_ending.is_set():
            ended = wait([one.process.sentinel for one in self._running.values()], timeout=0.5)
            now = time.monotonic()
            for number, one in list(self._running.items()):
                if one.process.sentinel in ended and not self._is_ending.is_set():
                    self._note_end(number, one, now)
            for number, (due, pause) in list(self._due.items()):
                if now >= due:
                    del self._due[number]
                    self._start(number, pause)
            if not self._running:
                self._is_ending.wait(0.2)

    def _note_end(self, number: int, one: _Running, now: float) -> None:
        one.process.join()
        pause = _FIRST_PAUSE if now - one.since > _LASTING else one.pause
        reason = f"ended with {one.process.exitcode}"
        with suppress(EOFError):
            reason = (one.told.poll() and one.told.recv()) or reason
        click.echo(
            f"khobao: process {number + 1} of the server {reason}; it is started again", err=True
        )
        one.told.close()
        if one.process.pid is not None:
            mark_process_dead(one.process.pid, str(self._served.settings.shared))  # type: ignore[no-untyped-call]
        del self._running[number]
        self._due[number] = (now + pause, min(2 * pause, _LONGEST_PAUSE))

    def end(self) -> None:
        """Let all processes answer what they have begun, and end them."""
        for one in self._running.values():
            one.process.terminate()
        until = time.monotonic() + ENDING + _END
        for one in self._running.values():
            one.process.join(max(0.0, until - time.monotonic()))
            if one.process.is_alive():
                one.process.kill()
                one.process.join()
            one.told.close()


def _run(served: Served, sockets: list[socket.socket], tells: Connection) -> None:
    """One of several processes."""
    end_with_parent()
    # The whole group gets Ctrl-C; the first process says when the others end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def tell(_: int) -> None:
        tells.send("")

    try:
        _serve(served, sockets, tell)
    except KhobaoError as error:
        with suppress(OSError):
            tells.send(str(error))
        raise SystemExit(1) from None
