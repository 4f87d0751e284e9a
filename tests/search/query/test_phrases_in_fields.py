"""Phrases in fields: the words stand there side by side, whatever else the field and the text say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.documents import SPEAKERS, TITLE_KEY, make_document
from indexer.engine_factory import open_or_create_engine
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest
from tests.search.query.conftest import Ids

ARTICLES = {
    "won": ("Đội tuyển Việt Nam thắng đội tuyển Lào", "Thắng đội tuyển Việt Nam là điều khó."),
    "lost": ("Lào thắng đội tuyển Việt Nam", "Trận đấu đã kết thúc."),
    "said": (
        "“Tôi thắng đội tuyển ấy”, ông Nguyễn Văn Bình nói",
        "Ông Nguyễn Văn Bình là huấn luyện viên.",
    ),
    "none": ("Nghỉ", "Đội tuyển Việt Nam nghỉ."),
}

TAGS = ["bóng đá", "đội tuyển", "Việt Nam"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("titles")
    lines = (
        json.dumps({"id": id, "title": title, "body": body, "tags": TAGS}, ensure_ascii=False)
        for id, (title, body) in ARTICLES.items()
    )
    (folder / "articles.jsonl").write_text("\n".join(lines), "utf-8")
    index_sources(folder / "archive", [folder / "articles.jsonl"], workers=0)
    return folder / "archive"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('tiêu_đề:"đội tuyển"', {"won", "lost", "said"}),
        ('tiêu_đề:"đội tuyển Việt Nam"', {"won", "lost"}),
        ('tiêu_đề:"thắng đội tuyển Việt Nam"', {"lost"}),
        ('title:"thang doi tuyen viet nam"', {"lost"}),
        ('title:"thang doi tuyen lao"', {"won"}),
        ('tiêu_đề:"đội tuyển Lào thắng"', set()),
        ('tiêu_đề:"thắng đội tuy*"', {"won", "lost", "said"}),
        ('tiêu_đề:"đội tuyển Vi*"', {"won", "lost"}),
        ('tiêu_đề:"tuyển L?o"', {"won"}),
        ('title:"thang d?i"', {"won", "lost", "said"}),
        ('title:"la* thang"', {"lost"}),
        ('tiêu_đề:"Việt thắng"', set()),
        ('tuyển -tiêu_đề:"thắng đội tuyển Việt Nam"', {"won", "said", "none"}),
        ('tiêu_đề:"ông Nguyễn Văn Bình nói"', {"said"}),
        ('nói:"Nguyễn Văn Bình" "thắng đội tuyển"', {"said"}),
        ('nói:* "đội tuyển Việt Nam"', set()),
    ],
)
def test_a_phrase_stands_in_the_title(ids: Ids, query: str, found: set[str]) -> None:
    assert ids(query) == found


def test_a_phrase_stands_in_one_of_several_values(ids: Ids) -> None:
    assert ids('tag:"bóng đá"') == ids("tag:bóng tag:nam") == set(ARTICLES)
    assert ids('tag:"đá đội"') == ids('tag:"doi tuyen viet"') == set()


def test_articles_that_were_indexed_without_the_places_of_titles_are_found(tmp_path: Path) -> None:
    engine = open_or_create_engine(tmp_path)
    with engine.writer() as writer:
        for id, (title, body) in ARTICLES.items():
            document = make_document(Article(id=id, title=title, body=body), "")
            terms = dict(document.terms)
            terms[SPEAKERS] = {key: 1 for key in terms[SPEAKERS] if key != TITLE_KEY}
            passages = [one for one in document.passages if TITLE_KEY not in one.keys]
            writer.put(replace(document, terms=terms, passages=passages))
    engine.close()
    with Archive.open(tmp_path) as archive:
        found = archive.search(SearchRequest('tiêu_đề:"đội tuyển Lào"')).hits
        assert [one.id for one in found] == ["won"]
