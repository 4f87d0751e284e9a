"""A search as a feed: Atom 1.0 and RSS 2.0 of its newest articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, g, request, url_for

from indexer.moments import first_moment
from search.requests import Sort
from search.results import Hit
from webapp import wording
from webapp.common import archive, entry_id, tagged, xml_text
from webapp.state import PageState, read_state

blueprint = Blueprint("feeds", __name__)

ENTRIES = 50
_NO_DATE = datetime(1970, 1, 1, tzinfo=UTC)


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
    address = url_for("pages.article", id=hit.id, _external=True)
    entry = feed.add_entry(order="append")
    entry.id(entry_id(hit.id))
    entry.title(xml_text(hit.title.text) or hit.id)
    entry.link(href=address, rel="alternate")
    entry.summary(xml_text(" ".join(snippet.text for snippet in hit.snippets)))
    entry.author(name=xml_text(hit.author or hit.source or "Kho Báo"))
    if hit.section:
        entry.category(term=xml_text(hit.section))
    entry.updated(first_moment(hit.published) if hit.published else _NO_DATE)
    if hit.published:
        entry.published(first_moment(hit.published))


def _answer(body: bytes, content_type: str) -> Response:
    response = Response(body, content_type=f"{content_type}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return tagged(response, body)
