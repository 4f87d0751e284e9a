"""The command that makes the vectors by which an archive is searched by meaning."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path

import click

from indexer.language.cleaning import json_text
from khobao.group import archive_option, cli, json_option
from khobao.progress import counted_progress

_PAUSE = 10.0
"""Seconds between two looks for new articles."""


@cli.command()
@archive_option
@click.option("--limit", type=click.IntRange(min=1), help="Vectors that are made at most.")
@click.option(
    "--threads", type=click.IntRange(min=1), default=1, show_default=True, help="Of the processor."
)
@click.option("--watch", is_flag=True, help="Go on with new articles until it is stopped.")
@json_option
def meanings(archive: Path, limit: int | None, threads: int, watch: bool, as_json: bool) -> None:
    """Make the vectors for searching by meaning, the newest articles first; what is stopped goes on later."""
    from indexer.meanings.embedder import E5Embedder
    from indexer.meanings.embedding import embed_archive

    embedder = E5Embedder(threads)
    while True:
        with counted_progress("Vectors") as told:
            report = embed_archive(
                archive, embedder, most=limit, waiting=_say_waiting, told=told, threads=threads
            )
        if report.made or not watch:
            if as_json:
                click.echo(json_text(asdict(report)))
            else:
                click.echo(
                    f"{report.made} vectors made, {report.kept} kept, {report.dropped} dropped,"
                    f" {report.lacking} articles are still without one"
                )
        if not watch:
            return
        time.sleep(_PAUSE)


def _say_waiting(holder: str) -> None:
    who = f" ({holder})" if holder else ""
    click.echo(f"khobao: another run{who} makes vectors of this archive; waiting for it", err=True)
