"""Articles that are about the same as one.

The terms that tell most about it find a hundred articles; those are put in order by how much of its
words they hold for their length. The weights are those that find the second half of an article by
its first (`benchmarks/related.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article
from indexer.engines.base import Boost, Engine, EngineHit, Plan, Stored, Term
from indexer.engines.evaluation import idf
from indexer.language.analysis import BIGRAMS, SYLLABLES, WORDS, Analysis, analyse, token_hash
from search.lookup import look_up
from search.windows import Values

CANDIDATES = 100
_TERMS = 60
_KINDS = {SYLLABLES: 1.0, WORDS: 1.0, BIGRAMS: 0.5}
"""What the terms of each kind count for."""
_SATURATION = 2.0
"""k1 of BM25 for the terms of the article that is asked about."""
_TYPICAL_IDF = 6.0
_MOST = 0.1
"""Terms that a greater share of the archive holds tell little."""
_SHARE = 0.02
"""A candidate holds so much of the terms' idf."""
_FIRST_STEP, _COSINE, _LENGTH = 5.0, 8.0, -3.5


@dataclass(frozen=True, slots=True)
class Telling:
    """A term that tells much about an article.

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
    stored: Stored
    score: float
    share: float
    held: tuple[Telling, ...]


def find_similar(engine: Engine, article: Article, limit: int) -> list[Similar]:
    """The articles of an archive that are most similar to one, that one itself left out."""
    analysis = analyse(article)
    terms = telling_terms(engine, analysis)
    hits = [hit for hit in _candidates(engine, terms) if hit.stored and hit.id != article.id]
    if not hits:
        return []
    arrays = [hit.stored.tokens for hit in hits if hit.stored]
    words = _Words.of(engine, analysis)
    share, cosine = words.compare(arrays)
    lengths = np.array([len(one) for one in arrays])
    first = np.array([hit.score for hit in hits]) / max(hit.score for hit in hits)
    scores = _FIRST_STEP * first + _COSINE * cosine + _LENGTH * np.log(lengths)
    return [
        Similar(
            id=hits[at].id,
            stored=stored,
            score=float(scores[at]),
            share=float(share[at]),
            held=tuple(one for n, one in enumerate(terms) if n not in hits[at].missing),
        )
        for at in np.argsort(-scores, kind="stable")[:limit].tolist()
        if (stored := hits[at].stored)
    ]


def telling_terms(engine: Engine, analysis: Analysis) -> list[Telling]:
    """The terms of an article with the greatest weight × idf."""
    documents = engine.count()
    found: list[Telling] = []
    for kind, worth in _KINDS.items():
        # A pair of syllables that stands there once is chance more often than not.
        least = 2 if kind == BIGRAMS else 1
        counts = [one for one in analysis.terms[kind].items() if one[1] >= least]
        frequencies = engine.frequencies(kind, [term for term, _ in counts])
        for (term, often), frequency in zip(counts, frequencies, strict=True):
            if 0 < frequency <= max(_MOST * documents, 10):
                rarity = idf(documents, frequency)
                saturated = (_SATURATION + 1) * often / (_SATURATION + often)
                weight = worth * saturated * math.sqrt(rarity / _TYPICAL_IDF)
                found.append(Telling(kind, term, weight, rarity))
    found.sort(key=lambda one: -one.weight * one.idf)
    return found[:_TERMS]


def _candidates(engine: Engine, terms: Sequence[Telling]) -> tuple[EngineHit, ...]:
    if not terms:
        return ()
    clauses = tuple(Term(one.kind, (one.term,)) for one in terms)
    boosts = (Boost(clause, one.weight - 1) for clause, one in zip(clauses, terms, strict=True))
    plan = Plan(
        clauses, boosts=tuple(boosts), shares=(_SHARE,), limit=CANDIDATES, with_records=True
    )
    return engine.search(plan).hits


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
    def of(cls, engine: Engine, analysis: Analysis) -> _Words:
        documents = engine.count()
        counts = analysis.terms[SYLLABLES]
        frequencies = engine.frequencies(SYLLABLES, counts)
        rarity = np.array([idf(documents, one) for one in frequencies])
        return cls(
            np.array([token_hash(one) for one in counts], dtype=np.uint32),
            rarity,
            rarity * (1 + np.log(np.array(list(counts.values())))),
        )

    def compare(self, arrays: Sequence[NDArray[np.uint32]]) -> tuple[Values, Values]:
        """The share of the words' weight that each article holds, and about its cosine to them.

        The length of an article's own vector is taken as the root of its number of syllables.
        """
        lengths = np.array([len(one) for one in arrays])
        places, which = look_up(np.concatenate(arrays), self.hashes)
        held = np.zeros((len(arrays), len(self.hashes)), dtype=np.bool_)
        held[np.repeat(np.arange(len(arrays)), lengths)[places], which] = True
        squares = self.weights**2
        whole = max(float(squares.sum()), 1e-9)
        cosine = held @ (self.weights * self.idf) / math.sqrt(whole) / np.sqrt(lengths)
        return held @ squares / whole, cosine
