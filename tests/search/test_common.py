from pathlib import Path

from indexer.article import Article
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from search.archive import Archive
from search.requests import SearchRequest


def test_a_common_word_beside_its_bare_spelling(tmp_path: Path) -> None:
    # "de" stands for "để" as well, which so many articles hold that it is common.
    engine = open_or_create_engine(tmp_path / "a")
    with engine.writer() as writer:
        for number in range(120):
            body = f"Làm để ăn. Bài số {number}."
            writer.put(make_document(Article(id=f"{number}", title="Bài", lead="", body=body), ""))
        writer.put(make_document(Article(id="de", title="Con dê", lead="", body="De."), ""))
    with Archive(engine) as archive:
        (hit, *_) = archive.search(SearchRequest("de để làm")).hits
        assert [hit.snippets[0].text[a:b] for a, b in hit.snippets[0].highlights] == ["Làm để"]
