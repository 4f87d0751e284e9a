"""The file in an archive's folder that says where its cluster is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indexer.durable import flush_folder, remove_tree, seal, unseal, write_durably
from indexer.engines.opensearch.commits import Commits
from indexer.engines.opensearch.connection import ClusterAddress, Connection
from indexer.engines.opensearch.layout import Names
from indexer.errors import DamageError, archive_errors

_FILE = "cluster.json"


def holds_cluster(folder: Path) -> bool:
    """Whether a folder remembers an archive in a cluster."""
    return (folder / _FILE).exists()


def remember_address(folder: Path, address: ClusterAddress) -> None:
    """Make a folder remember another address of its cluster.

    Raises:
        ArchiveError: the folder's file is damaged, or the other cluster does not hold the archive.
    """
    known, names = read_cluster_file(folder)
    if known == address:
        return
    connection = Connection(address)
    try:
        Commits(connection, names).read()
    finally:
        connection.close()
    with archive_errors(folder):
        write_cluster_file(folder, address, names)


def write_cluster_file(folder: Path, address: ClusterAddress, names: Names) -> None:
    """Make a folder remember an archive in a cluster; raises OSError."""
    write_durably(folder / _FILE, seal({"archive": names.archive, **address.to_json()}))


def forget_cluster(folder: Path) -> None:
    """Make a folder remember nothing, and go with all that is in it; raises ArchiveError."""
    with archive_errors(folder):
        (folder / _FILE).unlink(missing_ok=True)
        flush_folder(folder)
        remove_tree(folder)


def read_cluster_file(folder: Path) -> tuple[ClusterAddress, Names]:
    """What a folder remembers; raises DamageError where its file is missing or damaged."""
    path = folder / _FILE
    try:
        with archive_errors(path):
            content: dict[str, Any] = unseal(path.read_bytes())
        names = Names(content.pop("archive"))
        return ClusterAddress(**{**content, "hosts": tuple(content["hosts"])}), names
    except (ValueError, KeyError, TypeError) as error:
        raise DamageError(path, "the file is damaged") from error
