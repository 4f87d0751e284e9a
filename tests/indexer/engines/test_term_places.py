"""Where terms stand, against plain counting: held whole, behind a filter and looked up in blocks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from indexer.engines.base import Document
from indexer.engines.conditions import Term
from indexer.engines.fields import Fields
from indexer.engines.whoosh import WhooshEngine, postings, term_places
from indexer.engines.whoosh.searcher import WhooshSearcher

WORDS = [f"{a}{b}" for a in ("đê", "lũ", "lụt", "n", "") for b in range(40)]
"""Some are the beginning, some the end of others."""
UNKNOWN = ["", "đê", "lũ4", "0đê", "zz", "\x00", "đê400"]
TEXTS = [Random(number).choices(WORDS, k=30) for number in range(90)]
DELETED = {3, 31, 88}


@pytest.fixture(params=["held whole", "filtered", "in blocks"])
def searcher(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[WhooshSearcher]:
    if request.param != "held whole":
        monkeypatch.setattr(postings, "_MOST_WHOLE", 0)
    if request.param == "in blocks":
        monkeypatch.setattr(postings, "_MOST_FILTERED", 0)
    monkeypatch.setattr(term_places, "_MOST", 64)
    engine = WhooshEngine.create(tmp_path, Fields(("text",), (), ("text",)))
    for first, end in ((0, 60), (60, 80), (80, 90)):
        with engine.writer() as writer:
            for number in range(first, end):
                writer.put(document(number))
    with engine.writer() as writer:
        for number in DELETED:
            writer.delete(str(number))
    yield engine.searcher()
    engine.close()


def document(number: int) -> Document:
    terms = TEXTS[number]
    return Document(
        id=str(number),
        digest="",
        origin="",
        terms={"text": {term: terms.count(term) for term in terms}},
        tokens=[*terms, ""],
        token_offsets=list(range(len(terms) + 1)),
        published=None,
        facets={},
        record=b"",
    )


def holding(*terms: str) -> set[int]:
    return {number for number, text in enumerate(TEXTS) if not set(terms).isdisjoint(text)}


def test_every_term_is_found_where_it_stands(searcher: WhooshSearcher) -> None:
    assert len(searcher.term_parts()) == 3
    for term in [*WORDS, *UNKNOWN]:
        documents, counts = searcher.postings("text", term)
        assert set(map(int, searcher.ids(documents.tolist()))) == holding(term)
        assert counts.sum() == sum(text.count(term) for text in TEXTS)


def test_frequencies_are_those_of_one_term_after_the_other(searcher: WhooshSearcher) -> None:
    asked = [*WORDS, *UNKNOWN, *WORDS[:5]]
    expected = [len(holding(term)) for term in asked]
    # The same again, from what is kept.
    assert searcher.frequencies("text", asked) == searcher.frequencies("text", asked) == expected
    assert searcher.frequencies("nowhere", asked) == [0] * len(asked)
    of_parts = [part.counts("text", asked) for part in searcher.term_parts()]
    assert list(map(sum, zip(*of_parts, strict=True))) == expected
    assert searcher.term_parts()[0].counts("nowhere", asked) == [0] * len(asked)


def test_a_group_of_spellings_counts_each_document_once(searcher: WhooshSearcher) -> None:
    for number in range(40):
        group = tuple(Random(number).sample([*WORDS, *UNKNOWN], number % 5 + 1))
        places = searcher._terms.by_segment(Term("text", group))
        offsets = [segment.offset for segment, _ in places]
        assert offsets == sorted(set(offsets))
        assert searcher._terms.total(Term("text", group)) == len(holding(*group) - DELETED)


def test_threads_that_look_up_at_once_find_the_same(searcher: WhooshSearcher) -> None:
    def ask(seed: int) -> bool:
        terms = Random(seed).sample(WORDS, 50)
        return searcher._terms.frequencies("text", terms) == [len(holding(one)) for one in terms]

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(ask, range(200)))
