"""Stored texts and a highlighter -> fragments with the places of matches; no HTML.

All the articles of a page are looked through at once, by the arrays of their tokens.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.engines.capabilities import TokenArrays
from search.arrays import Integers, owners, previous_places, window_sums
from search.presentation.highlighter import Highlighter, Span, join
from search.results import Snippet, VersionName

FRAGMENTS = 3
FRAGMENT_LENGTH = 180
"""Characters of a fragment, about two lines of a result page."""
REACH = FRAGMENT_LENGTH * 3 // 4
"""Characters from the first to the last hit that a fragment is chosen for."""
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s+(?=[^\W_]|[\"“‘(])")
_SENTENCE_STOP = re.compile(r"[.!?…][\"'”’)\]]*\s?$|\n")
_LINE_END = re.compile("\n")


@dataclass(frozen=True, slots=True)
class TokenisedText:
    """An article's title, lead and body, and the lines that only older versions have.

    Attributes:
        text: each of them ended by a line end.
        title_length: characters of the first.
        tokens: of the three, an empty token at the end of each; then those of older versions.
        older: where the lines that only older versions have begin in the text, and which version's they
            are; in their order.
    """

    text: str
    title_length: int
    tokens: TokenArrays
    older: Sequence[tuple[int, VersionName]] = ()

    @property
    def current_length(self) -> int:
        """Characters of what the article says now."""
        return self.older[0][0] if self.older else len(self.text)


@dataclass(frozen=True, slots=True)
class Shown:
    """The title and the fragments of an article on a page of results."""

    title: Snippet
    fragments: tuple[Snippet, ...]


def show(texts: Sequence[TokenisedText], highlighter: Highlighter) -> list[Shown]:
    """The title of each article with its hits, and up to three fragments of lead and body.

    Those show the most different words of the query; without any hit there the beginning is shown.
    """
    if not texts:
        return []
    page = _ResultTexts(texts, highlighter)
    chosen = page.choose()
    return [page.show(number, spans) for number, spans in enumerate(chosen)]


class _ResultTexts:
    """All texts as one, one after the other."""

    def __init__(self, texts: Sequence[TokenisedText], highlighter: Highlighter) -> None:
        self._text = "".join(one.text for one in texts)
        self._texts = texts
        self._ends = np.cumsum([len(one.text) for one in texts])
        self._begins = [0, *self._ends[:-1].tolist()]
        self._title_ends = [
            begin + one.title_length for begin, one in zip(self._begins, texts, strict=True)
        ]
        found = highlighter.find(np.concatenate([one.tokens.token_hashes for one in texts]))
        starts = np.concatenate(
            [
                begin + one.tokens.token_offsets.astype(np.int64)
                for begin, one in zip(self._begins, texts, strict=True)
            ]
        )
        self._starts = starts[found.first]
        self._spans = list(
            zip(self._starts.tolist(), (starts[found.last] + found.lengths).tolist(), strict=True)
        )
        self._found = found
        self._common = highlighter.common

    def choose(self) -> list[list[Span]]:
        """Where the fragments of each article are, in the order in which they were chosen."""
        chosen: list[list[Span]] = [[] for _ in self._begins]
        articles = owners(self._starts, self._ends)
        # A title is shown anyway: its words count for no fragment.
        in_text = self._starts > np.array(self._title_ends)[articles]
        wanted = np.flatnonzero(in_text & ~self._common[self._found.keys])
        shifted = self._starts + self._paragraphs() * (REACH + 1)
        shown = np.zeros((len(self._begins), len(self._common)), dtype=np.bool_)
        for _ in range(FRAGMENTS):
            if not len(wanted):
                break
            of = articles[wanted]
            first, last = best_windows(shifted[wanted], self._found.keys[wanted], of)
            for start, end in zip(wanted[first].tolist(), wanted[last].tolist(), strict=True):
                article = int(articles[start])
                span = self._span(start, end, chosen[article])
                chosen[article].append(span)
                inside = slice(*(bisect_left(self._spans, (place,)) for place in span))
                shown[article, self._found.keys[inside]] = True
            wanted = wanted[~shown[of, self._found.keys[wanted]]]
        return chosen

    def _paragraphs(self) -> Integers:
        """The number of the paragraph of each match."""
        ends = [match.end() for match in _LINE_END.finditer(self._text)]
        return owners(self._starts, np.array(ends))

    def _span(self, first: int, last: int, taken: list[Span]) -> Span:
        """A fragment around matches, cut at sentence or word boundaries, beside those taken."""
        start = self._spans[first][0]
        low = max([self._text.rfind("\n", 0, start) + 1, *(b for _, b in taken if b <= start)])
        high = min([self._text.index("\n", start), *(a for a, _ in taken if a > start)])
        end = min(self._spans[last][1], high)
        begin = _cut_start(self._text, low, start, max(low, end - FRAGMENT_LENGTH))
        return begin, _cut_end(self._text, end, high, max(end, begin + FRAGMENT_LENGTH))

    def show(self, number: int, spans: list[Span]) -> Shown:
        """An article as a page of results shows it."""
        begin, title_end = self._begins[number], self._title_ends[number]
        end = begin + self._texts[number].current_length
        low = title_end + 1
        if not spans and self._text[low:end].strip():
            spans = [(low, _cut_end(self._text, low, end, low + 2 * FRAGMENT_LENGTH))]
        return Shown(
            Snippet(self._text[begin:title_end], self._marked(begin, title_end)),
            tuple(self._named(number, self._fragment(*span), span[0]) for span in sorted(spans)),
        )

    def _named(self, number: int, fragment: Snippet, start: int) -> Snippet:
        """A fragment with the older version that says it, where the article does not."""
        older = self._texts[number].older
        at = bisect_right(older, start - self._begins[number], key=lambda line: line[0])
        return replace(fragment, version=older[at - 1][1]) if at else fragment

    def _marked(self, start: int, end: int, shift: int = 0) -> tuple[Span, ...]:
        """The matches in a part of the text, as places in a snippet where the part begins at `shift`."""
        first, past = (bisect_left(self._spans, (place,)) for place in (start, end))
        inside = [span for span in self._spans[first:past] if span[1] <= end]
        shift -= start
        return tuple((a + shift, b + shift) for a, b in join(self._text, inside))

    def _fragment(self, start: int, end: int) -> Snippet:
        """The characters from `start` to `end`, with an ellipsis where a sentence is cut."""
        text = self._text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        # The spaces beside an ellipsis do not break, lest it stand alone on a line.
        before = "" if _SENTENCE_STOP.search(text[max(0, start - 4) : start]) else "…\u00a0"
        after = "" if _SENTENCE_STOP.search(text[end - 3 : end + 1]) else "\u00a0…"
        # A line end becomes a space, so that offsets stay what they are.
        shown = before + text[start:end].replace("\n", " ") + after
        return Snippet(shown, self._marked(start, end, len(before)))


def best_windows(
    positions: Integers, keys: Integers, articles: Integers
) -> tuple[Integers, Integers]:
    """For each article with matches: the first and last match in its best window.

    That has the most different keys; ties: the most matches, then the earliest.
    """
    count = len(positions)
    before = np.arange(count)
    ones = np.ones(count)
    different = window_sums(positions, previous_places(keys), ones, REACH + 1).astype(np.int64)
    past = np.searchsorted(positions, positions + REACH, side="right")
    scores = different * (count + 1) + past - before
    edges = np.flatnonzero(np.diff(articles, prepend=-1))
    best = np.repeat(np.maximum.reduceat(scores, edges), np.diff(edges, append=count))
    at = np.flatnonzero(scores == best)
    first = at[np.diff(articles[at], prepend=-1) != 0]
    return first, past[first] - 1


def _cut_start(text: str, low: int, first: int, earliest: int) -> int:
    """The start of the hits' sentence where it is near enough, else of a word close before them."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, earliest, first + 1)]
    if ends:
        return min(ends[-1], first)
    if earliest == low:
        return low
    space = text.find(" ", max(earliest, first - FRAGMENT_LENGTH // 3), first)
    return space + 1 if space >= 0 else first


def _cut_end(text: str, last: int, high: int, latest: int) -> int:
    """The end of a sentence after the hits, or of the paragraph, else of the last word that fits."""
    if latest >= high:
        return max(last, high)
    ends = [match.end() for match in _SENTENCE_END.finditer(text, last, latest)]
    if ends:
        return ends[-1]
    space = text.rfind(" ", last, latest + 1)
    return space if space > last else last
