from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from indexer.article import Article, RelatedLink
from indexer.documents import make_document
from indexer.engine_factory import open_or_create_engine
from indexer.errors import ArticleNotFoundError
from search.archive import Archive

FLOOD = "Lũ quét ở Nậm Cang cuốn trôi cầu treo. Hai trăm người ở Nậm Cang kịp lên đồi. "
FILLER = "Hội chợ hoa xuân mở cửa đón khách. Người bán nói hoa năm nay đẹp và rẻ hơn năm ngoái. "


def story(id: str, title: str, body: str, day: date | None, *links: RelatedLink) -> Article:
    return Article(
        id=id,
        title=title,
        lead="",
        body=body,
        published=day,
        url=f"https://bao.example/{id}",
        related_links=links,
    )


ARTICLES = [
    story("lu", "Lũ quét Nậm Cang", FLOOD * 3, date(2024, 9, 10),
          RelatedLink("Bài cũ", "https://www.bao.example/cu/"), RelatedLink("Không còn", None)),
    story("hom-sau", "Sau lũ quét", FLOOD * 2 + FILLER, date(2024, 9, 11)),
    story("hom-truoc", "Mưa lớn ở Nậm Cang", FLOOD * 2, datetime(2024, 9, 9, 20, tzinfo=UTC)),
    story("nam-sau", "Một năm sau lũ quét", FLOOD * 2, date(2025, 9, 10)),
    story("khong-ngay", "Cầu treo Nậm Cang", FLOOD * 2, None),
    story("cu", "Bài cũ", "Chuyện xưa ở một bản xa.", date(2020, 1, 1)),
    story("dan", "Bài dẫn", "Một bài khác hẳn.", date(2024, 9, 12),
          RelatedLink("Lũ quét Nậm Cang", "http://bao.example/lu")),
    story("dan-ten", "Dẫn bằng tên", "Một bài khác nữa.", date(2024, 9, 13),
          RelatedLink("lũ quét  nậm cang", None)),
    *(story(f"hoa-{n}", f"Hội hoa {n}", FILLER * 4, date(2024, 9, 10)) for n in range(5)),
]  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    engine = open_or_create_engine(tmp_path_factory.mktemp("archive") / "a")
    with engine.writer() as writer:
        for article in ARTICLES:
            writer.put(make_document(article, ""))
    with Archive(engine) as opened:
        yield opened


def test_printed_links_lead_to_the_archive(archive: Archive) -> None:
    links = archive.related("lu").links
    assert [(one.link.title, one.id) for one in links] == [("Bài cũ", "cu"), ("Không còn", None)]


def test_articles_that_link_to_one_are_found_by_address_and_by_title(archive: Archive) -> None:
    assert [one.id for one in archive.related("lu").cited_by] == ["dan-ten", "dan"]
    assert [one.id for one in archive.related("cu").cited_by] == ["lu"]


def test_the_same_story_is_near_in_time_and_in_its_order(archive: Archive) -> None:
    found = archive.related("lu").same_story
    assert [(one.id, one.days) for one in found] == [("hom-truoc", 0), ("hom-sau", 1)]
    first, second = archive.related("hom-sau").same_story
    assert [(one.id, one.days) for one in (first, second)] == [("lu", -1), ("hom-truoc", -1)]


def test_what_is_similar_says_what_it_shares(archive: Archive) -> None:
    found = archive.related("lu").similar
    assert {one.id for one in found[:2]} == {"nam-sau", "khong-ngay"}
    assert not any(one.id.startswith("hoa") for one in found)
    for one in found[:2]:
        assert 0 < one.share <= 1
        assert one.shared
        assert all(words in FLOOD or words in "Lũ quét Nậm Cang" for words in one.shared)


def test_no_story_is_in_two_groups_and_none_is_related_to_itself(archive: Archive) -> None:
    for article in ARTICLES:
        related = archive.related(article.id)
        ids = [one.id for one in related.links if one.id]
        for group in (related.cited_by, related.same_story, related.similar):
            ids += [one.id for one in group]
        assert len(set(ids)) == len(ids)
        assert article.id not in ids


def test_an_unknown_article(archive: Archive) -> None:
    with pytest.raises(ArticleNotFoundError):
        archive.related("nowhere")


def test_an_article_without_words(tmp_path: Path) -> None:
    engine = open_or_create_engine(tmp_path / "a")
    with engine.writer() as writer:
        writer.put(make_document(Article(id="1", title="…", lead="", body=""), ""))
        writer.put(make_document(Article(id="2", title="…", lead="", body=""), ""))
    with Archive(engine) as archive:
        related = archive.related("1")
    assert (related.links, related.same_story, related.similar) == ((), (), ())
