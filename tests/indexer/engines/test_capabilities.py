"""What only some engines can do: an engine that lacks one method of a capability would lose all of it in silence."""

from __future__ import annotations

from collections import Counter
from inspect import isclass
from typing import Any

import pytest

from indexer.engines import capabilities
from indexer.engines.capabilities import HasTermDictionary, capability
from indexer.engines.opensearch.searcher import OpenSearchSearcher
from indexer.engines.whoosh.searcher import WhooshSearcher
from tests.engines.dictionary_engine import DictionarySearcher

KINDS = [
    one
    for one in vars(capabilities).values()
    if isclass(one)
    and one.__module__ == capabilities.__name__
    and getattr(one, "_is_protocol", False)
]
SEARCHERS = [WhooshSearcher, OpenSearchSearcher, DictionarySearcher]


def methods(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_")}


OFTEN = Counter(name for kind in KINDS for name in methods(kind))
"""How many capabilities ask for a method: one of several says nothing of any."""


@pytest.mark.parametrize("searcher", SEARCHERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_capability_is_there_whole_or_not_at_all(searcher: type, kind: type) -> None:
    own = {name for name in methods(kind) if OFTEN[name] == 1}
    there = {name for name in own if hasattr(searcher, name)}
    assert there in (set(), own), f"{searcher.__name__} lacks {sorted(own - there)}"


@pytest.mark.parametrize("searcher", SEARCHERS)
def test_every_engine_knows_its_terms(searcher: Any) -> None:
    assert capability(searcher.__new__(searcher), HasTermDictionary)
