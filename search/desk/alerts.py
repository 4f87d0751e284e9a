"""New articles -> matches of watches -> messages.

A run notes the new articles and what they match in one transaction, writes down the messages that are due in
another, and sends these. A run that is killed in between is taken up by the next where it stopped: no
article is passed over and none matches twice. Only a message whose sending was cut off is sent again, with
the id that it had, since nobody can know whether it was taken.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

from indexer.article import Article
from indexer.errors import KhobaoError
from indexer.locks import held
from search.archive import Archive
from search.desk.desk import Desk
from search.desk.messages import SendingError, send
from search.desk.settings import AlertSettings
from search.desk.watch_store import key_of_id
from search.reader import ArchiveReader
from search.views import PUBLIC

LOCK = "alerts"
_LOG = logging.getLogger(__name__)
SECONDS = 30.0
"""How often a server looks for new articles."""


@dataclass(frozen=True, slots=True)
class AlertReport:
    """What a run has done.

    Attributes:
        arrived: articles that were new.
        matches: of all watches together.
        sent: messages.
        failed: for each message that was not taken the watch's name and why; it is tried again.
    """

    arrived: int
    matches: int
    sent: int
    failed: tuple[tuple[str, str], ...]


class _BusyError(Exception):
    """Another run sends."""


def look(desk: Desk, reader: ArchiveReader) -> tuple[int, int]:
    """Note the articles that are new since the last look, and which watches they match.

    Args:
        reader: of what everybody may see: messages and feeds go to who has no account.

    At the first look of all, nothing is new. Returns how many are new, and how many matches.
    """
    store = desk.watches
    state, known = store.state()
    if state == reader.newsroom.commit:
        return 0, 0
    new = [id for id in reader.newsroom.ids() if key_of_id(id) not in known]
    if not state:
        store.note(reader.newsroom.commit, new, {})
        return 0, 0
    searches = store.searches() if new else {}
    found = reader.newsroom.matches_among(list(searches.values()), new)
    needed = list(dict.fromkeys(id for ids in found for id in ids))
    articles: dict[str, Article] = {
        one.id: one for one in reader.articles(needed) if one is not None
    }
    matched = {
        number: [articles[id] for id in ids if id in articles]
        for number, ids in zip(searches, found, strict=True)
        if ids
    }
    return len(new), store.note(reader.newsroom.commit, new, matched)


def tell(desk: Desk, settings: AlertSettings) -> AlertReport:
    """Send the messages that are due, in one process at a time; another that sends is not waited for."""
    store = desk.watches
    sent, failed = 0, []
    with suppress(_BusyError), held(desk.database.path.parent, LOCK, _be_busy):
        store.make_deliveries()
        for delivery in store.waiting():
            try:
                send(delivery, settings)
            except SendingError as error:
                failed.append((delivery.watch.name, str(error)))
                store.note_sent(delivery.id, str(error) or "?")
            else:
                store.note_sent(delivery.id)
                sent += 1
    return AlertReport(0, 0, sent, tuple(failed))


def _be_busy() -> None:
    raise _BusyError


def run(desk: Desk, reader: ArchiveReader, settings: AlertSettings) -> AlertReport:
    """Look for new articles, and tell of them."""
    arrived, matches = look(desk, reader)
    report = tell(desk, settings)
    return AlertReport(arrived, matches, report.sent, report.failed)


@contextmanager
def followed(
    archive: Archive, settings: AlertSettings, *, seconds: float = SECONDS
) -> Iterator[None]:
    """Look and tell again and again, in a thread, while there are watches."""
    stop = Event()
    thread = Thread(target=_follow, args=(archive, settings, seconds, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _follow(archive: Archive, settings: AlertSettings, seconds: float, stop: Event) -> None:
    told: set[str] = set()
    while not stop.wait(seconds):
        faults = set()
        try:
            if archive.desk and archive.desk.watches.searches():
                report = run(archive.desk, archive.reader(shown=PUBLIC), settings)
                faults = {f"{name}: {fault}" for name, fault in report.failed}
        except KhobaoError as error:
            faults = {str(error)}
        except Exception:
            _LOG.exception("watches cannot be looked after")
        # A fault that lasts is told once.
        for line in faults - told:
            _LOG.error("%s", line)
        told = faults
