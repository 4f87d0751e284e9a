"""Pages of every kind that twenty years of content systems left: a kind a test, all in words of our own."""

from datetime import UTC, date, datetime, timedelta

import pytest

from indexer.article import Article
from indexer.errors import ParseError
from indexer.moments import VIETNAM_TIME
from indexer.parsing.html import parse_html

TITLE = "Đập tràn suối Cát bị lũ cuốn mất một nửa"
ONE = "Trận mưa kéo dài từ chập tối hôm trước đã làm nước suối Cát dâng cao hơn ba mét, tràn qua mặt đập lúc nửa đêm."
TWO = "Theo lời kể của người dân, tiếng nổ lớn vang lên khi thân đập bên bờ trái sạt xuống, cuốn theo hai cột điện."
THREE = "Ủy ban nhân dân xã đã cho căng dây, cắm biển cấm qua lại và bố trí người gác suốt ngày đêm ở hai đầu đập."
PARAGRAPHS = (ONE, TWO, THREE)
BODY = "".join(f"<p>{one}</p>" for one in PARAGRAPHS)
OTHERS = (
    "Chợ phiên Cát Thượng họp lại sau lũ",
    "Trường bán trú đón học sinh trở lại lớp",
    "Nông dân dựng lại giàn su su",
)


def page(body: str, head: str = "", title: str = TITLE) -> bytes:
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}</body></html>'
    ).encode()


def read(body: str, head: str = "", title: str = TITLE) -> Article:
    return parse_html(page(body, head, title), "trang.html")


def links(texts: tuple[str, ...] = OTHERS, item: str = "<li>{}</li>") -> str:
    return "".join(
        item.format(f'<a href="/tin/{at}-bai-viet-so-{at}.html">{text}</a>')
        for at, text in enumerate(texts)
    )


def assert_article(article: Article, body: tuple[str, ...] = PARAGRAPHS) -> None:
    assert article.title == TITLE
    assert article.paragraphs == body


BOXES = {
    "one form": f"<form id=aspnetForm action='/x'><div><h1>{TITLE}</h1><div>{BODY}</div></div></form>",
    "layout tables": f"<table><tr><td><a href=/>Trang chủ</a></td><td><h1>{TITLE}</h1><table><tr><td>{BODY}</td></tr></table></td></tr></table>",
    "broken lines": f"<h1>{TITLE}</h1><div>{ONE}<br><br>{TWO}<br><br>{THREE}</div>",
    "in the page itself": f"<h1>{TITLE}</h1>{BODY}",
    "sections": f"<h1>{TITLE}</h1>" + "".join(f"<section class=s><p>{one}</p></section>" for one in PARAGRAPHS),
    "spans": f"<h1>{TITLE}</h1><div>" + "".join(f"<div><span>{one}</span></div>" for one in PARAGRAPHS) + "</div>",
    "utility classes": f"<h1>{TITLE}</h1><div class='dt-relative relative flex'>{BODY}</div>",
    "a class of ads around all": f"<div class='wrap has-ads banner-top-page'><h1>{TITLE}</h1><div>{BODY}</div></div>",
    "headline in h3": f"<h1>Báo Suối Cát - tiếng nói vùng cao</h1><div><h3 class=tieude>{TITLE}</h3><div>{BODY}</div></div>",
    "headline in a paragraph": f"<p class=pTitle>{TITLE}</p><div>{BODY}</div>",
    "two columns": f"<div class=left><h1>{TITLE}</h1><div>{BODY}</div></div><div class=right-col><h3>Đọc nhiều</h3><ul>{links()}</ul></div>",
    "amp": f"<h1>{TITLE}</h1><amp-img src=a.jpg width=1 height=1></amp-img><article>{BODY}</article><amp-ad type=x>Quảng cáo xe máy</amp-ad>",
}  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
def test_the_text_is_found_in_every_box(box: str) -> None:
    assert_article(read(BOXES[box]))


NOISE = {
    "login": "<p>Vui lòng đăng nhập để đọc tiếp bài viết</p>",
    "paywall": "<div>Nội dung dành riêng cho thành viên trả phí</div>",
    "block title": '<div><span class=title_box><a href="javascript:;">TIN MỚI</a></span></div>',
    "share": "<div class=share-buttons><a href=#>Chia sẻ</a><a href=#>Facebook</a></div>",
    "back": "<p>[Quay lại]</p>",
    "tags": "<div class=tags><p>Từ khóa: <a href=/t/lu>lũ quét</a>, <a href=/t/dap>đập tràn</a></p></div>",
    "ad": "<div class='ads-box'><p>Mua xe trả góp không lãi suất, nhận quà liền tay trong tháng này tại đại lý gần nhất.</p></div>",
    "ad id": "<div id='qc_bottom'>Giảm giá sốc điện máy cuối năm, giao hàng tận nơi trong hai giờ đồng hồ.</div>",
    "most read": f"<div class=doc-nhieu><h3>Đọc nhiều</h3><ul>{links()}</ul></div>",
    "recent": f"<h3>Tin tức gần đây</h3><ul>{links()}</ul>",
    "section list": f"<h4>CÙNG CHUYÊN MỤC</h4><ul>{links()}</ul>",
    "hidden": "<div style='display: none'>Bản nháp cũ của bài viết này đã được tòa soạn thay bằng bản khác từ lâu.</div>",
    "comments": "<div class='box_comment'><p>" + "Cảm ơn tòa soạn đã đưa tin kịp thời cho bà con biết. " * 12 + "</p></div>",
}  # fmt: skip


@pytest.mark.parametrize("noise", NOISE)
def test_what_is_no_text_of_the_article_is_left_out(noise: str) -> None:
    article = read(f"<h1>{TITLE}</h1><div class=c>{BODY}{NOISE[noise]}</div>")
    assert_article(article)
    assert article.related_links == ()


@pytest.mark.parametrize("marked", [True, False])
def test_comments_longer_than_the_article(marked: bool) -> None:
    comments = "".join(
        f"<div><b>Bạn đọc {n}</b><p>{'Tôi đi qua đập này mỗi ngày, rất lo cho các cháu. ' * 6}</p></div>"
        for n in range(9)
    )
    box = (
        f"<div class=comments>{comments}</div>"
        if marked
        else f"<div><h3>Ý kiến bạn đọc (9)</h3>{comments}</div>"
    )
    assert_article(read(f"<h1>{TITLE}</h1><div class=c>{BODY}</div>{box}"))


@pytest.mark.parametrize("tag", ["article", "div"])
def test_the_first_of_two_articles(tag: str) -> None:
    other = (
        "Một bài khác hẳn, kể chuyện phiên chợ cuối năm với đủ loại hàng từ các bản xa mang về. "
        * 4
    )
    article = read(
        f"<{tag}><h1>{TITLE}</h1><div>{BODY}</div></{tag}><{tag}><h1>{OTHERS[0]}</h1><div><p>{other}</p><p>{other}!</p></div></{tag}>"
    )
    assert_article(article)


def test_a_live_blog_keeps_all_its_entries() -> None:
    entries = "".join(
        f"<div class=entry><b>0{n}:15</b><p>{one}</p></div>" for n, one in enumerate(PARAGRAPHS, 5)
    )
    article = read(f"<h1>{TITLE}</h1><div class=timeline>{entries}</div>")
    assert [one for one in article.paragraphs if len(one) > 20] == list(PARAGRAPHS)


def test_a_short_article_is_one() -> None:
    short = "Ảnh chụp lúc sáu giờ sáng ở bờ trái."
    article = read(
        f"<h1>{TITLE}</h1><p class=date>Thứ tư, 18/9/2024 06:30</p><div><p>{short}</p></div>"
    )
    assert_article(article, (short,))


PICTURES = {
    "figcaption": "<figure><img src={0}.jpg></figure><figcaption>{1}</figcaption>",
    "figure": "<figure><img src={0}.jpg><figcaption><p>{1}</p></figcaption></figure>",
    "table": "<table><tr><td><img src={0}.jpg></td></tr><tr><td class=Image>{1}</td></tr></table>",
    "paragraph": "<p><img src={0}.jpg></p><p class=PhotoCMS_Caption>{1}</p>",
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_photo_story_is_its_captions_once(kind: str) -> None:
    pictures = "".join(PICTURES[kind].format(at, one) for at, one in enumerate(PARAGRAPHS))
    article = read(
        f"<h1>{TITLE}</h1><h2 class=sapo>Toàn cảnh con đập sau một đêm mưa lớn ở vùng cao.</h2><div class=content-detail>{pictures}</div>"
    )
    assert_article(article)
    assert article.captions == ()
    assert article.lead == "Toàn cảnh con đập sau một đêm mưa lớn ở vùng cao."


@pytest.mark.parametrize("kind", PICTURES)
def test_captions_are_captions(kind: str) -> None:
    picture = PICTURES[kind].format(1, "Đập tràn nhìn từ bờ phải. Ảnh: Lò Văn Pao")
    article = read(
        f"<h1>{TITLE}</h1><div class=c><p>{ONE * 2}</p>{picture}<p>{TWO}</p><p>{THREE}</p></div>"
    )
    assert article.paragraphs == (ONE * 2, TWO, THREE)
    assert article.captions == ("Đập tràn nhìn từ bờ phải. Ảnh: Lò Văn Pao",)


def test_a_table_of_data_keeps_its_rows() -> None:
    table = "<table><tr><th>Xã</th><th>Mưa (mm)</th></tr><tr><td>Cát Thượng</td><td>212</td></tr><tr><td><p>Cát Hạ</p></td><td>187</td></tr></table>"
    article = read(f"<h1>{TITLE}</h1><div class=c>{BODY}{table}</div>")
    assert article.paragraphs == (*PARAGRAPHS, "Xã | Mưa (mm)", "Cát Thượng | 212", "Cát Hạ | 187")


LEADS = {
    "class": "<p class=sapo>{}</p>",
    "heading": "<h2>{}</h2>",
    "bold": "<p><strong>{}</strong></p>",
    "long name": "<div class='VCSortable detail__sapo'>{}</div>",
    "old name": "<p class=pHead>{}</p>",
}
LEAD = (
    "Nước dâng quá nhanh khiến con đập dài bốn mươi mét chỉ còn một nửa, may không có người bị nạn."
)


@pytest.mark.parametrize("kind", LEADS)
@pytest.mark.parametrize("inside", [True, False])
def test_leads(kind: str, inside: bool) -> None:
    lead = LEADS[kind].format(LEAD)
    if kind in ("heading", "bold") and not inside:
        pytest.skip("without a mark only the text's own first lines are a standfirst")
    article = read(
        f"<h1>{TITLE}</h1>"
        + (f"<div class=c>{lead}{BODY}</div>" if inside else f"{lead}<div class=c>{BODY}</div>")
    )
    assert_article(article)
    assert article.lead == LEAD


@pytest.mark.parametrize(
    "description",
    [
        "lũ quét, suối Cát, đập tràn, vùng cao, tin mới",
        TITLE,
        f"{TITLE} - Báo Mẫu",
        "Tin tức, thời sự, xã hội, giải trí, thể thao",
    ],
)
def test_descriptions_that_are_no_lead(description: str) -> None:
    assert (
        read(
            f"<h1>{TITLE}</h1><div>{BODY}</div>",
            f'<meta name="description" content="{description}">',
        ).lead
        == ""
    )


LISTS = {
    "heading": f"<h3>Tin liên quan</h3><ul>{links()}</ul>",
    "bold heading": f"<p><b>Bài liên quan:</b></p><ul>{links()}</ul>",
    "class": f"<div class=box-tinlienquan><ul>{links()}</ul></div>",
    "camel case": f"<div class=relatedNews>{links(item='<div>{}</div>')}</div>",
    "type": links(item='<div type="RelatedOneNews">{}</div>'),
    "h4": links(item="<h4 class=RelatedLeadSubject>{}</h4>"),
    "pointers": links(item="<p>&gt;&gt; {}</p>"),
    "pointers in links": "".join(
        f'<p><a href="/{n}.html">&gt;&gt; {one}</a></p>' for n, one in enumerate(OTHERS)
    ),
    "dates beside": f"<ul class=tinlienquan>{links(item='<li><span>18/9/2024</span>{}</li>')}</ul>",
}


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("place", ["inside", "before", "behind"])
def test_the_article_s_own_list_of_stories(kind: str, place: str) -> None:
    if place == "behind" and "pointers" in kind:
        pytest.skip("pointers stand in the text")
    parts = {
        "inside": f"<div class=c>{BODY}{LISTS[kind]}</div>",
        "before": f"<div class=c>{LISTS[kind]}{BODY}</div>",
        "behind": f"<div class=c>{BODY}</div>{LISTS[kind]}",
    }
    article = read(f"<div><h1>{TITLE}</h1>{parts[place]}</div>")
    assert_article(article)
    assert tuple(link.title for link in article.related_links) == OTHERS


def test_a_short_list_of_links_behind_the_text_is_the_article_s() -> None:
    items = links(item="<article class=x><h3>{}</h3></article>")
    article = read(
        f"<main><div><h1>{TITLE}</h1><div class=c>{BODY}</div></div><div>{items}</div><div><h3>Tin đọc nhiều</h3>{links()}</div></main>"
    )
    assert_article(article)
    assert tuple(link.title for link in article.related_links) == OTHERS


AFTERNOON = datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
PRINTED = "Thứ tư, 18/9/2024, 15:30"
DATES = {
    "under the headline": f"<h1>{TITLE}</h1><span>{PRINTED}</span><div>{BODY}</div>",
    "above the headline": f"<div class=c><span class=date>{PRINTED}</span><h1>{TITLE}</h1><div>{BODY}</div></div>",
    "with the author": f"<h1>{TITLE}</h1><p>Thu Hà - 18/09/2024 15:30</p><div>{BODY}</div>",
    "among buttons": f"<h1>{TITLE}</h1><div class='share-top'><a href=#>Chia sẻ</a><span>{PRINTED}</span></div><div>{BODY}</div>",
    "under the text": f"<h1>{TITLE}</h1><div>{BODY}<p align=right>{PRINTED}</p></div>",
    "by a script": f"<h1>{TITLE}</h1><i id=d></i><div>{BODY}</div><script>document.getElementById('d').innerHTML = '{PRINTED}';</script>",
    "site's clock": f"<div class=time-now>Thứ năm, 1/1/2026, 08:00</div><h1>{TITLE}</h1><span>{PRINTED}</span><div>{BODY}</div>",
    "teasers": f"<h1>{TITLE}</h1><span>{PRINTED}</span><div>{BODY}</div><div class=tin-khac><span>19/9/2024 10:00</span><ul>{links()}</ul></div>",
    "comments": f"<h1>{TITLE}</h1><span>{PRINTED}</span><div>{BODY}</div><div class=comments><p>20/9/2024 09:00</p></div>",
    "footer": f"<h1>{TITLE}</h1><span>{PRINTED}</span><div>{BODY}</div><footer>Giấy phép ngày 1/2/2003</footer>",
    "update before": f"<h1>{TITLE}</h1><span>Cập nhật: 20/9/2024 08:00</span><span>Xuất bản: 18/9/2024 15:30</span><div>{BODY}</div>",
    "time element": f'<h1>{TITLE}</h1><time datetime="2024-09-18T15:30:00+07:00">hôm kia</time><div>{BODY}</div>',
}  # fmt: skip


@pytest.mark.parametrize("kind", DATES)
def test_printed_dates(kind: str) -> None:
    assert read(DATES[kind]).published == AFTERNOON


HEADS = {
    "bare day and printed time": ('<meta property="article:published_time" content="2024-09-18">', PRINTED, AFTERNOON),
    "midnight and printed time": ('<meta name="pubdate" content="2024-09-18T00:00:00">', PRINTED, AFTERNOON),
    "wrong zone": ('<meta itemprop="datePublished" content="2024-09-18T15:30:20+08:00">', f"{PRINTED} (GMT+7)", AFTERNOON + timedelta(seconds=20)),
    "local time called UTC": ('<meta property="article:published_time" content="2024-09-18T15:30:00Z">', PRINTED, AFTERNOON),
    "UTC": ('<meta property="article:published_time" content="2024-09-18T08:30:00Z">', PRINTED, AFTERNOON),
    "1970": ('<meta property="article:published_time" content="1970-01-01T00:00:00Z">', PRINTED, AFTERNOON),
    "the future": ('<meta property="article:published_time" content="2098-01-01T00:00:00Z">', PRINTED, AFTERNOON),
    "nonsense": ('<meta property="article:published_time" content="9999-12-31">', PRINTED, AFTERNOON),
    "address": ('<link rel="canonical" href="https://bao.example/dap-tran-20240918153000123.htm">', "", AFTERNOON),
    "day in the address": ('<link rel="canonical" href="https://bao.example/2024/09/18/dap-tran">', "", date(2024, 9, 18)),
    "two that disagree": (
        '<meta property="article:published_time" content="2025-01-01T00:00:00+07:00">'
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2024-09-18T15:30:00+07:00"}</script>',
        PRINTED, AFTERNOON,
    ),
    "an update printed": ('<meta property="article:published_time" content="2024-09-18T15:30:00+07:00">', "Cập nhật 19/9/2024 10:00", AFTERNOON),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEADS)
def test_stated_dates_against_printed_ones(kind: str) -> None:
    head, printed, expected = HEADS[kind]
    assert (
        read(f"<h1>{TITLE}</h1><span>{printed}</span><div>{BODY}</div>", head).published == expected
    )


AUTHORS = {
    "name": ("<p><strong>Thu Hà</strong></p>", "Thu Hà", ()),
    "right": ('<p align="right">Lò Văn Pao</p>', "Lò Văn Pao", ()),
    "one word": ('<p style="text-align: right"><b>Papai</b></p>', "Papai", ()),
    "initials": ("<p><strong>K. Miên</strong></p>", "K. Miên", ()),
    "group": ("<p class=author>Nhóm PV</p>", "Nhóm PV", ()),
    "label": ("<p><em>Bài và ảnh</em>: <strong>Thu Hà - Anh Tú</strong></p>", "Thu Hà - Anh Tú", ()),
    "role": ("<p><strong>Thu Hà (thực hiện)</strong></p>", "Thu Hà", ()),
    "after": ("<p><strong>Thu Hà</strong> (Theo <em>AFP</em>)</p>", "Thu Hà", ("AFP",)),
    "agency": ("<p>(TTXVN)</p>", None, ("TTXVN",)),
    "after an agency": ("<p>Theo TTXVN</p>", None, ("TTXVN",)),
    "with an agency": ("<p>P.V/TTXVN</p>", "P.V", ("TTXVN",)),
    "from a paper": ("<p>Theo Minh Anh (Báo Tuổi Trẻ)</p>", "Minh Anh", ("Tuổi Trẻ",)),
    "before pointers": (f"<p><strong>Thu Hà</strong></p>{LISTS['pointers']}", "Thu Hà", ()),
}  # fmt: skip


@pytest.mark.parametrize("kind", AUTHORS)
def test_bylines_and_credits(kind: str) -> None:
    markup, author, credit = AUTHORS[kind]
    article = read(
        f"<h1>{TITLE}</h1><div class=c>{BODY}{markup}</div>",
        '<meta name="author" content="bao.example">',
    )
    assert_article(article)
    assert (article.author, article.credit) == (author, credit)


@pytest.mark.parametrize(
    "name",
    ["Báo Mẫu", "bao.com.vn", "Tuổi Trẻ Online", "CÔNG TY CỔ PHẦN TIN SỐ", "admin", "Ban biên tập"],
)
def test_a_paper_is_no_author(name: str) -> None:
    head = f'<meta name="author" content="{name}"><meta property="og:site_name" content="Báo Mẫu">'
    assert read(f"<h1>{TITLE}</h1><div>{BODY}</div>", head).author is None
    marked = read(
        f"<h1>{TITLE}</h1><div class=detail-author><span>Minh Chiến</span></div><div>{BODY}</div>",
        head,
    )
    assert marked.author == "Minh Chiến"


def test_several_authors() -> None:
    body = f"<h1>{TITLE}</h1><div class=authors><a class=author>Thu Hà</a><a class=author>Anh Tú</a></div><div>{BODY}</div>"
    assert read(body).authors == ("Thu Hà", "Anh Tú")


TAGS = {
    "one meta": '<meta property="article:tag" content="lũ quét,đập tràn, Lũ quét">',
    "several metas": '<meta property="article:tag" content="lũ quét"><meta property="article:tag" content="đập tràn">',
    "keywords": '<meta name="keywords" content="lũ quét; đập tràn">',
    "JSON-LD": '<script type="application/ld+json">{"@type":"NewsArticle","keywords":["lũ quét, đập tràn"]}</script>',
}


@pytest.mark.parametrize("kind", TAGS)
def test_tags_are_split_each_once(kind: str) -> None:
    assert read(f"<h1>{TITLE}</h1><div>{BODY}</div>", TAGS[kind]).tags == ("lũ quét", "đập tràn")


COPIES = {
    "browser": "<!-- saved from url=(0033)https://www.tuoitre.vn/dap-tran.htm -->",
    "SingleFile": "<!--\n Page saved with SingleFile \n url: https://www.tuoitre.vn/dap-tran.htm \n saved date: Wed Sep 18 2024 15:30:00 GMT+0700 (ICT)\n-->",
    "HTTrack": "<!-- Mirrored from www.tuoitre.vn/dap-tran.htm by HTTrack Website Copier/3.x [XR&CO'2014], Wed, 18 Sep 2024 08:30:00 GMT -->",
    "Wayback": '<script>__wm.wombat("https://www.tuoitre.vn/dap-tran.htm","20240918083000","https://web.archive.org/");</script>',
}  # fmt: skip


@pytest.mark.parametrize("kind", COPIES)
def test_copies_know_where_they_came_from(kind: str) -> None:
    markup = (
        page(f"<h1>{TITLE}</h1><div>{BODY}</div>")
        .decode()
        .replace("<head>", f"<head>{COPIES[kind]}", 1)
    )
    article = parse_html(markup.encode(), "trang.html")
    assert_article(article)
    assert (article.url or "").removeprefix("https://").removeprefix(
        "http://"
    ) == "www.tuoitre.vn/dap-tran.htm"
    assert article.source == "Tuổi Trẻ"


def test_a_page_of_the_wayback_machine() -> None:
    bar = "<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id=wm-ipp><p>The Wayback Machine has this page from 2010, see all of its captures here.</p></div><!-- END WAYBACK TOOLBAR INSERT -->"
    head = '<link rel="canonical" href="https://web.archive.org/web/20100202030405/http://tuoitre.vn/dap-tran.htm">'
    article = read(f"{bar}<h1>{TITLE}</h1><div>{BODY}</div>", head)
    assert_article(article)
    assert (article.url, article.source) == ("http://tuoitre.vn/dap-tran.htm", "Tuổi Trẻ")


TEASERS = "".join(
    f'<div class=item><h3><a href="/tin-{n}.html">Tin số {n} trong ngày hôm nay ở vùng cao</a></h3>'
    f"<p>Mấy dòng tóm tắt của tin số {n}, đủ dài để thành một đoạn văn cho người đọc lướt qua.</p></div>"
    for n in range(16)
)
FRONTS = {
    "front": (f"<h1>Báo Mẫu</h1>{TEASERS}", '<meta property="og:type" content="website">', "Báo Mẫu - Tin nhanh"),
    "section": (f"<h1>Xã hội</h1><div class=list>{TEASERS}</div>", '<link rel="canonical" href="https://bao.example/xa-hoi.htm">', "Xã hội - Báo Mẫu"),
    "headline of the first story": (f"<h1>{TITLE}</h1><p>{ONE}</p>{TEASERS}", '<meta property="og:type" content="website">', "Báo Mẫu"),
    "says it is an article": (f"<div>{TEASERS}</div>", '<meta property="og:type" content="article"><link rel="canonical" href="https://bao.example/">', "Báo Mẫu"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FRONTS)
def test_front_and_section_pages_are_refused(kind: str) -> None:
    body, head, title = FRONTS[kind]
    with pytest.raises(ParseError, match="front or section page"):
        read(body, head, title)


def test_an_article_with_many_teasers_beside_it_is_one() -> None:
    head = '<meta property="og:type" content="website">'
    assert_article(
        read(
            f"<h1>{TITLE}</h1><span>{PRINTED}</span><div class=c>{BODY * 1}<p>{ONE} {TWO}</p></div><div>{TEASERS}</div>",
            head,
        ),
        (*PARAGRAPHS, f"{ONE} {TWO}"),
    )


def test_the_way_to_the_section() -> None:
    for crumbs in (
        "<ul class=breadcrumb><li><a href=/>Trang chủ</a></li><li><a href=/xa-hoi>Xã hội</a></li></ul>",
        "<nav aria-label=breadcrumb><a href=/>Trang chủ</a> / <a href=/xa-hoi>Xã hội</a></nav>",
        "<div><a href=/xa-hoi>Xã hội</a></div>",
    ):
        head = (
            '<link rel="canonical" href="https://bao.example/xa-hoi/dap-tran-suoi-cat-1234.html">'
        )
        assert read(f"{crumbs}<h1>{TITLE}</h1><div>{BODY}</div>", head).section == "Xã hội"


def test_a_date_as_of_today_is_none_of_the_future() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    head = f'<meta property="article:published_time" content="{now.isoformat()}">'
    assert read(f"<h1>{TITLE}</h1><div>{BODY}</div>", head).published == now
