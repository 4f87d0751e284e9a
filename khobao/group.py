"""The command group and the options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
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
_hosts_option = click.option(
    "--hosts",
    default="",
    envvar="KHOBAO_OPENSEARCH_HOSTS",
    help="Nodes of the OpenSearch cluster, by commas: https://search1:9200,https://search2:9200.",
)
_user_option = click.option(
    "--user",
    default="",
    envvar="KHOBAO_OPENSEARCH_USER",
    help="Who asks the cluster; the password is read from $KHOBAO_OPENSEARCH_PASSWORD.",
)
_ca_file_option = click.option(
    "--ca-file",
    default="",
    envvar="KHOBAO_OPENSEARCH_CA_FILE",
    help="Certificates of the authority that vouches for the cluster's.",
)


def cluster_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say where a cluster is."""
    return _hosts_option(_user_option(_ca_file_option(command)))


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
