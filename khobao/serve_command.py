"""The command that serves an archive's web pages."""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import Any

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
    "--rate-limit",
    default="600 per minute",
    envvar="KHOBAO_RATE_LIMIT",
    show_default=True,
    help='Requests that an address may make; "" for no limit.',
)
@click.option(
    "--cors-origin",
    default="",
    envvar="KHOBAO_CORS_ORIGIN",
    help='The site whose pages may read the API; "*" for all.',
)
@click.option(
    "--proxy",
    envvar="KHOBAO_PROXY",
    help="Address of a reverse proxy whose X-Forwarded headers say who asks.",
)
@click.option(
    "--desk-key",
    default="",
    envvar="KHOBAO_DESK_KEY",
    help="What readers have to know to use dossiers and watches; empty where all may.",
)
def serve(
    archive: Path,
    host: str,
    port: int,
    threads: int,
    rate_limit: str,
    cors_origin: str,
    proxy: str | None,
    desk_key: str,
) -> None:
    """Serve the archive's web pages."""
    import waitress

    from search.archive import Archive
    from search.desk.alerts import followed
    from search.desk.settings import alert_settings
    from webapp import create_app
    from webapp.operations import MAX_UPLOAD, Settings
    from webapp.state import FACETS

    if desk_key and len(desk_key) < LEAST_KEY:
        raise KhobaoError(
            f"the desk's key needs at least {LEAST_KEY} characters; choose a longer one"
        )
    # A line for each request that waits would fill the log in a busy hour; /metrics tells as much.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    behind: dict[str, Any] = {}
    if proxy:
        behind = {
            "trusted_proxy": proxy,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"},
        }
    if not desk_key and host not in _LOCAL:
        click.echo(
            "khobao: whoever reaches this server may change its dossiers; --desk-key asks for a key",
            err=True,
        )
    with (
        Archive.open(archive) as opened,
        opened.kept_warm(FACETS),
        followed(opened, alert_settings(archive)),
    ):
        # What is loaded stays: the garbage collector need not walk over it again and again.
        gc.collect()
        gc.freeze()
        try:
            server = waitress.create_server(
                create_app(opened, Settings(rate_limit, cors_origin, desk_key)),
                host=host,
                port=port,
                threads=threads,
                ident="khobao",
                # Nobody sends much here: what is larger, or slower, is no browser.
                max_request_body_size=MAX_UPLOAD,
                max_request_header_size=64 << 10,
                channel_timeout=30,
                clear_untrusted_proxy_headers=True,
                **behind,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise KhobaoError(
                f"cannot listen on {host}:{port}: {reason}; choose others with --host and --port"
            ) from error
        click.echo(f"Kho Báo: http://{host}:{server.effective_port}  (Ctrl+C: dừng)")
        server.run()
