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

from dataclasses import dataclass
from pathlib import Path

from indexer.addresses import split_address
from indexer.settings_file import SettingsTable, read_settings

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
    folders = (archive.absolute(), *archive.absolute().parents, Path())
    for table in read_settings(folders, "alerts", _KEYS):
        return _settings(table)
    return AlertSettings()


def _settings(table: SettingsTable) -> AlertSettings:
    address, webhooks = table.text("address").rstrip("/"), table.texts("webhooks")
    if address and not _parts(address)[0]:
        raise table.fault("address in [alerts] has to begin with https:// or http://")
    if not all(all(_parts(one)) for one in webhooks):
        raise table.fault(
            "webhooks in [alerts] are beginnings like https://hooks.example/ with a slash"
        )
    mail = table.inner("mail", _MAIL_KEYS)
    return AlertSettings(address, webhooks, None if mail is None else _mail(mail))


def _parts(address: str) -> tuple[str, str]:
    """Host and path of an address; both are empty where it is none."""
    found = split_address(address)
    return found.hostname or "", found.path


def _mail(table: SettingsTable) -> MailSettings:
    host, sender = table.text("host"), table.text("from")
    if not host or "@" not in sender:
        raise table.fault("[alerts.mail] needs host and from")
    security = table.text("security") or SECURITY[0]
    if security not in SECURITY:
        raise table.fault(f"security in [alerts.mail] is one of {', '.join(SECURITY)}")
    port = table.values.get("port", 465 if security == "tls" else 587)
    if not isinstance(port, int) or not 0 < port < 1 << 16:
        raise table.fault("port in [alerts.mail] has to be a number up to 65535")
    to = table.texts("to")
    if not all("@" in one for one in to):
        raise table.fault('to in [alerts.mail] are ends of addresses like "@toasoan.example"')
    return MailSettings(host, sender, port, security, table.text("user"), to)
