"""Articles from saved web pages: the evidence of all extractors is weighed here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from indexer.addresses import join_address, split_address
from indexer.article import Article
from indexer.errors import ParseError
from indexer.language.normalise import bare
from indexer.moments import Moment, PartialDate
from indexer.parsing.dates import parse_file_name
from indexer.parsing.encodings import Decoded, decoded
from indexer.parsing.evidence import Evidence, Seen, explained, heaviest
from indexer.parsing.identity import make_id
from indexer.parsing.outlets import outlet, outlet_of_address, source_name
from indexer.parsing.page import paragraphs
from indexer.parsing.page.body import Container, describe, find_container
from indexer.parsing.page.front import front_evidence, is_front
from indexer.parsing.page.headline import Headline, find_headline
from indexer.parsing.page.layout import Layout
from indexer.parsing.page.parts import leads, sections, tags
from indexer.parsing.page.related import find_related
from indexer.parsing.page.saved import SavedCopy, original, read_marks, without_toolbar
from indexer.parsing.page.stated import read_stated
from indexer.parsing.page.tree import Tree
from indexer.parsing.page.when import PrintedLine, find_dates, is_bare, printed_dates
from indexer.parsing.page.who import choose_author, find_who
from indexer.parsing.resource import Capture

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", re.IGNORECASE
)
_MAX_DEPTH = 500
_OPENING = re.compile(r"\s*\(?([^()\s-][^()–-]{1,24}?)\)?\s*[-–:]\s")
_SITE_SUFFIX = re.compile(r"\s+[-–|]\s+|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article with the evidence for each of its fields."""

    article: Article
    seen: tuple[Seen, ...]


def parse_html(data: bytes, path: str, capture: Capture | None = None) -> Article:
    """Read the article of one page.

    Args:
        data: the page as saved.
        path: the file, for its name and for errors.
        capture: how a crawler came to the page.

    Raises:
        ParseError: the page holds no article, or is a list of them.
    """
    return read_html(data, path, capture, explain=False).article


def read_html(
    data: bytes, path: str, capture: Capture | None = None, *, explain: bool = True
) -> Reading:
    """`parse_html` with the evidence for each field.

    Args:
        explain: whether that is asked for.
    """
    stated = capture.charset if capture else None
    declared = match[1].decode("ascii") if (match := _CHARSET.search(data[:4096])) else stated
    found = decoded(data, path, declared=declared, markup=True)
    saved = read_marks(found.text)
    if capture and not saved.url:
        saved = SavedCopy("web archive", original(capture.url), capture.when)
    text = without_toolbar(found.text) if saved.by else found.text
    utf8 = data if found.is_as_read and text is found.text else None
    try:
        tree = Tree(text, utf8=utf8, old_fonts=found.encoding == "tcvn3")
    except ValueError:
        raise ParseError(path, _NO_ARTICLE) from None
    if tree.depth() > _MAX_DEPTH:
        raise ParseError(path, "its elements are nested too deeply for an article; mend the page")
    return _Page(tree, saved, path, found if explain else None).read()


def encoding_seen(found: Decoded) -> Seen:
    """The line of an explanation on a file's encoding."""
    return Seen("encoding", found.encoding, "the bytes of the file", found.reason, 1.0, True)


_NO_ARTICLE = "no article was found in this page: it needs a headline and running text"


class _Page:
    """The evidence of one page, gathered once."""

    def __init__(
        self, tree: Tree, saved: SavedCopy, path: str, found: Decoded | None = None
    ) -> None:
        self._path = path
        self._saved = saved
        self._seen: list[Seen] = []
        self._explains = found is not None
        if found is not None:
            self._seen.append(encoding_seen(found))
        self.layout = Layout(tree)
        self.stated = read_stated(tree)
        self.headline: Headline = find_headline(self.layout, self.stated)
        self.layout.mark_outside(self.headline.element)
        self.container: Container | None = find_container(self.layout, self.headline.element)
        self.url = self._address()

    def _note(
        self,
        field: str,
        found: Sequence[Evidence[Any]],
        *chosen: Evidence[Any] | None,
    ) -> None:
        if self._explains:
            self._seen += explained(field, found, [one for one in chosen if one is not None])

    def _address(self) -> str | None:
        """The article's address as its metadata states it, else as the saved copy does."""
        found = [*self.stated.urls]
        if self._saved.url:
            found.append(Evidence(self._saved.url, self._saved.by, "the mark of a saved copy", 5))
        base = self._saved.url or ""
        full = [
            Evidence(
                original(join_address(base, one.value) or one.value),
                one.place,
                one.reason,
                one.weight,
            )
            for one in found
        ]
        counted = [one for one in full if split_address(one.value).scheme in ("http", "https")]
        # A canonical address without a path is a slip of the template.
        deep = [one for one in counted if split_address(one.value).path.strip("/")]
        best = heaviest(deep or counted)
        self._note("url", full, best)
        return best.value if best else None

    def read(self) -> Reading:
        """Weigh the evidence.

        Raises:
            ParseError: there is no article, or a list of them.
        """
        title, headline = self.headline.text, self.headline.element
        self._note("title", list(self.headline.seen), *self.headline.chosen)
        printed = printed_dates(self.layout, headline, self.container)
        front = front_evidence(
            self.layout, self.stated, self.headline, self.container, self.url,
            any(one.weight >= 8 for one in printed),
        )  # fmt: skip
        self._note("kind", front)
        if is_front(front):
            raise ParseError(
                self._path,
                "this is a front or section page, a list of stories; save the stories' own pages",
                seen=tuple(self._seen),
            )
        lead_evidence = leads(self.layout, headline, self.container, self.stated, title)
        first = self.container.lines[0].text if self.container and self.container.lines else ""
        opening = Evidence(first, "text", "the first line", 1.0)
        source = self._source([*lead_evidence, opening])
        base = next(
            (one.get("href") for one in self.layout.tree.root.iter("base") if one.get("href")), ""
        )
        links_from = join_address(self.url or "", base or "") or self.url or ""
        related = find_related(self.layout, headline, self.container, links_from, self.url)
        own = {
            bare(name)
            for name in (source or "", *(one.value for one in self.stated.sources))
            if name
        }
        own |= {bare(source_name(name)) for name in own}
        who = find_who(
            self.layout, headline, self.container, printed, self.stated, own, related.lines
        )
        author, chosen = choose_author(who.authors)
        self._note("author", who.authors, *chosen)
        credit = list(dict.fromkeys(one.value for one in who.credits if one.weight > 0))
        self._note("credit", who.credits, *(one for one in who.credits if one.weight > 0))
        text = paragraphs.of(
            self.layout,
            self.container,
            title,
            lead_evidence,
            related.lines | who.lines,
            self.stated,
        )
        self._note("lead", text.leads, text.chosen)
        if not title or not (text.body or (text.chosen and text.chosen.weight >= 5)):
            raise ParseError(self._path, _NO_ARTICLE, seen=tuple(self._seen))
        published = self._published(printed)
        section_seen = sections(self.layout, headline, self.stated, self.url, title)
        section = heaviest(section_seen)
        self._note("section", section_seen, section)
        known = " ".join((title, text.lead, *text.body))
        tag_names, tag_seen = tags(self.layout, headline, self.stated, known)
        self._note("tags", tag_seen, *(one for one in tag_seen if one.value in tag_names))
        self._explain_body(text, related.seen)
        name = PurePath(self._path).name
        article = Article(
            id=make_id(title, self.url or name),
            title=title,
            lead=text.lead,
            body="\n".join(text.body),
            url=self.url,
            published=published,
            updated=self._updated(published),
            author=author,
            source=source,
            credit=tuple(credit),
            section=section.value if section else None,
            tags=tuple(tag_names),
            captions=tuple(text.captions),
            related_links=tuple(related.links),
            path=self._path,
            captured=self._saved.when,
        )
        return Reading(article, tuple(self._seen))

    def _explain_body(self, text: paragraphs.Text, lists: list[tuple[str, str, int, bool]]) -> None:
        if self.container is not None:
            shown = f"{len(text.body)} paragraphs, {len(text.captions)} captions"
            self._seen.append(
                Seen(
                    "body",
                    shown,
                    describe(self.container),
                    self.container.reason,
                    self.container.votes,
                    True,
                )
            )
        for place, reason in text.dropped:
            self._seen.append(Seen("body", place, "left out", reason, 0.0, False))
        for place, reason, count, taken in lists:
            self._seen.append(
                Seen("related_links", f"{count} links", place, reason, float(count), taken)
            )

    def _source(self, leads: list[Evidence[str]]) -> str | None:
        """The paper: the one of the address where that is known, else the name that the page states."""
        found = [
            Evidence(source_name(one.value), one.place, one.reason, one.weight)
            for one in self.stated.sources
        ]
        if (host := outlet_of_address(self.url)) is not None:
            is_known = "." not in host
            found.append(
                Evidence(host, "address", "the paper of the address", 9 if is_known else 1)
            )
        head = self.layout.tree.root.find(".//title")
        title = "".join(head.itertext()) if head is not None else ""
        found += [
            Evidence(name, "title", "beside the headline in the page's title", 6)
            for part in _SITE_SUFFIX.split(title)
            if (name := outlet(part)) is not None
        ]
        found += [
            Evidence(name, "lead", "before the first words of the standfirst", 5)
            for one in leads
            if one.weight > 0
            and (match := _OPENING.match(one.value))
            and (name := outlet(match[1])) is not None
        ]
        best = heaviest(found)
        self._note("source", found, best)
        return best.value if best else None

    def _published(self, printed: list[PrintedLine]) -> Moment | None:
        urls = [one for one in (self.url, self._saved.url) if one]
        seen, best = find_dates(self.layout, self.stated, printed, urls)
        file_date = parse_file_name(PurePath(self._path).stem)
        if file_date is not None:
            seen.append(Evidence(file_date, "file name", "the day in the file's name", 1.5))
            if best is None or best.weight < 1.5:
                best = seen[-1]
        if best is not None and best not in seen:
            seen.append(best)
        self._note("published", seen, best)
        for value in self.stated.bad_dates:
            self._seen.append(
                Seen(
                    "published", value, "head of the page", "no date that is understood", 0.0, False
                )
            )
        return best.value if best else None

    def _updated(self, published: Moment | None) -> Moment | None:
        best = heaviest(self.stated.updated)
        self._note("updated", self.stated.updated, best)
        if best is None or published is None or isinstance(published, PartialDate):
            return best.value if best else None
        # Some systems write the time of saving a draft there: before publication it is no update.
        value = best.value
        if not isinstance(value, datetime) or not isinstance(published, datetime):
            return value
        return value if is_bare(value) or is_bare(published) or value >= published else None
