"""The best candidates of a search put in order again by a linear model of their features.

The model is fitted by `benchmarks/fit.py`; its weights are in `ranking_model.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.engines.base import EngineHit
from indexer.engines.capabilities import TokenHashes
from indexer.engines.scoring import idf
from search.arrays import Values
from search.ranking.features import FEATURES, features
from search.ranking.occurrences import Sought, SoughtForm, SoughtWord

CANDIDATES = 50
"""Hits of the engine that are reranked."""
SHORT_QUERY = 6
"""Queries of up to this many syllables have weights of their own."""
_MODEL = Path(__file__).with_name("ranking_model.json")


@dataclass(frozen=True, slots=True)
class RankingModel:
    """Weights of the features, in the order of `FEATURES`, for short and for long queries."""

    short: tuple[float, ...]
    long: tuple[float, ...]

    def weights(self, query_length: int) -> Values:
        """The weights for a query of `query_length` syllables."""
        return np.array(self.short if query_length <= SHORT_QUERY else self.long)

    def as_json(self) -> str:
        """The form of `ranking_model.json`."""
        both = {"short": self.short, "long": self.long}
        table = {
            name: dict(zip(FEATURES, (round(one, 4) for one in weights), strict=True))
            for name, weights in both.items()
        }
        return json.dumps(table, indent=2) + "\n"


def load_model() -> RankingModel:
    """The model that the project comes with."""
    table = json.loads(_MODEL.read_text(encoding="utf-8"))
    short, long = (
        tuple(table[name][feature] for feature in FEATURES) for name in ("short", "long")
    )
    return RankingModel(short, long)


@dataclass(frozen=True, slots=True)
class SoughtClauses:
    """The words of a query by which candidates are reranked.

    Attributes:
        words: clauses of the plan that are plain words, in the query's order, each with the hashes of
            its spellings.
        forms: other ways to write neighbouring words; their words are clauses as well.
        of_time: the clauses among them that name a time, as 2018 does.
    """

    words: Mapping[int, frozenset[int]]
    forms: Sequence[SoughtForm] = ()
    of_time: frozenset[int] = frozenset()

    def weighed(
        self, documents: int, clause_totals: Sequence[int], *, by_date: bool = False
    ) -> Sought:
        """The words with their idf; words that no article holds are left out.

        Args:
            documents: documents in the index.
            clause_totals: for each clause of the plan how many of them match it.
            by_date: whether candidates are told by their dates to be of the time that the query
                names: its words are left out then, since few articles say when they are printed.
        """
        distinct: dict[frozenset[int], int] = {}
        numbers: dict[int, int] = {}
        words: list[SoughtWord] = []
        for clause, hashes in self.words.items():
            if not clause_totals[clause] or (by_date and clause in self.of_time):
                continue
            number = distinct.setdefault(hashes, len(words))
            if number == len(words):
                words.append(SoughtWord(hashes, idf(documents, clause_totals[clause])))
            numbers[clause] = number
        forms = [
            replace(form, words=tuple(numbers[clause] for clause in form.words))
            for form in self.forms
            if all(clause in numbers for clause in form.words)
        ]
        return Sought(words, list(numbers.values()), list(dict.fromkeys(forms)))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The best hits of an engine for a query.

    Attributes:
        sought: the words of the query with their idf.
        tokens: token hashes of each candidate.
        clause_scores: what its clauses and required conditions earned each.
        boost_scores: what the boosts earned each.
        date_scores: what the date of each earned.
    """

    sought: Sought
    tokens: Sequence[TokenHashes]
    clause_scores: Values
    boost_scores: Values
    date_scores: Values

    @classmethod
    def of(
        cls,
        sought: Sought,
        hits: Sequence[EngineHit],
        tokens: Sequence[TokenHashes],
    ) -> Candidates:
        """Candidates out of an engine's hits and their token hashes."""
        return cls(
            sought,
            tokens,
            np.array([hit.clause_score for hit in hits], dtype=np.float64),
            np.array([hit.boost_score for hit in hits], dtype=np.float64),
            np.array([hit.date_score for hit in hits], dtype=np.float64),
        )

    def measured(self) -> Values:
        """The features of each candidate; shape (candidates, features)."""
        return features(self.sought, self.tokens, self.clause_scores, self.boost_scores)


@dataclass(frozen=True, slots=True)
class Reranked:
    """Candidates in their new order.

    Attributes:
        order: indices of the candidates, the best first.
        names: of the parts that a score is the sum of.
        parts: of each candidate, in the order of the candidates; shape (candidates, names).
        together: the share of the query's idf that stands close together in each candidate.
    """

    order: tuple[int, ...]
    names: tuple[str, ...]
    parts: Values
    together: Values

    @property
    def scores(self) -> Values:
        """The new score of each candidate, in the order of the candidates."""
        scores: Values = self.parts.sum(axis=1)
        return scores


def rerank(candidates: Candidates, model: RankingModel, query_length: int) -> Reranked:
    """Put candidates in order by the linear model; no new score is below the least old one.

    Args:
        query_length: words of the query, which decides between the model's two sets of weights.
    """
    measured = candidates.measured()
    parts = measured * model.weights(query_length)
    first = candidates.clause_scores + candidates.boost_scores
    base = float(first.min(initial=np.inf)) - float(parts.sum(axis=1).min(initial=np.inf))
    dates = candidates.date_scores[:, None]
    parts = np.concatenate((parts, np.full((len(parts), 1), base), dates), axis=1)
    # In single precision, as the engine's own scores are.
    scores = parts.sum(axis=1).astype(np.float32)
    order = np.argsort(-scores, kind="stable").tolist()
    together = measured[:, FEATURES.index("window")]
    return Reranked(tuple(order), (*FEATURES, "base", "date"), parts, together)
