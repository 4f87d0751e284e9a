"""Waitress with bounds on what clients may hold, and an end that lets answers be finished.

Waitress alone waits for ever for a client that does not read, gives a client all the time it wants to send
a request, and stops in the middle of an answer.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_TURN = 1.0
"""Seconds after which the bounds are looked at again."""


ENDING = 30.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """What clients may hold.

    Attributes:
        connections: at once, of all addresses. Beyond it the one that has asked nothing for longest ends;
            where all wait for answers, new ones wait.
        of_one: connections of one address; beyond it the same, but new ones are refused.
        apart: the address of a reverse proxy, which speaks for many.
        head, whole: seconds in which the head of a request, and all of it, have to be received.
        taking: seconds in which a client has to take
        least: bytes of an answer that waits for it, or the whole rest.
        ending: seconds that answers have when the server is told to end.
    """

    connections: int = 1000
    of_one: int = 100
    apart: str | None = None
    head: float = 20.0
    whole: float = 120.0
    taking: float = 20.0
    least: int = 20 << 10
    ending: float = ENDING


class _Request(HTTPRequestParser):  # type: ignore[misc]
    """A request whose address may have letters as they are typed, as ``curl "http://…/search?q=lũ"`` sends them."""

    def parse_header(self, header_plus: bytes) -> None:
        """Write what is not ASCII in the first line as browsers do."""
        line, end, rest = header_plus.partition(b"\r\n")
        super().parse_header(_NOT_ASCII.sub(lambda one: b"%%%02X" % one[0][0], line) + end + rest)


class _Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that knows how long it has been receiving a request, and how fast answers are taken.

    Attributes:
        since: when its last request was complete, or it began, in seconds of `time.monotonic`.
    """

    parser_class = _Request

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        self._began: float | None = None
        self._sent = 0
        self._window: tuple[float, int] | None = None
        self.since = time.monotonic()
        super().__init__(*arguments, **keywords)
        # A connection that says nothing is one whose request is late.
        self._began = self.since

    def received(self, data: bytes) -> bool:
        """Note when a request has begun, and when nothing of one is left over."""
        if self.request is None and self._began is None:
            self._began = time.monotonic()
        found: bool = super().received(data)
        if self.request is None:
            self._began, self.since = None, time.monotonic()
        return found

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Count what the client takes."""
        sent: int = super().send(data, do_close)
        self._sent += sent or 0
        return sent

    def is_free(self) -> bool:
        """Whether nothing is being answered; a request may be on its way."""
        return not (self.requests or self.total_outbufs_len or self.will_close)

    def is_idle(self) -> bool:
        """Whether nothing is asked or answered."""
        return self.is_free() and self.request is None

    def is_late(self, now: float, bounds: Bounds) -> bool:
        """Whether the client has held the connection for too long without doing its part."""
        return self._is_late_to_ask(now, bounds) or self._is_late_to_take(now, bounds)

    def _is_late_to_ask(self, now: float, bounds: Bounds) -> bool:
        if self._began is None or self.requests:
            return False
        begun = self.request is not None and self.request.headers_finished
        return now - self._began > (bounds.whole if begun else bounds.head)

    def _is_late_to_take(self, now: float, bounds: Bounds) -> bool:
        # Little waits while an answer is being made: that is not the client's doing.
        waits = self.total_outbufs_len >= (self.adj.send_bytes if self.requests else 1)
        if not waits:
            self._window = None
            return False
        if self._window is None:
            self._window = now, self._sent
        since, sent = self._window
        if now - since < bounds.taking:
            return False
        self._window = now, self._sent
        return self._sent - sent < bounds.least

    def drop(self) -> None:
        """End the connection; a thread that waits for the client goes on."""
        self.will_close = True
        # The loop hears of a client that does not read only when the connection is gone.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class _Listener(TcpWSGIServer):  # type: ignore[misc]
    """One of the sockets that the server listens on."""

    channel_class = _Channel

    def __init__(self, bounds: Bounds, *arguments: Any, **keywords: Any) -> None:
        self.bounds = bounds
        self._looked = 0.0
        super().__init__(*arguments, **keywords)

    def readable(self) -> bool:
        """Look at the bounds once in a while, and make room for new connections."""
        now = time.monotonic()
        if now - self._looked >= _TURN:
            self._looked = now
            for channel in list(self.active_channels.values()):
                if channel.is_late(now, self.bounds):
                    channel.drop()
        if len(self._map) >= self.adj.connection_limit:
            _end_one(self.active_channels.values())
        found: bool = super().readable()
        return found

    def handle_accept(self) -> None:
        """Accept a connection, unless its address has too many."""
        known = set(self.active_channels)
        super().handle_accept()
        for number in set(self.active_channels) - known:
            new = self.active_channels[number]
            address = new.addr[0]
            if address == self.bounds.apart:
                continue
            others = [
                one
                for one in self.active_channels.values()
                if one is not new and one.addr[0] == address
            ]
            if len(others) >= self.bounds.of_one and not _end_one(others):
                new.drop()


def _end_one(channels: Iterable[_Channel]) -> bool:
    """End the connection that has asked nothing for longest; false where all wait for answers."""
    free = [one for one in channels if one.is_free()]
    if not free:
        return False
    min(free, key=lambda one: one.since).drop()
    return True


class WebServer:
    """A WSGI application on some sockets.

    Raises:
        ValueError: waitress does not know a setting.
    """

    def __init__(
        self,
        application: Callable[..., Any],
        sockets: list[socket.socket],
        bounds: Bounds | None = None,
        **settings: Any,
    ) -> None:
        self._bounds = bounds or Bounds()
        self._settings = Adjustments(
            sockets=sockets,
            connection_limit=self._bounds.connections,
            # `select` knows no descriptor beyond 1023, and archives have many files.
            asyncore_use_poll=hasattr(select, "poll"),
            asyncore_loop_timeout=_TURN,
            **settings,
        )
        self._map: dict[int, Any] = {}
        self._tasks = ThreadedTaskDispatcher()
        self._tasks.set_thread_count(self._settings.threads)
        self._listeners = [
            _Listener(
                self._bounds,
                application,
                self._map,
                True,
                one,
                dispatcher=self._tasks,
                adj=self._settings,
                bind_socket=False,
                sockinfo=(one.family, one.type, one.proto, one.getsockname()),
            )
            for one in self._settings.sockets
        ]
        self._stops = 0

    def stop(self) -> None:
        """Let what has been asked be answered, then end; at the second call end at once.

        May be called by a handler of signals.
        """
        self._stops += 1
        # It may have ended already.
        with suppress(OSError):
            self._listeners[0].pull_trigger()

    def run(self) -> None:
        """Answer until `stop` is called."""
        while not self._stops:
            self._turn()
        self._finish()
        self._tasks.shutdown(timeout=1)
        for one in list(self._map.values()):
            with suppress(OSError):
                one.close()

    def _turn(self) -> None:
        wait = self._listeners[0].asyncore.loop
        wait(self._settings.asyncore_loop_timeout, self._settings.asyncore_use_poll, self._map, 1)

    def _finish(self) -> None:
        """Take no more connections, and answer what has been asked."""
        until = time.monotonic() + self._bounds.ending
        for listener in self._listeners:
            listener.accepting = False
            listener.del_channel(self._map)
            # Other processes that listen there have sockets of their own.
            listener.socket.close()
        # Bounds are looked at by listeners, which are out of the map now.
        while self._stops < 2 and time.monotonic() < until:
            open_ones = list(self._channels())
            for channel in open_ones:
                if channel.is_idle() or channel.is_late(time.monotonic(), self._bounds):
                    channel.drop()
            if not open_ones:
                return
            self._turn()

    def _channels(self) -> Iterator[_Channel]:
        for listener in self._listeners:
            yield from list(listener.active_channels.values())
