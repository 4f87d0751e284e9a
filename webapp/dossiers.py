"""Dossiers: their pages, and the forms that change them. A form leads on to a page, which may be sent again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from indexer.article import Article
from indexer.moments import utc_now
from search.desk.dossier_store import DossierStore
from search.desk.dossiers import (
    MOST_ENTRIES,
    Dossier,
    DossierError,
    Entry,
    entry_of,
    name_key,
    split_tags,
)
from search.presentation.dossier_exports import Filed, from_csv, with_ids
from webapp import wording
from webapp.access import seen
from webapp.common import archive, named_articles
from webapp.desk import Answer, desk, desk_page
from webapp.pages import page_url
from webapp.state import PageState, read_state

blueprint = Blueprint("dossiers", __name__)

NEW = "new"
"""In place of a number: a dossier that is made for what goes into it."""
PER_PAGE = 100


def store() -> DossierStore:
    """The dossiers of the archive."""
    return desk().dossiers


def filed_of(
    dossier: Dossier, entries: slice | None = None, *, is_outside: bool = False
) -> list[Filed]:
    """Entries of a dossier with their articles in the archive.

    Args:
        entries: which of them; None for all.
        is_outside: whether addresses have to be whole.
    """
    chosen = dossier.entries if entries is None else dossier.entries[entries]
    reader = archive()
    ids = reader.newsroom.current_ids(chosen)
    articles = iter(reader.articles([id for id in ids if id is not None]))
    found = [None if id is None else next(articles) for id in ids]
    return [
        Filed(
            entry,
            one,
            url_for("pages.article", id=one.id, _external=is_outside) if one else None,
        )
        for entry, one in zip(chosen, found, strict=True)
    ]


def seen_of(dossier: Dossier) -> Dossier:
    """A dossier without the articles that who asks may not see."""
    entries = dossier.entries
    may = seen([one.article for one in entries], [one.source for one in entries])
    return Dossier(dossier.head, tuple(one for one, kept in zip(entries, may, strict=True) if kept))


@blueprint.get("/dossiers")
@desk_page
def dossiers() -> Answer:
    """All dossiers, and the forms for a new one."""
    return render_template("dossiers.html", heads=store().heads())


@blueprint.post("/dossiers")
@desk_page
def create() -> Answer:
    """A new dossier."""
    head = store().create(request.form.get("name", ""), request.form.get("note", ""))
    return redirect(url_for("dossiers.dossier", number=head.number), 303)


@blueprint.get("/dossier/<int:number>")
@desk_page
def dossier(number: int) -> Answer:
    """A dossier with its articles."""
    found = store().dossier(number)
    return render_template("dossier.html", may_change=True, **_shown(found))


@blueprint.get("/shared/<token>")
def shared(token: str) -> Answer:
    """A dossier for whoever has its address: to read only."""
    return render_template("dossier.html", may_change=False, **_shown(store().shared(token)))


def _shown(found: Dossier) -> dict[str, object]:
    """What a page of a dossier shows."""
    tag = request.args.get("tag", "")
    may_see = seen_of(found).entries
    entries = tuple(one for one in may_see if not tag or tag in one.tags)
    tagged = [tag for one in may_see for tag in one.tags]
    pages = max(1, -(-len(entries) // PER_PAGE))
    asked = request.args.get("page", "1")
    page = min(int(asked), pages) if asked.isdecimal() and len(asked) < 6 and int(asked) else 1
    first = (page - 1) * PER_PAGE
    part = slice(first, first + PER_PAGE)
    return {
        "head": found.head,
        "filed": filed_of(Dossier(found.head, entries), part),
        "places": {one.article: at for at, one in enumerate(found.entries, 1)},
        "tags": sorted({one: tagged.count(one) for one in tagged}.items()),
        "tag": tag,
        "page": page,
        "pages": pages,
        "as_search": PageState(query=found.head.query),
        "matching": len(entries),
        "not_shown": len(found.entries) - len(may_see),
    }


@blueprint.post("/dossiers/add")
@desk_page
def add() -> Answer:
    """Put chosen articles, or all of a search, into a dossier."""
    form = request.form
    chosen = form.getlist("id")
    articles = named_articles(archive(), chosen) if chosen else _found(form)
    now = utc_now()
    # One more than fit, so that the store says that they are too many.
    entries = [entry_of(one, now) for one in islice(articles, MOST_ENTRIES + 1)]
    number = form.get("dossier", "")
    if number == NEW:
        number, added = str(_new_dossier(form.get("q", ""), entries)), len(entries)
    elif number.isdecimal():
        added = store().add(int(number[:18]), entries)
    else:
        raise DossierError("no_dossier", "no dossier is named")
    if form.get("from") == "article" and len(chosen) == 1:
        address = url_for("pages.article", id=chosen[0], q=form.get("q") or None)
    else:
        address = page_url(read_state(form))
    told = urlencode({"saved": number, "added": added, "of": len(entries)})
    return redirect(f"{address}{'&' if '?' in address else '?'}{told}", 303)


def _found(form: MultiDict[str, str]) -> Iterable[Article]:
    """The articles of a search, as its exports have them."""
    reader = archive()
    return reader.results(reader.decided(read_state(form).request()))


def _new_dossier(query: str, entries: Sequence[Entry]) -> int:
    """A dossier that is named by the query, or by the day."""
    name = " ".join(re.sub(r'["“”]', " ", query).split())[:80]
    if not name_key(name):
        name = wording.text("dossier_of_day", g.language, day=f"{utc_now():%d/%m/%Y}")
    for count in range(1, 1000):
        try:
            called = name if count == 1 else f"{name} {count}"
            return store().create(called, "", entries).number
        except DossierError as error:
            if error.reason != "name_taken":
                raise
    raise DossierError("name_taken", f"{name}: another dossier has this name", called=name)


@blueprint.post("/dossier/<int:number>/edit")
@desk_page
def edit(number: int) -> Answer:
    """Another name or note."""
    store().rename(number, request.form.get("name", ""), request.form.get("note", ""))
    return _back(number)


@blueprint.post("/dossier/<int:number>/annotate")
@desk_page
def annotate(number: int) -> Answer:
    """A note, tags and a place for an article; or it is taken out."""
    form = request.form
    id, place = form.get("id", ""), form.get("place", "")
    if "remove" in form:
        store().remove(number, [id])
        return _back(number)
    store().annotate(number, id, form.get("note", ""), split_tags(form.get("tags", "")))
    if place.isdecimal() and place != form.get("was"):
        store().move(number, id, int(place[:6]))
    return _back(number, id)


@blueprint.post("/dossier/<int:number>/sort")
@desk_page
def sort(number: int) -> Answer:
    """Put the articles in the order of their dates."""
    store().sort(number, newest_first=request.form.get("order") == "newest")
    return _back(number)


@blueprint.post("/dossier/<int:number>/share")
@desk_page
def share(number: int) -> Answer:
    """Share a dossier by an address, or no longer."""
    store().share(number, is_shared=request.form.get("shared") == "yes")
    return _back(number)


@blueprint.get("/dossier/<int:number>/delete")
@desk_page
def ask_delete(number: int) -> Answer:
    """Ask before a dossier is forgotten."""
    return render_template("dossier_delete.html", head=store().dossier(number).head)


@blueprint.post("/dossier/<int:number>/delete")
@desk_page
def delete(number: int) -> Answer:
    """Forget a dossier; its articles stay in the archive."""
    store().delete(number)
    return redirect(url_for("dossiers.dossiers"), 303)


@blueprint.post("/dossiers/import")
@desk_page
def bring_in() -> Answer:
    """A dossier from a file of CSV."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise DossierError("no_file", "choose a file")
    read = from_csv(file.read(), utc_now())
    read = with_ids(read, archive().newsroom.current_ids(read.entries))
    name = request.form.get("name", "").strip() or read.name or file.filename.rpartition(".")[0]
    head = store().create(name, read.note, read.entries)
    return redirect(url_for("dossiers.dossier", number=head.number), 303)


def _back(number: int, id: str = "") -> Answer:
    page = request.form.get("page", "")
    address = url_for("dossiers.dossier", number=number, page=page if page != "1" else None)
    return redirect(f"{address}#{id}" if id else address, 303)
