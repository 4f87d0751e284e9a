"""Dumps as crawlers and content systems write them: every shape, every name of a field, nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.errors import ParseError, SourceError
from indexer.parsing import FieldMap, UnreadKeys, parse_file, parse_map
from indexer.parsing.records.json_stream import Found, values_of
from indexer.pipeline import index_sources

TEXT = "Nước sông lên nhanh trong đêm, dân hai xã ven bờ phải dời lên đồi. " * 5
BODY = TEXT.strip()
ONE: dict[str, Any] = {"title": "Lũ về", "body": TEXT}
TWO: dict[str, Any] = {"title": "Lũ rút", "body": TEXT}


def articles(file: Path, fields: FieldMap | None = None) -> list[Article]:
    return [one for one in parse_file(file, fields) if isinstance(one, Article)]


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.json", json.dumps([ONE, TWO])),
        ("list.jsonl", json.dumps([ONE, TWO])),
        ("lists.jsonl", f"{json.dumps([ONE])}\n{json.dumps([TWO])}\n"),
        ("appended.json", f"{json.dumps([ONE])}{json.dumps([TWO])}"),
        ("nested.json", json.dumps([[ONE], [TWO]])),
        ("lines.jsonl", f"{json.dumps(ONE)}\n\n{json.dumps(TWO)}"),
        ("wrapped.json", f"{json.dumps(ONE, indent=2)}\n{json.dumps(TWO, indent=2)}"),
        ("commas.json", f"{json.dumps(ONE)},\n{json.dumps(TWO)},\n"),
        ("string.json", json.dumps(json.dumps([ONE, TWO]))),
        ("newsapi.json", json.dumps({"status": "ok", "totalResults": 2, "articles": [ONE, TWO]})),
        ("deep.json", json.dumps({"data": {"list": {"items": [ONE, TWO]}}, "page": {"n": 1}})),
        ("search.json", json.dumps({"took": 1, "hits": {"hits": [{"_id": "1", "_source": ONE}, {"_id": "2", "_source": TWO}]}})),
        ("source.jsonl", "\n".join(json.dumps({"_index": "n", "_source": one}) for one in (ONE, TWO))),
        ("graph.json", json.dumps({"data": {"posts": {"edges": [{"node": ONE}, {"node": TWO}]}}})),
        ("feed.json", json.dumps({"title": "Kênh", "description": "x", "items": [ONE, TWO]})),
    ],
)  # fmt: skip
def test_records_are_found_in_every_shape(tmp_path: Path, name: str, text: str) -> None:
    parsed = list(parse_file(write(tmp_path, name, text)))
    assert [type(one) for one in parsed] == [Article, Article], parsed
    assert [(one.title, one.body) for one in parsed if isinstance(one, Article)] == [
        ("Lũ về", BODY),
        ("Lũ rút", BODY),
    ]


@pytest.mark.parametrize(
    ("record", "field", "value"),
    [
        ({"maintext": TEXT}, "body", BODY),
        ({"news_content": TEXT}, "body", BODY),
        ({"noiDung": TEXT}, "body", BODY),
        ({"Nội dung": TEXT}, "body", BODY),
        ({"content": {"rendered": f"<p>{TEXT}</p>", "protected": False}}, "body", BODY),
        ({"content": [{"type": "text", "value": "Một."}, {"type": "image", "value": "a.jpg"}]}, "body", "Một."),
        ({"content": {"blocks": [{"type": "paragraph", "data": {"text": "Một."}}]}}, "body", "Một."),
        ({"content": "['Một.', 'Hai.']"}, "body", "Một.\nHai."),
        ({"timeCreatePostOrigin": "18/9/2024"}, "published", "2024-09-18"),
        ({"date_publish": "2024-09-18 15:30:00"}, "published", "2024-09-18T15:30:00+07:00"),
        ({"release_date": "18/09/2024"}, "published", "2024-09-18"),
        ({"ngay_dang": ["", "18-9-2024"]}, "published", "2024-09-18"),
        ({"date": {"$date": "2024-09-18T08:30:00Z"}}, "published", "2024-09-18T08:30:00+00:00"),
        ({"date": {"$date": {"$numberLong": "1726648200000"}}}, "published", "2024-09-18T15:30:00+07:00"),
        ({"date": "18/9/2024", "time": "15:30"}, "published", "2024-09-18T15:30:00+07:00"),
        ({"time": 1726648200}, "published", "2024-09-18T15:30:00+07:00"),
        ({"year": 1, "published": 1999}, "published", "1999"),
        ({"main_category": "Xã hội"}, "section", "Xã hội"),
        ({"chuyenMuc": "Xã hội"}, "section", "Xã hội"),
        ({"author": 3, "_embedded": {"author": [{"name": "Thu Hà"}]}}, "author", "Thu Hà"),
        ({"_embedded": {"wp:term": [[{"taxonomy": "post_tag", "name": "lũ"}]]}}, "tags", ["lũ"]),
        ({"tac_gia": "Thu Hà (Theo AFP)"}, "author", "Thu Hà"),
        ({"tac_gia": "Thu Hà (Theo AFP)"}, "credit", ["AFP"]),
        ({"author": "Theo TTXVN"}, "credit", ["TTXVN"]),
        ({"tags": "lũ, đê;lũ"}, "tags", ["lũ", "đê"]),
        ({"source": {"id": None, "name": "tuoitre.vn"}}, "source", "Tuổi Trẻ"),
        ({"source": "Báo Tuổi Trẻ"}, "source", "Tuổi Trẻ"),
        ({"url": "https://www.tuoitre.vn/a-1.htm"}, "source", "Tuổi Trẻ"),
    ],
)  # fmt: skip
def test_fields_by_the_names_of_other_systems(
    tmp_path: Path, record: dict[str, Any], field: str, value: object
) -> None:
    from indexer.article import article_fields

    file = write(tmp_path, "a.json", json.dumps({"title": "Lũ về", "link": None, **record}))
    (article,) = articles(file)
    assert article_fields(article)[field] == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", f'title,content,date\nLũ về,"{TEXT}",18/9/2024\n'),
        ("a.tsv", f"tieu_de\tnoi_dung\tngay_dang\nLũ về\t{TEXT}\t18/9/2024\n"),
        ("b.csv", f'"Tiêu đề";"Nội dung";"Ngày đăng"\n"Lũ về";"{TEXT}";"18/9/2024"\n'),
        ("c.csv", f',title,content,date\n0,Lũ về,"{TEXT}",18/9/2024\n\ntitle,content,date\n'),
        ("d.csv", f'\ufefftitle,body,published\nLũ về,"{TEXT}\n",2024-09-18\n'),
    ],
)
def test_tables_with_a_header(tmp_path: Path, name: str, text: str) -> None:
    parsed = list(parse_file(write(tmp_path, name, text)))
    assert [type(one) for one in parsed] == [Article], parsed
    article = parsed[0]
    assert isinstance(article, Article)
    assert (article.title, article.body, str(article.published)) == ("Lũ về", BODY, "2024-09-18")


def test_a_table_without_a_header_is_told_by_what_is_in_it(tmp_path: Path) -> None:
    rows = [
        f'"Nước lũ dâng cao ở xã số {n}","Dân hai xã ven bờ phải dời lên đồi ngay trong đêm, xã số {n}.",'
        f'https://bao.example/{n}.html,"Thứ tư, {n}/9/2024, 15:30 (GMT+7)",Thu Hà'
        for n in range(1, 8)
    ]
    rows[3] = rows[3].replace('"Dân hai xã', "Dân, hai xã").replace('4."', "4.")
    found = articles(write(tmp_path, "a.csv", "\n".join(rows)))
    assert len(found) == 7
    assert {one.author for one in found} == {"Thu Hà"}
    assert found[3].lead.startswith("Dân, hai xã")
    assert found[6].url == "https://bao.example/7.html"
    assert str(found[0].published) == "2024-09-01 15:30:00+07:00"


def test_a_table_without_headlines_is_refused(tmp_path: Path) -> None:
    (error,) = parse_file(write(tmp_path, "a.csv", "1,2,3\n4,5,6\n"))
    assert "columns are not known" in str(error)


LOST = {"title": "Lũ về", "van_ban": TEXT, "ngay_viet": "2024-09-18", "image": "a.jpg", "n": 4}


def test_a_text_and_a_date_that_are_in_no_field_are_named(tmp_path: Path) -> None:
    file = write(tmp_path, "a.jsonl", f"{json.dumps(LOST)}\n" * 2)
    unread = list(parse_file(file))[-1]
    assert isinstance(unread, UnreadKeys)
    assert {(one.key, one.kind, count) for one, count in unread.keys} == {
        ("van_ban", "long text", 2),
        ("ngay_viet", "date", 2),
    }


def test_what_a_field_has_already_is_not_lost(tmp_path: Path) -> None:
    record = {
        **ONE, "content_html": f"<p>{TEXT}</p>", "date": "2024-09-18T15:30:00+07:00", "created": "18/9/2024",
        "crawled_at": "2025-01-01", "image": "https://x.example/" + "a" * 300, "summary": "ngắn",
    }  # fmt: skip
    assert all(
        isinstance(one, Article)
        for one in parse_file(write(tmp_path, "a.json", json.dumps(record)))
    )


@pytest.mark.parametrize("how", ["option", "file", "file above"])
def test_keys_are_mapped(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "năm"
    folder.mkdir()
    write(folder, "a.jsonl", json.dumps(LOST))
    fields = FieldMap()
    if how == "option":
        fields = parse_map(["body=van_ban", "ignore=ngay_viet"])
    else:
        place = folder if how == "file" else tmp_path
        write(place, "khobao.toml", '[map]\nbody = "vanBan"\nignore = ["ngay_viet"]\n')
    report = index_sources(tmp_path / "kho", [folder], workers=0, fields=fields)
    assert (report.added, report.failures, report.passed_over) == (1, [], [])


def test_a_source_tells_once_what_was_not_read_until_it_is_mapped(tmp_path: Path) -> None:
    folder = tmp_path / "bài"
    folder.mkdir()
    for number in range(3):
        write(folder, f"{number}.json", json.dumps({**LOST, "title": f"Lũ số {number}"}))
    for _ in range(2):
        report = index_sources(tmp_path / "kho", [folder], workers=0)
        (failure,) = report.failures
        assert "van_ban (long text, 3 records)" in str(failure)
        assert "--map body=van_ban" in str(failure)
    fields = parse_map(["body=van_ban", "published=ngay_viet"])
    report = index_sources(tmp_path / "kho", [folder], workers=0, fields=fields)
    assert (report.changed, report.failures) == (0, [])
    report = index_sources(tmp_path / "kho", [folder], workers=0, fields=fields)
    assert (report.unchanged, report.added, report.failures) == (3, 0, [])


@pytest.mark.parametrize("option", ["body", "leib=x", "=x", "body="])
def test_a_wrong_map_is_told(option: str) -> None:
    with pytest.raises(SourceError, match="FIELD=KEY"):
        parse_map([option])


def test_a_wrong_map_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "khobao.toml", "[map\n")
    file = write(tmp_path, "a.json", json.dumps(ONE))
    with pytest.raises(SourceError, match="TOML"):
        list(parse_file(file))


def test_a_list_that_is_cut_off_gives_what_is_whole(tmp_path: Path) -> None:
    text = json.dumps([ONE, TWO])[:-40]
    parsed = list(parse_file(write(tmp_path, "a.json", text)))
    assert [one.title for one in parsed if isinstance(one, Article)] == ["Lũ về"]
    assert any("cut off" in str(one) for one in parsed if isinstance(one, ParseError))


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.text(), min_size=1)),
    st.sampled_from(["", "\n", ",", " , \n", "]["]),
)
def test_values_one_after_the_other(values: list[dict[str, str]], between: str) -> None:
    text = "[" + between.join(json.dumps(one) for one in values) + "]"
    found = list(values_of(text, "a.json"))
    assert [one.value for one in found if isinstance(one, Found)] == values


@pytest.mark.parametrize(
    ("record", "tail", "author", "credit", "kept"),
    [
        ({}, "Thu Hà", "Thu Hà", (), ""),
        ({}, "Thu Hà (Theo AFP)", "Thu Hà", ("AFP",), ""),
        ({}, "Thu Hà\nTheo TTXVN", "Thu Hà", ("TTXVN",), ""),
        ({"author": "Thu Hà"}, "Thu Hà", "Thu Hà", (), ""),
        ({"author": "Thu Hà"}, "Theo AFP", "Thu Hà", ("AFP",), ""),
        # The paper itself is no credit.
        ({"source": "VnExpress"}, "Thu Hà (VnExpress, AFP)", "Thu Hà", ("AFP",), ""),
        ({"url": "https://vnexpress.net/a-1.html"}, "Theo VnExpress", None, (), ""),
        # The field says otherwise: the name may be a poet's, and stays.
        ({"author": "Thu Hà"}, "Lê Minh Khuê", "Thu Hà", (), "\nLê Minh Khuê"),
        ({"digest": "x"}, "Thu Hà", None, (), "\nThu Hà"),
    ],
)
def test_a_byline_at_the_end_of_a_body_is_read(
    tmp_path: Path,
    record: dict[str, str],
    tail: str,
    author: str | None,
    credit: tuple[str, ...],
    kept: str,
) -> None:
    written = {"title": "Lũ về", "body": f"{BODY}\n{tail}", **record}
    (article,) = articles(write(tmp_path, "one.jsonl", json.dumps(written)))
    assert (article.author, article.credit) == (author, credit)
    assert article.body == BODY + kept


def test_bylines_in_markup_and_in_tables_are_read(tmp_path: Path) -> None:
    markup = f"<p>{BODY}</p><p style='text-align:right'><strong>Thu Hà</strong> (Theo AFP)</p>"
    page = write(tmp_path, "one.jsonl", json.dumps({"title": "Lũ về", "content_html": markup}))
    table = write(tmp_path, "one.csv", f'title,body\nLũ về,"{BODY}\nThu Hà (Theo AFP)"\n')
    for file in (page, table):
        (article,) = articles(file)
        assert (article.author, article.credit, article.body) == ("Thu Hà", ("AFP",), BODY)


def test_reading_a_byline_changes_no_identity(tmp_path: Path) -> None:
    """The same record has the same id whether or not its last line is understood."""
    plain = {"title": "Lũ về", "body": f"{BODY}\nThu Hà"}
    (own,) = articles(write(tmp_path, "own.jsonl", json.dumps({**plain, "digest": "x"})))
    (read,) = articles(write(tmp_path, "read.jsonl", json.dumps(plain)))
    assert own.id == read.id


def test_records_without_a_headline_are_counted(tmp_path: Path) -> None:
    text = (
        "Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em. " * 3
    )
    records = [{"content": [f"{n}. {text}", "Đê vẫn an toàn."]} for n in range(3)]
    file = write(tmp_path, "a.json", json.dumps([*records, {"content": "ngắn"}]))
    *found, short, untitled = parse_file(file)
    assert [one.title for one in found if isinstance(one, Article)] == [
        f"{n}. Nước sông Hồng dâng cao trong đêm, nhiều xã ven đê phải sơ tán người già và trẻ em. Nước sông Hồng…"
        for n in range(3)
    ]
    assert isinstance(short, ParseError)
    assert str(untitled) == (
        f"{file}: 3 articles have no title; the first words of the text stand for it"
    )
    report = index_sources(tmp_path / "kho", [file])
    assert (report.added, report.notes) == (3, [str(untitled)])
