"""Joining the segments of an archive's indices, once most of it has been written."""

from __future__ import annotations

import time
from functools import partial

from indexer.engines.opensearch.connection import Connection
from indexer.engines.opensearch.layout import Names

_MERGE = 3600
"""Seconds that the cluster may take."""
_LEASES = 90.0
"""Seconds to wait for the copies of shards; mostly it is half a minute."""
_WORTH_WAITING = 64 << 20
"""Bytes of an archive that is joined at once where it is smaller."""


def join_segments(connection: Connection, names: Names) -> None:
    """Make one segment of each index: searches are faster, and what is only kept for lost nodes goes.

    Raises:
        ArchiveError: the cluster does not answer, or refuses.
    """
    request, path = partial(connection.request, "POST"), f"/{names.alias}"
    request(f"{path}/_flush", request_timeout=_MERGE)
    _wait_for_leases(connection, names)
    request(f"{path}/_forcemerge", max_num_segments=1, request_timeout=_MERGE)
    # Searches see the joined segments, and the others are deleted.
    request(f"{path}/_refresh", request_timeout=_MERGE)


def _wait_for_leases(connection: Connection, names: Names) -> None:
    """Wait until no copy of a shard may ask any more for what was written before.

    The cluster notes every half minute how far all copies are. A merge before that keeps the requests
    that the articles came in, three fifths of an index.
    """
    path = f"/{names.alias}/_stats/docs,store"
    give_up = time.monotonic() + _LEASES
    while time.monotonic() < give_up:
        answer = connection.request("GET", path, level="shards")
        if answer["_all"]["primaries"]["store"]["size_in_bytes"] < _WORTH_WAITING:
            return
        shards = [its for index in answer["indices"].values() for its in index["shards"].values()]
        copies = [copy for its in shards for copy in its]
        if all(
            lease["retaining_seq_no"] > copy["seq_no"]["global_checkpoint"]
            for copy in copies
            for lease in copy["retention_leases"]["leases"]
        ):
            return
        time.sleep(1)
