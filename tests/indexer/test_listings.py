"""News sitemaps complete the articles of the pages that they list."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.pipeline import index_sources
from indexer.reporting import IndexReport
from khobao import cli
from search.archive import Archive
from search.requests import SearchRequest


def sitemap(
    *entries: str, news: str = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
) -> str:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {news}>"
        f"{''.join(entries)}</urlset>"
    )


def entry(number: int, day: int = 3) -> str:
    return (
        f"<url><loc>https://www.bao.example/tin-{number}.html?utm_source=x</loc><news:news><news:publication>"
        "<news:name>Báo Vùng Cao</news:name><news:language>vi</news:language></news:publication>"
        f"<news:publication_date>2024-05-0{day}T08:30:00+07:00</news:publication_date>"
        f"<news:title>Tin số {number}</news:title><news:keywords>lũ, cầu treo , lũ</news:keywords>"
        "</news:news></url>"
    )


def page(number: int, **more: str) -> str:
    return json.dumps(
        {
            "title": f"Tin số {number}",
            "body": f"Nước dâng ở xã {number}, đê vẫn an toàn, dân các xã ven sông đã sơ tán hết.",
            "url": f"https://bao.example/tin-{number}.html",
            **more,
        }
    )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    return tmp_path / "src"


def index(source: Path, **options: bool) -> IndexReport:
    report = index_sources(source.parent / "archive", [source], workers=0, **options)  # type: ignore[arg-type]
    assert report.failures == []
    return report


def facts(source: Path) -> dict[str, tuple[object, ...]]:
    with Archive.open(source.parent / "archive") as archive:
        found = archive.results(SearchRequest(""))
        return {one.title: (one.published, one.source, one.tags) for one in found}


WHEN = datetime(2024, 5, 3, 1, 30, tzinfo=UTC)
WHOLE = (WHEN, "Báo Vùng Cao", ("lũ", "cầu treo"))
BARE = (None, None, ())


@pytest.mark.parametrize("names", [("a.jsonl", "z.xml"), ("z.jsonl", "a.xml")])
def test_a_page_gets_what_it_lacks(source: Path, names: tuple[str, str]) -> None:
    own = page(2, date="2020-01-01", source="Báo Khác", tags="mưa")
    (source / names[0]).write_text(f"{page(1)}\n{own}\n{page(3)}", "utf-8")
    (source / names[1]).write_text(sitemap(entry(1), entry(2), entry(9)), "utf-8")
    assert index(source).added == 3
    found = facts(source)
    assert found["Tin số 1"] == WHOLE
    assert found["Tin số 3"] == BARE
    assert (str(found["Tin số 2"][0])[:10], *found["Tin số 2"][1:]) == (
        "2020-01-01",
        "Báo Khác",
        ("mưa",),
    )
    again = index(source)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)


def test_sitemaps_and_pages_of_other_runs(source: Path) -> None:
    (source / "1.jsonl").write_text(page(1), "utf-8")
    index(source)
    assert facts(source) == {"Tin số 1": BARE}
    (source / "map.xml").write_text(sitemap(entry(1), entry(2)), "utf-8")
    report = index(source)
    assert (report.added, report.changed) == (0, 1)
    assert facts(source) == {"Tin số 1": WHOLE}
    # The page of an entry comes in a later run, and the first page is read again.
    (source / "2.jsonl").write_text(page(2), "utf-8")
    (source / "1.jsonl").write_text(page(1) + "\n", "utf-8")
    report = index(source)
    assert (report.added, report.changed, report.unchanged, report.older_versions) == (1, 0, 1, 0)
    assert facts(source) == {"Tin số 1": WHOLE, "Tin số 2": WHOLE}
    # A sitemap with another day changes nothing that is known.
    (source / "map.xml").write_text(sitemap(entry(1, day=7), entry(2, day=7)), "utf-8")
    assert index(source).changed == 0
    assert facts(source)["Tin số 1"] == WHOLE


def test_nothing_is_stored_by_a_dry_run(source: Path) -> None:
    (source / "1.jsonl").write_text(page(1), "utf-8")
    index(source)
    (source / "map.xml").write_text(sitemap(entry(1)), "utf-8")
    assert index(source, dry=True).changed == 1
    assert facts(source) == {"Tin số 1": BARE}
    assert index(source).changed == 1


def test_sitemaps_in_containers(source: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.jsonl", page(1))
        archive.writestr("sitemaps/news.xml", sitemap(entry(1)))
        archive.writestr("sitemaps/plain.xml", sitemap("<url><loc>https://a.example/</loc></url>"))
    (source / "a.zip").write_bytes(packed.getvalue())
    report = index(source)
    assert facts(source) == {"Tin số 1": WHOLE}
    assert [kind for _, kind in report.passed_over] == ["sitemap"]


def test_a_sitemap_of_many_entries_is_kept_when_the_list_of_files_is_lost(source: Path) -> None:
    (source / "map.xml").write_text(sitemap(*map(entry, range(3000))), "utf-8")
    (source / "1.jsonl").write_text("\n".join(map(page, range(0, 3000, 100))), "utf-8")
    index(source)
    assert set(facts(source).values()) == {WHOLE}
    (source.parent / "archive" / "files.sqlite").unlink()
    (source / "2.jsonl").write_text(page(7), "utf-8")
    report = index(source)
    assert (report.added, report.unchanged) == (1, 30)
    assert set(facts(source).values()) == {WHOLE}


def test_what_a_sitemap_lists_is_shown(source: Path) -> None:
    path = source / "map.xml"
    path.write_text(sitemap(entry(1), "<url><loc>https://a.example/</loc></url>"), "utf-8")
    done = CliRunner().invoke(cli, ["parse", str(path)])
    assert done.exit_code == 0
    assert (
        "lists https://www.bao.example/tin-1.html?utm_source=x · 2024-05-03T08:30:00+07:00"
        " · Báo Vùng Cao · lũ · cầu treo" in done.stderr
    )


@pytest.mark.parametrize(
    "text",
    [
        sitemap(entry(1))[:-60],
        sitemap(),
        "<urlset><url><loc>https://a.example/</loc></url></urlset>",
        sitemap("<url><news:news/></url>", "<url><loc/><news:news/></url>"),
    ],
)
def test_a_faulty_sitemap_harms_nothing(source: Path, text: str) -> None:
    (source / "map.xml").write_text(text, "utf-8")
    (source / "1.jsonl").write_text(page(1), "utf-8")
    report = index_sources(source.parent / "archive", [source], workers=0)
    assert report.added == 1
    assert all("map.xml" in str(one) for one in report.failures)
    assert len(report.failures) + len(report.passed_over) <= 2
