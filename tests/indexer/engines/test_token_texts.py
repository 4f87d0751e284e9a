"""The texts of a segment's documents: what is kept of them, and what is read where there is no room."""

from __future__ import annotations

import gc
from collections.abc import Sequence

import numpy as np
import pytest

from indexer.engines.base import PARAGRAPH_END
from indexer.engines.token_hashes import pack_breaks
from indexer.engines.whoosh import token_texts
from indexer.engines.whoosh.token_texts import BLOCK, SegmentTexts

COUNT = 3 * BLOCK + 100
LENGTH = 6


class Rows:
    """A segment in memory that counts the rows it is asked for."""

    def __init__(self) -> None:
        self.read = 0

    def rows(self, column: str, documents: Sequence[int]) -> list[bytes]:
        self.read += len(documents)
        if column == "breaks":
            return [pack_breaks([2, 4 | PARAGRAPH_END])] * len(documents)
        return [np.array([one + 1] * 5 + [0], np.uint32).tobytes() for one in documents]


@pytest.fixture(autouse=True)
def nothing_is_kept() -> None:
    gc.collect()


def tokens_of(texts: SegmentTexts, documents: Sequence[int]) -> dict[int, list[int]]:
    found = {}
    for block in texts.of(np.array(documents), with_scopes=True):
        starts = [0, *block.texts.ends.tolist()]
        for place, document in enumerate(block.documents.tolist()):
            found[document] = block.texts.tokens[starts[place] : starts[place + 1]].tolist()
        assert block.scopes is not None
    return {one: found[one] for one in documents}


@pytest.mark.parametrize("room", [1 << 30, BLOCK * LENGTH * 4 * 2, 1000, 0])
@pytest.mark.parametrize("size", [0, COUNT * LENGTH * 4])
def test_the_texts_are_the_same_whatever_is_kept(
    monkeypatch: pytest.MonkeyPatch, room: int, size: int
) -> None:
    monkeypatch.setattr(token_texts, "_BUDGET", token_texts._Budget())
    monkeypatch.setattr(token_texts, "MOST_BYTES", room)
    texts = SegmentTexts(Rows(), COUNT, size)
    for documents in (range(0, COUNT, 97), range(COUNT), range(5, COUNT, 300), [COUNT - 1]):
        found = tokens_of(texts, list(documents))
        assert found == {one: [one + 1] * 5 + [0] for one in documents}


def test_where_there_is_no_room_only_what_is_asked_for_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(token_texts, "_BUDGET", token_texts._Budget())
    monkeypatch.setattr(token_texts, "MOST_BYTES", BLOCK * LENGTH * 4 * 2)
    rows = Rows()
    texts = SegmentTexts(rows, COUNT, 0)
    documents = list(range(0, COUNT, 97))
    tokens_of(texts, documents)
    tokens_of(texts, documents)
    rows.read = 0
    tokens_of(texts, documents)
    assert rows.read <= 2 * len(documents), "no block is read in vain again and again"


def test_what_a_segment_kept_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    budget = token_texts._Budget()
    monkeypatch.setattr(token_texts, "_BUDGET", budget)
    texts = SegmentTexts(Rows(), COUNT, 0)
    tokens_of(texts, [0])
    assert budget._bytes > 0
    del texts
    gc.collect()
    assert budget._bytes == 0


def test_of_a_segment_that_is_far_too_large_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    budget = token_texts._Budget()
    monkeypatch.setattr(token_texts, "_BUDGET", budget)
    tokens_of(SegmentTexts(Rows(), COUNT, 2 * token_texts.MOST_BYTES + 1), [0])
    assert budget._bytes == 0
