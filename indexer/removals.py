"""Whether a run may remove the articles that it does not find: an unmounted disk must not empty an archive.

A source that is empty, or that lost more than a tenth of its articles, stops the run before anything
changes. Articles that moved to another file of the run are not lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from indexer.article_catalog import ArticleCatalog
from indexer.errors import SourceError
from indexer.manifest import FileState, size_of_stamp
from indexer.parsing import FieldMap
from indexer.placement import Placement
from indexer.reading import FileContents, list_contents, stamp
from indexer.sources import SourceFile, is_gone, lies_under

MOST_LOST = 0.1
"""A greater share of a source's articles is not removed without being told to."""
MOST_REPLACED, LEAST_REPLACED = 0.5, 10
"""This many articles, if they are more than this share, are not replaced by others without being told to."""


def check_removals(
    sources: Sequence[Path],
    files: Sequence[SourceFile],
    states: dict[str, FileState],
    placement: Placement,
    workers: int | None,
    fields: FieldMap,
) -> None:
    """Make sure that no source has lost many articles, before anything is changed.

    Args:
        files: those that the run is going to read.
        states: the files that earlier runs read, by origin.

    Raises:
        SourceError: a source has; names it, how many articles would go, and how to allow it.
    """
    catalog = placement.catalog
    shrunk = {file.origin for file in files if _has_shrunk(file, states)}
    read = {file.origin for file in files}
    contents: list[FileContents] | None = None
    for source in sources:
        held = [origin for origin in catalog.origins() if lies_under(origin, [source])]
        gone = {origin for origin in held if is_gone(origin)}
        doubtful = sum(catalog.held(one) for one in held if one in gone or one in shrunk)
        total = sum(map(catalog.held, held))
        if doubtful <= MOST_LOST * total:
            continue
        if contents is None:
            contents = list(list_contents(list(files), workers, fields))
        kept = {id for origin in held if origin not in gone | read for id in catalog.ids_of(origin)}
        before = {id for origin in held for id in catalog.ids_of(origin)}
        lost = before - kept - _ids_in(contents, placement)
        lost -= {id for id in lost if placement.is_held(id, read)}
        own = [one for one in contents if lies_under(one.file.origin, [source])]
        check_loss(source, total, len(lost), total - _count_after(kept, own, catalog))


def _ids_in(contents: Iterable[FileContents], placement: Placement) -> set[str]:
    """The ids under which the articles of some files are stored after the run."""
    found: set[str] = set()
    for one in contents:
        for id, digest in one.articles:
            # Articles that share an id are kept under ids of their own.
            found |= {id, shared_id(id, digest)}
        # An article whose headline was changed is known by its address.
        found |= placement.book.ids(one.addresses)
        if one.faulty:
            found.update(placement.catalog.ids_of(one.file.origin))
    return found


def _count_after(kept: set[str], contents: Iterable[FileContents], catalog: ArticleCatalog) -> int:
    """How many articles a source has after the run: those kept, and those in the files that are read."""
    articles: set[tuple[str, str]] = set()
    for one in contents:
        articles |= one.articles
        if one.faulty:
            articles |= {(id, "") for id in catalog.ids_of(one.file.origin)}
    new = [
        (id, digest)
        for id, digest in articles
        if id not in kept or not catalog.has_content(id, digest)
    ]
    return len(kept) + len(new)


def shared_id(id: str, digest: str) -> str:
    """The id of an article whose own id another article has."""
    return f"{id}-{digest[:6]}"


def check_loss(
    source: Path, total: int, lost: int, fewer: int, done: str = "nothing was changed"
) -> None:
    """Refuse a removal that is too large to happen unasked.

    Args:
        total: articles that the archive holds of the source.
        lost: how many of them are found no more.
        fewer: how many less the source would have after the run.
        done: what the run has done so far.

    Raises:
        SourceError: it is too large.
    """
    # Articles that moved to another source are fewer here, but not lost.
    fewer = min(fewer, lost)
    replaced = lost >= LEAST_REPLACED and lost > MOST_REPLACED * total
    if fewer <= MOST_LOST * total and not replaced:
        return
    reason = "is empty (is its disk mounted?)" if lost == total == fewer else "has lost articles"
    raise SourceError(
        f"{source}: {reason}: {lost} of {total} articles would be removed; {done};"
        " to remove them, run this again with --remove-missing"
    )


def _has_shrunk(file: SourceFile, states: dict[str, FileState]) -> bool:
    state = states.get(file.origin)
    if state is None:
        return False
    return size_of_stamp(stamp(file)) < size_of_stamp(state.stamp)
