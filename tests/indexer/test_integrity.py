from dataclasses import replace
from pathlib import Path

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.integrity import check_archive
from indexer.records import Findings, encode_record


def test_a_whole_archive(sample_archive: Path) -> None:
    report = check_archive(sample_archive)
    assert (report.articles, report.problems) == (4, ())


def test_what_is_wrong_with_an_article_is_named(tmp_path: Path) -> None:
    article = Article(id="a", title="T", body="Một.")
    document = make_document(article, "")
    engine = open_or_create_engine(tmp_path)
    with engine.writer() as writer:
        writer.put(document)
        writer.put(replace(document, id="b", record=b"x"))
        writer.put(replace(document, id="c"))
        writer.put(
            replace(
                document,
                id="d",
                record=encode_record(replace(article, id="d", body="Hai."), Findings()),
            )
        )
        other = make_document(replace(article, id="e"), "")
        writer.put(replace(other, token_offsets=[one + 1 for one in other.token_offsets]))
    engine.close()
    report = check_archive(tmp_path)
    assert report.articles == 5
    assert report.problems == (
        "b: its record is damaged",
        "c: its record is that of a",
        "d: its text is not what was stored",
        "e: its token arrays are not those of its text",
    )


def test_an_id_put_twice_in_one_transaction_is_stored_once(tmp_path: Path) -> None:
    engine = open_or_create_engine(tmp_path)
    for body in ("Một.", "Hai."):
        with engine.writer() as writer:
            for again in ("Ba.", body):
                writer.put(make_document(Article(id="a", title="T", body=again), ""))
    (record,) = engine.searcher().records(["a"])
    engine.close()
    assert record == make_document(Article(id="a", title="T", body="Hai."), "").record
    assert check_archive(tmp_path) == check_archive(tmp_path)
    assert check_archive(tmp_path).articles == 1
