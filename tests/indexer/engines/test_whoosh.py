import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from indexer.engines.base import Boost, Document, EngineResult, Order, Plan
from indexer.engines.conditions import AllOf, AnyOf, Between, Condition, Not, Phrase, Term
from indexer.engines.facets import FacetPart
from indexer.engines.fields import Fields
from indexer.engines.scoring import STEP, idf
from indexer.engines.token_hashes import token_hash
from indexer.engines.whoosh import WhooshEngine
from indexer.engines.whoosh.commits import Commit
from indexer.engines.whoosh.searcher import WhooshSearcher
from indexer.engines.whoosh.segments import Segment
from indexer.errors import ArchiveError

FIELDS = Fields(("text", "bare"), ("source",), ("text",))


def records(engine: WhooshEngine, ids: list[str]) -> list[bytes | None]:
    return engine.searcher().records(ids)


def search(engine: WhooshEngine, plan: Plan) -> EngineResult:
    return engine.searcher().search(plan)


def document(id: str, text: str, published: int | None = None, source: str = "") -> Document:
    terms = text.split()
    return Document(
        id=id,
        digest=f"d{id}",
        origin=f"/in/{id}",
        terms={"text": {term: terms.count(term) for term in terms}, "bare": {terms[0]: 1}},
        tokens=[*terms, ""],
        token_offsets=list(range(len(terms) + 1)),
        published=published,
        facets={"source": [source]},
        record=text.encode(),
    )


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[WhooshEngine]:
    engine = WhooshEngine.create(tmp_path, FIELDS)
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
    return [hit.id for hit in search(engine, Plan(clauses=clauses, **options)).hits]  # type: ignore[arg-type]


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


def phrase(*positions: str, hints: tuple[Term, ...] = ()) -> Phrase:
    return Phrase("text", tuple(tuple(one.split("|")) for one in positions), hints)


def test_phrases_need_order_and_neighbourhood(engine: WhooshEngine) -> None:
    assert found(engine, phrase("a", "b")) == ["1"]
    assert set(found(engine, phrase("b", "a|c"))) == {"1", "2"}
    assert found(engine, phrase(*"aaaaaaaaa")) == []
    assert found(engine, phrase("a", "b", hints=(term("y"),))) == []
    assert set(found(engine, Term("text", ("x",), (phrase("a", "b"),)))) == {"1", "3", "4"}


def test_samples_are_spread_evenly_over_all_that_hold_the_term(engine: WhooshEngine) -> None:
    with engine.writer() as writer:
        for number in range(100):
            writer.put(document(f"n{number:02}", f"z q{number:02}"))
    for count in (1, 2, 7, 60, 99, 100, 200):
        samples = engine.searcher().samples(term("z"), count)
        assert len(samples) == min(count, 100)
        numbers = [
            number
            for sample in samples
            for number in range(100)
            if sample[1] == token_hash(f"q{number:02}")
        ]
        assert numbers == sorted(set(numbers))
        if count > 1:
            gaps = np.diff(numbers)
            assert (numbers[0], numbers[-1], gaps.max() - gaps.min() <= 1) == (0, 99, True)


def test_score_is_bm25(engine: WhooshEngine) -> None:
    (hit,) = search(engine, Plan(clauses=(term("a"),), limit=1)).hits
    mean = (3 + 6 + 3 + 3) / 4
    norm = 1.2 * (1 - 0.75 + 0.75 * 6 / mean)
    assert hit.id in ("1", "2")
    scores = {hit.id: hit.score for hit in search(engine, Plan(clauses=(term("a"),))).hits}
    assert scores["2"] == pytest.approx(idf(4, 2) * 2 / (2 + norm), abs=idf(4, 2) * float(STEP))


def test_alternatives_count_as_one_term(engine: WhooshEngine) -> None:
    together = search(engine, Plan(clauses=(term("a", "c"),))).hits
    assert max(hit.score for hit in together) < 2 * idf(4, 3)
    boosted = search(engine, Plan(clauses=(term("a"),), boosts=(Boost(term("c"), 5.0),)))
    assert boosted.hits[0].id == "1"
    assert boosted.total == 2


def test_relaxing_puts_partial_matches_last_and_says_what_they_miss(engine: WhooshEngine) -> None:
    clauses = (term("a"), term("b"), term("c"), term("nowhere2", "c"))
    plan = Plan(clauses=clauses, minimum_idf_shares=(0.25,), complete_first=True)
    result = search(engine, plan)
    assert (result.total_all, result.hits[0].id) == (1, "1")
    assert result.hits[0].missing == ()
    assert {hit.id: hit.missing for hit in result.hits[1:]} == {"3": (0,), "2": (2, 3)}
    narrow = replace(plan, minimum_idf_shares=(0.5,))
    assert {hit.id for hit in search(engine, narrow).hits} == {"1", "3"}
    assert [
        hit.id for hit in search(engine, replace(plan, minimum_idf_shares=(1.0, 0.1))).hits
    ] == ["1"]
    assert [hit.id for hit in search(engine, replace(plan, minimum_idf_shares=(1.0,))).hits] == [
        "1"
    ]


def test_an_unknown_word_does_not_empty_a_relaxed_result(engine: WhooshEngine) -> None:
    result = search(engine, Plan(clauses=(term("a"), term("nowhere")), minimum_idf_shares=(0.5,)))
    assert (result.total_all, result.total) == (0, 2)
    assert result.hits[0].missing == (1,)


def test_required_is_strict_even_when_relaxed(engine: WhooshEngine) -> None:
    assert found(engine, term("a"), required=(Not(term("y")),), minimum_idf_shares=(0.5,)) == ["1"]


def test_dates_order_and_counts(engine: WhooshEngine) -> None:
    assert found(engine, order=Order.NEWEST) == ["4", "2", "1", "3"]
    assert found(engine, order=Order.OLDEST) == ["1", "2", "4", "3"]
    assert set(found(engine, Between(None, 401 * 86400))) == {"1", "2"}
    assert found(engine, filters={"source": "s1"}, order=Order.NEWEST) == ["1", "3"]
    assert found(engine, filters={"source": "none"}) == []
    result = search(engine, Plan(offset=3, limit=5, facets={"source": 5}, has_timeline=True))
    assert len(result.hits) == 1
    assert result.facets == {"source": {"s1": 2, "s2": 1}}
    assert result.timeline == {date(1970, 1, 1): 1, date(1971, 1, 1): 2}
    assert search(engine, Plan()).timeline == {}


def test_replace_delete_and_what_is_stored(engine: WhooshEngine) -> None:
    before = engine.searcher().commit
    with engine.writer() as writer:
        writer.put(document("1", "z"))
        writer.delete("2")
        writer.delete("nowhere")
    assert engine.searcher().commit > before
    assert found(engine, term("a")) == []
    assert records(engine, ["1", "2"]) == [b"z", None]
    assert {origin.id for origin in engine.searcher().origins()} == {"1", "3", "4"}
    assert engine.searcher().frequencies("text", ["x", "a", "nowhere"]) == [2, 0, 0]
    assert list(engine.searcher().terms("bare", "z")) == [("z", 1)]


def test_the_most_frequent_terms_come_first(engine: WhooshEngine) -> None:
    """Of all that begin alike, over all segments; equals as they are sorted."""
    for segment in range(2):
        with engine.writer() as writer:
            for number in range(40):
                held = (f"z{at:02}" for at in range(segment, 90) if number % (at % 7 + 1) == 0)
                writer.put(document(f"n{segment}-{number}", f"đ {' '.join(held)}"))
    searcher = engine.searcher()
    for prefix in ("z", "z1", "z14", "đ", "", "nowhere"):
        every = sorted(searcher.terms("text", prefix), key=lambda one: one[1], reverse=True)
        assert list(searcher.frequent_terms("text", prefix)) == every
    assert [*searcher.frequent_terms("no field", "z")] == []
    counts = dict(searcher.frequent_terms("text", ""))
    assert (counts["đ"], counts["z00"], counts["z07"], counts["b"]) == (80, 40, 80, 3)


def test_compacting_changes_no_answer(engine: WhooshEngine, tmp_path: Path) -> None:
    plan = Plan(clauses=(term("a"), term("b"), term("x")), minimum_idf_shares=(0.1,))
    with engine.writer() as writer:
        writer.delete("2")
    before = search(engine, plan)
    engine.compact()
    assert search(engine, plan) == before
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
    of = FacetPart.of

    def counted(column: Iterable[bytes]) -> FacetPart:
        values = list(column)
        read.append(len(values))
        return of(values)

    monkeypatch.setattr(FacetPart, "of", counted)
    assert search(engine, plan).facets == {"source": {"s1": 42, "s2": 1}}
    with engine.writer() as writer:
        writer.put(document("n0", "a", source="s3"))
        writer.delete("2")
    assert search(engine, plan).facets == {"source": {"s1": 41, "s3": 1}}
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
    WhooshEngine.create(tmp_path, FIELDS).close()
    (toc,) = tmp_path.glob("*.toc")
    toc.write_bytes(b"damaged")
    with pytest.raises(ArchiveError, match="damaged"):
        WhooshEngine.open(tmp_path)


def test_no_index_is_made_over_another(tmp_path: Path, engine: WhooshEngine) -> None:
    with pytest.raises(ArchiveError, match="left as it is"):
        WhooshEngine.create(tmp_path, FIELDS)
    assert engine.searcher().count() == 4


def test_a_table_of_an_older_version_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "_MAIN_3.toc").write_bytes(b"\x04\x08\x04" + pickle.dumps(object()))
    with pytest.raises(ArchiveError, match="older version"):
        WhooshEngine.open(tmp_path)


def test_a_searcher_is_the_same_until_the_next_commit_and_never_changes(
    engine: WhooshEngine,
) -> None:
    before = engine.searcher()
    assert engine.searcher() is before
    first = before.search(Plan(clauses=(term("a"),)))
    with engine.writer() as writer:
        writer.put(document("1", "z"))
    after = engine.searcher()
    assert after is not before
    assert after.commit != before.commit
    assert before.search(Plan(clauses=(term("a"),))) == first
    assert before.records(["1"]) == [b"a b c"]
    assert after.records(["1"]) == [b"z"]
    # No clause of the new commit was in the cache of the old one.
    assert [hit.id for hit in after.search(Plan(clauses=(term("z"),))).hits] == ["1"]


def test_threads_that_meet_a_new_commit_open_it_once(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    init = WhooshSearcher.__init__

    def counted(self: WhooshSearcher, commit: Commit, segments: list[Segment]) -> None:
        opened.append(commit.name)
        init(self, commit, segments)

    monkeypatch.setattr(WhooshSearcher, "__init__", counted)
    with engine.writer() as writer:
        writer.put(document("5", "a"))
    found: list[WhooshSearcher] = []
    threads = [Thread(target=lambda: found.append(engine.searcher())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    assert len(found) == 8
    assert len({id(one) for one in found}) == 1


def test_a_folder_that_is_swapped_for_another_index_is_seen(tmp_path: Path) -> None:
    for name, text in (("old", "a"), ("new", "b")):
        (tmp_path / name).mkdir()
        with WhooshEngine.create(tmp_path / name, FIELDS).writer() as writer:
            writer.put(document("1", text))
    engine = WhooshEngine.open(tmp_path / "old")
    assert records(engine, ["1"]) == [b"a"]
    (tmp_path / "old").rename(tmp_path / "away")
    with pytest.raises(ArchiveError, match="the index is gone"):
        engine.searcher()
    (tmp_path / "new").rename(tmp_path / "old")
    assert records(engine, ["1"]) == [b"b"]


def test_searches_go_on_while_commits_and_merges_happen(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path, FIELDS)
    done = Event()
    seen: list[int] = []
    faults: list[BaseException] = []

    def look() -> None:
        try:
            while not done.is_set():
                searcher = engine.searcher()
                result = searcher.search(Plan(clauses=(term("a"),), limit=3))
                assert None not in searcher.records([hit.id for hit in result.hits])
                seen.append(result.total)
        except BaseException as error:
            faults.append(error)

    readers = [Thread(target=look) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(40):
            with engine.writer() as writer:
                writer.put(document(f"{number}", "a b"))
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert faults == []
    assert search(engine, Plan(clauses=(term("a"),))).total == 40
    assert len(list(tmp_path.glob("*.kpo"))) <= 10


def test_an_empty_index_answers(tmp_path: Path) -> None:
    engine = WhooshEngine.create(tmp_path, FIELDS)
    result = search(engine, Plan(clauses=(term("a"),), minimum_idf_shares=(0.5,)))
    assert (result.total, result.hits) == (0, ())
    assert list(engine.searcher().terms("text")) == []
