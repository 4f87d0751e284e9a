"""A search as a feed: Atom 1.0 and RSS 2.0 of its newest articles."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, g, request, url_for

from indexer.language.cleaning import visible
from indexer.moments import Moment, first_moment
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
    feed.title(xml_text(f"{state.query or wording.text('newest', g.language)} – Kho Báo"))
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
    entry = add_entry(feed, hit.id, hit.title.text, hit.author or hit.source, hit.published)
    entry.summary(xml_text(" ".join(snippet.text for snippet in hit.snippets)))
    if hit.section:
        entry.category(term=xml_text(hit.section))
    entry.updated(first_moment(hit.published) if hit.published else _NO_DATE)


def add_entry(
    feed: FeedGenerator, id: str, title: str, author: str | None, published: Moment | None
) -> FeedEntry:
    """An article at the end of a feed, with all but when it was changed."""
    entry = feed.add_entry(order="append")
    # The same wherever the archive is served from.
    entry.id(f"urn:sha256:{hashlib.sha256(id.encode()).hexdigest()}")
    entry.title(xml_text(title) or id)
    entry.link(href=url_for("pages.article", id=id, _external=True), rel="alternate")
    entry.author(name=xml_text(author or "Kho Báo"))
    if published:
        entry.published(first_moment(published))
    return entry


def xml_text(text: str) -> str:
    """A text without characters that XML cannot hold."""
    return visible(_NOT_XML.sub("\ufffd", text))


def _answer(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return tagged(response, body)
