"""A search as a feed: Atom 1.0 and RSS 2.0 of its newest articles."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, g, request, url_for

from indexer.language.cleaning import visible
from indexer.moments import first_moment
from search.requests import Sort
from search.results import Hit
from webapp import wording
from webapp.common import archive, tagged
from webapp.state import PageState, read_state

blueprint = Blueprint("feeds", __name__)

ENTRIES = 50
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@blueprint.get("/search.atom")
def atom() -> Response:
    """A search as Atom."""
    state = read_state(request.args)
    return _answer(feed_of(state, "feeds.atom").atom_str(pretty=True), "application/atom+xml")


@blueprint.get("/search.rss")
def rss() -> Response:
    """A search as RSS."""
    state = read_state(request.args)
    return _answer(feed_of(state, "feeds.rss").rss_str(pretty=True), "application/rss+xml")


def feed_of(state: PageState, endpoint: str) -> FeedGenerator:
    """The newest articles of a search that hold every word, or of all where none does or the state says so."""
    newest = replace(state, sort=Sort.NEWEST, per_page=ENTRIES, page=1)
    result = archive().search(replace(newest.request(), facets=()))
    hits = result.hits[: result.total_all_words if result.counts_all_words else None]
    page = url_for("pages.search", _external=True) + f"?{state.query_string()}"
    feed = FeedGenerator()
    feed.id(page)
    feed.title(_clean(f"{state.query or wording.text('newest', g.language)} – Kho Báo"))
    which = "takes_all_words" if result.counts_all_words else "words_any"
    said = f" {wording.text(which, g.language)}" if state.query else ""
    feed.description(f"{wording.text('tagline', g.language)}{said}")
    feed.link(href=url_for(endpoint, _external=True) + f"?{state.query_string()}", rel="self")
    feed.link(href=page, rel="alternate")
    feed.language("vi")
    dates = [first_moment(hit.published) for hit in hits if hit.published]
    feed.updated(max(dates, default=_NO_DATE))
    for hit in hits:
        _add(feed, hit)
    return feed


def _add(feed: FeedGenerator, hit: Hit) -> None:
    address = url_for("pages.article", id=hit.id, _external=True)
    entry = feed.add_entry(order="append")
    # The same wherever the archive is served from.
    entry.id(f"urn:sha256:{hashlib.sha256(hit.id.encode()).hexdigest()}")
    entry.title(_clean(hit.title.text) or hit.id)
    entry.link(href=address, rel="alternate")
    entry.summary(_clean(" ".join(snippet.text for snippet in hit.snippets)))
    entry.author(name=_clean(hit.author or hit.source or "Kho Báo"))
    if hit.section:
        entry.category(term=_clean(hit.section))
    entry.updated(first_moment(hit.published) if hit.published else _NO_DATE)
    if hit.published:
        entry.published(first_moment(hit.published))


def _clean(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return visible(_NOT_XML.sub("\ufffd", text))


def _answer(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return tagged(response, body)
