"""What the archive covers: from files to the page."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.pipeline import index_sources
from khobao import cli
from search.archive import Archive
from search.coverage.coverage import weeks_of
from webapp import create_app

FIRST = date(2019, 3, 4)
GAP = (date(2019, 6, 10), date(2019, 6, 23))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coverage")
    lines = []
    for number in range(330):
        day = FIRST + timedelta(number)
        for copy in range(0 if GAP[0] <= day <= GAP[1] else 2 + number % 2):
            record = {
                "title": f"Tin {number}.{copy}",
                "body": "Nước dâng.",
                "date": day.isoformat(),
                "source": "Báo Sông",
            }
            lines.append(json.dumps(record))
    lines += [json.dumps({"title": f"Lẻ {n}", "body": "a", "source": "Báo Nhỏ"}) for n in range(3)]
    lines.append("{")
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    index_sources(folder / "archive", [folder / "a.jsonl"], workers=0)
    return folder / "archive"


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[FlaskClient]:
    with Archive.open(folder) as archive:
        yield create_app(archive).test_client(use_cookies=False)


def test_a_source_and_its_gap(folder: Path) -> None:
    with Archive.open(folder) as archive:
        reader = archive.reader()
        assert list(reader.sources()) == ["Báo Sông", "Báo Nhỏ"]
        covered = reader.coverage("Báo Sông")
        small = reader.coverage("Báo Nhỏ")
    (gap,) = covered.gaps
    assert (gap.since, gap.until, gap.found) == (*GAP, 0)
    assert gap.expected == pytest.approx(35, abs=3)
    assert sum(covered.days.values()) == covered.articles
    assert [(one.year, one.missing) for one in covered.years] == [(2019, 14), (2020, 0)]
    assert (small.articles, small.undated, small.gaps, small.years) == (3, 3, (), ())


def test_the_command(folder: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(cli, ["stats", "--archive", str(folder), *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    shown = run("--coverage")
    assert "! trống 2019-06-10 – 2019-06-23: 0 bài" in shown
    assert "1 chỗ trong tệp nguồn chưa đọc được" in shown
    told = json.loads(run("--coverage", "--json", "--source", "Báo Sông"))
    (source,) = told["sources"]
    assert source["gaps"][0]["kind"] == "gap"
    assert source["days"]["2019-03-04"] == 2
    done = CliRunner().invoke(
        cli, ["stats", "--archive", str(folder), "--coverage", "--source", "Không có"]
    )
    assert done.exit_code == 1


def test_the_pages(client: FlaskClient) -> None:
    page = client.get("/coverage").text
    assert "Báo Sông" in page
    assert "/coverage" in client.get("/").text
    one = client.get("/coverage", query_string={"source": "Báo Sông"}).text
    assert one.count("<svg") == 2
    assert one.count('class="missing"') == 14
    assert "from=2019-06-10" in one
    assert client.get("/coverage?source=không").status_code == 404
    assert "usually" in client.get("/coverage?source=Báo+Sông&lang=en").text


def test_the_weeks_of_any_year() -> None:
    for year in range(1890, 2101):
        days = [day for week in weeks_of(year) for day in week if day]
        assert days == [date(year, 1, 1) + timedelta(at) for at in range(len(days))]
        assert days[-1] == date(year, 12, 31)
        assert all(len(week) == 7 for week in weeks_of(year))
