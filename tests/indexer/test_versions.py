"""One article under many addresses, and what it was before: from files to the archive."""

import json
import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from indexer.addresses import address_key, clean_address, original_address
from indexer.article import Article
from indexer.integrity import check_archive
from indexer.manifest import FileState
from indexer.pipeline import index_sources
from indexer.reporting import IndexReport
from indexer.run_state import RunState
from search.archive import Archive

OLD = "Nước sông Hồng lên mức báo động một vào sáng nay, theo đài khí tượng."
NEW = "Nước sông Hồng lên mức báo động ba vào chiều nay, theo đài khí tượng."
SAME = "Các xã ven đê đã chuẩn bị phương án sơ tán người già và trẻ em trong đêm."
URL = "https://bao.example/lu-ve-1.html"


def record(body: str, url: str | None = URL, title: str = "Lũ về", **more: str) -> dict[str, Any]:
    return {"title": title, "body": f"{body}\n{SAME}", "url": url, **more}


def write(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    path.write_text("".join(lines), "utf-8")
    return path


def page(body: str, title: str = "Lũ về") -> bytes:
    filler = "".join(f"<p>{SAME} Đoạn {number} của bài viết này.</p>" for number in range(4))
    html = (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><article>"
        f"<h1>{title}</h1><p>{body}</p>{filler}</article></body></html>"
    )
    return html.encode()


def warc(path: Path, *captures: tuple[str, str, bytes | str]) -> Path:
    """A web archive: address, time, and the page or the address that the server led to."""
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, when, content in captures:
            is_page = isinstance(content, bytes)
            headers = [("Content-Type", "text/html; charset=utf-8")]
            if not is_page:
                headers.append(("Location", str(content)))
            status = StatusAndHeaders("200 OK" if is_page else "301 Moved", headers, "HTTP/1.1")
            payload = BytesIO(content if isinstance(content, bytes) else b"")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=payload, http_headers=status,
                    warc_headers_dict={"WARC-Date": when},
                )
            )  # fmt: skip
    return path


def run(folder: Path, *, remove_missing: bool = False) -> IndexReport:
    source = folder / "src"
    return index_sources(folder / "archive", [source], workers=0, remove_missing=remove_missing)


def stored(folder: Path) -> list[Article]:
    from indexer.records import decode_record

    with Archive.open(folder / "archive") as archive:
        searcher = archive.reader()._searcher
        ids = [one.id for one in searcher.origins()]
        return [decode_record(one) for one in searcher.records(ids) if one is not None]


def only(folder: Path) -> Article:
    (article,) = stored(folder)
    assert check_archive(folder / "archive").problems == ()
    return article


def said(article: Article) -> list[str]:
    """The first lines of an article and of its versions, the newest first."""
    older = [one.article for one in article.versions]
    return [one.paragraphs[0] for one in (article, *older)]


ONE_ADDRESS = [
    "http://bao.example/lu-ve-1.html",
    "https://www.bao.example/lu-ve-1.html",
    "https://m.bao.example/lu-ve-1.html",
    "https://amp.bao.example/lu-ve-1.html",
    "https://bao.example/amp/lu-ve-1.html",
    "https://bao.example/lu-ve-1.html/amp",
    "https://bao.example/lu-ve-1.amp.html",
    "https://bao.example/lu-ve-1.html?outputType=amp",
    "https://bao.example/lu-ve-1.html/",
    "https://bao.example//lu-ve-1.html",
    "https://BAO.example:443/lu-ve-1.html#binh-luan",
    "https://bao.example/lu-ve-1.html?utm_source=fb&utm_medium=x&fbclid=1&gclid=2",
    "https://bao.example/lu-ve-1.html?zarsrc=30&gidzl=abc",
    "https://bao.example/lu%2Dve-1.html",
    "https://web.archive.org/web/20240909101112/https://bao.example/lu-ve-1.html",
    "http://web.archive.org/web/2024id_/http:/bao.example/lu-ve-1.html",
    "https://archive.today/20240909101112/https://bao.example/lu-ve-1.html",
    "https://web.archive.org.vn/kho/20240909101112mp_/https://bao.example/lu-ve-1.html",
    "https://bao-example.cdn.ampproject.org/c/s/bao.example/lu-ve-1.html",
    "https://www.google.com/amp/s/bao.example/lu-ve-1.html",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fbao.example%2Flu-ve-1.html%3Ffbclid%3D1&h=2",
    "https://www.google.com/url?q=https://bao.example/lu-ve-1.html&sa=D",
]


@pytest.mark.parametrize("url", ONE_ADDRESS)
def test_addresses_of_one_article(url: str) -> None:
    assert address_key(url) == address_key(URL) == "bao.example/lu-ve-1.html"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bao.example/?id=1", "https://bao.example/?id=2"),
        ("https://bao.example/tin.aspx?cid=1", "https://bao.example/tin.aspx?cid=2"),
        ("https://bao.example/tin.aspx?eid=1", "https://bao.example/tin.aspx?eid=2"),
        ("https://bao.example/a-1.html", "https://khac.example/a-1.html"),
        ("https://thethao.bao.example/a-1.html", "https://bao.example/a-1.html"),
        ("https://bao.example/a", "https://bao.example/A"),
        ("https://bao.example/#!/a", "https://bao.example/#!/b"),
        ("https://bao.example:8080/a", "https://bao.example/a"),
        ("https://m.example/a", "https://example/a"),
    ],
)
def test_addresses_of_two_articles(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.text() | st.from_regex(r"https?://[a-z.]{1,12}(/[a-zA-Z0-9%.?&=#]{0,20}){0,3}"))
def test_any_text_is_an_address_of_its_own(url: str) -> None:
    assert address_key(clean_address(url)) == address_key(url)
    assert clean_address(clean_address(url)) == clean_address(url)
    assert original_address(original_address(url)) == original_address(url)


@pytest.mark.parametrize("url", ONE_ADDRESS)
def test_an_article_under_another_address_is_a_version(tmp_path: Path, url: str) -> None:
    write(tmp_path / "src" / "a.jsonl", record(OLD))
    run(tmp_path)
    write(tmp_path / "src" / "b.jsonl", record(NEW, url, title="Lũ về, nước lên nhanh"))
    report = run(tmp_path)
    assert (report.added, report.changed) == (0, 1)
    article = only(tmp_path)
    assert said(article) == [NEW, OLD]
    assert article.id.startswith("lu-ve-")
    again = run(tmp_path)
    assert (again.unchanged, again.added, again.changed, again.removed) == (1, 0, 0, 0)
    assert only(tmp_path) == article


def test_a_file_that_changes_keeps_what_it_said(tmp_path: Path) -> None:
    for number, body in enumerate([OLD, NEW, OLD]):
        write(tmp_path / "src" / "a.jsonl", record(body, None, id="lu"))
        report = run(tmp_path)
        assert (report.added, report.changed) == ((0, 1) if number else (1, 0))
    article = only(tmp_path)
    assert said(article) == [OLD, NEW, OLD]
    assert all(one.replaced is not None for one in article.versions)


def test_new_tags_are_an_update_and_no_version(tmp_path: Path) -> None:
    for turn in range(3):
        write(tmp_path / "src" / "a.jsonl", record(OLD) | {"tags": [f"thẻ {turn}"]})
        report = run(tmp_path)
        assert (report.added, report.changed) == ((0, 1) if turn else (1, 0))
    article = only(tmp_path)
    assert (article.tags, article.versions) == (("thẻ 2",), ())


def test_the_order_of_captures_is_that_of_time(tmp_path: Path) -> None:
    captures = [
        ("http://bao.example/lu-ve-1.html", "2024-09-09T08:00:00Z", page(NEW)),
        ("https://m.bao.example/lu-ve-1.html", "2024-09-09T06:00:00Z", page(OLD)),
        ("https://bao.example/lu-ve-1.html", "2024-09-09T10:00:00Z", page(OLD, "Lũ rút")),
    ]
    warc(tmp_path / "src" / "a.warc.gz", *captures)
    report = run(tmp_path)
    assert (report.added, report.changed, report.older_versions) == (1, 1, 1)
    article = only(tmp_path)
    assert said(article) == [OLD, NEW, OLD]
    assert [one.article.captured for one in article.versions] == [
        datetime(2024, 9, 9, 8, tzinfo=UTC),
        datetime(2024, 9, 9, 6, tzinfo=UTC),
    ]
    more = ("https://bao.example/khac-2.html", "2024-09-10T06:00:00Z", page(SAME, "Tin khác hẳn"))
    warc(tmp_path / "src" / "a.warc.gz", *captures, more)
    report = run(tmp_path)
    assert (report.added, report.changed, report.older_versions, report.removed) == (1, 0, 0, 0)
    assert {one.id: one for one in stored(tmp_path)}[article.id] == article


def test_one_address_on_all_pages_joins_nothing(tmp_path: Path) -> None:
    other = {
        "title": "Giá vàng",
        "body": "Giá vàng miếng sáng nay tăng hai triệu đồng.",
        "url": URL,
    }
    write(tmp_path / "src" / "a.jsonl", record(OLD))
    write(tmp_path / "src" / "b.jsonl", other)
    home = {"url": "https://bao.example/"}
    write(
        tmp_path / "src" / "c.jsonl",
        record(OLD, title="Một") | home,
        record(NEW, title="Hai") | home,
    )
    assert run(tmp_path).added == 4
    assert all(one.versions == () for one in stored(tmp_path))
    assert run(tmp_path).unchanged == 4


def test_a_redirect_joins_two_addresses(tmp_path: Path) -> None:
    old, new = "https://bao.example/?p=77", "https://bao.example/lu-ve-77.html"
    warc(
        tmp_path / "src" / "a.warc.gz",
        (old, "2015-09-09T08:00:00Z", page(OLD)),
        (new, "2020-09-09T08:00:00Z", page(NEW)),
        (old, "2020-09-10T08:00:00Z", new),
    )
    run(tmp_path)
    assert said(only(tmp_path)) == [NEW, OLD]
    assert run(tmp_path).unchanged == 1


def test_when_the_newest_file_goes_the_next_version_takes_its_place(tmp_path: Path) -> None:
    write(tmp_path / "src" / "a.jsonl", record(OLD, title="Lũ về"))
    run(tmp_path)
    write(tmp_path / "src" / "b.jsonl", record(NEW, "http://m.bao.example/lu-ve-1.html"))
    run(tmp_path)
    (tmp_path / "src" / "b.jsonl").unlink()
    report = run(tmp_path)
    assert (report.changed, report.removed) == (1, 0)
    assert said(only(tmp_path)) == [OLD]
    assert run(tmp_path).unchanged == 1
    (tmp_path / "src" / "a.jsonl").unlink()
    assert run(tmp_path, remove_missing=True).removed == 1


def test_a_moved_file_takes_the_versions_along(tmp_path: Path) -> None:
    for body in (OLD, NEW):
        write(tmp_path / "src" / "a.jsonl", record(body))
        run(tmp_path)
    (tmp_path / "src" / "a.jsonl").rename(tmp_path / "src" / "b.jsonl")
    report = run(tmp_path)
    assert (report.added, report.removed, report.unchanged) == (0, 0, 1)
    assert said(only(tmp_path)) == [NEW, OLD]


def test_a_run_that_is_killed_keeps_each_version_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the commit and the note that the files are read, in every run."""
    note_read = RunState.note_read

    def killed(_: RunState, __: list[FileState]) -> None:
        raise KeyboardInterrupt

    for turn in range(3):
        bodies = [f"{NEW} Lần {turn}, tin {n}." for n in range(5)]
        addresses = [f"https://{'m.' * (n % 2)}bao.example/{n}.html" for n in range(5)]
        titles = [f"Tin {n}" + "!" * turn for n in range(5)]
        records = map(record, bodies, addresses, titles)
        write(tmp_path / "src" / f"{turn}.jsonl", *records)
        monkeypatch.setattr(RunState, "note_read", killed)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path)
        monkeypatch.setattr(RunState, "note_read", note_read)
        run(tmp_path)
    found = stored(tmp_path)
    assert [len(one.versions) for one in found] == [2] * 5
    assert check_archive(tmp_path / "archive").problems == ()
    again = run(tmp_path)
    assert (again.unchanged, again.changed, again.added, again.older_versions) == (5, 0, 0, 0)
    assert stored(tmp_path) == found


def test_new_headlines_are_not_taken_for_a_loss(tmp_path: Path) -> None:
    many = [
        record(f"{OLD} Số {n}.", f"https://bao.example/{n}.html", f"Tin {n}") for n in range(20)
    ]
    write(tmp_path / "src" / "a.jsonl", *many)
    run(tmp_path)
    write(
        tmp_path / "src" / "a.jsonl",
        *(one | {"title": f"{one['title']}"[:3] + "!"} for one in many),
    )
    report = run(tmp_path)
    assert (report.changed, report.removed, report.added) == (20, 0, 0)


def test_a_second_run_over_the_corpus_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "corpus" / "articles", tmp_path / "src")
    first = run(tmp_path)
    second = run(tmp_path)
    assert (second.added, second.changed, second.removed) == (0, 0, 0)
    assert second.unchanged == first.added
