from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer.engines.capabilities import PairCounts
from indexer.engines.token_hashes import token_hash
from indexer.language.analysis import fold_term, syllables
from search.archive import Archive
from search.requests import SearchRequest
from search.understanding.restoration import count_pairs, restore

TEXTS = ["lào cai", "lao động", "người lao động", "cái bàn", "bạn bè", "bàn ghế", "cai nghiện"]


class Spellings:
    """Of a few texts."""

    def __init__(self) -> None:
        self.articles = [syllables(text) for text in TEXTS]

    def accented_forms(self, folded: str) -> tuple[str, ...]:
        words = {word for article in self.articles for word in article}
        return tuple(sorted(word for word in words if fold_term(word) == folded))

    def frequencies(self, forms: Sequence[str]) -> list[int]:
        return [sum(form in article for article in self.articles) for form in forms]

    def pair_counts(self, firsts: Sequence[str], seconds: Sequence[str], sample: int) -> PairCounts:
        arrays = [
            np.array([*map(token_hash, article), 0], dtype=np.uint32) for article in self.articles
        ]
        return count_pairs(arrays[:sample], firsts, seconds)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lao cai", "lào cai"),
        ("nguoi lao dong", "người lao động"),
        ("cai ban", "cái bàn"),
        ("ban be", "bạn bè"),
        ("ban ghe xyzzy", "bàn ghế xyzzy"),
        ("", ""),
    ],
)
def test_neighbours_decide(typed: str, meant: str) -> None:
    assert restore(typed.split(), Spellings()) == meant.split()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("người lao dong", "người lao động"),
        ("cái ban ghế", "cái bàn ghế"),
        ("lào cai", "lào cai"),
        ("bạn be bàn", "bạn bè bàn"),
    ],
)
def test_what_has_diacritics_stays_and_helps(typed: str, meant: str) -> None:
    assert restore(typed.split(), Spellings(), trust=3.0) == meant.split()


def test_a_word_is_taken_as_it_is_typed_where_that_is_trusted() -> None:
    typed = ["cai", "ban"]
    assert restore(typed, Spellings()) == ["cái", "bàn"]
    assert restore(typed, Spellings(), trust=1000.0)[0] == "cai"


def test_a_search_offers_its_query_with_diacritics(sample_archive: Path) -> None:
    def accented(query: str) -> str | None:
        with Archive.open(sample_archive) as archive:
            return archive.search(SearchRequest(query)).accented

    assert accented("hop tac Lao Cai") == "hợp tác Lào Cai"
    assert accented("hợp tác lao cai") is None
    assert accented('"hop tac" lao cai') is None
    assert accented("2024") is None
