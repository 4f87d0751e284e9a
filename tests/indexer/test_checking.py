from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.article import Article
from indexer.checking import check_archive
from indexer.errors import ArchiveError
from indexer.store import encode_record, make_document, open_or_create_engine


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
            replace(document, id="d", record=encode_record(replace(article, id="d", body="Hai.")))
        )
        other = make_document(replace(article, id="e"), "")
        writer.put(replace(other, starts=other.starts + np.uint32(1)))
    engine.close()
    report = check_archive(tmp_path)
    assert report.articles == 5
    assert report.problems == (
        "b: its record is damaged",
        "c: its record is that of a",
        "d: its text is not what was stored",
        "e: its token arrays are not those of its text",
    )


def test_a_damaged_file_is_one_clear_error(tmp_path: Path) -> None:
    engine = open_or_create_engine(tmp_path)
    with engine.writer() as writer:
        writer.put(make_document(Article(id="a", title="T", body="Một."), ""))
    engine.close()
    (file,) = (tmp_path / "index").glob("*.kpo")
    data = bytearray(file.read_bytes())
    data[16] ^= 1
    file.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        check_archive(tmp_path)
    file.write_bytes(data[:100])
    with pytest.raises(ArchiveError, match="damaged"):
        check_archive(tmp_path)


def test_an_id_put_twice_in_one_transaction_is_stored_once(tmp_path: Path) -> None:
    engine = open_or_create_engine(tmp_path)
    for body in ("Một.", "Hai."):
        with engine.writer() as writer:
            for again in ("Ba.", body):
                writer.put(make_document(Article(id="a", title="T", body=again), ""))
    (stored,) = engine.get(["a"])
    engine.close()
    assert stored is not None
    assert stored.record == encode_record(Article(id="a", title="T", body="Hai."))
    assert check_archive(tmp_path) == check_archive(tmp_path)
    assert check_archive(tmp_path).articles == 1
