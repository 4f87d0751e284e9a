"""The newsroom's records of an archive, and what of them a search needs."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from indexer.engines.base import Searcher
from search.desk.account_store import AccountStore
from search.desk.database import DeskDatabase
from search.desk.dossier_store import DossierStore
from search.desk.resolving import current_ids
from search.desk.sessions import SessionStore
from search.desk.watch_store import WatchStore

_KEPT = 32


class Desk:
    """What is kept beside the index of an archive; threads share it.

    Args:
        archive: the folder.
    """

    def __init__(self, archive: Path) -> None:
        self.database = DeskDatabase(archive)
        self.dossiers = DossierStore(self.database)
        self.watches = WatchStore(self.database)
        self.accounts = AccountStore(self.database)
        self.sessions = SessionStore(self.database, self.accounts)
        self._lock = Lock()
        self._ids: OrderedDict[tuple[str, int, int], tuple[str, ...]] = OrderedDict()

    def ids_named(self, searcher: Searcher, name: str) -> tuple[str, ...] | None:
        """The articles of the dossier with a name, in its order; None where there is no such dossier.

        Raises:
            DeskError: the newsroom's file cannot be read.
        """
        head = self.dossiers.named(name)
        if head is None:
            return None
        key = (searcher.commit, head.number, head.version)
        with self._lock:
            if (found := self._ids.get(key)) is not None:
                self._ids.move_to_end(key)
                return found
        dossier = self.dossiers.dossier(head.number)
        ids = tuple(filter(None, current_ids(searcher, dossier.entries)))
        key = (searcher.commit, head.number, dossier.head.version)
        with self._lock:
            self._ids[key] = ids
            if len(self._ids) > _KEPT:
                self._ids.popitem(last=False)
        return ids
