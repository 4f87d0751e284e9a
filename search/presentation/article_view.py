"""An article to read, with the words of a query marked: one pass over its stored tokens."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from indexer.article import Article
from indexer.engines.capabilities import TokenArrays
from indexer.language.analysis import searched_text
from indexer.language.entities import EntityKind
from indexer.records import Findings
from search.article_results import ArticleView
from search.presentation.highlighter import Highlighter, Span, join
from search.results import Snippet
from search.understanding.understood_query import Marks


def view_article(
    article: Article, findings: Findings, tokens: TokenArrays, marks: Marks
) -> ArticleView:
    """Mark a query's words in all parts of an article.

    Args:
        findings: the names in it.
        tokens: of its title, lead and body.
    """
    highlighter = Highlighter(marks)
    text = searched_text(article)
    spans = _spans(highlighter, tokens)
    parts: list[Snippet] = []
    at = 0
    for part in (article.title, article.lead, *article.paragraphs):
        parts.append(_marked(text, spans, at, at + len(part)))
        at += len(part) + 1
    captions = tuple(map(highlighter.highlight, article.captions))
    title, lead, *paragraphs = parts
    return ArticleView(
        article=article,
        title=title,
        lead=lead if lead.text else None,
        paragraphs=tuple(paragraphs),
        captions=captions,
        hits=sum(len(part.highlights) for part in (*parts, *captions)),
        people=tuple(findings.names.get(EntityKind.PERSON, ())),
        places=tuple(findings.names.get(EntityKind.PLACE, ())),
        organisations=tuple(findings.names.get(EntityKind.ORGANISATION, ())),
    )


def _spans(highlighter: Highlighter, tokens: TokenArrays) -> list[Span]:
    """Where the text matches, in order."""
    if not highlighter.keys:
        return []
    found = highlighter.find(tokens.token_hashes)
    offsets = tokens.token_offsets.astype("int64")
    starts, ends = offsets[found.first], offsets[found.last] + found.lengths
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _marked(text: str, spans: list[Span], start: int, end: int) -> Snippet:
    """The characters from `start` to `end`, with the matches in them."""
    first, past = bisect_left(spans, (start, 0)), bisect_right(spans, (end, 0))
    inside = [(a - start, b - start) for a, b in spans[first:past] if b <= end]
    part = text[start:end]
    return Snippet(part, tuple(join(part, inside)))
