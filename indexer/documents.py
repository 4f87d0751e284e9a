"""An article as a document of an engine, and back: fields, facets, and the record for display."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from indexer.article import (
    Article,
    article_digest,
)
from indexer.copies.likeness import make_sketch
from indexer.engines.base import Document, Passage
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import (
    EARLIER,
    EARLIER_MARK,
    KINDS,
    Analysis,
    analyse,
    article_tokens,
    field_terms,
    folded_field_terms,
    searched_text,
)
from indexer.language.entities import EntityKind
from indexer.language.naming import provinces_of
from indexer.language.provinces import UNTIL_2025
from indexer.language.quotations import Quotation, speaker_keys
from indexer.language.sentences import sentence_lengths
from indexer.link_keys import id_link_key, link_keys
from indexer.moments import last_second, timestamp
from indexer.records import Findings, decode_record, decode_with_findings, encode_record

SEARCHED_FIELDS = ("title", "author", "source", "credit", "section", "tags")
"""Parts of an article that a query can name; each is a field of accented and one of folded terms."""
KEYS = "keys"
"""The engine field of an article's own keys: a printed link finds the article by them."""
LINKS = "links"
"""The engine field of the keys of an article's links: finds the articles that link to one."""
NAMED_FACETS = {kind.value: kind for kind in EntityKind}
"""Facets whose values are the names in the text."""
SPEAKERS = "speakers"
"""The engine field of the keys of those who are quoted."""
TITLE_KEY = "="
"""The key of the passage that is the title; the name of no speaker."""
SPEAKER = "speaker"
"""The facet of those who are quoted."""
OFFICE = "office"
"""The facet of people with an office that they are given with: "Trần Văn A: Chủ tịch UBND tỉnh"."""
SPELLING = "spelling"
"""The facet of names with another way in which they are written: "TP HCM: Sài Gòn"."""
NEW_PROVINCE = "new_province"
"""The facet of the provinces since 1 July 2025 that those of `PROVINCE` lie in."""
PROVINCE = "province"
"""The facet of the provinces, as they were until 30 June 2025, that the text names, or a district of."""
HOLDS = "holds"
"""The facet of the parts that an article has; its values are `PARTS` and `PICTURE`."""
PARTS = ("date", "author", "section", "lead")
"""Those that the numbers of an archive tell."""
PICTURE = "image"
"""A picture with a caption; of others no file says surely that they belong to the article."""
FACETS = (
    "source", "credit", "section", "author", "tags", HOLDS, SPEAKER, OFFICE, SPELLING, PROVINCE, NEW_PROVINCE,
    *NAMED_FACETS,
)  # fmt: skip


def folded_field(name: str) -> str:
    """The engine field that holds the folded terms of a searched field."""
    return f"{name}_folded"


TERM_FIELDS = (
    *KINDS,
    *(field for name in SEARCHED_FIELDS for field in (name, folded_field(name))),
    KEYS,
    LINKS,
    SPEAKERS,
    EARLIER,
)
"""The engine fields of terms."""
SCORED_FIELDS = KINDS
"""Fields whose length in an article counts in its score."""


def make_document(article: Article, origin: str) -> Document:
    """Analyse an article.

    Args:
        origin: the file it came from, absolute.
    """
    analysis = analyse(article)
    hashes = hash_tokens(analysis.tokens)
    terms = dict(analysis.terms)
    values: dict[str, Sequence[str]] = {
        "title": [article.title],
        "author": [article.author or ""],
        "source": [article.source or ""],
        "credit": article.credit,
        "section": [article.section or ""],
        "tags": article.tags,
    }
    for name in SEARCHED_FIELDS:
        if any(values[name]):
            terms[name] = field_terms(values[name])
            terms[folded_field(name)] = folded_field_terms(values[name])
    terms[KEYS] = dict.fromkeys(article_keys(article), 1)
    links = {key for link in article.related_links for key in link_keys(link.title, link.url)}
    terms[LINKS] = dict.fromkeys(links, 1)
    facets: dict[str, list[str]] = {
        "source": _filled(values["source"]),
        "credit": _filled(article.credit),
        "section": _filled(values["section"]),
        "author": list(article.authors),
        "tags": _filled(article.tags),
    }
    parts = (article.published, article.author, article.section, article.lead)
    facets[HOLDS] = [name for name, part in zip(PARTS, parts, strict=True) if part]
    if article.captions:
        facets[HOLDS].append(PICTURE)
    for facet, kind in NAMED_FACETS.items():
        facets[facet] = [one.name for one in analysis.names[kind]]
    named = [one for its in analysis.names.values() for one in its]
    facets[OFFICE] = [with_detail(one.name, title) for one in named for title in one.titles]
    facets[SPELLING] = [with_detail(one.name, form) for one in named for form in one.forms]
    facets[PROVINCE] = provinces_of(facets[EntityKind.PLACE])
    facets[NEW_PROVINCE] = list(dict.fromkeys(map(UNTIL_2025.__getitem__, facets[PROVINCE])))
    facets[SPEAKER] = list(dict.fromkeys(one.speaker for one in analysis.quotations))
    passages = [
        *_title_passage(analysis.tokens),
        *(Passage(one.start, one.end, speaker_keys(one.speaker)) for one in analysis.quotations),
    ]
    terms[SPEAKERS] = dict.fromkeys((key for one in passages for key in one.keys), 1)
    return Document(
        id=article.id,
        digest=article_digest(article),
        origin=origin,
        terms=terms,
        tokens=analysis.tokens,
        token_offsets=analysis.token_offsets,
        published=timestamp(article.published),
        published_until=last_second(article.published),
        facets=facets,
        record=encode_record(article, _findings(analysis)),
        sketch=make_sketch(hashes),
        hashes=hashes.tobytes(),
        breaks=sentence_lengths(searched_text(article), analysis.token_offsets),
        passages=passages,
        length=len(analysis.tokens)
        - analysis.tokens.count("")
        - sum(analysis.terms.get(EARLIER, {}).values()),
    )


def _title_passage(tokens: Sequence[str]) -> list[Passage]:
    """The title, which is the first part of an article's tokens."""
    end = tokens.index("") if "" in tokens else len(tokens)
    return [Passage(0, end, (TITLE_KEY,))] if end else []


def _findings(analysis: Analysis) -> Findings:
    """The names and quotations as a record holds them."""
    names = {kind: tuple(one.name for one in its) for kind, its in analysis.names.items()}
    places = analysis.token_offsets
    said = [
        Quotation(
            one.speaker, places[one.start], places[one.end - 1] + len(analysis.tokens[one.end - 1])
        )
        for one in analysis.quotations
    ]
    return Findings(names, tuple(said))


def with_detail(name: str, detail: str) -> str:
    """A name with an office or a spelling of it, as a value of a facet."""
    return f"{name}: {detail}"


def document_of_record(id: str, record: bytes, origin: str) -> Document:
    """A stored article analysed again; its record stays as it is, byte for byte."""
    return replace(make_document(decode_record(record), origin), id=id, record=record)


def with_versions(document: Document, article: Article) -> Document:
    """An analysed article with versions, and under the id that it is stored under.

    Args:
        document: what `make_document` made of the same content without them.
    """
    tokens, offsets = article_tokens(article)
    older = Counter(one for one in tokens if one.startswith(EARLIER_MARK))
    keys = dict.fromkeys(article_keys(article), 1)
    findings = decode_with_findings(document.record)[1]
    return replace(
        document,
        id=article.id,
        terms={**document.terms, KEYS: keys, EARLIER: older},
        tokens=tokens,
        token_offsets=offsets,
        breaks=sentence_lengths(searched_text(article), offsets),
        hashes=b"",
        record=encode_record(article, findings),
    )


def article_keys(article: Article) -> Iterator[str]:
    """The keys of an article and of what it was: older links lead to it, and older ids."""
    yield from link_keys(article.title, article.url)
    for version in article.versions:
        yield from link_keys(version.article.title, version.article.url)
        if version.article.id != article.id:
            yield id_link_key(version.article.id)


def _filled(values: Iterable[str]) -> list[str]:
    """Values of a facet: each once, on one line, the empty ones left out."""
    return list(dict.fromkeys(filter(None, (" ".join(value.split()) for value in values))))
