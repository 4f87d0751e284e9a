"""Articles that are similar to another article.

Its most significant terms find a hundred articles. These are put in order by how much of its
words they hold for their length. The weights are those that find the second half of an article by
its first (`benchmarks/related.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.engines.base import Boost, EngineHit, Plan, Searcher
from indexer.engines.conditions import Term
from indexer.engines.scoring import idf
from indexer.engines.token_hashes import hash_tokens
from indexer.language.analysis import BIGRAMS, SYLLABLES, WORDS, TermCounts, analysed_terms
from search.arrays import Values, look_up, owners
from search.articles import fetch_hashes

CANDIDATES = 100
_TERMS = 60
_KINDS = {SYLLABLES: 1.0, WORDS: 1.0, BIGRAMS: 0.5}
"""What the terms of each kind count for."""
_SATURATION = 2.0
"""k1 of BM25 for the terms of the article that is asked about."""
_TYPICAL_IDF = 6.0
_MOST = 0.1
"""Terms that a greater share of the archive holds are not significant."""
_SHARE = 0.02
"""A candidate holds so much of the terms' idf."""
_FIRST_STEP, _COSINE, _LENGTH = 5.0, 8.0, -3.5
_MEANING = 12.0
"""What the cosine of two meanings counts for; chosen by `benchmarks.related`, on half the stories."""

Likeness = Callable[[Sequence[str]], Values]
"""How like articles are in meaning to the one that is asked about, from -1 to 1; NaN where unknown."""


@dataclass(frozen=True, slots=True)
class SignificantTerm:
    """A term that distinguishes an article from the rest of the archive.

    Attributes:
        weight: what it counts for beside its idf.
    """

    kind: str
    term: str
    weight: float
    idf: float


@dataclass(frozen=True, slots=True)
class Similar:
    """An article that is about the same as another one.

    Attributes:
        share: how much it holds of the other one's words, weighted by tf·idf, from 0 to 1.
        held: the other one's telling terms that it holds, the most telling first.
    """

    id: str
    score: float
    share: float
    held: tuple[SignificantTerm, ...]


def find_similar(
    searcher: Searcher, article: Article, limit: int, likeness: Likeness | None = None
) -> list[Similar]:
    """The articles of an archive that are most similar to one, that one itself left out.

    Args:
        likeness: by which those that share words are put in order as well.
    """
    analysed = analysed_terms(article)
    frequencies = {
        kind: dict(zip(terms, searcher.frequencies(kind, terms), strict=True))
        for kind, counts in analysed.items()
        for terms in [_worth_counting(kind, counts)]
    }
    telling = significant_terms(searcher.count(), analysed, frequencies)
    hits = [hit for hit in _candidates(searcher, telling) if hit.id != article.id]
    if not hits:
        return []
    arrays = fetch_hashes(searcher, [hit.id for hit in hits])
    words = _Words.of(searcher.count(), analysed[SYLLABLES], frequencies[SYLLABLES])
    share, cosine = words.compare(arrays)
    lengths = np.array([len(one) for one in arrays])
    first = np.array([hit.score for hit in hits]) / max(hit.score for hit in hits)
    scores = _FIRST_STEP * first + _COSINE * cosine + _LENGTH * np.log(lengths)
    if likeness is not None:
        scores += _MEANING * _known_or_usual(likeness([hit.id for hit in hits]))
    return [
        Similar(
            id=hits[at].id,
            score=float(scores[at]),
            share=float(share[at]),
            held=tuple(one for n, one in enumerate(telling) if n not in hits[at].missing),
        )
        for at in np.argsort(-scores, kind="stable")[:limit].tolist()
    ]


def _known_or_usual(likeness: Values) -> Values:
    """The likeness of each; the usual one for an article whose likeness nobody knows yet."""
    known = ~np.isnan(likeness)
    usual = float(np.median(likeness[known])) if known.any() else 0.0
    return np.where(known, likeness, usual)


def _worth_counting(kind: str, counts: Mapping[str, int]) -> list[str]:
    """Terms whose frequency is asked for: a pair of syllables that occurs once is mostly chance."""
    return [term for term, often in counts.items() if often > 1 or kind != BIGRAMS]


def significant_terms(
    documents: int, analysed: TermCounts, frequencies: Mapping[str, Mapping[str, int]]
) -> list[SignificantTerm]:
    """The terms of an article with the greatest weight × idf.

    Args:
        documents: articles in the archive.
        analysed: kind of term -> term -> how often the article has it.
        frequencies: kind of term -> term -> articles that hold it.
    """
    most = max(_MOST * documents, 10)
    found: list[SignificantTerm] = []
    for kind, worth in _KINDS.items():
        counts = analysed[kind]
        for term, frequency in frequencies[kind].items():
            if 0 < frequency <= most:
                often, rarity = counts[term], idf(documents, frequency)
                saturated = (_SATURATION + 1) * often / (_SATURATION + often)
                weight = worth * saturated * math.sqrt(rarity / _TYPICAL_IDF)
                found.append(SignificantTerm(kind, term, weight, rarity))
    return nlargest(_TERMS, found, key=lambda one: one.weight * one.idf)


def _candidates(searcher: Searcher, terms: Sequence[SignificantTerm]) -> tuple[EngineHit, ...]:
    if not terms:
        return ()
    clauses = tuple(Term(one.kind, (one.term,)) for one in terms)
    boosts = (Boost(clause, one.weight - 1) for clause, one in zip(clauses, terms, strict=True))
    plan = Plan(clauses, boosts=tuple(boosts), minimum_idf_shares=(_SHARE,), limit=CANDIDATES)
    return searcher.search(plan).hits


@dataclass(frozen=True, slots=True)
class _Words:
    """The different syllables of an article.

    Attributes:
        idf: of each.
        weights: tf·idf of each, with the logarithm of tf.
    """

    hashes: NDArray[np.uint32]
    idf: Values
    weights: Values

    @classmethod
    def of(
        cls, documents: int, counts: Mapping[str, int], frequencies: Mapping[str, int]
    ) -> _Words:
        rarity = np.array([idf(documents, frequencies[one]) for one in counts])
        return cls(
            hash_tokens(counts),
            rarity,
            rarity * (1 + np.log(np.array(list(counts.values())))),
        )

    def compare(self, arrays: Sequence[NDArray[np.uint32]]) -> tuple[Values, Values]:
        """The share of the words' weight that each article holds, and about its cosine to them.

        The length of an article's own vector is taken as the root of its number of syllables.
        """
        lengths = np.array([len(one) for one in arrays])
        places, which = look_up(np.concatenate(arrays), self.hashes)
        articles = owners(places, np.cumsum(lengths))
        held = np.zeros((len(arrays), len(self.hashes)), dtype=np.bool_)
        held[articles, which] = True
        squares = self.weights**2
        whole = max(float(squares.sum()), 1e-9)
        cosine = held @ (self.weights * self.idf) / math.sqrt(whole) / np.sqrt(lengths)
        return held @ squares / whole, cosine
