"""Requests whose `Host` no server can have are refused before anything looks at them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(
    rf"(?:(?=.{{1,253}}(?::|$))(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9a-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?",
    re.IGNORECASE,
)
_MOST_PORT = 65535

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def is_host(value: str) -> bool:
    """Whether a `Host` header names a host: labels of up to 63 characters, or an IPv6 address."""
    match = _HOST.fullmatch(value)
    return match is not None and int(match["port"] or 0) <= _MOST_PORT


class KnownHost:
    """WSGI middleware: answers 400 to a `Host` that is none, which Flask would fail on."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        host = environ.get("HTTP_HOST")
        # HTTP/1.0 has none; an empty one is allowed where the address has no host.
        if not host or is_host(host):
            return self._application(environ, start_response)
        body = "400: the Host header names no host\n".encode("ascii")
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response("400 Bad Request", headers)
        return [body]
