"""The command that explains a broken set-up."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khobao.group import archive_option, cli


@cli.command()
@archive_option
def doctor(archive: Path) -> None:
    """Look at the machine and the archive, and say what is wrong and what to do.

    Nothing is changed. `khobao check` reads every byte of the archive as well. Exit status 1 where the
    archive cannot be used as it is.
    """
    from khobao.doctor import examine

    is_grave = False
    for one in examine(archive):
        if not one.fault:
            click.echo(f"  ok  {one.what}")
            continue
        is_grave = is_grave or one.is_grave
        click.echo(f"{'FAIL' if one.is_grave else 'note'}  {one.what}: {one.fault}")
    sys.exit(int(is_grave))
