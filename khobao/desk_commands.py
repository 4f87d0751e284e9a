"""Commands of the newsroom's desk: watches, and telling of new articles."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import BinaryIO

import click

from indexer.errors import KhobaoError
from indexer.language.cleaning import json_text, printable
from khobao.group import archive_option, cli, json_option
from search.archive import Archive
from search.desk.desk import Desk
from search.desk.watches import Every, Watch, clean_mail, clean_webhook
from search.requests import SearchRequest, Words
from search.views import PUBLIC


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Archive, Desk]]:
    with Archive.open(path) as archive:
        if archive.desk is None:
            raise KhobaoError(f"{path}: this archive has no folder of its own")
        yield archive, archive.desk


@cli.command()
@archive_option
@click.option("--follow", is_flag=True, help="Go on until it is stopped; else once, for cron.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=30.0,
    show_default=True,
    help="Between two looks.",
)
@json_option
def alerts(archive: Path, follow: bool, seconds: float, as_json: bool) -> None:
    """Look which new articles the watches match, and tell by webhook and mail what is due."""
    from search.desk.alerts import run
    from search.desk.settings import alert_settings

    settings = alert_settings(archive)
    with _opened(archive) as (opened, desk):
        while True:
            report = run(desk, opened.reader(shown=PUBLIC), settings)
            for name, fault in report.failed:
                click.echo(f"khobao: {printable(name)}: {printable(fault)}; tried again", err=True)
            if as_json:
                click.echo(json_text(asdict(report)))
            elif not follow or report.arrived or report.sent:
                click.echo(
                    f"{report.arrived} new articles, {report.matches} matches, {report.sent} messages"
                    f" sent, {len(report.failed)} failed"
                )
            if not follow:
                sys.exit(int(bool(report.failed)))
            time.sleep(seconds)


@cli.command()
@click.argument("name")
@click.argument("query")
@archive_option
@click.option("--every", type=click.Choice(list(Every)), default=Every.HOUR, show_default=True)
@click.option("--webhook", default="", help="An address that is told by a POST of JSON.")
@click.option("--mail", default="", help="A mail address that is told.")
@click.option(
    "--any-words", is_flag=True, help="Enough words of the query will do, in place of all."
)
@json_option
def watch(
    name: str,
    query: str,
    archive: Path,
    every: str,
    webhook: str,
    mail: str,
    any_words: bool,
    as_json: bool,
) -> None:
    """Watch a search: NAME for people, QUERY as in the search box."""
    from search.desk.alerts import look
    from search.desk.settings import alert_settings

    settings = alert_settings(archive)
    webhook = clean_webhook(webhook, settings.webhooks)
    mail = clean_mail(mail, settings.mail.to if settings.mail else ())
    if mail and settings.mail is None:
        raise KhobaoError("khobao.toml has no [alerts.mail], so no mail can be sent; add it first")
    with _opened(archive) as (opened, desk):
        look(desk, opened.reader(shown=PUBLIC))
        words = Words.ANY if any_words else Words.ALL
        request = SearchRequest(query, words=words)
        _print([desk.watches.create(name, request, Every(every), webhook, mail)], as_json)


@cli.command()
@archive_option
@json_option
def watches(archive: Path, as_json: bool) -> None:
    """List the watches."""
    with _opened(archive) as (_, desk):
        _print(desk.watches.watches(), as_json)


@cli.command()
@click.argument("file", type=click.File("rb"))
@archive_option
@click.option(
    "--queries", is_flag=True, help="Each line is a query; else plain words are a phrase."
)
@json_option
def batch(file: BinaryIO, archive: Path, queries: bool, as_json: bool) -> None:
    """Look up the names in FILE, a name a line or CSV with a column name: a line of CSV each; - for stdin."""
    from search.batch import as_csv, as_fields, read_list
    from search.presentation.wording import describe

    read = read_list(file.read())
    with Archive.open(archive) as opened:
        found = opened.reader().newsroom.batch(
            read.names, SearchRequest(""), as_phrases=not queries
        )
        if as_json:
            for one in found:
                click.echo(json_text(as_fields(one)))
            return
        for line in as_csv(read, found, lambda problem: describe(problem, "en")):
            click.echo(line.removeprefix("\ufeff"), nl=False)


@cli.command()
@click.argument("number", type=int)
@archive_option
def unwatch(number: int, archive: Path) -> None:
    """Forget the watch with a NUMBER."""
    with _opened(archive) as (_, desk):
        desk.watches.delete(number)


def _print(found: list[Watch], as_json: bool) -> None:
    for one in found:
        if as_json:
            fields = asdict(one)
            request = fields.pop("request")
            fields |= {"query": request["query"], "filters": request["filters"]}
            fields |= {"words": request["words"]}
            fields |= {name: _day(request[name]) for name in ("since", "until")}
            fields["created"] = one.created.isoformat()
            click.echo(json_text(fields))
        else:
            told = " ".join(filter(None, (one.webhook, one.mail)))
            line = (
                f"{one.number}\t{one.name}\t{one.request.query}\t{one.every}\t{one.new} new\t{told}"
            )
            click.echo(printable(line) + (f"\t{printable(one.error)}" if one.error else ""))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
