"""The command group and the options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="khobao", prog_name="khobao")
def cli() -> None:
    """Kho Báo: a search engine for archives of Vietnamese news."""


archive_option = click.option(
    "--archive",
    type=click.Path(path_type=Path),
    envvar="KHOBAO_ARCHIVE",
    default=Path("archive"),
    show_default=True,
    help="The archive's folder; $KHOBAO_ARCHIVE sets it as well.",
)
map_option = click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=KEY",
    help="Which key of a record is a field: body=maintext; ignore=KEY for none; may be given again.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
