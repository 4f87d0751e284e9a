import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, RelatedLink, article_to_json
from indexer.errors import ParseError
from indexer.language.cleaning import one_line
from indexer.moments import VIETNAM_TIME
from indexer.parsing import parse_file
from indexer.parsing.records.fields import read_record
from indexer.parsing.records.mapping import FieldMap


def read(record: Any) -> Article:
    return read_record(record, "x.jsonl", FieldMap()).article


def test_aliases_and_shapes_of_other_systems() -> None:
    article = read(
        {
            "guid": 12,
            "headline": "Cầu  mới",
            "description": "Dẫn &amp; ngắn",
            "content": "<p>Đoạn <b>một</b>.</p><script>x</script><p>Đoạn hai.<br>Ba.</p>",
            "link": "https://bao.example/cau",
            "pubDate": "Wed, 18 Sep 2024 15:30:00 +0700",
            "authors": [{"name": "Thu Hà"}, "Anh Tú"],
            "publisher": {"@type": "Organization", "name": "Báo Sông"},
            "categories": ["Xã hội", "Giao thông"],
            "keywords": "cầu, sông",
            "related": ["Bài khác", {"headline": "Bài nữa", "href": "https://bao.example/nua"}],
        }
    )
    assert article == Article(
        id="12",
        title="Cầu mới",
        lead="Dẫn & ngắn",
        body="Đoạn một.\nĐoạn hai.\nBa.",
        url="https://bao.example/cau",
        published=datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME),
        author="Thu Hà, Anh Tú",
        source="Báo Sông",
        section="Xã hội",
        tags=("cầu", "sông"),
        related_links=(RelatedLink("Bài khác"), RelatedLink("Bài nữa", "https://bao.example/nua")),
        path="x.jsonl",
    )


def test_dates_as_numbers() -> None:
    moment = datetime(2024, 9, 18, 15, 30, tzinfo=VIETNAM_TIME)
    assert read({"title": "T", "date": moment.timestamp()}).published == moment
    assert read({"title": "T", "date": int(moment.timestamp() * 1000)}).published == moment
    assert read({"title": "T", "date": "2024-09-18"}).published == date(2024, 9, 18)


def test_a_date_that_is_none_is_named_and_the_article_kept(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"title": "T", "date": "hôm qua"}\n', "utf-8")
    article, error = parse_file(file)
    assert isinstance(article, Article)
    assert isinstance(error, ParseError)
    assert (
        str(error)
        == f'{file}:1: the date "hôm qua" is not understood; the article is kept without it'
    )


def test_bad_records_do_not_stop_the_others(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    lines = [
        '{"title": "A"}',
        "{broken",
        "",
        "[1]",
        '{"body": "x"}',
        '{"title": {}}',
        '{"title": "B"}',
    ]
    file.write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    parsed = list(parse_file(file))
    assert [one.title for one in parsed if isinstance(one, Article)] == ["A", "B"]
    assert [one.line for one in parsed if isinstance(one, ParseError)] == [2, 4, 5, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"title": "Lũ quét"}\n{"title": "Sạt lở"}\n', encoding)
    assert [one.title for one in parse_file(file) if isinstance(one, Article)] == [
        "Lũ quét",
        "Sạt lở",
    ]


def test_a_whole_file_of_json(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(json.dumps([{"title": "A"}, {"title": "B"}], indent=2), "utf-8")
    assert [one.title for one in parse_file(file) if isinstance(one, Article)] == ["A", "B"]
    file.write_text(json.dumps({"title": "C"}, indent=2), "utf-8")
    assert [one.title for one in parse_file(file) if isinstance(one, Article)] == ["C"]
    file.write_text('{"title": "D"}\n{"title": "E"}\n', "utf-8")
    assert [one.title for one in parse_file(file) if isinstance(one, Article)] == ["D", "E"]


def test_deep_nesting_and_binary_lines_are_errors(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(b"[" * 100_000 + b"\n\x00\x01\x02\n" + b'{"title": "A"}\n')
    parsed = list(parse_file(file))
    assert [type(one).__name__ for one in parsed] == ["ParseError", "Article", "ParseError"]
    assert "cut off" in str(parsed[-1])


TEXT = st.text(st.characters(codec="utf-8"), min_size=1).map(one_line)
LINE = TEXT.filter(bool)


@given(
    st.builds(
        Article,
        id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
        title=LINE,
        lead=TEXT,
        body=st.lists(LINE, max_size=3).map("\n".join),
        published=st.none() | st.dates(date(1900, 1, 1), date(2100, 12, 31)),
        author=st.none() | LINE,
        tags=st.lists(LINE.filter(lambda text: "," not in text), max_size=3).map(tuple),
        captions=st.lists(LINE, max_size=2).map(tuple),
        related_links=st.lists(
            st.builds(RelatedLink, LINE, st.none(), st.none() | LINE), max_size=2
        ).map(tuple),
        path=st.just("x.jsonl"),
    )
)
def test_what_parse_prints_reads_back_the_same(article: Article) -> None:
    assert read(json.loads(article_to_json(article))) == article


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["title", "body", "date", "author", "name", "tags", "related", "url", "id", "digest"]), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_any_json_is_an_article_or_one_clear_error(value: Any) -> None:
    try:
        article = read_record(value, "x", FieldMap()).article
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert article.title
        assert json.loads(article_to_json(article))
