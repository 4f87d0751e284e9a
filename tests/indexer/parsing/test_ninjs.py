"""News in JSON as agencies send it, and items of feeds without a headline."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.article import Article, RelatedLink
from indexer.errors import ParseError
from indexer.parsing import Parsed, PassedOver, parse_file
from indexer.pipeline import index_sources
from search.archive import Archive
from search.requests import SearchRequest

TEXT = "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em."
MARKED = f"<p>{TEXT}</p><p>Đê vẫn an toàn.</p>"
DATES = {"firstcreated": "2018-01-02T10:20:00+07:00", "versioncreated": "2018-01-03T10:20:00+07:00"}
VERSION_1 = {
    "uri": "https://ttx.example/lu-ve",
    "type": "text",
    **DATES,
    "headline": "Lũ về",
    "description_text": "Nước lên nhanh.",
    "byline": "Lan Anh",
    "body_text": f"{TEXT} Đê vẫn an toàn.",
    "body_xhtml": MARKED,
    "subject": [{"name": "Thời tiết", "scheme": "https://ttx.example/muc"}, {"name": "lũ"}],
    "infosource": [{"name": "Thông tấn xã Ví dụ"}],
    "associations": {
        "anh1": {"uri": "urn:a", "type": "picture", "description_text": "Nước ngập đê."},
        "tin1": {"uri": "https://ttx.example/han", "type": "text", "headline": "Hạn hán"},
    },
}
VERSION_2 = {
    "uri": "https://ttx.example/lu-ve",
    "standard": {"name": "ninjs", "version": "2.1"},
    "type": "text",
    **DATES,
    "headlines": [{"role": "sub", "value": "Cảnh báo"}, {"role": "main", "value": "Lũ về"}],
    "descriptions": [{"value": "Nước lên nhanh."}],
    "by": "Lan Anh",
    "bodies": [
        {"role": "nitf", "contenttype": "application/xml", "value": "<nitf><x/></nitf>"},
        {"role": "main", "contenttype": "text/plain", "value": f"{TEXT} Đê vẫn an toàn."},
        {"role": "rich", "contenttype": "text/html", "value": MARKED},
    ],
    "subjects": [{"name": "lũ"}, {"name": "Thời tiết", "rel": "category"}],
    "infosources": [{"name": "Thông tấn xã Ví dụ"}],
    "associations": [
        {"name": "a", "uri": "urn:a", "type": "picture", "descriptions": [{"value": "Nước ngập đê."}]},
        {"name": "b", "uri": "https://ttx.example/han", "type": "text", "headlines": [{"value": "Hạn hán"}]},
    ],
}  # fmt: skip


def read(folder: Path, value: object, name: str = "x.json") -> list[Parsed]:
    path = folder / name
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return list(parse_file(path))


@pytest.mark.parametrize("item", [VERSION_1, VERSION_2])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda item: item,
        lambda item: [item],
        lambda item: {"data": {"item": item}},
        lambda item: {"api_version": "1", "data": {"items": [{"meta": {}, "item": item}]}},
    ],
)
def test_an_item_in_any_version_and_wrapping(tmp_path: Path, item: Any, wrap: Any) -> None:
    (article,) = read(tmp_path, wrap(item))
    assert isinstance(article, Article)
    assert article.title == "Lũ về"
    assert article.lead == "Nước lên nhanh."
    assert article.paragraphs == (TEXT, "Đê vẫn an toàn.")
    assert article.author == "Lan Anh"
    assert article.source == "Thông tấn xã Ví dụ"
    assert article.section == "Thời tiết"
    assert "lũ" in article.tags
    assert article.captions == ("Nước ngập đê.",)
    assert article.related_links == (RelatedLink("Hạn hán", "https://ttx.example/han"),)
    assert article.published == datetime.fromisoformat(DATES["firstcreated"])
    assert article.updated == datetime.fromisoformat(DATES["versioncreated"])
    assert article.url == "https://ttx.example/lu-ve"


def test_what_is_withdrawn_a_picture_or_only_linked(tmp_path: Path) -> None:
    bare = {key: value for key, value in VERSION_1.items() if not key.startswith(("body", "desc"))}
    found = read(
        tmp_path,
        [
            {**VERSION_1, "pubstatus": "canceled"},
            {**bare, "type": "picture"},
            {**bare, "renditions": {"nitf": {"href": "https://ttx.example/1.xml"}}},
            VERSION_2,
        ],
    )
    passed = [one.kind for one in found if isinstance(one, PassedOver)]
    assert passed == ["ninjs canceled", "ninjs picture"]
    (fault,) = (str(one) for one in found if isinstance(one, ParseError))
    assert "x.json:" in fault
    assert "its text is only linked" in fault
    assert [one.title for one in found if isinstance(one, Article)] == ["Lũ về"]


def test_a_damaged_value_of_our_own_is_told(tmp_path: Path) -> None:
    own = [{"role": "khobao:digest", "value": "0"}, {"role": "khobao:scan", "value": "{"}]
    (fault,) = read(tmp_path, {**VERSION_2, "altids": own})
    assert '"khobao:scan" is damaged' in str(fault)


def test_records_of_others_are_not_taken_for_it(tmp_path: Path) -> None:
    record = {"uri": "https://bao.example/1", "type": "post", "title": "Lũ về", "body": TEXT}
    (article,) = read(tmp_path, record)
    assert isinstance(article, Article)
    assert article.body == TEXT


def test_items_of_feeds_need_no_headline(tmp_path: Path) -> None:
    items = [{"id": "1", "content_html": "<p>Xin chào các bạn!</p>", "url": "https://b.example/1"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Nhật ký", "items": items}
    (article,) = (one for one in read(tmp_path, feed) if isinstance(one, Article))
    assert (article.title, article.body) == ("Xin chào các bạn!", "Xin chào các bạn!")
    path = tmp_path / "x.rss"
    path.write_text(
        '<rss version="2.0"><channel><title>Nhật ký</title><item><link>https://b.example/2</link>'
        "<description>Xin chào lần nữa!</description></item></channel></rss>",
        "utf-8",
    )
    (article,) = (one for one in parse_file(path) if isinstance(one, Article))
    assert article.title == "Xin chào lần nữa!"


def test_from_file_to_hit(tmp_path: Path) -> None:
    read(tmp_path, [VERSION_2], "tin.json")
    index_sources(tmp_path / "archive", [tmp_path / "tin.json"], workers=0)
    with Archive.open(tmp_path / "archive") as archive:
        (hit,) = archive.search(SearchRequest("sông hồng dâng cao")).hits
    assert hit.title.text == "Lũ về"
