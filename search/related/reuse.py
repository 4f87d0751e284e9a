"""Passages of an article that other articles have too: who took what from whom, in time order.

The rarest pairs of neighbouring syllables of each stretch of the article find the articles that may
share it. Their tokens are then compared with its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.copies.likeness import SHINGLE, Hashes64, shingles
from indexer.engines.base import Plan, Searcher
from indexer.engines.capabilities import TokenHashes
from indexer.engines.conditions import Term
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import BIGRAMS, current_text, cut_terms, fold_term, pairs
from indexer.language.segmented_text import segmented_text
from indexer.moments import in_time
from search.article_results import PassageUse, SharedPassage
from search.articles import fetch_articles, fetch_hashes

LEAST = 20
"""Syllables of a passage: about a sentence. Shorter ones are what everybody says."""
_STRETCH = 12
"""Of so many syllables the rarest pair is looked for."""
_MOST_HOLDERS = 50
"""A pair that more articles hold says nothing of where a passage is from."""
_ASKED = 60
"""Pairs that are looked for at most."""
_LEAST_SHARE = 0.03
_CANDIDATES = 60
_CHANGED = 8
"""Syllables between two runs of one passage that may be others."""
_LEAST_EQUAL = 0.6
"""The share of a passage that is word for word the same."""
_SAME = 0.5
"""Two passages are one where they share this part of the shorter one."""
_SENTENCE_END = re.compile(r"[.!?…]\s+|\n")
_FRAGMENT = 24
"""Characters at the beginning of a passage that may be the end of another sentence."""
_MOST_PASSAGES = 10
_MOST_SYLLABLES = 5000
"""Syllables of an article that are compared: ten times the length of a usual article."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Span:
    """A passage of the article: its first token and the one behind its last."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start

    def is_of(self, other: _Span) -> bool:
        """Whether two spans are of one passage."""
        shared = min(self.end, other.end) - max(self.start, other.start)
        return shared >= _SAME * min(self.length, other.length)


def find_shared_passages(
    searcher: Searcher, article: Article, copies: Iterable[str]
) -> tuple[SharedPassage, ...]:
    """The passages of an article that others have as well, in the order of its text.

    Args:
        copies: ids of articles that are copies of it, which share all of it.
    """
    text = segmented_text(current_text(article), segmented=False)
    syllables = text.syllables[:_MOST_SYLLABLES]
    terms = cut_terms(syllables)
    left_out = {article.id, *copies}
    ids = [one for one in _candidates(searcher, terms) if one not in left_out]
    if not ids:
        return ()
    ends = list(map(add, text.starts, map(len, syllables)))
    own = _Shingles.of(hash_tokens(terms))
    spans = [
        (span, id)
        for id, hashes in zip(ids, fetch_hashes(searcher, ids), strict=True)
        for span in own.shared_with(_current(hashes))
    ]
    merged = _merged(spans)[:_MOST_PASSAGES]
    wanted = list(dict.fromkeys(id for _, its in merged for id in its))
    found = dict(zip(wanted, fetch_articles(searcher, wanted), strict=True))
    return tuple(
        SharedPassage(
            text=_whole(text.text[text.starts[span.start] : ends[span.end - 1]]),
            syllables=span.length,
            uses=_in_time([article, *filter(None, map(found.get, its))], article.id),
        )
        for span, its in merged
    )


def _whole(passage: str) -> str:
    """A passage without the last words of the sentence before it."""
    ended = _SENTENCE_END.search(passage, 0, _FRAGMENT)
    return passage[ended.end() :] if ended else passage


def _candidates(searcher: Searcher, syllables: Sequence[str]) -> list[str]:
    """The articles that may share a passage, the likeliest first."""
    neighbours = pairs(map(fold_term, syllables))
    known = list(dict.fromkeys(neighbours))
    frequency = dict(zip(known, searcher.frequencies(BIGRAMS, known), strict=True))
    rarest = {
        min(telling, key=lambda one: frequency[one])
        for start in range(0, len(neighbours), _STRETCH)
        if (
            telling := [
                one
                for one in neighbours[start : start + _STRETCH]
                if 1 < frequency[one] <= _MOST_HOLDERS
            ]
        )
    }
    if not rarest:
        return []
    asked = sorted(rarest, key=lambda one: (frequency[one], one))[:_ASKED]
    clauses = tuple(Term(BIGRAMS, (one,)) for one in asked)
    plan = Plan(clauses, minimum_idf_shares=(_LEAST_SHARE,), limit=_CANDIDATES)
    return [hit.id for hit in searcher.search(plan).hits if len(asked) - len(hit.missing) > 1]


def _current(hashes: TokenHashes) -> TokenHashes:
    """The tokens of what an article says now, without the ends of its parts."""
    ends = np.flatnonzero(hashes == 0)[:3]
    current = hashes[: ends[-1]] if len(ends) else hashes
    kept: TokenHashes = current[current != 0]
    return kept


@dataclass(frozen=True, slots=True)
class _Shingles:
    """The shingles of a text.

    Attributes:
        values: each once, sorted.
        places: where each stands first.
    """

    values: Hashes64
    places: Places

    @classmethod
    def of(cls, hashes: TokenHashes) -> _Shingles:
        """The shingles of a text's tokens; of a short text none."""
        values = shingles(hashes) if len(hashes) >= LEAST else np.zeros(0, dtype=np.uint64)
        return cls(*np.unique(values, return_index=True))

    def shared_with(self, other: TokenHashes) -> list[_Span]:
        """The passages that another text has too."""
        if not len(self.values) or len(other) < LEAST:
            return []
        its = shingles(other)
        which = np.searchsorted(self.values, its)
        which[which == len(self.values)] = 0
        there = np.flatnonzero(self.values[which] == its)
        if not len(there):
            return []
        which, first = np.unique(which[there], return_index=True)
        order = np.argsort(self.places[which])
        return _spans(self.places[which[order]], there[first[order]])


def _spans(here: Places, there: Places) -> list[_Span]:
    """The passages of the shingles that two texts have in common."""
    found: list[_Span] = []
    for first, end in _runs(here, there):
        start, behind = int(here[first]), int(here[end - 1]) + SHINGLE
        if behind - start < LEAST:
            continue
        equal = len(np.unique(here[first:end, None] + np.arange(SHINGLE)))
        if equal >= _LEAST_EQUAL * (behind - start):
            found.append(_Span(start, behind))
    return found


def _runs(here: Places, there: Places) -> list[tuple[int, int]]:
    """Which shingles follow each other in both texts, with few others between."""
    if not len(here):
        return []
    steps, its_steps = np.diff(here), np.diff(there)
    breaks = (steps > _CHANGED) | (its_steps > _CHANGED) | (its_steps < 1)
    ends = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(here)]
    return list(pairwise(ends))


def _merged(spans: Sequence[tuple[_Span, str]]) -> list[tuple[_Span, list[str]]]:
    """Spans of the same passage as one, with all articles that have it; in the order of the text."""
    merged: list[tuple[_Span, list[str]]] = []
    for span, id in sorted(spans, key=lambda one: (one[0].start, -one[0].end)):
        for at, (known, ids) in enumerate(merged):
            if span.is_of(known):
                whole = _Span(min(span.start, known.start), max(span.end, known.end))
                merged[at] = (whole, ids if id in ids else [*ids, id])
                break
        else:
            merged.append((span, [id]))
    return merged


def _in_time(articles: Iterable[Article], own: str) -> tuple[PassageUse, ...]:
    """Articles as they printed a passage one after the other; those without a date at the end."""
    return tuple(
        PassageUse(one.id, one.title, one.published, one.source, is_this=one.id == own)
        for one in sorted(articles, key=lambda one: (in_time(one.published), one.id))
    )
