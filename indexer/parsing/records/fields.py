"""A record of a dump -> an article, and the keys of the record that are in no field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from indexer.article import Article, RelatedLink, scan_from_json
from indexer.language.cleaning import clean_text
from indexer.moments import Moment
from indexer.parsing.bylines import Byline, of_others, read_byline, split_author
from indexer.parsing.dates import parse_moment
from indexer.parsing.identity import first_words, given_id, make_id
from indexer.parsing.markup import text_of_markup
from indexer.parsing.outlets import outlet_of_address, source_name
from indexer.parsing.records.mapping import FieldMap
from indexer.parsing.records.shapes import flat, is_feed_item, terms, text_in
from indexer.parsing.records.unread import Unread, find_unread
from indexer.parsing.records.values import literal_list, parts, read_moment

LONG_ENOUGH = 150
"""Characters of a text without a headline that is an article all the same."""
_TAIL = 2
"""How many lines at the end of a body may be byline and credit."""
_CLOCK = re.compile(r"\s*\d{1,2}[:hg]\d{2}(?::\d{2})?\s*")


@dataclass(frozen=True, slots=True)
class Record:
    """The article of one record, and its unread keys.

    Attributes:
        complaint: what could not be understood and was left out, if anything.
        is_untitled: whether the first words of the text stand for a headline.
    """

    article: Article
    complaint: str | None
    unread: tuple[Unread, ...]
    is_untitled: bool = False


def read_record(record: object, path: str, fields: FieldMap, shortest: int = LONG_ENOUGH) -> Record:
    """An article out of one object.

    Args:
        shortest: characters of a text without a headline that is an article all the same.

    Raises:
        ValueError: the value is no object, has no title, or has something else where text belongs.
    """
    if not isinstance(record, dict):
        raise ValueError("not a JSON object with the fields of an article")
    if is_feed_item(record):
        shortest = 1
    return _Reader(record, fields).read(path, shortest)


class _Reader:
    """The values of one record, looked up by every name that they go by."""

    def __init__(self, record: Mapping[str, Any], fields: FieldMap) -> None:
        self._record = record
        self._fields = fields
        self._flat = flat(record)
        self._terms = terms(record)
        # A record with a digest was written by `khobao parse`: its text is plain, whatever it holds.
        self._is_own = "digest" in record
        self._complaints: list[str] = []
        self._used: set[str] = set()

    def read(self, path: str, shortest: int) -> Record:
        title, lead, body = self._line("title"), self._line("lead"), self._body()
        is_untitled = not title and len(body) >= shortest
        if is_untitled:
            title = first_words([body])
        if not title:
            raise ValueError('the article has no title; give it a "title"')
        url = self._line("url") or None
        given = self._value("id")
        known = isinstance(given, str | int) and not isinstance(given, bool)
        source = self._source(url)
        text, author, credit = self._bylines(body, source)
        published = self._moment("published")
        article = Article(
            id=given_id(str(given)) if known else make_id(title, url or f"{lead}\n{body}"),
            title=title,
            lead=lead,
            body=text,
            url=url,
            published=published,
            updated=self._moment("updated"),
            author=author,
            source=source,
            credit=credit,
            section=self._section(),
            tags=self._tags(),
            captions=self._texts("captions"),
            related_links=self._links(),
            path=path,
            captured=self._moment("captured"),
            scan=scan_from_json(self._value("scan")) if self._is_own else None,
        )
        complaint = self._complaints[0] if self._complaints else None
        return Record(article, complaint, self._unread(article), is_untitled)

    def _candidates(self, field: str) -> Iterator[tuple[str, Any]]:
        """The values of the keys of a field, the most telling key first, without empty ones."""
        for key in self._fields.keys(field):
            for place, value in self._flat.get(key, ()):
                if value not in (None, "", [], {}):
                    yield place, value

    def _value(self, field: str) -> Any:
        for place, value in self._candidates(field):
            self._used.add(place)
            return value
        return None

    def _plain(self, text: str) -> str:
        text = clean_text(text)
        return text if self._is_own else text_of_markup(text)

    def _clean(self, value: object) -> str:
        return " ".join(self._plain(str(value)).split())

    def _line(self, name: str) -> str:
        value = self._value(name)
        if isinstance(value, dict):
            value = text_in(value)
            if value is None:
                raise ValueError(f'"{name}" is not text')
        if isinstance(value, list):
            parts = [one for one in value if isinstance(one, str | int | float)]
            if len(parts) < len(value) or not parts:
                raise ValueError(f'"{name}" is not text')
            value = " ".join(map(str, parts))
        return "" if value is None else self._clean(value)

    def _body(self) -> str:
        """Paragraphs separated by one newline; of several keys for it the one with the most text."""
        best = ""
        for place, value in self._candidates("body"):
            lines = "\n".join(self._plain(part) for part in parts(value)).splitlines()
            text = "\n".join(line for raw in lines if (line := " ".join(raw.split())))
            if text and (not best or (len(text) > 1.5 * len(best) and best[:80] in text)):
                self._used.add(place)
                best = text
        return best

    def _moment(self, name: str) -> Moment | None:
        """The first value of a field that is a date; a clock in another key goes with a bare day."""
        written: list[str] = []
        clock = ""
        found: Moment | None = None
        for place, value in self._candidates(name):
            text = value if isinstance(value, str) else ""
            if _CLOCK.fullmatch(text):
                clock = clock or text.strip()
                self._used.add(place)
                continue
            moment = read_moment(value)
            if moment is None:
                written.append(json.dumps(value, ensure_ascii=False, default=str)[:40])
                self._used.add(place)
            elif found is None:
                self._used.add(place)
                found = moment
        if clock and type(found) is date:
            found = parse_moment(f"{found.isoformat()} {clock}") or found
        if found is None and written:
            self._complaints.append(
                f"the date {written[0]} is not understood; the article is kept without it"
            )
        return found

    def _author(self) -> Byline:
        """The byline, and the credit that may stand in it."""
        # A number stands for an author whose name is in another table.
        named = self._names(self._value("author"))
        names = [name for name in named if self._is_own or not name.isdecimal()]
        names = names or self._terms.get("author", [])
        if self._is_own:
            return Byline(", ".join(names) or None, self._texts("credit"))
        return split_author(names)

    def _bylines(self, body: str, source: str | None) -> tuple[str, str | None, tuple[str, ...]]:
        """The body without a byline in its last lines, the author, and the credit.

        A byline that names others than the author's field stays: it may be a poet's name.
        """
        stated = self._author()
        author, found = stated.author, [*stated.credit]
        if self._is_own:
            return body, author, tuple(found)
        lines = body.split("\n")
        for _ in range(_TAIL):
            byline = read_byline(lines[-1]) if len(lines) > 1 else None
            if byline is None or (byline.author and author and byline.author not in author):
                break
            del lines[-1]
            author = author or byline.author
            found[:0] = byline.credit
        named = [source_name(name) for name in self._texts("credit")]
        return "\n".join(lines), author, tuple(dict.fromkeys((*named, *of_others(found, source))))

    def _source(self, url: str | None) -> str | None:
        names = self._names(self._value("source"))
        name = ", ".join(names) or None
        if self._is_own:
            return name
        if name is None:
            host = outlet_of_address(url)
            return host if host and "." not in host else None
        return source_name(name)

    def _section(self) -> str | None:
        # A number stands for a section whose name is in another table.
        found = self._names(self._value("section"))
        names = [name for name in found if self._is_own or not name.isdecimal()]
        names = names or self._terms.get("category", [])
        return names[0] if names else None

    def _tags(self) -> tuple[str, ...]:
        value = self._value("tags")
        if isinstance(value, str) and (listed := literal_list(value)) is not None:
            value = listed
        if isinstance(value, str):
            value = re.split(r"[,;]", value)
        if self._is_own:
            return tuple(self._names(value))
        names = [name for name in self._names(value) if not name.isdecimal()]
        return tuple(dict.fromkeys(names or self._terms.get("post_tag", [])))

    def _names(self, value: object) -> list[str]:
        """Names out of text, an object with a name, or a list of these."""
        if (
            isinstance(value, str)
            and not self._is_own
            and (listed := literal_list(value)) is not None
        ):
            value = listed
        if isinstance(value, list):
            return [name for one in value for name in self._names(one)]
        if isinstance(value, dict):
            inner = next(
                (
                    value[key]
                    for key in ("name", "title", "label", "display_name", "text")
                    if value.get(key)
                ),
                None,
            )
            return self._names(inner) if isinstance(inner, str | int) else []
        if not isinstance(value, str | int) or isinstance(value, bool):
            return []
        return [name] if (name := self._clean(value)) else []

    def _texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._names(self._value(name)))

    def _links(self) -> tuple[RelatedLink, ...]:
        links = []
        value = self._value("related_links")
        for one in value if isinstance(value, list) else []:
            found = flat(one) if isinstance(one, dict) else {"title": [("title", one)]}
            title, url, lead = (
                next(
                    (
                        text
                        for key in self._fields.keys(name)
                        for _, inner in found.get(key, ())
                        for text in self._names(inner)
                    ),
                    None,
                )
                for name in ("title", "url", "lead")
            )
            if shown := title or url:
                links.append(RelatedLink(shown, url, lead))
        return tuple(links)

    def _unread(self, article: Article) -> tuple[Unread, ...]:
        if self._is_own:
            return ()
        left = (
            (place, value)
            for key, values in self._flat.items()
            if not self._fields.ignores(key)
            for place, value in values
            if place not in self._used
        )
        return tuple(find_unread(left, article))
