"""The archive folder: which engine is in it, and how an article becomes a document of that engine."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from indexer.article import (
    VIETNAM_TIME,
    Article,
    Moment,
    PartialDate,
    article_fields,
    article_from_fields,
)
from indexer.engines.base import Document, Engine
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError
from indexer.language.analysis import (
    KINDS,
    analyse,
    field_terms,
    folded_field_terms,
    syllables,
)
from indexer.language.entities import Kind
from indexer.language.normalise import nfc
from indexer.sources import ARCHIVE_MARKER

FORMAT = 6
"""Raised whenever an archive written before can no longer be read or would rank differently."""

SEARCHED_FIELDS = ("title", "author", "source", "credit", "section", "tags")
"""Parts of an article that a query can name; each is a field of accented and one of folded terms."""
KEYS = "keys"
"""The engine field by which a printed link finds the article that it means."""
LINKS = "links"
"""The engine field of the keys of what an article links to: finds the articles that link to one."""
NAMED_FACETS = {kind.value: kind for kind in Kind}
"""Facets whose values are the names in the text."""
HOLDS = "holds"
"""The facet of what an article has, for the numbers of an archive; its values are `PARTS`."""
PARTS = ("date", "author", "section", "lead")
FACETS = ("source", "credit", "section", "author", "tags", HOLDS, *NAMED_FACETS)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INDEX = "index"


def folded_field(name: str) -> str:
    """The engine field that holds the folded terms of a searched field."""
    return f"{name}_folded"


def open_engine(archive: Path, *, memory: int | None = None) -> Engine:
    """The engine of an archive that exists.

    Args:
        memory: bytes that gathered postings may take while writing; None for the engine's default.

    Raises:
        ArchiveError: there is none, or another version wrote it.
    """
    try:
        marker = json.loads((archive / ARCHIVE_MARKER).read_text("utf-8"))
    except FileNotFoundError:
        raise ArchiveError(
            f"{archive}: there is no archive here; make one with: khobao index SOURCE --archive {archive}"
        ) from None
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{archive / ARCHIVE_MARKER}: cannot be read: {error}") from error
    if not isinstance(marker, dict) or marker.get("format") != FORMAT:
        raise ArchiveError(
            f"{archive}: another version of Kho Báo wrote this archive; index the articles into a new one"
        )
    return _with_memory(WhooshEngine.open(archive / _INDEX), memory)


def _with_memory(engine: WhooshEngine, memory: int | None) -> Engine:
    if memory is not None:
        engine.memory = memory
    return engine


def open_or_create_engine(archive: Path, *, memory: int | None = None) -> Engine:
    """The engine of an archive, made empty where there is no archive yet.

    Args:
        memory: as for `open_engine`.

    Raises:
        ArchiveError: the folder cannot be written or holds something else.
    """
    if (archive / ARCHIVE_MARKER).exists():
        return open_engine(archive, memory=memory)
    try:
        if archive.is_dir() and any(entry.name != _INDEX for entry in archive.iterdir()):
            raise ArchiveError(
                f"{archive}: this folder holds other files; name an empty or new one"
            )
        (archive / _INDEX).mkdir(parents=True, exist_ok=True)
        names = [name for field in SEARCHED_FIELDS for name in (field, folded_field(field))]
        engine = WhooshEngine.create(archive / _INDEX, [*KINDS, *names, KEYS, LINKS], FACETS, KINDS)
        (archive / ARCHIVE_MARKER).write_text(json.dumps({"format": FORMAT}), "utf-8")
    except OSError as error:
        raise ArchiveError(f"{archive}: cannot be written: {error.strerror}") from error
    return _with_memory(engine, memory)


def timestamp(moment: Moment | None) -> int | None:
    """Seconds since 1970 UTC; a date, month or year stands for its first second in Việt Nam."""
    if moment is None:
        return None
    if isinstance(moment, PartialDate):
        moment = moment.first_day
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(), VIETNAM_TIME)
    # Not by way of `astimezone`: the first hours of year 1 in Việt Nam are in no year in London.
    return (moment - _EPOCH) // timedelta(seconds=1)


def last_second(moment: Moment | None) -> int | None:
    """The last second in Việt Nam that a month or year alone may mean, since 1970 UTC; None for others."""
    if not isinstance(moment, PartialDate):
        return None
    following = moment.last_day + timedelta(days=1)
    return int((datetime.combine(following, time(), VIETNAM_TIME) - _EPOCH).total_seconds()) - 1


def link_keys(title: str, url: str | None) -> tuple[str, ...]:
    """What two mentions of one article have in common: its address, else the words of its title."""
    words = " ".join(syllables(nfc(title)))
    keys = [f"title {hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"]
    if url:
        keys.insert(0, f"url {_address(url)}")
    return tuple(keys)


def _address(url: str) -> str:
    """A URL without what does not tell pages apart: scheme, ``www.``, last slash, fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"


def make_document(article: Article, origin: str) -> Document:
    """Analyse an article.

    Args:
        origin: the file it came from, absolute.
    """
    analysis = analyse(article)
    terms = dict(analysis.terms)
    values = {
        "title": article.title,
        "author": article.author or "",
        "source": article.source or "",
        "credit": "; ".join(article.credit),
        "section": article.section or "",
        "tags": "\n".join(article.tags),
    }
    for name in SEARCHED_FIELDS:
        if values[name]:
            terms[name] = field_terms(values[name])
            terms[folded_field(name)] = folded_field_terms(values[name])
    terms[KEYS] = dict.fromkeys(link_keys(article.title, article.url), 1)
    links = {key for link in article.related_links for key in link_keys(link.title, link.url)}
    terms[LINKS] = dict.fromkeys(links, 1)
    facets: dict[str, Sequence[str]] = {
        "source": _filled([values["source"]]),
        "credit": _filled(article.credit),
        "section": _filled([values["section"]]),
        "author": article.authors,
        "tags": _filled(article.tags),
    }
    parts = (article.published, article.author, article.section, article.lead)
    facets[HOLDS] = [name for name, part in zip(PARTS, parts, strict=True) if part]
    facets |= {name: analysis.names[kind] for name, kind in NAMED_FACETS.items()}
    return Document(
        id=article.id,
        digest=article.digest,
        origin=origin,
        terms=terms,
        tokens=analysis.tokens,
        starts=analysis.starts,
        published=timestamp(article.published),
        published_until=last_second(article.published),
        facets=facets,
        record=encode_record(article),
    )


def _filled(values: Iterable[str]) -> list[str]:
    """Values of a facet: each once, on one line, the empty ones left out."""
    return list(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values))))


def encode_record(article: Article) -> bytes:
    """An article as the bytes that an engine stores."""
    fields = article_fields(article)
    # The body stands behind the line of JSON: it is read twice as fast.
    body = fields.pop("body")
    text = f"{json.dumps(fields, ensure_ascii=False)}\n{body}"
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def decode_record(record: bytes) -> Article:
    """Inverse of `encode_record`."""
    line, _, body = zlib.decompress(record).decode("utf-8", "surrogatepass").partition("\n")
    return article_from_fields({**json.loads(line), "body": body})
