"""A webhook and a mail server that keep what they are sent."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Hook:
    """A webhook.

    Attributes:
        status: what it answers.
        pause: seconds that it takes.
        got: the key and the body of each message.
    """

    address: str = ""
    status: int = 200
    pause: float = 0.0
    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def articles(self) -> list[str]:
        """The articles of all messages; a message that came twice counts once."""
        return [one["id"] for body in dict(self.got).values() for one in body["articles"]]


@contextmanager
def hook() -> Iterator[Hook]:
    """A webhook on this machine."""
    kept = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.status == 200:
                kept.got.append((self.headers["Idempotency-Key"], json.loads(body)))
            time.sleep(kept.pause)
            self.send_response(kept.status)
            self.send_header("Location", kept.address + "elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.address = f"http://127.0.0.1:{server.server_port}/"
    with _served(server):
        yield kept


@dataclass
class Post:
    """A mail server."""

    port: int = 0
    got: list[EmailMessage] = field(default_factory=list)


@contextmanager
def post() -> Iterator[Post]:
    """A mail server on this machine."""
    kept = Post()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                word = line[:4].upper()
                if word == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (one := self.rfile.readline()) != b".\r\n":
                        lines.append(one)
                    message = message_from_bytes(b"".join(lines), policy=policy.default)
                    assert isinstance(message, EmailMessage)
                    kept.got.append(message)
                self.wfile.write(b"250 fine\r\n" if word != b"QUIT" else b"221 bye\r\n")
                if word == b"QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.port = server.server_address[1]
    with _served(server):
        yield kept


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
