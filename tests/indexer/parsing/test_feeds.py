"""Feeds and agencies' stories: an article an item."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError
from indexer.parsing import Parsed, PassedOver, Untitled, parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest

TEXT = "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em."
HANOI = timezone(timedelta(hours=7))
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Báo Sông Hồng</title><link>https://bao.vn</link>
<item><title>Lũ về</title><link>https://bao.vn/lu-ve-1.html</link><pubDate>Tue, 02 Jan 2018 10:20:00 +0700</pubDate>
<description>Nước lên nhanh.</description><content:encoded><![CDATA[<p>{TEXT}</p><p>Đê vẫn an toàn.</p>]]></content:encoded>
<dc:creator>Lan Anh</dc:creator><category>Thời tiết</category></item>
<item><title>Hạn hán</title><link>https://bao.vn/han-2.html</link><description>{TEXT}</description></item>
<item><link>https://bao.vn/khong-tieu-de.html</link></item>
</channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Báo Sông Hồng</title>
<entry><title>Lũ về</title><link href="https://bao.vn/lu-ve-1.html"/><published>2018-01-02T10:20:00+07:00</published>
<updated>2018-01-03T10:20:00+07:00</updated><author><name>Lan Anh</name></author><category term="Thời tiết"/>
<summary>Nước lên nhanh.</summary><content type="html">&lt;p&gt;{TEXT}&lt;/p&gt;&lt;p&gt;Đê vẫn an toàn.&lt;/p&gt;</content></entry>
</feed>"""
RDF = f"""<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://bao.vn"><title>Báo Sông Hồng</title></channel>
<item rdf:about="https://bao.vn/1"><title>Lũ về</title><link>https://bao.vn/lu-ve-1.html</link><description>{TEXT}</description></item>
</rdf:RDF>"""
WXR = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"
 xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"><channel><title>Báo Sông Hồng</title>
{
    "".join(
        f'''<item><title>{title}</title><link>https://bao.vn/?p={n}</link>
<content:encoded><![CDATA[{TEXT}]]></content:encoded><wp:post_date>2018-01-02 10:20:00</wp:post_date>
<wp:post_date_gmt>{gmt}</wp:post_date_gmt><wp:status>{status}</wp:status><wp:post_type><![CDATA[{kind}]]></wp:post_type></item>'''
        for n, (title, kind, status, gmt) in enumerate(
            [
                ("Lũ về", "post", "publish", "2018-01-02 03:20:00"),
                ("Nháp", "post", "draft", "0000-00-00 00:00:00"),
                ("anh.jpg", "attachment", "inherit", "2018-01-02 03:20:00"),
                ("Giới thiệu", "page", "publish", "0000-00-00 00:00:00"),
            ]
        )
    )
}
</channel></rss>"""
NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-6.dtd"><nitf><head><title>Lu ve</title>
<tobject><tobject.subject tobject.subject.type="Thời tiết"/></tobject><docdata><doc-id id-string="TTX.1"/>
<date.issue norm="20180102T102000+0700"/><key-list><keyword key="lũ"/></key-list></docdata></head>
<body><body.head><hedline><hl1>Lũ về</hl1></hedline><byline>By Lan Anh<byttl>phóng viên</byttl></byline>
<distributor>TTXVN</distributor><abstract>Nước lên nhanh.</abstract></body.head>
<body.content><block><p>{TEXT}</p><media><media-caption>Cây cầu</media-caption></media><p>Đê vẫn an toàn.</p></block></body.content></body></nitf>"""
G2 = f"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{
    "".join(
        f'''
<newsItem guid="urn:ttx:{n}"><itemMeta><provider literal="TTXVN"/><versionCreated>2018-01-03T10:20:00+07:00</versionCreated>
<firstCreated>2018-01-02T10:20:00+07:00</firstCreated><pubStatus qcode="stat:{status}"/></itemMeta>
<contentMeta><by>By Lan Anh</by><headline>{title}</headline><headline role="hld:subHeadline">Nước lên nhanh.</headline></contentMeta>
<contentSet><inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body><p>{TEXT}</p><p>Đê vẫn an toàn.</p></body></html></inlineXML></contentSet></newsItem>'''
        for n, (title, status) in enumerate([("Lũ về", "usable"), ("Tin rút", "canceled")])
    )
}</itemSet></newsMessage>"""
NEWSML = f"""<NewsML Version="1.2"><NewsItem><Identification><NewsIdentifier><ProviderId>ttx.vn</ProviderId><NewsItemId>A1</NewsItemId>
</NewsIdentifier></Identification><NewsManagement><FirstCreated>20180102T102000+0700</FirstCreated></NewsManagement>
<NewsComponent><NewsLines><HeadLine>Lũ về</HeadLine><ByLine>Lan Anh</ByLine></NewsLines>
<ContentItem><DataContent><p>{TEXT}</p><p>Đê vẫn an toàn.</p></DataContent></ContentItem></NewsComponent></NewsItem></NewsML>"""


def read(folder: Path, text: str | bytes, name: str = "a.xml") -> list[Parsed]:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return list(parse_file(folder / name))


def first(parsed: list[Parsed]) -> Article:
    assert isinstance(parsed[0], Article)
    return parsed[0]


@pytest.mark.parametrize(
    "text", [RSS, ATOM, NITF, G2, NEWSML], ids=["rss", "atom", "nitf", "g2", "newsml"]
)
def test_the_fields_of_an_item(tmp_path: Path, text: str) -> None:
    article = first(read(tmp_path, text))
    assert article.title == "Lũ về"
    assert article.body == f"{TEXT}\nĐê vẫn an toàn."
    assert article.published == datetime(2018, 1, 2, 10, 20, tzinfo=HANOI)
    assert article.author == "Lan Anh"
    if text in (RSS, ATOM):
        assert (article.url, article.source) == ("https://bao.vn/lu-ve-1.html", "Báo Sông Hồng")
        assert article.tags == ("Thời tiết",) or article.section == "Thời tiết"
    else:
        assert article.source in ("TTXVN", "ttx.vn")
    if text is not NEWSML:
        assert article.lead == "Nước lên nhanh."


def test_items_with_less(tmp_path: Path) -> None:
    parsed = read(tmp_path, RSS)
    assert [one.title for one in parsed if isinstance(one, Article)] == ["Lũ về", "Hạn hán"]
    assert parsed[1].body == TEXT  # type: ignore[union-attr]
    assert isinstance(parsed[2], ParseError)
    assert "no title" in parsed[2].reason
    assert first(read(tmp_path, RDF)).body == TEXT


def test_what_wordpress_does_not_publish(tmp_path: Path) -> None:
    parsed = read(tmp_path, WXR)
    assert [one.title for one in parsed if isinstance(one, Article)] == ["Lũ về", "Giới thiệu"]
    assert first(parsed).published == datetime(2018, 1, 2, 3, 20, tzinfo=UTC)
    assert [one.kind for one in parsed if isinstance(one, PassedOver)] == [
        "wordpress draft", "wordpress attachment",
    ]  # fmt: skip


def test_what_an_agency_withdrew(tmp_path: Path) -> None:
    parsed = read(tmp_path, G2)
    assert [type(one) for one in parsed] == [Article, PassedOver]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "koi8-r"])
def test_the_encoding_of_the_document(tmp_path: Path, encoding: str) -> None:
    title = "Наводнение" if encoding == "koi8-r" else "Lũ về"
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><item>'
        f"<title>{title}</title><description>{'x ' * 40}</description></item></channel></rss>"
    )
    assert first(read(tmp_path, text.encode(encoding))).title == title


def test_a_document_that_is_cut_off(tmp_path: Path) -> None:
    parsed = read(tmp_path, RSS[: RSS.index("<title>Hạn hán") + 30])
    assert first(parsed).title == "Lũ về"
    assert isinstance(parsed[-1], ParseError)
    assert "damaged or cut off" in parsed[-1].reason


def test_entities_reach_no_file_and_do_not_grow(tmp_path: Path) -> None:
    (tmp_path / "mat").write_text("bí mật", "utf-8")
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lũ"><!ENTITY x SYSTEM "file://{tmp_path}/mat">{grown}]>'
        "<rss version='2.0'><channel><item><title>Lũ về</title><description>&x; &e11;</description></item></channel></rss>"
    )
    for one in read(tmp_path, text):
        assert "bí mật" not in str(one)
        assert len(str(one)) < 5000


@given(st.data(), st.sampled_from([RSS, ATOM, WXR, NITF, G2, NEWSML]))
def test_any_damage_is_told_in_lines(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, text: str
) -> None:
    damaged = bytearray(text.encode())
    at = data.draw(st.integers(0, len(damaged) - 1), "at")
    damaged[at : at + data.draw(st.integers(0, 30), "gone")] = data.draw(st.binary(max_size=8))
    for one in read(tmp_path_factory.mktemp("kho"), bytes(damaged)):
        assert not isinstance(one, ParseError) or "\n" not in str(one)


def test_a_feed_from_file_to_hit(tmp_path: Path) -> None:
    read(tmp_path, RSS)
    report = index_sources(tmp_path / "kho", [tmp_path / "a.xml"])
    assert (report.added, len(report.failures)) == (2, 1)
    with Archive.open(tmp_path / "kho") as archive:
        assert archive.search(SearchRequest("đê an toàn")).hits[0].title.text == "Lũ về"


@pytest.mark.parametrize("text", [RSS, ATOM, NITF, NEWSML], ids=["rss", "atom", "nitf", "newsml"])
def test_a_date_that_is_not_understood_is_told(tmp_path: Path, text: str) -> None:
    for date in (
        "Tue, 02 Jan 2018 10:20:00 +0700",
        "2018-01-02T10:20:00+07:00",
        "20180102T102000+0700",
    ):
        text = text.replace(date, "hôm kia")
    text = text.replace("<updated>2018-01-03T10:20:00+07:00</updated>", "")
    parsed = read(tmp_path, text)
    assert first(parsed).published is None
    assert any("hôm kia" in str(one) for one in parsed if isinstance(one, ParseError))


def test_items_without_a_headline_are_counted(tmp_path: Path) -> None:
    text = RSS.replace("<title>Hạn hán</title>", "").replace(
        f"<description>{TEXT}</description>", f"<description>{TEXT} {TEXT}</description>"
    )
    parsed = read(tmp_path, text)
    assert [str(one) for one in parsed if isinstance(one, Untitled)] == [
        f"{tmp_path}/a.xml: 1 article has no title; the first words of the text stand for it"
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "<item><title>B</title><link>http://a.vn/b<item><link>http://a.vn/c</link></item></link></item>",
        "<item><link><item/></link></item>",
        "<item><title>B</title><link>u<item><title>C</title></item></link></item>",
    ],
)
def test_an_item_that_is_broken_costs_no_other(tmp_path: Path, broken: str) -> None:
    whole = (
        f"<item><title>Bài {n}</title><description>Nước lên {n}.</description></item>"
        for n in (1, 2)
    )
    feed = f'<rss version="2.0"><channel>\n{broken.join(whole)}</channel></rss>'
    (tmp_path / "tin.xml").write_text(feed, "utf-8")
    found = list(parse_file(tmp_path / "tin.xml"))
    titles = [one.title for one in found if isinstance(one, Article)]
    assert [titles[0], titles[-1]] == ["Bài 1", "Bài 2"]
    faults = [one for one in found if isinstance(one, ParseError)]
    assert all(one.line for one in faults)
    assert any("the others are read" in one.reason for one in faults)
