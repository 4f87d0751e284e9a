"""Sockets that a server listens on."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

from indexer.errors import KhobaoError

_BACKLOG = 1024
_ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
"""What is wrong with an address that this system does not have."""


def bound(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of a host; for port 0 on one free port.

    Raises:
        KhobaoError: they cannot.
    """
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, address in dict.fromkeys(found):
            used = sockets[0].getsockname()[1] if sockets else port
            try:
                sockets.append(_listening(family, (address[0], used, *address[2:])))
            except OSError as error:
                if error.errno not in _ABSENT:
                    raise
                # "localhost" may name IPv6 where the system has none.
                absent = error
        if absent and not sockets:
            raise absent
    except (OSError, UnicodeError, OverflowError) as error:
        for one in sockets:
            one.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise KhobaoError(
            f"cannot listen on {host}:{port}: {reason}; choose others with --host and --port"
        ) from error
    return sockets


def _listening(family: int, address: tuple[Any, ...]) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        one.bind(address)
        one.listen(_BACKLOG)
    except OSError:
        one.close()
        raise
    return one
