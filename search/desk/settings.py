"""How watches tell: the table [alerts] of the nearest khobao.toml.

[alerts]
address = "https://khobao.toasoan.example"    # where the pages are served, for links
webhooks = ["https://hooks.example/"]         # beginnings of allowed addresses; without it all are allowed

[alerts.mail]
host = "smtp.toasoan.example"
port = 587
security = "starttls"                         # or "tls", or "none"
user = "khobao"                               # the password is read from $KHOBAO_SMTP_PASSWORD
from = "khobao@toasoan.example"
to = ["@toasoan.example"]                     # ends of allowed addresses; without it all are allowed
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from indexer.errors import SourceError
from indexer.parsing import MAP_FILE

PASSWORD = "KHOBAO_SMTP_PASSWORD"  # noqa: S105
SECURITY = ("starttls", "tls", "none")
_KEYS = ("address", "webhooks", "mail")
_MAIL_KEYS = ("host", "port", "security", "user", "from", "to")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Where mail is handed in.

    Attributes:
        sender: the address that mail is from.
        to: ends of the addresses that may be told; none for all.
    """

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """How watches tell.

    Attributes:
        address: of the site, without a slash at its end; empty where it is not told.
        webhooks: beginnings of the addresses that may be told; none for all.
        mail: None where no mail can be sent.
    """

    address: str = ""
    webhooks: tuple[str, ...] = ()
    mail: MailSettings | None = None


def alert_settings(archive: Path) -> AlertSettings:
    """The settings of the nearest khobao.toml with [alerts]: in the archive's folder, above, or the current one.

    Raises:
        SourceError: such a file cannot be read, or says what is not understood.
    """
    for folder in (archive.absolute(), *archive.absolute().parents, Path()):
        file = folder / MAP_FILE
        if file.is_file() and (found := _read(file)):
            return found
    return AlertSettings()


def _read(file: Path) -> AlertSettings | None:
    try:
        table = tomllib.loads(file.read_text("utf-8")).get("alerts")
    except (OSError, ValueError) as error:
        raise SourceError(f"{file}: cannot be read as TOML: {error}") from error
    if table is None:
        return None
    _check(file, "alerts", table, _KEYS)
    address = _text(file, "alerts", table, "address").rstrip("/")
    if address and not urlsplit(address).hostname:
        raise SourceError(f"{file}: address in [alerts] has to begin with https:// or http://")
    webhooks = _texts(file, "alerts", table, "webhooks")
    for one in webhooks:
        if not urlsplit(one).hostname or not urlsplit(one).path:
            raise SourceError(
                f"{file}: webhooks in [alerts] are beginnings like https://hooks.example/ with a slash"
            )
    mail = table.get("mail")
    return AlertSettings(address, webhooks, None if mail is None else _mail(file, mail))


def _mail(file: Path, table: Any) -> MailSettings:
    name = "alerts.mail"
    _check(file, name, table, _MAIL_KEYS)
    host, sender = (_text(file, name, table, key) for key in ("host", "from"))
    if not host or "@" not in sender:
        raise SourceError(f"{file}: [alerts.mail] needs host and from")
    security = _text(file, name, table, "security") or "starttls"
    if security not in SECURITY:
        raise SourceError(f"{file}: security in [{name}] is one of {', '.join(SECURITY)}")
    port = table.get("port", 465 if security == "tls" else 587)
    if not isinstance(port, int) or not 0 < port < 1 << 16:
        raise SourceError(f"{file}: port in [{name}] has to be a number up to 65535")
    to = _texts(file, name, table, "to")
    if any("@" not in one for one in to):
        raise SourceError(f'{file}: to in [{name}] are ends of addresses like "@toasoan.example"')
    return MailSettings(host, sender, port, security, _text(file, name, table, "user"), to)


def _check(file: Path, name: str, table: Any, keys: Iterable[str]) -> None:
    if not isinstance(table, dict) or set(table) - {*keys}:
        raise SourceError(f"{file}: [{name}] may have {', '.join(keys)} and nothing else")


def _text(file: Path, name: str, table: dict[str, Any], key: str) -> str:
    found = table.get(key, "")
    if not isinstance(found, str):
        raise SourceError(f"{file}: {key} in [{name}] has to be text")
    return found.strip()


def _texts(file: Path, name: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise SourceError(f'{file}: {key} in [{name}] has to be a list of texts: ["…"]')
    return tuple(found)
