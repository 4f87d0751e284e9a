"""Requests for a host that this server is not are refused before anything looks at them.

Canonical addresses, feeds and redirects name the host that a request is for. A stranger who could choose it
would have a shared cache send readers elsewhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(
    rf"(?P<name>(?=.{{1,253}}(?::|$))(?:{_LABEL}\.)*{_LABEL}\.?|\[[0-9a-f:.]{{2,45}}\])(?::(?P<port>[0-9]{{1,5}}))?",
    re.IGNORECASE,
)
_MOST_PORT = 65535
_LOCAL = ("localhost", "local", "lan", "home", "internal", "intranet", "corp")
"""Ends of names that no server of the public internet has."""
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
ANY = "*"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def name_of(value: str) -> str | None:
    """The host that a `Host` header names, without port, in small letters; None where it names none.

    Hosts are labels of up to 63 characters, or an IPv6 address in brackets.
    """
    match = _HOST.fullmatch(value)
    if match is None or int(match["port"] or 0) > _MOST_PORT:
        return None
    return match["name"].lower().rstrip(".")


def is_host(value: str) -> bool:
    """Whether a `Host` header names a host."""
    return name_of(value) is not None


def hosts_in(text: str) -> tuple[str, ...]:
    """The hosts of a setting: names with commas or spaces between, `.example.org` for all below a name.

    Raises:
        ValueError: a part of it is no host.
    """
    found = []
    for part in re.split(r"[,\s]+", text.strip()):
        if not part:
            continue
        name = part if part == ANY else name_of(part.removeprefix("."))
        if name is None:
            raise ValueError(part)
        found.append(f".{name}" if part.startswith(".") else name)
    return tuple(found)


def is_own(name: str, hosts: Sequence[str]) -> bool:
    """Whether a server that is known by some hosts is meant.

    One that is not told its hosts has names without a dot and names of local networks, and their addresses.
    """
    if hosts:
        return any(
            host in (ANY, name) or (host.startswith(".") and f".{name}".endswith(host))
            for host in hosts
        )
    try:
        address = ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return "." not in name or name.rpartition(".")[2] in _LOCAL
    return not address.is_global


def served_as(hosts: Sequence[str], listening: str) -> tuple[str, ...]:
    """The hosts of a server that is told some, and listens on an address or a name.

    By the loopback addresses it can always be asked whether it is well.
    """
    if not hosts and is_own(listening.lower(), ()):
        return ()
    listens = f"[{listening}]" if ":" in listening else listening
    return (*hosts, listens.lower(), *_LOOPBACK)


class KnownHost:
    """WSGI middleware: answers 400 to a `Host` that is none, or is not this server's.

    Args:
        hosts: of `hosts_in`; see `is_own`.
    """

    def __init__(self, application: Wsgi, hosts: Sequence[str] = ()) -> None:
        self._application = application
        self._hosts = hosts

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        host = environ.get("HTTP_HOST")
        # HTTP/1.0 has none; an empty one is allowed where the address has no host.
        if not host:
            return self._application(environ, start_response)
        name = name_of(host)
        if name is not None and is_own(name, self._hosts):
            return self._application(environ, start_response)
        if name is None:
            line = "400: the Host header names no host"
        else:
            line = (
                f"400: this server does not go by the name {name}; whoever runs it can say so with"
                f" khobao serve --hosts {name}"
            )
        body = f"{line}\n".encode("ascii")
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response("400 Bad Request", headers)
        return [body]
