"""The sample corpus: every layout is read whole, and every damaged file is one clear line."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest

CORPUS = Path(__file__).resolve().parent.parent / "corpus"


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    parsed = [
        one for file in sorted((CORPUS / "articles").rglob("*.*")) for one in parse_file(file)
    ]
    assert all(isinstance(one, Article) for one in parsed)
    return [one for one in parsed if isinstance(one, Article)]


def test_every_article_is_complete(articles: list[Article]) -> None:
    assert len(articles) >= 60
    for article in articles:
        assert article.title
        assert article.lead
        assert len(article.paragraphs) == 3, article.path
        assert article.published, article.path
        assert article.author, article.path
        assert article.section, article.path
        assert article.source, article.path
        assert article.related_links, article.path
        whole = f"{article.lead}\n{article.body}"
        assert unicodedata.is_normalized("NFC", whole)
        for stray in (article.author, "liên quan", "Đọc thêm", "Chia sẻ", "Bản quyền", "Ảnh:"):
            assert stray not in whole, article.path


def test_sources_sections_and_ten_years(articles: list[Article]) -> None:
    assert len(Counter(article.source for article in articles)) == 4
    assert len(Counter(article.section for article in articles)) >= 8
    assert {article.published.year for article in articles if article.published} == set(
        range(2015, 2025)
    )


def test_the_corpus_has_decomposed_and_legacy_files() -> None:
    files = [file for file in (CORPUS / "articles").rglob("*.*") if file.is_file()]
    texts = [file.read_bytes() for file in files]
    assert any(not is_utf8(data) for data in texts)
    assert any(
        not unicodedata.is_normalized("NFC", data.decode()) for data in texts if is_utf8(data)
    )


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_files_to_search_to_linked_articles(tmp_path: Path) -> None:
    report = index_sources(tmp_path / "a", [CORPUS / "articles", CORPUS / "damaged"])
    assert report.added >= 61
    assert {Path(failure.path).parent.name for failure in report.failures} == {"damaged"}
    with Archive.open(tmp_path / "a") as archive:
        hit = archive.search(SearchRequest("cau treo ban lung")).hits[0]
        assert hit.title.text == "Cầu treo bản Lùng thông xe trước mùa mưa"
        stories = archive.related(hit.id).links
        assert [story.id is not None for story in stories] == [True, True]
        # "hòa" here and "hoà" there are one word; so are composed and decomposed letters.
        for query in ("Đặng Văn Hòa", "Đặng Văn Hoà", unicodedata.normalize("NFD", "Đặng Văn Hòa")):
            result = archive.search(SearchRequest(f'"{query}"'))
            assert result.total == 2


@pytest.mark.parametrize("file", sorted((CORPUS / "damaged").iterdir()), ids=lambda file: file.name)
def test_damage_is_one_clear_line(file: Path) -> None:
    errors = [one for one in parse_file(file) if isinstance(one, ParseError)]
    assert errors
    for error in errors:
        assert str(error).startswith(str(file))
        assert "\n" not in str(error)
