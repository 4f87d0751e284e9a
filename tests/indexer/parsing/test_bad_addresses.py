"""An address that cannot be read costs no article: a slip of a template stands on every page of a paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.article import Article
from indexer.parsing import parse_file

BAD = (
    "http://[ten-mien]/tin-1.html", "https://[::1", "http://a]b/c", "//[", "http://℀.vn/tin",
    "http://a:b@[/", "https://bao.vn:cổng/tin",
)  # fmt: skip
PLACES = {
    "canonical": '<link rel="canonical" href="{}">',
    "og:url": '<meta property="og:url" content="{}">',
    "base": '<base href="{}">',
    "amp": '<link rel="amphtml" href="{}">',
    "data": '<script type="application/ld+json">{{"@type": "NewsArticle", "url": "{}"}}</script>',
    "saved": "<!-- saved from url=(0030){} -->",
}
BODY = "Nước sông dâng cao từ đêm qua khiến nhiều bản làng bị chia cắt. " * 6
PAGE = """<!DOCTYPE html>
<html lang="vi"><head>{head}<title>Lũ quét ở bản trên – Báo Sông</title></head>
<body><h1>Lũ quét ở bản trên</h1><article><p>{body}</p><p>{body}</p>
<ul><li><a href="{link}">Nước sông vẫn dâng ở hạ nguồn</a></li><li><a href="/b-2.html">Cầu treo bị cuốn trôi trong đêm</a></li></ul>
</article></body></html>"""


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("place", PLACES)
def test_a_page(tmp_path: Path, place: str, bad: str) -> None:
    page = PAGE.format(head=PLACES[place].format(bad), body=BODY, link=bad)
    (tmp_path / "bai.html").write_text(page, "utf-8")
    (found,) = parse_file(tmp_path / "bai.html")
    assert isinstance(found, Article)
    assert found.title == "Lũ quét ở bản trên"
    assert found.body.startswith("Nước sông dâng cao")


@pytest.mark.parametrize("bad", BAD)
def test_a_record(tmp_path: Path, bad: str) -> None:
    links = [{"title": "Nước sông vẫn dâng", "url": bad}]
    record = {"id": "a", "title": "Lũ quét", "body": BODY, "url": bad, "related_links": links}
    (tmp_path / "bai.json").write_text(json.dumps(record), "utf-8")
    (found,) = (one for one in parse_file(tmp_path / "bai.json") if isinstance(one, Article))
    assert found.title == "Lũ quét"


@pytest.mark.parametrize("bad", BAD)
def test_a_feed(tmp_path: Path, bad: str) -> None:
    item = f"<item><title>Lũ quét</title><link>{bad}</link><description>{BODY}</description></item>"
    feed = f'<rss version="2.0"><channel><title>Báo Sông</title><link>{bad}</link>{item}</channel></rss>'
    (tmp_path / "tin.xml").write_text(feed, "utf-8")
    found = [one for one in parse_file(tmp_path / "tin.xml") if isinstance(one, Article)]
    assert [one.title for one in found] == ["Lũ quét"]


def test_links_beside_a_bad_one_are_kept(tmp_path: Path) -> None:
    head = '<link rel="canonical" href="https://bao.vn/a-1.html"><base href="http://[goc]/">'
    (tmp_path / "bai.html").write_text(PAGE.format(head=head, body=BODY, link=BAD[0]), "utf-8")
    (found,) = parse_file(tmp_path / "bai.html")
    assert isinstance(found, Article)
    assert found.url == "https://bao.vn/a-1.html"
    assert "https://bao.vn/b-2.html" in [one.url for one in found.related_links]
