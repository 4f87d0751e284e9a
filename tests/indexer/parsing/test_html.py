from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError
from indexer.moments import VIETNAM_TIME
from indexer.parsing import parse_file
from indexer.parsing.html import parse_html
from indexer.parsing.page.headline import without_site

PARAGRAPHS = (
    "Cây cầu dài hai trăm bốn mươi mét nối hai bờ sông Chảy đã thông xe sáng nay.",
    "Từ nay, học sinh ở bờ bắc không còn phải đi đò đến trường trong mùa nước lũ.",
    "Tổng vốn đầu tư là chín mươi tỷ đồng, lấy từ ngân sách tỉnh và xã hội hóa.",
)

MODERN = """<!doctype html><html><head><meta charset="utf-8">
<title>Khánh thành cầu sông Chảy - Báo Vùng Cao</title>
<link rel="canonical" href="https://vungcao.example/xa-hoi/cau-song-chay-123.html">
<meta property="og:site_name" content="Báo Vùng Cao">
<meta property="og:title" content="Khánh thành cầu sông Chảy - Báo Vùng Cao">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"BreadcrumbList","itemListElement":[{"name":"Trang chủ"},{"item":{"name":"Xã hội"}}]},
{"@type":["NewsArticle"],"headline":"Khánh thành cầu sông Chảy","description":"Cầu mới sẽ thay bến đò cũ.",
"datePublished":"2024-09-18T15:30:00+07:00","dateModified":"2024-09-18T16:00:00+0700",
"author":[{"@type":"Person","name":"Thu Hà"}],"publisher":{"name":"Báo Vùng Cao"},"keywords":"cầu, sông Chảy"}]}</script>
<style>p{}</style></head><body>
<nav class="menu"><a href="/">Trang chủ</a><a href="/xa-hoi">Xã hội</a></nav>
<article><h1>Khánh thành cầu sông Chảy</h1>
<div class="share-box">Chia sẻ lên mạng xã hội</div>
<p class="sapo">Cầu mới sẽ thay bến đò cũ.</p>
<div class="content"><p>{0}</p>
<figure><img src="a.jpg"><figcaption>Cầu nhìn từ bờ bắc. Ảnh: Thu Hà</figcaption></figure>
<p>{1}</p><div class="related-news"><ul><li><a href="/xa-hoi/duong-moi-99.html">Mở đường mới về xã</a></li></ul></div>
<p>{2}</p></div>
<div class="comments"><p>Bạn đọc: rất vui vì cầu đã xong, cảm ơn mọi người đã góp công góp sức.</p></div></article>
<footer>Bản quyền thuộc Báo Vùng Cao</footer></body></html>"""

CLASSIC = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>Khánh thành cầu sông Chảy | Tin Đồng Bằng</title>
<meta name="description" content="Cầu mới sẽ thay bến đò cũ ở ba xã ven sông."><meta property="og:site_name" content="Tin Đồng Bằng">
<meta name="keywords" content="cầu,đò"></head><body>
<div class="breadcrumb"><a href="/">Trang chủ</a> / <a href="/kt">Kinh tế</a></div>
<div id="main"><h1>Khánh thành cầu sông Chảy</h1>
<span class="date">Thứ tư, 18/9/2024, 15:30 (GMT+7)</span>
<div class="noidung"><p><b>Cầu mới sẽ thay bến đò cũ ở ba xã ven sông.</b></p>
<p>{0}</p><p>{1}</p><p class="Image_caption">Ảnh: cầu lúc khánh thành</p><p>{2}</p>
<p style="text-align:right"><strong>Thu Hà</strong></p>
<p><strong>Tin liên quan</strong></p>
<ul><li><a href="https://dongbang.example/duong.html">Mở đường mới về xã</a><p>Đường dài bốn cây số.</p></li></ul>
</div></div></body></html>"""

BARE = """<html><head><title>Khánh thành cầu sông Chảy</title></head><body><table><tr><td><a href=a>Một</a>
<a href=b>Hai</a></td><td><font size=5>Khánh thành cầu sông Chảy</font><br>{0}<br><br>{1}<br><br>{2}</td></tr></table></body></html>"""


def fill(page: str, **values: str) -> str:
    for number, paragraph in enumerate(PARAGRAPHS):
        page = page.replace(f"{{{number}}}", paragraph)
    for name, value in values.items():
        page = page.replace(f"{{{name}}}", value)
    return page


def test_a_page_that_states_everything() -> None:
    article = parse_html(fill(MODERN).encode(), "trang.html")
    assert article.title == "Khánh thành cầu sông Chảy"
    assert article.lead == "Cầu mới sẽ thay bến đò cũ."
    assert article.paragraphs == PARAGRAPHS
    assert article.url == "https://vungcao.example/xa-hoi/cau-song-chay-123.html"
    assert article.published == datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
    assert article.updated == datetime(2024, 9, 18, 16, 0, tzinfo=VIETNAM_TIME)
    assert (article.author, article.source, article.section) == ("Thu Hà", "Báo Vùng Cao", "Xã hội")
    assert article.tags == ("cầu", "sông Chảy")
    assert article.captions == ("Cầu nhìn từ bờ bắc. Ảnh: Thu Hà",)
    (link,) = article.related_links
    assert (link.title, link.url) == (
        "Mở đường mới về xã",
        "https://vungcao.example/xa-hoi/duong-moi-99.html",
    )


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "windows-1258"])
def test_a_page_read_by_its_structure(charset: str) -> None:
    page = fill(CLASSIC, charset=charset)
    data = to_windows_1258(page) if charset == "windows-1258" else page.encode(charset)
    article = parse_html(data, "trang.html")
    assert article.title == "Khánh thành cầu sông Chảy"
    assert article.lead == "Cầu mới sẽ thay bến đò cũ ở ba xã ven sông."
    assert article.paragraphs == PARAGRAPHS
    assert article.published == datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
    assert (article.author, article.source, article.section) == (
        "Thu Hà",
        "Tin Đồng Bằng",
        "Kinh tế",
    )
    assert article.captions == ("Ảnh: cầu lúc khánh thành",)
    assert [(link.title, link.url, link.lead) for link in article.related_links] == [
        ("Mở đường mới về xã", "https://dongbang.example/duong.html", "Đường dài bốn cây số.")
    ]


def to_windows_1258(text: str) -> bytes:
    """Windows-1258 has the letters, but most tones as combining marks after them."""
    import unicodedata

    tones = "\u0300\u0301\u0303\u0309\u0323"
    split = []
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        tone = "".join(mark for mark in marks if mark in tones)
        split.append(
            unicodedata.normalize("NFC", "".join(m for m in marks if m not in tones)) + tone
        )
    return "".join(split).encode("cp1258")


def test_a_page_without_any_markup() -> None:
    article = parse_html(fill(BARE).encode(), "2024-09-18-trang.html")
    assert article.title == "Khánh thành cầu sông Chảy"
    assert article.published == date(2024, 9, 18)
    assert article.paragraphs == PARAGRAPHS


def test_decomposed_entities_are_composed() -> None:
    page = fill(MODERN).replace("Khánh thành", "Kha&#769;nh tha&#768;nh")
    assert parse_html(page.encode(), "x.html").title == "Khánh thành cầu sông Chảy"


def test_no_date_is_guessed_from_prose() -> None:
    page = fill(BARE).replace("sáng nay", "ngày 18/9/2024")
    assert parse_html(page.encode(), "x.html").published is None


@pytest.mark.parametrize(
    "page", ["<html></html>", "<html><body><a href=x>Một</a></body></html>", "<!doctype html>"]
)
def test_a_page_without_an_article_is_an_error(page: str) -> None:
    with pytest.raises(ParseError, match="no article"):
        parse_html(page.encode(), "x.html")


def test_html_in_a_text_file_is_read_as_html(tmp_path: Path) -> None:
    file = tmp_path / "trang.txt"
    file.write_text(fill(MODERN), "utf-8")
    (article,) = parse_file(file)
    assert isinstance(article, Article)
    assert article.author == "Thu Hà"


def test_deep_nesting_is_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "x.html"
    file.write_text(
        "<html><body>" + "<div>" * 20_000 + "".join(f"<p>{p}</p>" for p in PARAGRAPHS), "utf-8"
    )
    (error,) = parse_file(file)
    assert "nested too deeply" in str(error)


@given(st.text(st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>/=\"' ph1diva&#;"))))
def test_any_page_is_an_article_or_one_clear_error(inner: str) -> None:
    try:
        article = parse_html(f"<html><body>{inner}".encode(), "x.html")
    except ParseError as error:
        assert "\n" not in error.reason
    else:
        assert article.title
        assert "\n" not in article.title + article.lead


@pytest.mark.parametrize("unit", ["Lũ - về ", "VnExpress - ", "18/9/2024 - "])
def test_a_title_of_many_parts_is_read(unit: str) -> None:
    """The name of the site is looked for at the end alone, however often a title is parted."""
    page = (
        f"<title>{unit * 10_000}x</title><h1>Lũ về xã vùng cao</h1><p>{'Nước lên nhanh. ' * 30}</p>"
    )
    assert parse_html(page.encode(), "a.html").title == "Lũ về xã vùng cao"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Lũ về - Thời sự - VnExpress", "Lũ về - Thời sự"),
        ("Lũ về | VnExpress | VnExpress", "Lũ về"),
        ("VnExpress - Lũ về", "Lũ về"),
        ("Lũ về - Dân dời nhà", "Lũ về - Dân dời nhà"),
        ("VnExpress", "VnExpress"),
    ],
)
def test_the_name_of_the_site_is_no_part_of_a_title(title: str, shown: str) -> None:
    assert without_site(title, ("VnExpress",)) == shown
