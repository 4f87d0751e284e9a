"""Watches: their pages and feeds, and the forms that change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from feedgen.feed import FeedGenerator
from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from search.desk.alerts import look
from search.desk.dossiers import name_key
from search.desk.settings import AlertSettings, alert_settings
from search.desk.watch_store import WatchStore
from search.desk.watches import Every, Match, Watch, clean_mail, clean_webhook
from search.requests import SearchRequest, Words
from search.views import PUBLIC
from webapp import access, wording
from webapp.common import archive, opened_archive, tagged
from webapp.desk import Answer, desk, desk_page
from webapp.feeds import add_entry, xml_text
from webapp.state import PageState, read_state

blueprint = Blueprint("watches", __name__)

_ENTRIES = 100


def store() -> WatchStore:
    """The watches of the archive."""
    return desk().watches


def settings() -> AlertSettings:
    """How watches tell."""
    return alert_settings(desk().database.path.parent)


def state_of(asked: SearchRequest) -> PageState:
    """The search of a watch as a page of results."""
    return PageState(
        query=asked.query,
        since=asked.since,
        until=asked.until,
        filters=asked.filters,
        words=asked.words,
        copies=asked.copies,
        meaning=asked.meaning,
        also=asked.also,
        without=asked.without,
    )


@blueprint.get("/watches")
@desk_page
def watches() -> Answer:
    """All watches."""
    return render_template("watches.html", watches=store().watches(), state_of=state_of)


@blueprint.post("/watches")
@desk_page
def create() -> Answer:
    """Watch the search that a page of results shows."""
    form = request.form
    state = read_state(form)
    words = Words.ANY if state.words is Words.ANY else Words.ALL
    # What is there now is not new to it.
    look(desk(), opened_archive().reader(shown=PUBLIC))
    name = " ".join(form.get("name", "").split()) or state.query[:80]
    if not name_key(name):
        name = wording.text("watch_of_all", g.language)
    made = store().create(name, replace(state.request(), words=words), Every.HOUR)
    return redirect(url_for("watches.watch", number=made.number), 303)


@blueprint.get("/watch/<int:number>")
@desk_page
def watch(number: int) -> Answer:
    """A watch with what it has found; `after` is the number of the last match that was seen before."""
    found = store().watch(number)
    after = request.args.get("after", "")
    seen = int(after) if after.isdecimal() and len(after) < 18 else found.seen
    every_match = store().matches(number)
    matches = _seen(every_match)
    ids = [one.article for one in matches]
    there = archive().newsroom.headings(ids)
    return render_template(
        "watch.html",
        watch=found,
        matches=list(zip(matches, (one is not None for one in there), strict=True)),
        not_shown=len(every_match) - len(matches),
        seen=seen,
        every=list(Every),
        settings=settings(),
        as_search=state_of(found.request),
    )


def _seen(matches: Sequence[Match]) -> list[Match]:
    """Those that who asks may see: sources may have become private since."""
    may = access.seen([one.article for one in matches], [one.source for one in matches])
    return [one for one, kept in zip(matches, may, strict=True) if kept]


@blueprint.post("/watch/<int:number>/seen")
@desk_page
def seen(number: int) -> Answer:
    """Note that what a watch has found was looked at, and show it."""
    before = store().see(number)
    return redirect(url_for("watches.watch", number=number, after=before), 303)


@blueprint.post("/watch/<int:number>/edit")
@desk_page
def edit(number: int) -> Answer:
    """Another name, pause, webhook or mail address."""
    form, told = request.form, settings()
    every = form.get("every", "")
    mail = clean_mail(form.get("mail", ""), told.mail.to) if told.mail else ""
    store().change(
        number,
        form.get("name", ""),
        Every(every) if every in set(Every) else Every.HOUR,
        clean_webhook(form.get("webhook", ""), told.webhooks),
        mail,
    )
    return redirect(url_for("watches.watch", number=number), 303)


@blueprint.post("/watch/<int:number>/delete")
@desk_page
def delete(number: int) -> Answer:
    """Forget a watch."""
    store().delete(number)
    return redirect(url_for("watches.watches"), 303)


@blueprint.get("/watch/<token>.atom")
def feed(token: str) -> Response:
    """What a watch has found as Atom, for a reader of feeds that knows its address."""
    found = store().by_token(token)
    body = _feed(found).atom_str(pretty=True)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=60"
    response.headers["X-Robots-Tag"] = "noindex"
    return tagged(response, body)


def _feed(found: Watch) -> FeedGenerator:
    made = FeedGenerator()
    made.id(f"urn:khobao:watch:{found.token}")
    made.title(xml_text(f"{found.name} – Kho Báo"))
    made.link(href=url_for("watches.feed", token=found.token, _external=True), rel="self")
    matches = _seen(store().matches(found.number, most=_ENTRIES))
    made.updated(matches[0].found if matches else found.created)
    made.language("vi")
    for one in matches:
        entry = add_entry(made, one.article, one.title, one.source, one.published)
        entry.updated(one.found)
    return made
