"""What clients may hold of the server, and how it ends."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread, Timer
from typing import Any

import pytest

from khobao.sockets import bound
from khobao.web_server import Bounds, WebServer

BLOCK = b"x" * (64 << 10)
START = Callable[..., Any]


class Application:
    """`/` is short, `/big` long; `/echo` says what was asked; `/slow` and `/wait` go on when they are let, one long and one short."""

    def __init__(self) -> None:
        self.closed = 0
        self.begun = Event()
        self.goes_on = Event()

    def __call__(self, environ: dict[str, Any], start: START) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        if path == "/upload":
            body = environ["wsgi.input"].read()
            start("200 OK", [("Content-Length", str(len(str(len(body)))))])
            return iter([str(len(body)).encode()])
        if path.startswith("/echo"):
            text = f"{path}?{environ['QUERY_STRING']}".encode("latin-1")
            start("200 OK", [("Content-Length", str(len(text)))])
            return iter([text])
        if path == "/wait":
            self.begun.set()
            self.goes_on.wait(20)
            path = "/"
        start("200 OK", [] if path != "/" else [("Content-Length", "2")])
        return iter([b"ok"]) if path == "/" else _Blocks(self, 2000 if path == "/big" else 160)


class _Blocks:
    def __init__(self, application: Application, number: int) -> None:
        self._application, self._left, self._number = application, number, number

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._left == self._number - 1 and self._number < 2000:
            self._application.begun.set()
            self._application.goes_on.wait(20)
        if not self._left:
            raise StopIteration
        self._left -= 1
        return BLOCK

    def close(self) -> None:
        self._application.closed += 1


class Serving:
    """A server in a thread."""

    def __init__(self, bounds: Bounds, threads: int = 2) -> None:
        self.application = Application()
        self.sockets = bound("127.0.0.1", 0)
        self.port = self.sockets[0].getsockname()[1]
        self.server = WebServer(
            self.application, self.sockets, bounds, threads=threads, outbuf_high_watermark=1 << 20
        )
        self.thread = Thread(target=self.server.run, daemon=True)
        self.thread.start()

    def connect(self, text: str = "") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        client.sendall(text.encode())
        return client

    def ask(self, path: str, timeout: float = 20) -> bytes:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            client.request("GET", path)
            return client.getresponse().read()
        finally:
            client.close()


@contextmanager
def serving(bounds: Bounds, threads: int = 2) -> Iterator[Serving]:
    found = Serving(bounds, threads)
    try:
        yield found
    finally:
        found.application.goes_on.set()
        found.server.stop()
        found.server.stop()
        found.thread.join(10)
        assert not found.thread.is_alive()
        for one in found.sockets:
            one.close()


def get(path: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"


def is_ended(client: socket.socket, seconds: float = 10) -> bool:
    """Whether the server ends a connection; what it has sent before is read."""
    client.settimeout(seconds)
    with suppress(ConnectionError):
        while True:
            try:
                if not client.recv(1 << 16):
                    break
            except TimeoutError:
                return False
    return True


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not holds() and time.monotonic() < ends:
        time.sleep(0.02)
    assert holds()


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/echo?q=lũ".encode(), b"/echo?q=l%C5%A9"),
        ("/echo/lũ?q=%C5%A9&a=Đà".encode(), "/echo/lũ?q=%C5%A9&a=%C4%90%C3%A0".encode()),
        (b"/echo?q=l\xfd", b"/echo?q=l%FD"),
        (b"/echo?q=a%20b", b"/echo?q=a%20b"),
    ],
)
def test_addresses_may_have_letters_as_they_are_typed(address: bytes, asked: bytes) -> None:
    with serving(Bounds()) as site, closing(site.connect()) as client:
        client.sendall(b"GET " + address + b" HTTP/1.0\r\nHost: a\r\n\r\n")
        found = b"".join(iter(lambda: client.recv(1 << 16), b""))
        assert found.startswith(b"HTTP/1.0 200")
        assert found.endswith(b"\r\n\r\n" + asked)


def test_clients_that_do_not_read_hold_no_thread() -> None:
    with serving(Bounds(taking=1)) as site:
        deaf = [site.connect(get("/big")) for _ in range(5)]
        wait_until(lambda: site.application.closed >= 2)
        assert site.ask("/") == b"ok"
        wait_until(lambda: site.application.closed == 5)
        assert all(map(is_ended, deaf))


def test_a_client_that_reads_slowly_gets_everything() -> None:
    with serving(Bounds(taking=1, least=20 << 10)) as site:
        client = site.connect(get("/slow"))
        site.application.goes_on.set()
        client.settimeout(5)
        found = 0
        while found < 160 * len(BLOCK):
            found += len(client.recv(256 << 10))
            time.sleep(0.05)
        assert found >= 160 * len(BLOCK)


def test_an_answer_that_takes_long_to_make_is_no_fault_of_the_client() -> None:
    with serving(Bounds(taking=1)) as site:
        client = site.connect(get("/slow"))
        assert site.application.begun.wait(20)
        Timer(3, site.application.goes_on.set).start()
        found = 0
        client.settimeout(10)
        while found < 160 * len(BLOCK):
            found += len(client.recv(1 << 20))


@pytest.mark.parametrize(
    "begun", ["", "GET / HTTP/1.1\r\n", "POST /upload HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc"]
)
def test_a_request_that_comes_too_slowly_is_cut_off(begun: str) -> None:
    with serving(Bounds(head=1.5, whole=1.5)) as site:
        client = site.connect(begun)
        started = time.monotonic()
        drips = b"X: " + b"y" * 80
        with suppress(ConnectionError):
            for at in range(len(drips)):
                # A connection that says nothing is no better.
                if begun:
                    client.sendall(drips[at : at + 1])
                time.sleep(0.1)
                if time.monotonic() - started > 4:
                    break
        assert is_ended(client, 0.5)


def test_a_request_in_pieces_is_answered() -> None:
    with serving(Bounds()) as site:
        client = site.connect()
        for letter in get("/"):
            client.sendall(letter.encode())
        assert client.recv(1 << 16).endswith(b"ok") or client.recv(1 << 16).endswith(b"ok")


def test_many_connections_that_ask_for_nothing_do_not_keep_others_out() -> None:
    with serving(Bounds(of_one=10, head=60)) as site:
        held = [site.connect("GET / HTTP/1.1\r\nX: ") for _ in range(60)]
        for _ in range(20):
            assert site.ask("/") == b"ok"
        # The oldest have ended.
        assert is_ended(held[0], 2)


def test_the_connections_of_all_addresses_are_bounded_too() -> None:
    with serving(Bounds(connections=20, of_one=1000, head=60)) as site:
        held = [site.connect("GET / HTTP/1.1\r\nX: ") for _ in range(60)]
        assert site.ask("/") == b"ok"
        assert is_ended(held[0], 5)


def test_an_address_whose_connections_all_wait_gets_no_more() -> None:
    with serving(Bounds(of_one=3), threads=1) as site:
        waiting = [site.connect(get("/wait")) for _ in range(3)]
        assert site.application.begun.wait(20)
        # Until all three are read, one of them still waits for its client.
        time.sleep(1)
        assert is_ended(site.connect(get("/")), 5)
        site.application.goes_on.set()
        for one in waiting:
            assert one.recv(1000)
        assert site.ask("/") == b"ok"


def test_a_proxy_may_have_as_many_connections_as_it_needs() -> None:
    with serving(Bounds(of_one=3, apart="127.0.0.1"), threads=1) as site:
        waiting = [site.connect(get("/wait")) for _ in range(6)]
        assert site.application.begun.wait(20)
        site.application.goes_on.set()
        for one in waiting:
            assert one.recv(1000)


def test_what_has_been_asked_is_answered_before_the_server_ends() -> None:
    with serving(Bounds(), threads=1) as site:
        first = site.connect(get("/slow"))
        assert site.application.begun.wait(20)
        second = site.connect(get("/"))
        idle = site.connect()
        time.sleep(0.3)
        site.server.stop()
        assert is_ended(idle, 5)
        with pytest.raises(ConnectionError):
            site.connect(get("/")).recv(1)
        site.application.goes_on.set()
        found = 0
        while part := first.recv(1 << 20):
            found += len(part)
            time.sleep(0.001)
        assert found > 160 * len(BLOCK)
        assert second.recv(1 << 16).endswith(b"ok")
        site.thread.join(10)
        assert not site.thread.is_alive()


def test_a_second_order_ends_the_server_at_once() -> None:
    with serving(Bounds(), threads=1) as site:
        client = site.connect(get("/slow"))
        assert site.application.begun.wait(20)
        site.server.stop()
        site.thread.join(1.5)
        assert site.thread.is_alive()
        site.server.stop()
        site.thread.join(5)
        assert not site.thread.is_alive()
        client.close()


def test_the_end_does_not_wait_for_ever() -> None:
    with serving(Bounds(ending=1), threads=1) as site:
        site.connect(get("/slow"))
        assert site.application.begun.wait(20)
        site.server.stop()
        site.thread.join(8)
        assert not site.thread.is_alive()
