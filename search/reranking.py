"""The best articles of a search put in order again by a linear model of what is measured of them.

The model is fitted by `benchmarks/fit.py`; its weights are in `ranking_model.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.engines.base import Candidates, Rescored
from indexer.engines.evaluation import idf
from search.features import FEATURES, features
from search.occurrences import Sought, SoughtForm, SoughtWord
from search.windows import Values

CANDIDATES = 50
SHORT_QUERY = 6
"""Queries of up to so many syllables have weights of their own."""
_MODEL = Path(__file__).with_name("ranking_model.json")


@dataclass(frozen=True, slots=True)
class RankingModel:
    """Weights of the features, in the order of `FEATURES`, for short and for long queries."""

    short: tuple[float, ...]
    long: tuple[float, ...]

    def weights(self, query_length: int) -> Values:
        """The weights for a query of so many syllables."""
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
class LinearReranker:
    """`Reranker` by a model.

    Attributes:
        words: clauses of the plan that are plain words, in the query's order, each with the hashes
            of its spellings.
        forms: what neighbouring words are written as otherwise; their words are clauses as well.
    """

    model: RankingModel
    words: Mapping[int, frozenset[int]]
    forms: Sequence[SoughtForm] = ()
    count: int = CANDIDATES

    def sought(self, documents: int, clause_totals: Sequence[int]) -> Sought:
        """The words with their idf; those that no article holds are left out.

        Args:
            documents: documents in the index.
            clause_totals: for each clause of the plan how many of them match it.
        """
        distinct: dict[frozenset[int], int] = {}
        numbers: dict[int, int] = {}
        words: list[SoughtWord] = []
        for clause, hashes in self.words.items():
            if not clause_totals[clause]:
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

    def measure(self, candidates: Candidates) -> Values:
        """Features of each candidate."""
        return features(
            self.sought(candidates.documents, candidates.clause_totals),
            candidates.tokens,
            candidates.clause_scores.astype(np.float64),
            candidates.boost_scores.astype(np.float64),
        )

    def rescore(self, candidates: Candidates) -> Rescored:
        """A new score for each candidate, none below the least that the engine gave."""
        parts = self.measure(candidates) * self.model.weights(len(self.words))
        scores = parts.sum(axis=1)
        least = float((candidates.clause_scores + candidates.boost_scores).min(initial=np.inf))
        base = np.full((len(parts), 1), least - float(scores.min(initial=np.inf)))
        return Rescored((*FEATURES, "base"), np.concatenate((parts, base), axis=1))
