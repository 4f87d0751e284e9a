"""What is exported for other programs is read back as it was."""

import json
import zipfile
from datetime import date, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from indexer.article import Article, RelatedLink, Scan, article_digest
from indexer.errors import ParseError
from indexer.language.cleaning import clean_text, one_line
from indexer.moments import PartialDate
from indexer.parsing import parse_file
from indexer.parsing.identity import given_id
from search.presentation.exports import FORMATS

ROOT = Path(__file__).parents[3]
READ_BACK = ("jsonl", "ninjs", "nitf")

line = st.text(max_size=60).map(one_line)
named = line.filter(bool)
moments = st.one_of(
    st.none(),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.builds(PartialDate, st.integers(1900, 2099), st.none() | st.integers(1, 12)),
    st.datetimes(
        datetime(1900, 1, 1),
        datetime(2099, 12, 31),
        timezones=st.just(timezone(timedelta(hours=7))),
    ),
)
names = st.lists(named, max_size=3, unique=True).map(tuple)
articles = st.builds(
    Article,
    id=st.text(max_size=8).map(given_id),
    title=named,
    lead=line,
    body=st.lists(named, max_size=4).map("\n".join),
    url=st.none() | st.sampled_from(["https://bao.example/a?b=1&c=<2>", "/tin/1.html"]),
    published=moments,
    updated=moments,
    captured=moments,
    author=st.none() | named,
    source=st.none() | named,
    credit=names,
    section=st.none() | named,
    tags=names,
    captions=names,
    related_links=st.lists(
        st.builds(RelatedLink, named, st.none() | named, st.none() | named), max_size=2
    ).map(tuple),
    scan=st.none() | st.builds(Scan, names, names, st.none() | st.floats(0, 1)),
)


def round_trip(kind: str, given_articles: list[Article], folder: Path) -> list[Article]:
    form = FORMATS[kind]
    path = folder / f"x.{form.suffix}"
    path.write_bytes(b"".join(form.write(given_articles)))
    found = list(parse_file(path))
    assert [str(one) for one in found if isinstance(one, ParseError)] == []
    return [one for one in found if isinstance(one, Article)]


@pytest.mark.parametrize("kind", READ_BACK)
def test_the_corpus_is_read_back_as_it_was(kind: str, tmp_path: Path) -> None:
    files = sorted(path for path in (ROOT / "corpus").rglob("*") if path.is_file())
    known = [one for path in files for one in parse_file(path) if isinstance(one, Article)]
    assert len(known) > 20
    back = round_trip(kind, known, tmp_path)
    assert [(one.id, article_digest(one)) for one in back] == [
        (one.id, article_digest(one)) for one in known
    ]


@pytest.mark.parametrize("kind", READ_BACK)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
@given(article=articles)
def test_any_article_is_read_back_as_it_was(kind: str, tmp_path: Path, article: Article) -> None:
    (back,) = round_trip(kind, [article], tmp_path)
    assert (back.id, back.captured) == (article.id, article.captured)
    assert article_digest(back) == article_digest(article), (back, article)


@given(st.text())
def test_lines_of_these_tests_are_clean(text: str) -> None:
    assert clean_text(one_line(text)) == one_line(text)


def test_what_looks_like_another_encoding_is_read_back_as_it_was(tmp_path: Path) -> None:
    """Letters that a font of the nineties shows as Vietnamese, and a text that was encoded twice."""
    bodies = ["Tr\xb9i c\xf6u gi\xe8ng \xaeÊt n\xad\xedc " * 9, "Vi\xe1\xba\xbft Nam " * 9]
    known = [Article(id=f"a{n}", title="Thu", body=one_line(body)) for n, body in enumerate(bodies)]
    for kind in READ_BACK:
        back = round_trip(kind, known, tmp_path)
        assert [one.body for one in back] == [one.body for one in known], kind


def test_no_article_at_all_is_still_a_file() -> None:
    assert json.loads(b"".join(FORMATS["ninjs"].write([]))) == []
    with zipfile.ZipFile(BytesIO(b"".join(FORMATS["nitf"].write([])))) as archive:
        assert archive.namelist() == []


def test_others_find_what_they_know_where_they_look_for_it() -> None:
    article = Article(
        id="bão số 3",
        title="Bão số 3 đổ bộ",
        lead="Gió giật cấp 12.",
        body="Mưa lớn.\nNước dâng.",
        url="https://bao.example/bao-so-3",
        published=date(2024, 9, 7),
        author="Thu Hà",
        source="Báo Sông",
        section="Thời sự",
        tags=("bão", "lũ"),
        captions=("Cây đổ.",),
    )
    (item,) = json.loads(b"".join(FORMATS["ninjs"].write([article])))
    assert item["uri"] == article.url
    assert item["firstcreated"] == "2024-09-07T00:00:00+07:00"
    assert item["headlines"][0]["value"] == article.title
    assert item["bodies"][0]["value"] == article.body
    assert item["standard"]["version"] == "2.1"
    with zipfile.ZipFile(BytesIO(b"".join(FORMATS["nitf"].write([article])))) as archive:
        (name,) = archive.namelist()
        story = etree.fromstring(archive.read(name))
    assert name.isascii()
    assert story.findtext("body/body.head/hedline/hl1") == article.title
    assert [one.text for one in story.iterfind("body/body.content/p")] == ["Mưa lớn.", "Nước dâng."]
    assert story.find("head/docdata/date.release").get("norm") == "20240907T000000+0700"
    assert story.find("head/pubdata").get("ex-ref") == article.url
