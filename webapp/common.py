"""Functions that the blueprints share: the archive, its faults, the query, the ETag."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast
from urllib.parse import quote_plus

from flask import Response, current_app, g, request

from indexer.article import Article
from indexer.errors import ArchiveError
from indexer.language.cleaning import clean_text
from search.archive import Archive
from search.desk.database import DeskError
from search.reader import ArchiveReader
from search.views import PUBLIC

MAX_QUERY = 2000
"""Characters of a query that are read; longer ones come from accidents and attacks."""
MAX_ADDRESS = 6000
"""Bytes of a query in an address: proxies take addresses of 8 KB, and a page has a hundred of them."""
_MARKS = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
"""More marks than any letter has."""


def opened_archive() -> Archive:
    """The archive that this application searches."""
    return cast(Archive, current_app.config["ARCHIVE"])


def archive() -> ArchiveReader:
    """The archive as this request sees it, from its beginning to its end: one commit."""
    if "reader" not in g:
        # A query that names a dossier is not to find nothing because nobody knows who may: it fails.
        with_desk = g.get("has_desk", False) or g.get("desk_fault") is not None
        g.reader = opened_archive().reader(with_desk=with_desk, shown=g.get("shown", PUBLIC))
    return cast(ArchiveReader, g.reader)


def log_desk_fault(what: str, error: DeskError | None) -> None:
    """Log why a part of the newsroom's file cannot be used, once and not for each request.

    Args:
        error: None where the part can be used.
    """
    logged: dict[str, str] = current_app.extensions.setdefault("khobao_desk_faults", {})
    if error is None:
        logged.pop(what, None)
    elif logged.get(what) != str(error):
        logged[what] = str(error)
        current_app.logger.error("%s", error)


def public_line(error: ArchiveError) -> str:
    """A line on a fault of the archive for readers on the network: no folder, no path."""
    if error.file and error.fault:
        return f"{error.file}: {error.fault}"
    return "the archive cannot be read; the server's log says why"


def asked(arguments: Mapping[str, str], name: str = "q") -> str:
    """A query of a URL's arguments; see `read_query`."""
    return read_query(arguments.get(name, ""))


def read_query(typed: str) -> str:
    """A query as a page searches it and links to it; the page says so where it is cut (`g.query_cut`)."""
    text = clean_query(typed)
    if fits(text):
        return text
    g.query_cut = True
    return cut_query(text)


def told_if_cut(address: str) -> str:
    """An address with arguments that this request leads to; the page there says that the query was cut."""
    return f"{address}&cut=1" if g.get("query_cut") else address


def clean_query(typed: str) -> str:
    """A query without what no reader sees, and without more marks than any letter has."""
    return _MARKS.sub(r"\1", clean_text(typed)).strip()


def fits(text: str) -> bool:
    """Whether a clean query is short enough: `MAX_QUERY` characters, `MAX_ADDRESS` bytes in an address."""
    return len(text) <= MAX_QUERY and len(quote_plus(text)) <= MAX_ADDRESS


def cut_query(text: str) -> str:
    """As much of a clean query as `fits`."""
    text = text[:MAX_QUERY].strip()
    while (size := len(quote_plus(text))) > MAX_ADDRESS:
        # Each character takes nine bytes at most, an emoji twelve.
        text = text[: -max(1, (size - MAX_ADDRESS) // 12)].strip()
    return text


def named_articles(reader: ArchiveReader, ids: Iterable[str]) -> Iterator[Article]:
    """Articles by their ids, each once; what the archive does not hold is left out."""
    for id in dict.fromkeys(ids):
        yield from (one for one in reader.articles([id]) if one is not None)


def cookie_path() -> str:
    """Where a cookie of this site belongs: to no other site of the same host."""
    return request.script_root or "/"


def tagged(response: Response, content: bytes) -> Response:
    """An answer with an ETag of its content; a client that has the same content gets no body."""
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response
