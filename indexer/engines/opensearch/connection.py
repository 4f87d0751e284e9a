"""The way to a cluster: its address, requests that are safe to repeat, and errors of one line."""

from __future__ import annotations

import base64
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlunsplit

from indexer.addresses import split_address
from indexer.errors import ArchiveError, UnavailableError
from indexer.language.cleaning import printable

PASSWORD = "KHOBAO_OPENSEARCH_PASSWORD"  # noqa: S105
"""The variable of the environment with the password; no archive holds it."""
LEAST_VERSION = (2, 12)
"""The first version that gives the score of each named query."""
_SECONDS = 60
_PATIENCE = 20.0
"""Seconds in which a request is repeated that a cluster cannot answer while a node is lost."""
METADATA: dict[str, Any] = {"cluster_manager_timeout": "10s"}
"""For requests on indices and mappings: how long the cluster may look for a manager; by itself it takes 30 s."""
DOCUMENT: dict[str, Any] = {"timeout": "15s"}
"""For requests on one document: how long the cluster may look for its shard; by itself it takes a minute."""
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0)
_BUSY = frozenset({429, 502, 503, 504})
"""Answers of a cluster that is overloaded, or has no copy of a shard at the moment."""


class ClusterRefusalError(ArchiveError):
    """A cluster understood a request and refused it.

    Attributes:
        status: of HTTP.
        kind: the cluster's name of the fault.
    """

    def __init__(self, message: str, status: int, kind: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind

    @property
    def is_closed(self) -> bool:
        """Whether the request met a part of a shard that its node has closed."""
        return " is closed" in str(self)


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """Where a cluster is and who asks; the password comes from the environment.

    Attributes:
        hosts: addresses of nodes, as https://10.0.0.5:9200; others are not looked for.
        user: empty for a cluster without security.
        ca_file: certificates of those who vouch for the nodes'; empty for those of the system.
    """

    hosts: tuple[str, ...]
    user: str = ""
    ca_file: str = ""

    @classmethod
    def of(cls, hosts: str | list[str], user: str = "", ca_file: str = "") -> ClusterAddress:
        """An address as a user writes it: hosts by commas; a port and a scheme where they differ.

        Raises:
            ArchiveError: a host is not understood, or holds a password.
        """
        given = hosts.split(",") if isinstance(hosts, str) else hosts
        found = []
        for one in filter(None, map(str.strip, given)):
            parts = split_address(one if "://" in one else f"http://{one}")
            if parts.password:
                raise ArchiveError(
                    f"{parts.hostname}: give no password in an address; set {PASSWORD} instead"
                )
            user = user or parts.username or ""
            found.append(_plain_host(one, parts.scheme, parts.hostname, _port_of(one, parts)))
        if len({one.partition(":")[0] for one in found}) > 1:
            raise ArchiveError("give all hosts of a cluster with https://, or all with http://")
        if not found:
            raise ArchiveError("no host of a cluster is given; use --hosts http://localhost:9200")
        return cls(tuple(found), user, ca_file)

    def to_json(self) -> dict[str, Any]:
        """What an archive remembers."""
        return asdict(self)


def _port_of(host: str, parts: Any) -> int:
    try:
        return parts.port or 9200
    except ValueError as error:
        raise ArchiveError(f"{host}: this is no address of a host: {error}") from error


def _plain_host(given: str, scheme: str, name: str | None, port: int) -> str:
    if scheme not in ("http", "https") or not name:
        raise ArchiveError(
            f"{given}: this is no address of a host; write it as https://localhost:9200"
        )
    return urlunsplit((scheme, f"[{name}]:{port}" if ":" in name else f"{name}:{port}", "", "", ""))


class Connection:
    """A cluster that requests are sent to; threads may share it.

    Raises:
        ArchiveError: the extra `cluster` is not installed, or the certificates cannot be read.
    """

    def __init__(self, address: ClusterAddress) -> None:
        try:
            from opensearchpy import OpenSearch
        except ImportError as error:
            raise ArchiveError(
                "this archive is in an OpenSearch cluster; install: pip install 'khobao[cluster]'"
            ) from error
        # What fails is told in one line, by whoever sees it.
        logging.getLogger("opensearch").setLevel(logging.CRITICAL)
        self.address = address
        if address.ca_file and not Path(address.ca_file).is_file():
            raise ArchiveError(f"{address.ca_file}: there is no such file of certificates")
        secure: dict[str, Any] = {}
        if address.hosts[0].startswith("https:"):
            secure = {"verify_certs": True, "ssl_show_warn": False}
            secure |= {"ca_certs": address.ca_file} if address.ca_file else {}
        self._client = OpenSearch(
            list(address.hosts),
            headers=_credentials(address.user),
            timeout=_SECONDS,
            max_retries=len(address.hosts),
            retry_on_timeout=True,
            # `request` does that, and knows how long.
            retry_on_status=(),
            # A node that is gone is tried again soon: its shards come back with it.
            dead_timeout=5,
            pool_maxsize=16,
            **secure,
        )

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        missing: bool = False,
        patience: float = _PATIENCE,
        **params: Any,
    ) -> Any:
        """Send a request; it is repeated while the cluster is busy or a node is lost.

        Args:
            body: JSON, or a list of JSON lines.
            missing: answer None where there is no such thing.
            patience: seconds of that; 0 to try once.

        Raises:
            UnavailableError: no node answers, or the cluster cannot serve now.
            ClusterRefusalError: the request is refused.
        """
        give_up = time.monotonic() + patience
        for attempt in range(1000):
            try:
                return self._send(method, path, body, params)
            except ClusterRefusalError as error:
                if missing and error.status == 404:
                    return None
                raise
            except UnavailableError:
                pause = _PAUSES[min(attempt, len(_PAUSES) - 1)]
                if time.monotonic() + pause > give_up:
                    raise
                time.sleep(pause)
        raise AssertionError

    def _send(self, method: str, path: str, body: Any, params: Mapping[str, Any]) -> Any:
        from opensearchpy import exceptions

        if isinstance(body, list):
            body = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in body)
        texts: dict[str, Any] = {name: _parameter(value) for name, value in params.items()}
        # Without it the client would take the cluster's `timeout` for its own.
        texts["request_timeout"] = params.get("request_timeout", _SECONDS)
        try:
            return self._client.transport.perform_request(method, path, params=texts, body=body)
        except exceptions.ConnectionError as error:
            raise UnavailableError(self._unreachable(error)) from error
        except exceptions.TransportError as error:
            raise self._refusal(error) from error
        except exceptions.OpenSearchException as error:
            raise ArchiveError(
                f"{self._hosts()}: this is no OpenSearch cluster, or something before it answers;"
                " check the address"
            ) from error

    def _unreachable(self, error: Any) -> str:
        reason = str(error.error).lower()
        if "certificate" in reason or "ssl" in reason:
            return (
                f"{self._hosts()}: the certificate of the cluster is not trusted, or it speaks no TLS;"
                " name its authority with --ca-file, or check http:// and https://"
            )
        return f"{self._hosts()}: no node of the cluster answers; check the address and whether it runs"

    def _hosts(self) -> str:
        return ", ".join(self.address.hosts)

    def _refusal(self, error: Any) -> ArchiveError:
        status, kind, reason = _fault_of(error)
        if status == 401:
            who = self.address.user or "nobody"
            return ClusterRefusalError(
                f"{self._hosts()}: the cluster does not let {who} in; set the user with --user"
                f" and the password in {PASSWORD}",
                status,
                kind,
            )
        if status == 403 and "blocked" not in kind and "block" not in reason:
            return ClusterRefusalError(
                f"{self._hosts()}: the user {self.address.user} may not do this: {reason}",
                status,
                kind,
            )
        if "block" in kind or "flood-stage" in reason:
            return ClusterRefusalError(
                f"{self._hosts()}: the cluster takes no changes, its disks are full to the watermark;"
                " make room there and run this again",
                status,
                kind,
            )
        line = f"{self._hosts()}: {reason}"
        # A node that is lost while it answers is an error of the server as well.
        if status in _BUSY or status >= 500:
            return UnavailableError(f"{line}; a part of the cluster cannot answer now")
        return ClusterRefusalError(line, status, kind)


def _credentials(user: str) -> dict[str, str]:
    """The header that says who asks; a password may hold any letters."""
    if not user:
        return {}
    pair = f"{user}:{os.environ.get(PASSWORD, '')}".encode("utf-8", "surrogateescape")
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _fault_of(error: Any) -> tuple[int, str, str]:
    """Status, kind and reason of a cluster's answer; the reason of the deepest cause."""
    status = error.status_code if isinstance(error.status_code, int) else 0
    found = error.info.get("error", {}) if isinstance(error.info, dict) else {}
    if not isinstance(found, dict):
        return status, "", printable(str(found))[:300]
    kind = str(found.get("type", ""))
    causes = [one.get("reason") or {} for one in found.get("failed_shards") or ()]
    causes += [*(found.get("root_cause") or ()), found]
    reason = next(
        (one["reason"] for one in causes if isinstance(one, dict) and one.get("reason")), kind
    )
    return status, kind, printable(str(reason))[:300]


def _parameter(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
