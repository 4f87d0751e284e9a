"""The command that serves an archive's web pages."""

from __future__ import annotations

import re
from pathlib import Path

import click

from indexer.errors import KhobaoError
from khobao.group import archive_option, cli

LEAST_KEY = 12
"""Characters of the desk's key: nobody should guess it."""
_LOCAL = ("127.0.0.1", "::1", "localhost")


@cli.command()
@archive_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=8, show_default=True)
@click.option(
    "--processes",
    type=click.IntRange(min=1),
    default=1,
    envvar="KHOBAO_PROCESSES",
    show_default=True,
    help="Processes that answer, each with so many threads; about one a core.",
)
@click.option(
    "--rate-limit",
    default="600 per minute",
    envvar="KHOBAO_RATE_LIMIT",
    show_default=True,
    help='Requests that an address may make; "" for no limit.',
)
@click.option(
    "--deadline",
    type=click.FloatRange(min=0),
    default=5.0,
    envvar="KHOBAO_DEADLINE",
    show_default=True,
    help="Seconds that a request may take, exports apart; 0 for any time.",
)
@click.option(
    "--cors-origin",
    default="",
    envvar="KHOBAO_CORS_ORIGIN",
    help='The site whose pages may read the API; "*" for all.',
)
@click.option(
    "--hosts",
    default="",
    envvar="KHOBAO_HOSTS",
    help="Names that the server goes by, with commas between; .bao.vn for all below bao.vn, * for any."
    " Without it those of local networks.",
)
@click.option(
    "--proxy",
    envvar="KHOBAO_PROXY",
    help="Address of a reverse proxy whose X-Forwarded headers say who asks.",
)
@click.option(
    "--prefix",
    default="",
    envvar="KHOBAO_PREFIX",
    metavar="PATH",
    help="The path under which readers find the site, such as /khobao, where a proxy has other sites beside it.",
)
@click.option(
    "--access-log",
    is_flag=True,
    help="Write a line of JSON for each request to standard output, without what readers look for.",
)
@click.option("--log-queries", is_flag=True, help="Write what readers look for as well.")
@click.option(
    "--desk-key",
    default="",
    envvar="KHOBAO_DESK_KEY",
    help="What readers have to know to use dossiers and watches; empty where all may.",
)
@click.option(
    "--members-only",
    is_flag=True,
    envvar="KHOBAO_MEMBERS_ONLY",
    help="Show nothing to readers without an account (khobao account), but secret addresses that were"
    " given away.",
)
def serve(
    archive: Path,
    host: str,
    port: int,
    threads: int,
    processes: int,
    rate_limit: str,
    deadline: float,
    cors_origin: str,
    hosts: str,
    proxy: str | None,
    prefix: str,
    access_log: bool,
    log_queries: bool,
    desk_key: str,
    members_only: bool,
) -> None:
    """Serve the archive's web pages."""
    from khobao.server import Served, serve_alone, serve_together
    from search.desk.database import DeskError
    from search.desk.desk import Desk
    from webapp.hosts import hosts_in, served_as
    from webapp.operations import Settings

    if desk_key and len(desk_key) < LEAST_KEY:
        raise KhobaoError(
            f"the desk's key needs at least {LEAST_KEY} characters; choose a longer one"
        )
    try:
        has_accounts = Desk(archive).accounts.has_any()
    except DeskError as error:
        click.echo(f"khobao: {error}; nobody can sign in until then", err=True)
        has_accounts = True
    if members_only and not has_accounts:
        raise KhobaoError(
            "--members-only: nobody has an account yet; give one with: khobao account add NAME"
        )
    if not (desk_key or has_accounts) and host not in _LOCAL:
        click.echo(
            "khobao: whoever reaches this server may change its dossiers; khobao account gives accounts,"
            " --desk-key asks for a key",
            err=True,
        )
    if desk_key and has_accounts:
        click.echo("khobao: --desk-key: not asked for, as there are accounts", err=True)
    try:
        names = hosts_in(hosts)
    except ValueError as error:
        raise KhobaoError(f"--hosts: {error} is no name of a host") from error
    if proxy and not names:
        click.echo(
            "khobao: behind a proxy say with --hosts by which names readers know this server;"
            " others than those of local networks are refused",
            err=True,
        )
    settings = Settings(
        rate_limit=rate_limit,
        cors_origin=cors_origin,
        desk_key=desk_key,
        members_only=members_only,
        deadline=deadline,
        hosts=served_as(names, host),
        access_log=access_log or log_queries,
        logs_queries=log_queries,
        threads=threads,
    )
    served = Served(archive, host, port, settings, proxy, _path_of(prefix))

    def tell(used: int) -> None:
        click.echo(f"Kho Báo: http://{host}:{used}  (Ctrl+C: dừng)")

    if processes == 1:
        serve_alone(served, tell)
    else:
        serve_together(served, processes, tell)


def _path_of(prefix: str) -> str:
    """A path without a slash at its end; raises KhobaoError where it is none."""
    path = "/" + prefix.strip("/")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", path) or "/." in path:
        raise KhobaoError(f"--prefix: {prefix} is no path such as /khobao")
    return path.rstrip("/")
