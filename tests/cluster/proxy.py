"""A guard before a cluster, as many have: it asks for a password, and speaks TLS if it has a certificate."""

from __future__ import annotations

import base64
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread


@contextmanager
def guarded(
    behind: str, user: str, password: str, certificate: Path | None = None
) -> Iterator[str]:
    """The address of a guard before the node at `behind`."""
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Guard(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
            if self.headers.get("Authorization") != wanted:
                self.answer(401, b"Unauthorized", "text/plain")
                return
            request = urllib.request.Request(
                behind + self.path, data=body, method=self.command,
                headers={"Content-Type": self.headers.get("Content-Type") or "application/json"},
            )  # fmt: skip
            try:
                with urllib.request.urlopen(request, timeout=60) as found:
                    self.answer(found.status, found.read(), found.headers["Content-Type"])
            except urllib.error.HTTPError as error:
                self.answer(error.code, error.read(), error.headers["Content-Type"])

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_any  # noqa: N815

        def answer(self, status: int, content: bytes, kind: str | None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind or "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content if self.command != "HEAD" else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
