"""What a watch tells, and how it is sent: a POST of JSON, or a mail in plain text."""

from __future__ import annotations

import http.client
import os
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

from indexer.language.cleaning import json_text
from indexer.moments import moment_to_json
from search.desk.dossiers import DossierError
from search.desk.settings import PASSWORD, AlertSettings, MailSettings
from search.desk.watches import Channel, Delivery, Match, clean_mail, clean_webhook

_SECONDS = 15.0
"""How long a receiver may take."""
_LISTED = 100
"""Articles that a message lists; it says how many more there are."""


class SendingError(Exception):
    """A message was not taken; it is tried again."""


def send(delivery: Delivery, settings: AlertSettings) -> None:
    """Send a message.

    Raises:
        SendingError: the receiver cannot be reached, or does not take it.
    """
    try:
        clean_webhook(delivery.watch.webhook, settings.webhooks)
        clean_mail(delivery.watch.mail, settings.mail.to if settings.mail else ())
        if delivery.channel is Channel.WEBHOOK:
            _post(delivery, settings)
        else:
            _mail(delivery, settings)
    except DossierError as error:
        # What is allowed may have changed since.
        raise SendingError(str(error)) from error
    except HTTPError as error:
        raise SendingError(f"the receiver answers {error.code}") from error
    except (
        URLError,
        http.client.HTTPException,
        smtplib.SMTPException,
        OSError,
        ValueError,
    ) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise SendingError(f"{reason}") from error


class _Stay(HTTPRedirectHandler):
    """A webhook is told where it is; nobody else is."""

    def redirect_request(self, *_: object) -> None:
        """None: not followed."""


def _post(delivery: Delivery, settings: AlertSettings) -> None:
    watch = delivery.watch
    body = {
        "id": delivery.id,
        "watch": watch.name,
        "query": watch.request.query,
        "page": _address(settings, f"/watch/{watch.number}"),
        "count": len(delivery.matches),
        "articles": [
            {
                "id": one.article,
                "title": one.title,
                "source": one.source,
                "published": moment_to_json(one.published),
                "url": one.url,
                "page": _page(settings, one),
            }
            for one in delivery.matches[:_LISTED]
        ],
    }
    request = Request(  # noqa: S310
        watch.webhook,
        json_text(body).encode(),
        {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Kho Bao",
            # A receiver that sees it twice has the message already.
            "Idempotency-Key": delivery.id,
        },
    )
    with build_opener(_Stay).open(request, timeout=_SECONDS) as answer:
        answer.read(1024)


def _mail(delivery: Delivery, settings: AlertSettings) -> None:
    mail = settings.mail
    if mail is None:
        raise SendingError("khobao.toml has no [alerts.mail]")
    message = mail_of(delivery, settings, mail)
    secure = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=_SECONDS, context=secure
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_SECONDS)
    with server:
        if mail.security == "starttls":
            server.starttls(context=secure)
        if mail.user:
            server.login(mail.user, os.environ.get(PASSWORD, ""))
        server.send_message(message)


def mail_of(delivery: Delivery, settings: AlertSettings, mail: MailSettings) -> EmailMessage:
    """The mail of a message; the same message has the same Message-ID and date however often it is sent."""
    watch = delivery.watch
    message = EmailMessage()
    user, _, domain = mail.sender.rpartition("@")
    message["From"] = Address("Kho Báo", user, domain)
    message["To"] = watch.mail
    count = len(delivery.matches)
    message["Subject"] = f"{' '.join(watch.name.split())}: {count} bài mới"
    message["Message-ID"] = f"<{delivery.id}@{domain}>"
    message["Date"] = format_datetime(max(one.found for one in delivery.matches))
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"Tìm: {watch.request.query}", ""]
    for one in delivery.matches[:_LISTED]:
        about = [one.source or "", moment_to_json(one.published) or ""]
        lines += [one.title, *filter(None, [" · ".join(filter(None, about))])]
        lines += [_page(settings, one) or one.url or "", ""]
    if count > _LISTED:
        lines += [f"và {count - _LISTED} bài nữa.", ""]
    if page := _address(settings, f"/watch/{watch.number}"):
        lines.append(page)
    message.set_content("\n".join(lines), cte="base64")
    return message


def _page(settings: AlertSettings, match: Match) -> str | None:
    return _address(settings, f"/article/{quote(match.article)}")


def _address(settings: AlertSettings, path: str) -> str | None:
    return f"{settings.address}{path}" if settings.address else None
