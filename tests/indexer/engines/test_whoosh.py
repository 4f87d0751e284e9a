import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from indexer.engines.base import (
    AllOf,
    AnyOf,
    Between,
    Boost,
    Condition,
    Document,
    Not,
    Order,
    Phrase,
    Plan,
    Term,
)
from indexer.engines.columns import FacetColumn
from indexer.engines.evaluation import STEP, idf
from indexer.engines.whoosh import WhooshEngine
from indexer.errors import ArchiveError

NUMBERS = {"a": 1, "b": 2, "c": 3, "x": 9}


def records(engine: WhooshEngine, ids: list[str]) -> list[bytes | None]:
    return [stored.record if stored else None for stored in engine.get(ids)]


def document(id: str, text: str, published: int | None = None, source: str = "") -> Document:
    terms = text.split()
    return Document(
        id=id,
        digest=f"d{id}",
        origin=f"/in/{id}",
        terms={"text": {term: terms.count(term) for term in terms}, "bare": {terms[0]: 1}},
        tokens=np.array([NUMBERS.get(term, 7) for term in terms] + [0], dtype=np.uint32),
        starts=np.arange(len(terms) + 1, dtype=np.uint32),
        published=published,
        facets={"source": [source]},
        record=text.encode(),
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine.create(tmp_path, ["text", "bare"], ["source"], ["text"])
    with engine.writer() as writer:
        writer.put(document("1", "a b c", 0, "s1"))
        writer.put(document("2", "b a a y y y", 400 * 86400, "s2"))
    with engine.writer() as writer:
        writer.put(document("3", "c b x", None, "s1"))
        writer.put(document("4", "x x y", 500 * 86400))
    yield engine
    engine.close()


def term(*terms: str, field: str = "text") -> Term:
    return Term(field, terms)


def found(engine: WhooshEngine, *clauses: Condition, **options: object) -> list[str]:
    return [hit.id for hit in engine.search(Plan(clauses=clauses, **options)).hits]  # type: ignore[arg-type]


def test_conditions(engine: WhooshEngine) -> None:
    assert set(found(engine)) == {"1", "2", "3", "4"}
    assert set(found(engine, term("a"))) == {"1", "2"}
    assert set(found(engine, term("a"), term("c"))) == {"1"}
    assert set(found(engine, term("a", "x"))) == {"1", "2", "3", "4"}
    assert set(found(engine, AnyOf((term("a"), AllOf((term("x"), term("y"))))))) == {"1", "2", "4"}
    assert set(found(engine, Not(term("b")))) == {"4"}
    assert set(found(engine, term("c", field="bare"))) == {"3"}
    assert found(engine, term("nowhere")) == []
    assert found(engine, term()) == []


def test_phrases_need_order_and_neighbourhood(engine: WhooshEngine) -> None:
    one, two = frozenset({1}), frozenset({2})
    assert found(engine, Phrase((one, two), (term("a"), term("b")))) == ["1"]
    assert found(engine, Phrase((two, frozenset({1, 3})), (term("b"), term("a", "c")))) != []
    assert found(engine, Phrase((one,) * 9, (term("a"),))) == []
    assert found(engine, Phrase((one, two), (term("a"), term("b")), (term("y"),))) == []


def test_score_is_bm25(engine: WhooshEngine) -> None:
    (hit,) = engine.search(Plan(clauses=(term("a"),), limit=1)).hits
    mean = (3 + 6 + 3 + 3) / 4
    norm = 1.2 * (1 - 0.75 + 0.75 * 6 / mean)
    assert hit.id in ("1", "2")
    scores = {hit.id: hit.score for hit in engine.search(Plan(clauses=(term("a"),))).hits}
    assert scores["2"] == pytest.approx(idf(4, 2) * 2 / (2 + norm), abs=idf(4, 2) * float(STEP))


def test_alternatives_count_as_one_term(engine: WhooshEngine) -> None:
    together = engine.search(Plan(clauses=(term("a", "c"),))).hits
    assert max(hit.score for hit in together) < 2 * idf(4, 3)
    boosted = engine.search(Plan(clauses=(term("a"),), boosts=(Boost(term("c"), 5.0),)))
    assert boosted.hits[0].id == "1"
    assert boosted.total == 2


def test_relaxing_puts_partial_matches_last_and_says_what_they_miss(engine: WhooshEngine) -> None:
    clauses = (term("a"), term("b"), term("c"), term("nowhere2", "c"))
    plan = Plan(clauses=clauses, shares=(0.25,), complete_first=True)
    result = engine.search(plan)
    assert (result.total_all, result.hits[0].id) == (1, "1")
    assert result.hits[0].missing == ()
    assert {hit.id: hit.missing for hit in result.hits[1:]} == {"3": (0,), "2": (2, 3)}
    narrow = replace(plan, shares=(0.5,))
    assert {hit.id for hit in engine.search(narrow).hits} == {"1", "3"}
    assert [hit.id for hit in engine.search(replace(plan, shares=(1.0, 0.1))).hits] == ["1"]
    assert [hit.id for hit in engine.search(replace(plan, shares=(1.0,))).hits] == ["1"]


def test_an_unknown_word_does_not_empty_a_relaxed_result(engine: WhooshEngine) -> None:
    result = engine.search(Plan(clauses=(term("a"), term("nowhere")), shares=(0.5,)))
    assert (result.total_all, result.total) == (0, 2)
    assert result.hits[0].missing == (1,)


def test_required_is_strict_even_when_relaxed(engine: WhooshEngine) -> None:
    assert found(engine, term("a"), required=(Not(term("y")),), shares=(0.5,)) == ["1"]


def test_dates_order_and_counts(engine: WhooshEngine) -> None:
    assert found(engine, order=Order.NEWEST) == ["4", "2", "1", "3"]
    assert found(engine, order=Order.OLDEST) == ["1", "2", "4", "3"]
    assert set(found(engine, Between(None, 401 * 86400))) == {"1", "2"}
    assert found(engine, filters={"source": "s1"}, order=Order.NEWEST) == ["1", "3"]
    assert found(engine, filters={"source": "none"}) == []
    result = engine.search(Plan(offset=3, limit=5, facets={"source": 5}))
    assert len(result.hits) == 1
    assert result.facets == {"source": {"s1": 2, "s2": 1}}
    assert result.timeline == {date(1970, 1, 1): 1, date(1971, 1, 1): 2}


def test_replace_delete_and_what_is_stored(engine: WhooshEngine) -> None:
    before = engine.generation()
    with engine.writer() as writer:
        writer.put(document("1", "z"))
        writer.delete("2")
        writer.delete("nowhere")
    assert engine.generation() > before
    assert found(engine, term("a")) == []
    assert records(engine, ["1", "2"]) == [b"z", None]
    assert {origin.id for origin in engine.origins()} == {"1", "3", "4"}
    assert engine.frequencies("text", ["x", "a", "nowhere"]) == [2, 0, 0]
    assert list(engine.terms("bare", "z")) == [("z", 1)]


def test_compacting_changes_no_answer(engine: WhooshEngine, tmp_path: Path) -> None:
    plan = Plan(clauses=(term("a"), term("b"), term("x")), shares=(0.1,))
    with engine.writer() as writer:
        writer.delete("2")
    before = engine.search(plan)
    engine.compact()
    assert engine.search(plan) == before
    assert len(list(tmp_path.glob("*.kpo"))) == 1
    assert records(engine, ["1", "2", "3"]) == [b"a b c", None, b"c b x"]


def test_a_commit_reads_the_columns_of_new_segments_alone(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(clauses=(term("a", "x"),), facets={"source": 5})
    with engine.writer() as writer:
        for number in range(40):
            writer.put(document(f"n{number}", "x y", source="s1"))
    engine.compact()
    read: list[int] = []
    of = FacetColumn.of

    def counted(column: Iterable[bytes]) -> FacetColumn:
        values = list(column)
        read.append(len(values))
        return of(values)

    monkeypatch.setattr(FacetColumn, "of", counted)
    assert engine.search(plan).facets == {"source": {"s1": 42, "s2": 1}}
    with engine.writer() as writer:
        writer.put(document("n0", "a", source="s3"))
        writer.delete("2")
    assert engine.search(plan).facets == {"source": {"s1": 41, "s3": 1}}
    assert read == [44, 1]


def test_an_exception_rolls_back_and_releases_the_lock(engine: WhooshEngine) -> None:
    with pytest.raises(KeyError), engine.writer() as writer:
        writer.delete("1")
        raise KeyError
    assert records(engine, ["1"]) == [b"a b c"]
    with engine.writer() as writer:
        writer.put(document("5", "a"))
    assert records(engine, ["5"]) == [b"a"]


def test_two_writers_do_not_mix(engine: WhooshEngine, tmp_path: Path) -> None:
    other = WhooshEngine.open(tmp_path)
    with (
        engine.writer(),
        pytest.raises(ArchiveError, match="another process"),
        other.writer(timeout=0.0),
    ):
        pass


def test_opening_nothing_or_damage_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no index"):
        WhooshEngine.open(tmp_path)
    WhooshEngine.create(tmp_path, ["text"], [], []).close()
    (toc,) = tmp_path.glob("*.toc")
    toc.write_bytes(b"damaged")
    with pytest.raises(ArchiveError, match="damaged"):
        WhooshEngine.open(tmp_path)


class Hostile:
    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("/tmp/khobao-hostile"),)


def test_a_table_that_names_other_code_is_not_opened(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path, ["text", "bare"], ["source"], [])
    with engine.writer() as writer:
        writer.put(document("1", "a"))
    engine.close()
    (toc,) = tmp_path.glob("*.toc")
    data = toc.read_bytes()
    hostile = pickle.dumps(Hostile(), 2)
    toc.write_bytes(data[: data.rindex(b"\x80")] + hostile)
    with pytest.raises(ArchiveError, match="not written by Kho Báo"):
        WhooshEngine.open(tmp_path)
    assert not Path("/tmp/khobao-hostile").exists()


def test_searches_go_on_while_commits_and_merges_happen(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path, ["text", "bare"], ["source"], ["text"])
    done = Event()
    seen: list[int] = []
    faults: list[BaseException] = []

    def look() -> None:
        try:
            while not done.is_set():
                result = engine.search(Plan(clauses=(term("a"),), limit=3))
                assert all(
                    record is not None for record in engine.get(hit.id for hit in result.hits)
                )
                seen.append(result.total)
        except BaseException as error:
            faults.append(error)

    readers = [Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(40):
        with engine.writer() as writer:
            writer.put(document(f"{number}", "a b"))
    done.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert engine.search(Plan(clauses=(term("a"),))).total == 40
    assert len(list(tmp_path.glob("*.kpo"))) <= 10


def test_an_empty_index_answers(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path, ["text"], ["source"], ["text"])
    result = engine.search(Plan(clauses=(term("a"),), shares=(0.5,)))
    assert (result.total, result.hits) == (0, ())
    assert list(engine.terms("text")) == []
