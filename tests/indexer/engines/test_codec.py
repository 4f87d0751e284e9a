"""The array codec against Whoosh's own: the same hits, scores and terms from Whoosh's own searcher."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query, scoring
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import NO_MERGE, SegmentWriter

from indexer.engines.fields import Fields
from indexer.engines.whoosh.checksums import BLOCK, FileSums, VerifiedFile
from indexer.engines.whoosh.codec import ArrayTermsReader
from indexer.engines.whoosh.field_merge import Source, write_field
from indexer.engines.whoosh.files import FileReader, FileWriter
from indexer.engines.whoosh.index import ArrayIndex
from indexer.engines.whoosh.postings import GatheredField, StoredField, find
from indexer.engines.whoosh.schema import make_schema
from indexer.engines.whoosh.writer import ArrayWriter
from indexer.errors import DamageError

WORDS = [f"w{number}" for number in range(60)] + ["đê", "lũ", "lụt", "lún"]


def documents(count: int) -> list[dict[str, int]]:
    chance = random.Random(7)
    return [
        {word: chance.randint(1, 9) for word in chance.sample(WORDS, chance.randint(1, 20))}
        for _ in range(count)
    ]


def build(
    folder: Path, writer_class: type[SegmentWriter], commits: int, merge: bool, **options: Any
) -> FileIndex:
    folder.mkdir()
    if writer_class is ArrayWriter:
        index = ArrayIndex.create(folder, Fields(("t",), (), ()))
    else:
        schema = make_schema(Fields(("t",), (), ()))
        index = FileIndex.create(FileStorage(str(folder)), schema, "MAIN")
    rows = documents(120)
    size = len(rows) // commits
    for start in range(0, len(rows), size):
        writer = writer_class(index, **options)
        for number, row in enumerate(rows[start : start + size], start):
            writer.add_document(t_t=row, id=str(number).encode())
        last = start >= len(rows) - size
        if merge and last:
            writer.commit(optimize=True)
        else:
            writer.commit(mergetype=NO_MERGE)
    return index


@pytest.fixture(
    scope="module", params=["one segment", "many segments", "merged", "set aside on disk"]
)
def indexes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FileIndex, FileIndex]:
    folder = tmp_path_factory.mktemp("codec")
    commits = {"one segment": 1, "many segments": 3, "merged": 6, "set aside on disk": 1}[
        request.param
    ]
    options = {"memory": 2000} if request.param == "set aside on disk" else {}
    merge = request.param == "merged"
    return (
        build(folder / "stock", SegmentWriter, commits, merge),
        build(folder / "ours", ArrayWriter, commits, merge, **options),
    )


QUERIES = [
    query.Term("t_t", "w1"),
    query.Term("t_t", "nowhere"),
    query.And([query.Term("t_t", "w1"), query.Term("t_t", "w2")]),
    query.Or([query.Term("t_t", word) for word in ("w3", "w4", "lũ", "nowhere")]),
    query.And([query.Term("t_t", "w5"), query.Not(query.Term("t_t", "w6"))]),
    query.AndMaybe(query.Term("t_t", "w7"), query.Term("t_t", "w8")),
    query.Prefix("t_t", "l"),
    query.Prefix("t_t", "w1"),
    query.Wildcard("t_t", "w?1"),
    query.TermRange("t_t", "w2", "w3"),
    query.Every("t_t"),
]


@pytest.mark.parametrize("question", QUERIES, ids=str)
def test_whoosh_searches_find_the_same(
    indexes: tuple[FileIndex, FileIndex], question: query.Query
) -> None:
    found = []
    for index in indexes:
        with index.searcher(weighting=scoring.BM25F()) as searcher:
            hits = searcher.search(question, limit=None)
            ids = searcher.reader().column_reader("id")
            found.append({ids[hit.docnum]: hit.score for hit in hits})
    stock, ours = found
    assert ours.keys() == stock.keys()
    for id, score in stock.items():
        assert ours[id] == pytest.approx(score, rel=1e-5)


def test_whoosh_readers_see_the_same_terms(indexes: tuple[FileIndex, FileIndex]) -> None:
    stock, ours = (index.reader() for index in indexes)
    assert list(ours.all_terms()) == list(stock.all_terms())
    assert list(ours.lexicon("t_t")) == list(stock.lexicon("t_t"))
    for word in (*WORDS, "nowhere"):
        assert ours.doc_frequency("t_t", word) == stock.doc_frequency("t_t", word)
        assert ours.frequency("t_t", word) == stock.frequency("t_t", word)
    assert list(ours.expand_prefix("t_t", "w1")) == list(stock.expand_prefix("t_t", "w1"))
    assert [term for term, _ in ours.iter_from("t_t", "w5")] == [
        term for term, _ in stock.iter_from("t_t", "w5")
    ]
    if stock.is_atomic() and ours.is_atomic():
        one, other = stock.cursor("t_t"), ours.cursor("t_t")
        assert other.find("lụ") == one.find("lụ") == "lụt"
        assert other.next() == one.next()
        assert other.first() == one.first()
        assert other.term_info().doc_frequency() == one.term_info().doc_frequency()


FIELD = st.lists(
    st.dictionaries(
        st.text(st.characters(), min_size=1, max_size=3), st.integers(1, 400), max_size=6
    ),
    max_size=8,
)


def gather(rows: list[dict[str, int]], first: int = 0) -> GatheredField:
    field = GatheredField()
    for number, row in enumerate(rows, first):
        field.add(number, row)
    field.freeze()
    return field


def read_back(path: Path) -> dict[bytes, list[tuple[int, int]]]:
    field = StoredField(FileReader(VerifiedFile(path)), "t")
    found = {}
    for number, term in enumerate(field.terms(0, len(field.starts) - 1)):
        assert field.number(term) == number
        numbers, counts = field.slice(number, number + 1)
        found[term] = list(zip(numbers.tolist(), counts.tolist(), strict=True))
    assert list(found) == sorted(found)
    for term in (b"", *found):
        for near in (term, term + b"\x00", term + b"\xff"):
            assert field.place(near) == find(field, near) == sum(one < near for one in found)
    return found


def expected(rows: list[dict[str, int]], deleted: set[int]) -> dict[bytes, list[tuple[int, int]]]:
    wanted: dict[bytes, list[tuple[int, int]]] = {}
    kept = [row for number, row in enumerate(rows) if number not in deleted]
    for number, row in enumerate(kept):
        for term, count in row.items():
            wanted.setdefault(term.encode("utf-8", "surrogatepass"), []).append(
                (number, min(count, 255))
            )
    return wanted


@given(st.lists(FIELD, min_size=1, max_size=4), st.sets(st.integers(0, 20)))
def test_merging_keeps_every_posting_of_every_document_in_use(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[dict[str, int]]], deleted: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    sources = []
    start = new = 0
    for rows in parts:
        numbers = []
        for number in range(start, start + len(rows)):
            numbers.append(-1 if number in deleted else new)
            new += number not in deleted
        start += len(rows)
        sources.append(Source(gather(rows), np.array(numbers, dtype=np.int64)))
    file = FileWriter(folder / "f")
    facts = write_field(file, "t", sources, 1 << 16, folder)
    file.finish({"t": facts})
    found = read_back(folder / "f")
    assert found == expected([row for rows in parts for row in rows], deleted)
    assert facts["terms"] == len(found)
    assert facts["postings"] == sum(map(len, found.values()))


@pytest.mark.parametrize("documents", [40, 1 << 20])
def test_ranges_of_terms_join_without_a_seam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, documents: int
) -> None:
    monkeypatch.setattr("indexer.engines.whoosh.field_merge._STEP_POSTINGS", 3)
    monkeypatch.setattr("indexer.engines.whoosh.field_merge._STEP_TERMS", 2)
    rows = [{chr(65 + (number * step) % 23): 1 + step for step in range(5)} for number in range(40)]
    file = FileWriter(tmp_path / "f")
    sources = [Source(gather(rows[:15])), Source(gather(rows[15:], 15))]
    file.finish({"t": write_field(file, "t", sources, documents, tmp_path)})
    assert read_back(tmp_path / "f") == expected(rows, set())


def written(folder: Path) -> Path:
    file = FileWriter(folder / "f")
    file.finish(
        {"t": write_field(file, "t", [Source(gather([{"a": 1, "b": 2}, {"a": 3}]))], 2, folder)}
    )
    return folder / "f"


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 40, -1])
def test_a_file_that_is_cut_short_is_one_clear_error(tmp_path: Path, kept: int) -> None:
    path = written(tmp_path)
    sums = FileSums.of(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DamageError, match=str(path)):
        ArrayTermsReader(VerifiedFile(path, sums))
    with pytest.raises(DamageError, match=str(path)):
        ArrayTermsReader(VerifiedFile(path))


def test_every_damaged_byte_is_found(tmp_path: Path) -> None:
    path = written(tmp_path)
    sums = FileSums.of(path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        file = VerifiedFile(path, sums)
        with pytest.raises(DamageError, match="checksum"):
            file.verify()
        with pytest.raises(DamageError, match="checksum"):
            file.read(place, 1)


@given(st.binary(max_size=5 * BLOCK), st.data())
def test_what_is_read_is_what_was_written_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("sums") / "f"
    path.write_bytes(content)
    sums = FileSums.of(path)
    damaged = bytearray(content)
    if content and data.draw(st.booleans()):
        damaged[data.draw(st.integers(0, len(content) - 1))] ^= 1
        path.write_bytes(damaged)
    file = VerifiedFile(path, sums)
    for _ in range(4):
        position = data.draw(st.integers(0, len(content) + 2))
        length = data.draw(st.integers(0, len(content) + 2))
        try:
            found = file.read(position, length)
        except DamageError:
            assert position + length > len(content) or damaged != content
        else:
            assert found == content[position : position + length]


def test_a_file_cut_short_while_it_is_open_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(bytes(4 * BLOCK))
    file = VerifiedFile(path, FileSums.of(path))
    assert file.read(3 * BLOCK, 10) == bytes(10)
    with path.open("r+b") as stream:
        stream.truncate(BLOCK)
    with pytest.raises(DamageError, match="cut short"):
        file.read(2 * BLOCK, 10)
    # What was read before is still at hand.
    assert file.read(3 * BLOCK, 10) == bytes(10)
    assert file.read(0, 10) == bytes(10)
