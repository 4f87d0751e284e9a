"""The documents of a commit whose vectors are nearest to one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from indexer.engines.base import Plan
from indexer.engines.capabilities import Near
from indexer.engines.folding import ALONE, firsts
from indexer.engines.term_at_a_time import run_plan
from indexer.engines.whoosh.results import SearchedIndex
from indexer.meanings.embedder import Vectors
from indexer.meanings.vector_table import Rows, VectorTable

_SPARE = 3
"""As many times the documents that are wanted are looked at, since copies fold."""


def nearest(
    index: SearchedIndex, rows: Rows, table: VectorTable, vector: Vectors, plan: Plan, most: int
) -> list[Near]:
    """The nearest documents that match a plan's required conditions and filters, the nearest first.

    Args:
        rows: of every document in the table; -1 for those without a vector.
    """
    allowed = run_plan(Plan(required=plan.required, filters=plan.filters), index).documents
    there = allowed[rows[allowed] >= 0]
    groups = index.group_column() if plan.folded else None
    places, cosines = table.nearest(vector, rows[there], most * (_SPARE if groups else 1))
    documents = there[places]
    if groups is not None:
        kept = np.flatnonzero(firsts(groups.of_documents(documents)))[:most]
        documents, cosines = documents[kept], cosines[kept]
    matched = run_plan(replace(plan, boosts=(), date_bonus=None), index)
    is_hit = np.isin(documents, matched.documents)
    if groups is not None:
        own, found = map(groups.of_documents, (documents, matched.documents))
        is_hit |= (own != ALONE) & np.isin(own, found)
    return list(
        map(
            Near,
            index.ids(documents.tolist()),
            cosines.tolist(),
            matched.missing(documents),
            is_hit.tolist(),
        )
    )
